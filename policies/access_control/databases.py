"""Databases: only those who may see ePHI are given a way to it."""

from collections.abc import Callable

from hipaa_guard.authoring import Fix, PolicyDocument, Verdict, failed, some
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import no_cross_account, outsiders_let_in
from hipaa_guard.services import dynamodb


@no_cross_account(
    title="DynamoDB table policies give access to no other AWS account",
    fix=Fix(
        terraform="""
            resource "aws_dynamodb_table" "phi" {
              name = "records"
            }
        """,
        cli="aws dynamodb delete-resource-policy --resource-arn TABLE_ARN",
        note="Access within the account needs no resource policy: IAM policies give it.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "dynamodb_table_cross_account_access"},
)
def dynamodb_no_cross_account_policy(table: dynamodb.Table) -> PolicyDocument | Verdict | None:
    account = table.origin.own_account
    found: list[str] = []

    def lets_in(whose: str, policy_of: Callable[[], PolicyDocument | None]) -> bool:
        outsiders = outsiders_let_in(policy_of(), account)
        if outsiders is not None:
            found.append(f"{whose}{outsiders}")
        return outsiders is not None

    # Each decides against the table, whatever is not known of the other.
    policies = (("", lambda: table.policy), ("has a stream that ", lambda: dynamodb.stream_policy_of(table)))
    if some(lambda each: lets_in(*each), policies):
        return failed(found[0])
    return table.policy
