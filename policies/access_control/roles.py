"""Trust in IAM roles: they let in those whom they name, and other accounts only with proof."""

from hipaa_guard.authoring import (
    MEDIUM,
    Fix,
    PolicyDocument,
    Statement,
    Verdict,
    control,
    failed,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.iam_roles import if_ours
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import iam, iam_trust


@policy_not_public(
    title="IAM roles do not let everyone in",
    hipaa=("164.312(a)(1)", "164.312(d)"),
    why="A role that trusts every AWS account gives its rights to ePHI to anyone who learns its name.",
    policy="trust policy",
    fix=Fix(
        terraform="""
            resource "aws_iam_role" "phi" {
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { Service = "ecs-tasks.amazonaws.com" }
                }]
              })
            }
        """,
        cli="aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"checkov": "CKV_AWS_60"},
)
def iam_role_trust_not_public(role: iam.Role) -> PolicyDocument | Verdict:
    kept = role.kept_by_aws() if role.trust.is_public() else None
    return role.trust if kept is None else not_applicable(kept)


@control(
    title="IAM roles that trust other accounts ask for an external id, an organisation or MFA",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.312(d)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
    why=(
        "Whoever serves several customers can be led to use another's role (the confused deputy), and a stolen key "
        "of the other account is enough to reach ePHI here."
    ),
    fix=Fix(
        terraform="""
            resource "aws_iam_role" "phi" {
              assume_role_policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::444455556666:role/claims-import" }
                  Condition = { StringEquals = { "sts:ExternalId" = "7d41c9" } }
                }]
              })
            }
        """,
        cli="aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json",
        not_by_machine="needs an external id that the other account must send",
        consequences=("cuts_access",),
    ),
)
def iam_role_foreign_trust_conditioned(role: iam.Role) -> Verdict:
    own = role.own_account()
    found: list[str] = []
    asked: list[Statement] = []

    def is_open(statement: Statement) -> bool:
        if not iam_trust.lets_in(statement):
            return False
        if iam_trust.asks_for_proof(statement):
            asked.append(statement)
            return False
        account = iam_trust.foreign_account(statement, own)
        if account is not None:
            found.append(account)
        return account is not None

    if some(is_open, role.trust.allowances()):
        return if_ours(role, failed(f"lets in {found[0]} without an external id, organisation or MFA"))
    if not asked:
        return passed("trusts no other account")
    return passed("asks every other account that it trusts for more than its name")
