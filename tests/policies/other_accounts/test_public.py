"""Which conditions leave a statement open to everyone: the same for every kind with a resource policy, on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, Case, all_controls, cases
from tests.policies.other_accounts.places import PLACES, with_statements

OTHER = "444455556666"
ANYONE = {"Principal": "*"}
PUBLIC: Mapping[str, str] = {
    "s3_bucket_policy_not_public": "s3_bucket_no_cross_account_policy",
    "sqs_queue_policy_not_public": "sqs_queue_policy_no_cross_account",
    "sns_topic_policy_not_public": "sns_topic_policy_no_cross_account",
    "kms_key_policy_no_wildcard_principal": "kms_key_policy_no_cross_account",
    "secret_policy_not_public": "secret_policy_no_cross_account",
    "efs_policy_not_public": "efs_policy_no_cross_account",
    "log_group_not_public": "log_group_no_cross_account",
}
"""Control -> the control in `PLACES` on the same kind."""
ONLY_CROSS_ACCOUNT = {"dynamodb_no_cross_account_policy"}
"""DynamoDB refuses a policy that is open to everyone, whatever the account's settings."""


def when(**operators: Mapping[str, Any]) -> dict[str, Any]:
    return ANYONE | {"Condition": {name.replace("_", ":"): keys for name, keys in operators.items()}}


OPEN: dict[str, dict[str, Any]] = {
    "everyone": ANYONE,
    "everyone, as AWS principals": {"Principal": {"AWS": ["*"]}},
    "all but those who are named": {"NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
    "everyone, where the key is not there": when(StringEqualsIfExists={"aws:PrincipalAccount": ACCOUNT}),
    "everyone without a value of many": when(ForAllValues_StringEquals={"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-a/"}),
    "all but one account": when(StringNotEquals={"aws:PrincipalAccount": OTHER}),
    "all but one network": when(NotIpAddress={"aws:SourceIp": "203.0.113.0/24"}),
    "everyone who has an account": when(Null={"aws:PrincipalAccount": "false"}),
    "everyone after a date": when(DateGreaterThan={"aws:CurrentTime": "2026-01-01T00:00:00Z"}),
    "everyone of the name that they have": when(StringEquals={"aws:username": "${aws:username}"}),
    "everyone of the account that they have": when(StringEquals={"aws:PrincipalAccount": "${aws:PrincipalAccount}"}),
    "everyone with a tag": when(StringEquals={"aws:PrincipalTag/team": "records"}),
    "one of several values is a pattern for all": when(
        ArnLike={"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:*", "*"]}
    ),
    "buckets of any account whose name begins alike": when(ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:records-*"}),
    "access points of any account that have the name": when(
        ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:accesspoint/records"}
    ),
}
BOUND: dict[str, dict[str, Any]] = {
    "an account": when(StringEquals={"aws:PrincipalAccount": ACCOUNT}),
    "an account, whatever the case of the names": when(stringequals={"AWS:PRINCIPALACCOUNT": [ACCOUNT]}),
    "one of two accounts": when(StringEquals={"aws:PrincipalAccount": [ACCOUNT, OTHER]}),
    "an account, where the key must be there": when(
        StringEqualsIfExists={"aws:PrincipalAccount": ACCOUNT}, Null={"aws:PrincipalAccount": "false"}
    ),
    "the account of the resource": when(StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}),
    "a part of an organization": when(ForAnyValue_StringLike={"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-a/*"}),
    "a bucket, whose name no other account can have": when(ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:records"}),
    "a network": when(IpAddress={"aws:SourceIp": "203.0.113.0/24"}),
    "an account after a date": when(
        StringEquals={"aws:PrincipalAccount": ACCOUNT}, DateGreaterThan={"aws:CurrentTime": "2026-01-01T00:00:00Z"}
    ),
}


def table() -> Iterator[Case]:
    for control, beside in PUBLIC.items():
        for sentence, statement in OPEN.items():
            yield Case(control, sentence, FAIL, with_statements(beside, statement))
        for sentence, statement in BOUND.items():
            yield Case(control, sentence, PASS, with_statements(beside, statement))


test_policies = cases(*table())


def test_every_kind_with_a_resource_policy_is_here() -> None:
    assert set(PLACES) - set(PUBLIC.values()) == ONLY_CROSS_ACCOUNT
    assert all(all_controls()[one].kind is all_controls()[other].kind for one, other in PUBLIC.items())
