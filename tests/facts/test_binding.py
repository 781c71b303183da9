"""Conditions that name who may come in, and those that only look as if they did."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.facts.policies.binding_conditions import binds_caller, named_accounts
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.values import Cause, Existing, PartialText, Reference, Undecided, Unknown

ACCOUNT = Unknown("data.aws_caller_identity.me.account_id is read at plan time", Cause.DATA_SOURCE)
VARIABLE = Unknown("var.x has no value", Cause.VARIABLE)


def condition(operator: str, key: str, *values: Any, if_exists: bool = False, qualifier: str = "") -> Condition:
    return Condition(operator, key.lower(), list(values), if_exists, qualifier)


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"]),
        ("StringEquals", "aws:PrincipalAccount", ["111122223333", "444455556666"]),
        ("StringEquals", "AWS:SourceOwner", [ACCOUNT]),
        ("StringEquals", "kms:CallerAccount", [VARIABLE]),
        ("StringLike", "aws:PrincipalArn", ["arn:aws:iam::111122223333:role/*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:111122223333:*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::one-bucket"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:*:*:one-bucket"]),
        ("ArnLike", "aws:SourceArn", [PartialText(["arn:aws:s3:*:", ACCOUNT, ":x*"])]),
        ("ArnEquals", "aws:SourceArn", [Reference("aws_sns_topic.t", "arn")]),
        ("StringLike", "aws:PrincipalOrgPaths", ["o-a1b2c3d4e5/r-ab12/*"]),
        ("StringLike", "aws:userid", ["AROAEXAMPLEID:*"]),
        ("StringEquals", "aws:SourceVpce", ["vpce-0123456789abcdef0"]),
        ("IpAddress", "aws:SourceIp", ["198.51.100.0/24", "2001:db8::/32"]),
    ],
)
def test_names_who(operator: str, key: str, values: list[Any]) -> None:
    assert binds_caller(condition(operator, key, *values))


@pytest.mark.parametrize(
    ("operator", "key", "values"),
    [
        ("StringLike", "aws:PrincipalArn", ["*"]),
        ("StringLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/app"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::records-*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:*:*:records-*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:s3:*:*:accesspoint/records"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:*:*"]),
        ("ArnLike", "aws:SourceArn", ["arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:*:t"]),
        ("StringLike", "aws:PrincipalOrgID", ["o-*"]),
        ("StringLike", "aws:PrincipalAccount", ["1*"]),
        ("StringLike", "aws:SourceVpce", ["vpce-*"]),
        ("StringLike", "aws:userid", ["*:session"]),
        ("StringNotEquals", "aws:PrincipalOrgID", ["o-a1b2c3d4e5"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/0"]),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"]),
        ("IpAddress", "aws:SourceIp", ["198.51.100.0/24", "::/1", "8000::/1"]),
        ("NotIpAddress", "aws:SourceIp", ["198.51.100.0/24"]),
        ("Bool", "aws:SecureTransport", ["true"]),
        ("StringEquals", "kms:ViaService", ["s3.us-east-1.amazonaws.com"]),
    ],
)
def test_names_nobody(operator: str, key: str, values: list[Any]) -> None:
    assert not binds_caller(condition(operator, key, *values))


def test_a_condition_that_holds_without_the_key_names_nobody() -> None:
    assert not binds_caller(condition("StringEquals", "aws:PrincipalOrgID", "o-1", if_exists=True))
    assert not binds_caller(condition("StringEquals", "aws:PrincipalOrgID", "o-1", qualifier="ForAllValues"))
    assert binds_caller(condition("StringEquals", "aws:PrincipalOrgID", "o-1", qualifier="ForAnyValue"))


def test_a_value_that_may_be_a_wildcard_decides_nothing() -> None:
    with pytest.raises(Undecided):
        binds_caller(condition("StringLike", "aws:PrincipalOrgID", VARIABLE))
    with pytest.raises(Undecided):
        binds_caller(condition("ArnLike", "aws:SourceArn", PartialText(["arn:aws:sns:*:", VARIABLE, ":t"])))
    assert not binds_caller(condition("ArnLike", "aws:SourceArn", VARIABLE, "arn:aws:sns:*:*:*"))


def test_accounts_are_named_in_ids_and_in_arns() -> None:
    assert list(named_accounts(condition("StringEquals", "aws:SourceAccount", "210987654321"))) == ["210987654321"]
    topic = condition("ArnEquals", "aws:SourceArn", "arn:aws:sns:us-east-1:210987654321:t", "arn:aws:s3:::bucket")
    assert list(named_accounts(topic)) == ["210987654321"]
    assert list(named_accounts(condition("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/x"))) == []


def test_an_account_that_is_not_known_may_be_anybodys_unless_it_is_the_caller() -> None:
    caller = Existing("data.aws_caller_identity.me", "account_id", is_set=True, apart=True, own=True, asked_by=None)
    other = Unknown("read at plan time", Cause.DATA_SOURCE, references=("data.aws_ssm_parameter.partner.value",))
    assert list(named_accounts(condition("StringEquals", "aws:SourceAccount", caller))) == []
    assert (
        list(named_accounts(condition("ArnLike", "aws:SourceArn", PartialText(["arn:aws:s3:*:", caller, ":*"])))) == []
    )
    assert list(named_accounts(condition("ArnEquals", "aws:SourceArn", Reference("aws_sns_topic.t", "arn")))) == []
    with pytest.raises(Undecided):
        list(named_accounts(condition("StringEquals", "aws:SourceAccount", other)))
