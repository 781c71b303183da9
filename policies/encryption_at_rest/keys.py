"""Keys and secrets: the keys that protect ePHI are renewed, and secrets are encrypted with keys of one's own."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.judging.customer_keys import AWS_MANAGED, customer_managed_key
from hipaa_guard.services import kms, secretsmanager

_YEAR = 365
_UNUSED = {
    "Disabled": "is disabled: it encrypts nothing, and KMS changes its rotation only when it is enabled",
    "PendingDeletion": "is scheduled for deletion: it encrypts nothing, and KMS does not rotate it",
    "PendingReplicaDeletion": "is scheduled for deletion: it encrypts nothing, and KMS does not rotate it",
}
"""States in which KMS does not rotate a key, with the reason (KMS Developer Guide, "Key states of AWS KMS keys")."""


@control(
    title="Symmetric KMS keys that the customer manages are rotated at least once a year",
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)",),
    why="Rotation limits how much ePHI one key ever encrypts, and old data stays readable.",
    fix=Fix(
        sets="aws_kms_key.enable_key_rotation = true",
        where_written="aws_kms_key.rotation_period_in_days = 365",
        cli="aws kms enable-key-rotation --key-id KEY --rotation-period-in-days 365",
        note="A key that has a period of its own needs `rotation_period_in_days = 365`, or less. The first and the second "
        "rotation of a key each add to its monthly price.",
        consequences=("costs_money",),
    ),
    peers={"prowler": "kms_cmk_rotation_enabled", "checkov": "CKV_AWS_7", "trivy": "AVD-AWS-0065"},
)
def kms_key_rotation_enabled(key: kms.Key) -> Verdict:
    if key.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which rotates it")
    if key.is_replica:
        return not_applicable("is a replica: it is rotated together with its primary key")
    if key.usage != "ENCRYPT_DECRYPT":
        return not_applicable(f"is for {key.usage}: KMS rotates only symmetric keys that encrypt")
    if key.spec != "SYMMETRIC_DEFAULT":
        return not_applicable(f"is of the spec {key.spec}, which KMS cannot rotate")
    if key.material == "EXTERNAL":
        return not_applicable("has imported key material, which KMS rotates only on demand")
    if key.material != "AWS_KMS":
        return not_applicable(f"has key material of the origin {key.material}, which KMS cannot rotate")
    if key.state in _UNUSED:
        return not_applicable(_UNUSED[key.state])
    if not key.rotation_enabled:
        return failed("is never rotated")
    if key.rotation_days > _YEAR:
        return failed(f"is rotated every {key.rotation_days} days, which is less often than once a year")
    return passed(f"is rotated automatically every {key.rotation_days} days")


@customer_managed_key(
    title="Secrets are encrypted with a key that the customer manages",
    why="The policy of the AWS managed key cannot be changed, so that access to credentials of systems with ePHI "
    "cannot be cut off at the key.",
    otherwise=f"{AWS_MANAGED} aws/secretsmanager",
    fix=Fix(
        terraform="""
            resource "aws_secretsmanager_secret" "phi" {
              name       = "records-db"
              kms_key_id = aws_kms_key.secrets.arn
            }
            resource "aws_kms_key" "secrets" {
              enable_key_rotation = true
            }
        """,
        cli="aws secretsmanager update-secret --secret-id SECRET --kms-key-id KEY_ARN",
        note="Whoever reads the secret then needs kms:Decrypt on the key too, and whoever changes it kms:GenerateDataKey. "
        "Values that are stored already keep the former key until they are written again. A replica names a key of its own region: `kms_key_id` in its `replica` block.",
        not_by_machine=NEEDS_A_KEY,
        consequences=("cuts_access",),
    ),
    peers={
        "aws_config": "secretsmanager-using-cmk",
        "powerpipe": "secretsmanager_secret_encrypted_with_kms_cmk",
        "cdk_nag": "HIPAA.Security-SecretsManagerUsingKMSKey",
        "checkov": "CKV_AWS_149",
        "trivy": "AVD-AWS-0098",
    },
    advisory=OWN_KEY,
)
def secret_encrypted_with_cmk(secret: secretsmanager.Secret) -> str | None:
    return secret.key
