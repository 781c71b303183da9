"""Keys: those who use a key to ePHI cannot change or destroy it."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.services import kms


@control(
    title="KMS key policies do not give everyone, or everyone in an account, all rights to the key",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="A statement for every principal, even of one account only, lets each user and role decrypt ePHI and delete "
    "its key, whatever IAM allows them.",
    fix=Fix(
        terraform="""
            resource "aws_kms_key" "phi" {
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
                  Action    = "kms:*"
                  Resource  = "*"
                }]
              })
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="aws kms put-key-policy --key-id KEY --policy-name default --policy file://named-principals-only.json",
        note="The account as principal leaves the decision to IAM policies; * with a condition does not.",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="kms_key_policy_no_wildcard_principal",
)
def kms_key_policy_no_full_access_for_everyone(key: kms.Key) -> Verdict:
    if key.manager != "CUSTOMER":
        return not_applicable("is managed by AWS, which writes its policy")
    opened = None if key.policy is None else kms.opened_to_everyone(key.policy)
    if opened is not None:
        return failed(f"has a policy that gives {opened}")
    return passed("has no policy that gives everyone all rights to it")
