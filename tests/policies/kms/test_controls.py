"""The controls on KMS, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

ROTATION, DELETION = "kms_key_rotation_enabled", "kms_key_not_pending_deletion"
PUBLIC, EVERYONE = "kms_key_policy_no_wildcard_principal", "kms_key_policy_no_full_access_for_everyone"
UNSET = 'variable "unset" {}\n'
# Keys have no names of their own: the ids that the simulated KMS draws are seen through an answer that has one.
NAME = "phi-11111111-2222"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{NAME}"


def hcl(*lines: str, type: str = "aws_kms_key") -> str:
    return "\n".join([f'resource "{type}" "phi" {{', *lines, "}\n"])


def described(**metadata: Any) -> Any:
    """Answers about the one key of the account."""

    def register(session: Any) -> None:
        answered(session, "kms", "ListKeys", {"Keys": [{"KeyId": NAME, "KeyArn": ARN}]})
        about = {"KeyId": NAME, "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}
        about |= {"KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled"}
        answered(session, "kms", "DescribeKey", {"KeyMetadata": about | metadata})

    return register


def rotated(on: bool, days: int | None = 365, **metadata: Any) -> Told:
    status = {"KeyRotationEnabled": on} | ({"RotationPeriodInDays": days} if on and days else {})

    def register(session: Any) -> None:
        described(**metadata)(session)
        answered(session, "kms", "GetKeyRotationStatus", status)

    return Told(aws=nothing, answers=register)


def nothing(_: Aws) -> None:
    pass


def unseen_rotation(session: Any) -> None:
    described()(session)
    error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
    answered(session, "kms", "GetKeyRotationStatus", error, status=400)


REPLICA: dict[str, Any] = {"MultiRegion": True, "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}}

test_rotation = cases(
    Case(ROTATION, "off is the default", FAIL, rotated(on=False), terraform=hcl()),
    Case(ROTATION, "on", PASS, rotated(on=True), terraform=hcl("enable_key_rotation = true")),
    Case(ROTATION, "off, said aloud", FAIL, terraform=hcl("enable_key_rotation = false")),
    *(
        Case(
            ROTATION,
            f"every {days} days",
            verdict,
            rotated(on=True, days=days),
            terraform=hcl("enable_key_rotation = true", f"rotation_period_in_days = {days}"),
            says=f"every {days} days",
        )
        for days, verdict in ((90, PASS), (365, PASS), (366, FAIL), (2560, FAIL))
    ),
    Case(
        ROTATION,
        "a period, but off",
        FAIL,
        terraform=hcl("enable_key_rotation = false", "rotation_period_in_days = 90"),
        says="never",
    ),
    Case(
        ROTATION,
        "a period that is a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl("enable_key_rotation = true", "rotation_period_in_days = var.unset"),
    ),
    Case(
        ROTATION,
        "a period that AWS does not know",
        UNKNOWN,
        terraform=hcl("enable_key_rotation = true", "rotation_period_in_days = 30"),
    ),
    Case(ROTATION, "on, and AWS does not tell how often", UNKNOWN, rotated(on=True, days=None)),
    *(
        Case(
            ROTATION,
            f"a key for {usage}",
            NOT_APPLICABLE,
            rotated(on=False, KeyUsage=usage, KeySpec=spec),
            terraform=hcl(f'customer_master_key_spec = "{spec}"', f'key_usage = "{usage}"'),
            says=usage,
        )
        for usage, spec in (
            ("SIGN_VERIFY", "ECC_NIST_P256"),
            ("GENERATE_VERIFY_MAC", "HMAC_512"),
            ("KEY_AGREEMENT", "ECC_NIST_P384"),
        )
    ),
    Case(
        ROTATION,
        "a key that signs as ML-DSA",
        NOT_APPLICABLE,
        rotated(on=False, KeyUsage="SIGN_VERIFY", KeySpec="ML_DSA_65"),
    ),
    Case(
        ROTATION,
        "a key that encrypts, whose spec is a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl("customer_master_key_spec = var.unset", 'key_usage = "ENCRYPT_DECRYPT"'),
    ),
    Case(
        ROTATION,
        "disabled",
        NOT_APPLICABLE,
        rotated(on=False, KeyState="Disabled"),
        terraform=hcl("is_enabled = false"),
        says="is disabled",
    ),
    Case(
        ROTATION,
        "perhaps disabled",
        UNKNOWN,
        terraform=UNSET + hcl("is_enabled = var.unset"),
    ),
    *(
        Case(ROTATION, f"in the state {state}", NOT_APPLICABLE, rotated(on=False, KeyState=state), says="deletion")
        for state in ("PendingDeletion", "PendingReplicaDeletion")
    ),
    Case(
        ROTATION,
        "an RSA key",
        NOT_APPLICABLE,
        rotated(on=False, KeySpec="RSA_2048"),
        terraform=hcl('customer_master_key_spec = "RSA_2048"'),
    ),
    Case(
        ROTATION,
        "an HMAC key",
        NOT_APPLICABLE,
        rotated(on=False, KeySpec="HMAC_256"),
        terraform=hcl('customer_master_key_spec = "HMAC_256"'),
    ),
    Case(
        ROTATION,
        "imported material",
        NOT_APPLICABLE,
        rotated(on=False, Origin="EXTERNAL"),
        terraform=hcl(type="aws_kms_external_key"),
    ),
    Case(
        ROTATION,
        "material in a CloudHSM cluster",
        NOT_APPLICABLE,
        rotated(on=False, Origin="AWS_CLOUDHSM"),
        terraform=hcl('custom_key_store_id = "cks-1234567890abcdef0"'),
    ),
    Case(
        ROTATION,
        "material outside AWS",
        NOT_APPLICABLE,
        rotated(on=False, Origin="EXTERNAL_KEY_STORE"),
        terraform=hcl('custom_key_store_id = "cks-1234567890abcdef0"', 'xks_key_id = "key-1"'),
    ),
    Case(
        ROTATION,
        "a replica",
        NOT_APPLICABLE,
        rotated(on=False, **REPLICA),
        terraform=hcl("primary_key_arn = var.unset", type="aws_kms_replica_key") + UNSET,
    ),
    Case(ROTATION, "a key of AWS", NOT_APPLICABLE, rotated(on=True, KeyManager="AWS")),
    Case(
        ROTATION,
        "a key store that may be none",
        UNKNOWN,
        terraform=UNSET + hcl("custom_key_store_id = var.unset"),
    ),
    Case(ROTATION, "may not be read", UNKNOWN, aws=nothing, answers=unseen_rotation, says="kms:GetKeyRotationStatus"),
)


def unseen_key(session: Any) -> None:
    answered(session, "kms", "ListKeys", {"Keys": [{"KeyId": NAME, "KeyArn": ARN}]})
    error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
    answered(session, "kms", "DescribeKey", error, status=400)


test_deletion = cases(
    Case(DELETION, "enabled", PASS, aws=nothing, answers=described(KeyState="Enabled")),
    Case(DELETION, "disabled", PASS, aws=nothing, answers=described(KeyState="Disabled")),
    Case(DELETION, "scheduled", FAIL, aws=nothing, answers=described(KeyState="PendingDeletion")),
    Case(
        DELETION,
        "scheduled, and waiting for replicas",
        FAIL,
        aws=nothing,
        answers=described(KeyState="PendingReplicaDeletion"),
    ),
    Case(
        DELETION, "a key of AWS", NOT_APPLICABLE, aws=nothing, answers=described(KeyManager="AWS", KeyState="Enabled")
    ),
    Case(DELETION, "may not be read", UNKNOWN, aws=nothing, answers=unseen_key),
)


def policy(**changes: Any) -> Told:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def register(session: Any) -> None:
        described()(session)
        answered(session, "kms", "GetKeyPolicy", {"Policy": text})

    return Told(terraform=hcl(f"policy = {json.dumps(text)}"), aws=nothing, answers=register)


def unseen_policy(session: Any) -> None:
    described()(session)
    error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
    answered(session, "kms", "GetKeyPolicy", error, status=400)


OF_ACCOUNT = {"StringEquals": {"kms:CallerAccount": "123456789012"}}
ME = 'data "aws_caller_identity" "me" {}'
OF_SOMEBODY = """
policy = jsonencode({
  Statement = [{
    Effect    = "Allow"
    Principal = "*"
    Action    = "kms:Decrypt"
    Resource  = "*"
    Condition = { StringEquals = { "kms:CallerAccount" = WHO } }
  }]
})
"""
SPLIT = """
resource "aws_kms_key_policy" "p" {
  key_id = aws_kms_key.phi.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }]
  })
}
"""

test_policy = cases(
    Case(PUBLIC, "the default policy", PASS, policy() | Told(hcl())),
    Case(PUBLIC, "one's own account", PASS, policy()),
    Case(PUBLIC, "everyone", FAIL, policy(Principal="*", Action="kms:Decrypt")),
    Case(PUBLIC, "everyone, written as AWS principals", FAIL, policy(Principal={"AWS": ["*"]})),
    Case(PUBLIC, "everyone of one account", PASS, policy(Principal={"AWS": "*"}, Condition=OF_ACCOUNT)),
    Case(
        PUBLIC,
        "everyone of an account that is read at plan time",
        PASS,
        terraform=UNSET + hcl(OF_SOMEBODY.replace("WHO", "data.aws_caller_identity.me.account_id")) + ME,
    ),
    Case(
        PUBLIC,
        "everyone of an account that is a variable without a value",
        PASS,
        terraform=UNSET + hcl(OF_SOMEBODY.replace("WHO", "var.unset")),
    ),
    Case(
        PUBLIC,
        "everyone of accounts like a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl(OF_SOMEBODY.replace("WHO", "var.unset").replace("StringEquals", "StringLike")),
    ),
    Case(PUBLIC, "everyone, in a policy of its own", FAIL, terraform=hcl() + SPLIT),
    Case(PUBLIC, "a key of AWS", NOT_APPLICABLE, aws=nothing, answers=described(KeyManager="AWS")),
    Case(PUBLIC, "may not be read", UNKNOWN, aws=nothing, answers=unseen_policy, says="kms:GetKeyPolicy"),
    Case(EVERYONE, "the default policy", PASS, terraform=hcl()),
    Case(EVERYONE, "one's own account", PASS, policy()),
    Case(EVERYONE, "everyone", FAIL, policy(Principal="*")),
    Case(
        EVERYONE,
        "everyone of one account",
        FAIL,
        policy(Principal={"AWS": "*"}, Condition=OF_ACCOUNT),
        says="every principal of the account",
    ),
    Case(EVERYONE, "all actions there are", FAIL, policy(Principal="*", Action="*", Condition=OF_ACCOUNT)),
    Case(
        EVERYONE, "everyone may decrypt only", PASS, policy(Principal="*", Action="kms:Decrypt", Condition=OF_ACCOUNT)
    ),
    Case(
        EVERYONE,
        "whoever has one role",
        PASS,
        policy(
            Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/key-admin"}}
        ),
    ),
    Case(EVERYONE, "everyone is denied", PASS, policy(Effect="Deny", Principal="*")),
    Case(EVERYONE, "everyone, in a policy of its own", FAIL, terraform=hcl() + SPLIT),
    Case(EVERYONE, "a key of AWS", NOT_APPLICABLE, aws=nothing, answers=described(KeyManager="AWS")),
    Case(EVERYONE, "may not be read", UNKNOWN, aws=nothing, answers=unseen_policy),
)
