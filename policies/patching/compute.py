"""Compute: what handles ePHI runs on software that still gets security updates."""

from datetime import UTC, date, datetime

from hipaa_guard.authoring import MEDIUM, Fix, Inventory, Verdict, control, failed, not_applicable, passed
from hipaa_guard.judging.function_policies import called_version
from hipaa_guard.judging.updates import MEASURE
from hipaa_guard.services import lambda_functions


@control(
    title="Lambda functions run on a runtime that AWS still supports",
    severity=MEDIUM,
    hipaa=MEASURE,
    why="AWS stops patching a runtime on its last day: known holes in it then stay open beside the ePHI it handles.",
    fix=Fix(
        terraform="""
            resource "aws_lambda_function" "phi" {
              function_name = "phi"
              role          = "arn:aws:iam::111122223333:role/records"
              runtime       = "python3.13"
              handler       = "records.handle"
            }
        """,
        cli="aws lambda update-function-configuration --function-name FUNCTION --runtime RUNTIME",
        note="A published version keeps its runtime: publish a new one, and point the aliases to it.",
        not_by_machine="needs the function tried on a newer runtime",
        consequences=("interrupts",),
    ),
    peers={"prowler": "awslambda_function_using_supported_runtimes", "checkov": "CKV_AWS_363"},
)
def lambda_supported_runtime(function: lambda_functions.Function, inventory: Inventory) -> Verdict:
    runtime = function.runtime
    if runtime is None:
        return not_applicable("runs a container image, whose runtime is its owner's to update")
    last = _last_day(runtime)
    if _is_past(last):
        return failed(f"runs on {runtime}, which AWS has not patched since {last}")
    old = called_version(function, inventory, lambda version: _has_ended(version.runtime))
    if old is not None:
        ended = f"{old.version.runtime}, which AWS has not patched since {_last_day(old.version.runtime)}"
        return failed(f"runs on {ended}, in its version {old.version.origin.name}, which its alias {old.alias} calls")
    return passed(f"runs on {runtime}" + ("" if last is None else f", which AWS supports until {last}"))


def _last_day(runtime: str | None) -> date | None:
    return None if runtime is None else lambda_functions.support_ends(runtime)


def _has_ended(runtime: str | None) -> bool:
    return _is_past(_last_day(runtime))


def _is_past(day: date | None) -> bool:
    return day is not None and day < datetime.now(UTC).date()
