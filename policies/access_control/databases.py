"""Databases: only those who may see ePHI are given a way to it."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, control
from hipaa_guard.policies.access_control.cross_account import judged_by_outsiders
from hipaa_guard.services import dynamodb


@control(
    title="DynamoDB table policies give access to no other AWS account",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Who gets in from another account is decided there: each such account is a party that can see ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_dynamodb_table" "phi" {
              name = "records"
            }
        """,
        cli="aws dynamodb delete-resource-policy --resource-arn TABLE_ARN",
        note="Access within the account needs no resource policy: IAM policies give it.",
    ),
    peers={"prowler": "dynamodb_table_cross_account_access"},
)
def dynamodb_no_cross_account_policy(table: dynamodb.Table) -> Verdict:
    verdict: Verdict = judged_by_outsiders(table.policy, table.origin.account)
    return verdict
