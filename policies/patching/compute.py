"""Compute: what handles ePHI runs on software that still gets security updates."""

from datetime import UTC, datetime

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
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
        not_by_machine="needs the function tried on a newer runtime",
        consequences=("interrupts",),
    ),
    peers={"prowler": "awslambda_function_using_supported_runtimes", "checkov": "CKV_AWS_363"},
)
def lambda_supported_runtime(function: lambda_functions.Function) -> Verdict:
    runtime = function.runtime
    if runtime is None:
        return not_applicable("runs a container image, whose runtime is its owner's to update")
    last = lambda_functions.support_ends(runtime)
    if last is not None and last < datetime.now(UTC).date():
        return failed(f"runs on {runtime}, which AWS has not patched since {last}")
    return passed(f"runs on {runtime}" + ("" if last is None else f", which AWS supports until {last}"))
