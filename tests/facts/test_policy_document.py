"""IAM and resource policies: what they mean, and what is not known of them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipaa_guard.facts.policies.document import PolicyDocument, Statement, matches
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Reference, Undecided, Unknown

NAMELESS = Unknown("var.x has no value", Cause.VARIABLE)


def document(*statements: dict[str, Any]) -> PolicyDocument:
    parsed = PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})
    assert isinstance(parsed, PolicyDocument)
    return parsed


def statement(**elements: Any) -> Statement:
    (only,) = document({"Effect": "Allow", **elements})
    return only


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "anything", True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:[G]etObject", "s3:GetObject", False),
        ("s3:GetObject", "s3:GetObjectAcl", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/x/y", True),
        ("a.c", "abc", False),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_only_star_and_question_mark_are_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@given(st.text(alphabet="ab*?", max_size=30), st.text(alphabet="ab", max_size=60))
def test_matching_ends_and_agrees_with_the_definition(pattern: str, text: str) -> None:
    reachable = {0}
    for character in pattern:
        if character == "*":
            reachable = {later for at in reachable for later in range(at, len(text) + 1)}
        else:
            reachable = {at + 1 for at in reachable if at < len(text) and character in ("?", text[at])}
    assert matches(pattern, text) is (len(text) in reachable)


def test_reads_json_text_and_percent_encoded_text() -> None:
    text = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    for told in (text, quote(text), json.loads(text)):
        parsed = PolicyDocument.parse(told)
        assert isinstance(parsed, PolicyDocument)
        assert [s.covers_action("iam:PassRole") for s in parsed] == [True]


@pytest.mark.parametrize("text", ["not json", "[]", '"text"', "{"])
def test_refuses_what_is_no_policy(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PolicyDocument.parse(text)


def test_an_empty_text_is_no_policy() -> None:
    assert PolicyDocument.parse("  ") is None


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::111122223333:root", "*"]}])
def test_everyone_is_public_however_it_is_written(principal: Any) -> None:
    assert statement(Principal=principal, Action="s3:GetObject").is_public()


def test_allow_with_not_principal_is_public() -> None:
    assert statement(NotPrincipal={"AWS": "arn:aws:iam::111122223333:root"}, Action="s3:GetObject").is_public()


@pytest.mark.parametrize(
    ("condition", "public"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEquals": {"AWS:SourceAccount": "111122223333"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}, False),
        ({"ArnLike": {"aws:SourceArn": "*"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_a_condition_must_name_who(condition: Any, public: bool) -> None:
    assert statement(Principal="*", Action="s3:*", Condition=condition).is_public() is public


def test_a_deny_is_never_public() -> None:
    assert not document({"Effect": "Deny", "Principal": "*", "Action": "*"}).is_public()


def test_not_action_covers_all_but_those_named() -> None:
    allows = statement(NotAction=["iam:*", "sts:*"], Resource="*")
    assert allows.covers_action("s3:GetObject")
    assert not allows.covers_action("IAM:CreateUser")


def test_not_resource_covers_all_but_those_named() -> None:
    allows = statement(Action="*", NotResource="arn:aws:s3:::secret/*")
    assert allows.covers_resource("arn:aws:s3:::other")
    assert not allows.covers_resource("arn:aws:s3:::secret/x")


@pytest.mark.parametrize(
    ("value", "account"),
    [
        ("111122223333", "111122223333"),
        ("arn:aws:iam::111122223333:root", "111122223333"),
        ("arn:aws-us-gov:iam::111122223333:role/x", "111122223333"),
        ("AIDAEXAMPLE", None),
    ],
)
def test_the_account_of_a_principal(value: str, account: str | None) -> None:
    (principal,) = statement(Principal={"AWS": value}, Action="*").principals
    assert principal.account == account


def test_foreign_accounts_need_to_know_ones_own() -> None:
    allows = statement(Principal={"AWS": ["111122223333", "444455556666"]}, Action="*")
    assert allows.foreign_accounts("111122223333") == ["444455556666"]
    with pytest.raises(Undecided):
        allows.foreign_accounts(None)


def test_an_unknown_principal_may_be_everyone_but_a_known_one_is() -> None:
    unknown = {"Effect": "Allow", "Principal": {"AWS": [NAMELESS]}, "Action": "*"}
    with pytest.raises(Undecided):
        document(unknown).is_public()
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "*"}
    assert document(unknown, everyone).is_public()


def test_a_reference_to_a_declared_role_is_not_everyone() -> None:
    role = Reference("aws_iam_role.app", "arn")
    assert not document({"Effect": "Allow", "Principal": {"AWS": role}, "Action": "*"}).is_public()


def test_a_statement_that_is_not_known_may_say_anything() -> None:
    parsed = PolicyDocument.parse(PartialJson({"Statement": [NAMELESS]}, NAMELESS))
    assert isinstance(parsed, PolicyDocument)
    with pytest.raises(Undecided):
        parsed.is_public()


def test_an_unknown_effect_is_an_unknown_statement() -> None:
    with pytest.raises(Undecided):
        document({"Effect": NAMELESS, "Principal": "*", "Action": "*"}).is_public()


def test_text_with_references_inside_keeps_its_structure() -> None:
    bucket = Reference("aws_s3_bucket.b", "arn")
    text = PartialText(
        ['{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"', bucket, '/*"}]}']
    )
    parsed = PolicyDocument.parse(text)
    assert isinstance(parsed, PolicyDocument)
    (denies,) = parsed
    assert denies.covers_resource("\ue000aws_s3_bucket.b.arn\ue001/*")
    assert not denies.covers_resource("\ue000aws_s3_bucket.other.arn\ue001/*")


def test_text_whose_structure_is_not_known_is_unknown() -> None:
    parsed = PolicyDocument.parse(PartialText(['{"Statement":', NAMELESS, "}"]))
    assert isinstance(parsed, Unknown)
    assert parsed.reason == "var.x has no value"


def test_the_known_parts_of_a_pattern_may_already_say_no() -> None:
    account = Unknown("read at plan time", Cause.DATA_SOURCE)
    root = PartialText(["arn:aws:iam::", account, ":root"])
    allows = statement(
        Principal={"AWS": root}, Action="s3:*", Resource=PartialText(["arn:aws:s3:::a-", NAMELESS, "/*"])
    )
    assert not allows.is_about_anyone()
    assert not allows.covers_resource("arn:aws:s3:::b")
    with pytest.raises(Undecided):
        allows.covers_resource("arn:aws:s3:::a-b/x")
