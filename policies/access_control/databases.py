"""Databases: only those who may see ePHI are given a way to it."""

from collections.abc import Callable

from hipaa_guard.authoring import Fix, Inventory, PolicyDocument, Verdict, failed, some
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import no_cross_account, on_access_by, outsiders_let_in, services_let_in
from hipaa_guard.services import dynamodb


@no_cross_account(
    title="DynamoDB table policies give access to no other AWS account",
    fix=Fix(
        terraform="""
            resource "aws_dynamodb_table" "phi" {
              name = "records"
            }
        """,
        cli="""
            aws dynamodb delete-resource-policy --resource-arn TABLE_ARN
            aws dynamodb delete-resource-policy --resource-arn STREAM_ARN
        """,
        note="A stream has a policy of its own: the second command is for it. Access within the account needs no "
        "resource policy: IAM policies give it.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "dynamodb_table_cross_account_access"},
)
def dynamodb_no_cross_account_policy(table: dynamodb.Table, inventory: Inventory) -> PolicyDocument | Verdict | None:
    account = table.origin.own_account
    found: list[Verdict] = []
    # Each decides against the table, whatever is not known of the other.
    policies = (("", lambda: table.policy), ("has a stream that ", lambda: dynamodb.stream_policy_of(table, inventory)))

    def by_outsiders(policy: PolicyDocument) -> Verdict | None:
        return None if outsiders_let_in(policy, account) is None else on_access_by(policy, account)

    def is_opened(look: Callable[[PolicyDocument], Verdict | None]) -> bool:
        def is_gap(whose: str, policy_of: Callable[[], PolicyDocument | None]) -> bool:
            policy = policy_of()
            verdict = None if policy is None else look(policy)
            if verdict is not None:
                found.append(failed(f"{whose}{verdict.message}", verdict.severity))
            return verdict is not None

        return some(lambda each: is_gap(*each), policies)

    return found[-1] if some(is_opened, (by_outsiders, services_let_in)) else table.policy
