"""The controls on KMS besides rotation, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, answered, cases
from tests.policies.kms.states import ARN, NAME, OF_ACCOUNT, UNSET, described, hcl, nothing, policy

DELETION = "kms_key_not_pending_deletion"
PUBLIC, EVERYONE = "kms_key_policy_no_wildcard_principal", "kms_key_policy_no_full_access_for_everyone"


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


def unseen_policy(session: Any) -> None:
    described()(session)
    error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
    answered(session, "kms", "GetKeyPolicy", error, status=400)


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
    *(
        Case(EVERYONE, f"everyone, {words}", FAIL, policy(Principal="*", Condition=OF_ACCOUNT | condition))
        for words, condition in {
            "of any name in an account": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:*"}},
            "of any role": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}},
            "but one role": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/intern"}},
            "who may have no name": {"StringLikeIfExists": {"aws:username": "admin"}},
            "of any user name": {"StringLike": {"aws:username": "*"}},
            "who has a tag": {"Null": {"aws:PrincipalTag/team": "false"}},
        }.items()
    ),
    *(
        Case(EVERYONE, f"named: {words}", PASS, policy(Principal="*", Condition=OF_ACCOUNT | condition))
        for words, condition in {
            "a role": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/keys-*"}},
            "a tag": {"StringEquals": {"aws:PrincipalTag/team": "keys"}},
        }.items()
    ),
    Case(
        EVERYONE,
        "everyone but one role, in an account",
        FAIL,
        policy(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::123456789012:role/intern"}, Condition=OF_ACCOUNT),
    ),
    Case(
        EVERYONE,
        "everyone, whom a denial turns away but for one role",
        PASS,
        policy(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "kms:*",
                "Resource": "*",
                "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/keys"}},
            },
            Principal="*",
            Condition=OF_ACCOUNT,
        ),
    ),
    Case(EVERYONE, "everyone is denied", PASS, policy(Effect="Deny", Principal="*")),
    Case(EVERYONE, "everyone, in a policy of its own", FAIL, terraform=hcl() + SPLIT),
    Case(EVERYONE, "a key of AWS", NOT_APPLICABLE, aws=nothing, answers=described(KeyManager="AWS")),
    Case(EVERYONE, "may not be read", UNKNOWN, aws=nothing, answers=unseen_policy),
)
