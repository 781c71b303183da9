"""Secrets: credentials of systems with ePHI change, and nobody finds them in source code."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.services import secretsmanager

_CREDENTIALS = ("164.308(a)(5)(ii)(D)", "164.312(d)")
_MOST_DAYS = 90
_ROTATION = """
    resource "aws_secretsmanager_secret_rotation" "phi" {
      secret_id           = aws_secretsmanager_secret.phi.id
      rotation_lambda_arn = aws_lambda_function.rotation.arn
      rotation_rules {
        automatically_after_days = 30
      }
      depends_on = [aws_lambda_permission.rotation]
    }
    resource "aws_lambda_permission" "rotation" {
      action        = "lambda:InvokeFunction"
      function_name = aws_lambda_function.rotation.function_name
      principal     = "secretsmanager.amazonaws.com"
      source_arn    = aws_secretsmanager_secret.phi.arn
    }
"""
_AT_ONCE = (
    "The first rotation starts at once, unless `rotate_immediately = false` (`--no-rotate-immediately`) leaves it for "
    "the next window: whoever keeps the value elsewhere is then cut off."
)
_FUNCTION = (
    " The function must be able to change the credential in its system and to read and write the secret; AWS has "
    "templates for databases."
)


@control(
    title="Secrets are rotated automatically, as often as planned",
    severity=MEDIUM,
    hipaa=_CREDENTIALS,
    why="A credential that never changes opens ePHI to whoever ever saw it: people who left, old logs, old backups.",
    fix=Fix(
        terraform=_ROTATION,
        cli="""
            aws lambda add-permission --function-name FUNCTION --statement-id rotation --action lambda:InvokeFunction \\
              --principal secretsmanager.amazonaws.com --source-arn SECRET_ARN
            aws secretsmanager rotate-secret --secret-id SECRET --rotation-lambda-arn FUNCTION_ARN \\
              --rotation-rules AutomaticallyAfterDays=30
        """,
        note=_AT_ONCE + _FUNCTION,
        not_by_machine="needs a function that changes the secret where it is used",
        consequences=("changes_password", "starts_rotation", "costs_money"),
    ),
    peers={
        "prowler": "secretsmanager_automatic_rotation_enabled",
        "aws_config": "secretsmanager-rotation-enabled-check",
        "powerpipe": (
            "secretsmanager_secret_automatic_rotation_enabled",
            "secretsmanager_secret_rotated_as_scheduled",
        ),
        "cdk_nag": "HIPAA.Security-SecretsManagerRotationEnabled",
        "checkov": "CKV2_AWS_57",
    },
)
def secret_rotation_enabled(secret: secretsmanager.Secret) -> Verdict:
    if secret.is_rotated:
        return _as_planned(secret)
    if secret.primary_region not in (None, secret.origin.region):
        return not_applicable(f"is a copy of a secret in {secret.primary_region}, which alone can be rotated")
    owner = secretsmanager.service_without_rotation(secret)
    if owner is not None:
        return not_applicable(f"belongs to the AWS service {owner}, which offers no automatic rotation of it")
    return failed("is never rotated automatically")


def _as_planned(secret: secretsmanager.Secret) -> Verdict:
    """Rotation that is on and does not succeed leaves the credential as it is."""
    overdue = secretsmanager.days_overdue(secret)
    if overdue is None:
        return passed("is rotated automatically")
    days = f"{overdue} day{'s' if overdue > 1 else ''}"
    last = secret.last_rotated
    if last is None:
        return failed(f"has rotation on, but was never rotated: the first rotation is {days} late")
    return failed(f"has rotation on, but was last rotated on {last.date()}: the next rotation is {days} late")


@control(
    title="Secrets that are rotated automatically are rotated at least every 90 days",
    severity=MEDIUM,
    hipaa=_CREDENTIALS,
    why="The longer a credential lives, the longer a stolen one opens ePHI.",
    fix=Fix(
        terraform=_ROTATION,
        cli="aws secretsmanager rotate-secret --secret-id SECRET --rotation-rules AutomaticallyAfterDays=30",
        note=_AT_ONCE,
        not_by_machine="depends on how often its users can take a new value",
        consequences=("changes_password", "starts_rotation"),
    ),
    peers={"checkov": "CKV_AWS_304"},
    refines="secret_rotation_enabled",
)
def secret_rotation_interval_90_days(secret: secretsmanager.Secret) -> Verdict:
    if not secret.is_rotated:
        return not_applicable("is not rotated automatically")
    days = secretsmanager.longest_wait(secret)
    if days > _MOST_DAYS:
        return failed(f"is rotated only every {days} days")
    return passed("is rotated every day" if days == 1 else f"is rotated at least every {days} days")


@control(
    title="Values of secrets and secure parameters are not written in Terraform source",
    severity=MEDIUM,
    hipaa=_CREDENTIALS,
    why="Everyone who may read the repository, its history and its copies knows the credential to ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_secretsmanager_secret_version" "phi" {
              secret_id     = aws_secretsmanager_secret.records_db.id
              secret_string = random_password.records_db.result
            }
            resource "random_password" "records_db" {
              length = 32
            }
        """,
        note="A value that once stood in source must be changed; a generated one still stands in the Terraform state.",
        not_by_machine="needs a value that is made outside of source",
        consequences=("changes_password",),
    ),
)
def secret_value_not_in_source(version: secretsmanager.SecretVersion) -> Verdict:
    if version.is_written_in_source:
        return failed("writes the value of a secret in source")
    return passed("writes no secret in source")
