"""Plain HTTP is denied exactly where AWS's text says so, by one statement or by several together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipaa_guard.facts.policies.denied_requests import patterns_overlap
from hipaa_guard.facts.policies.document import PolicyDocument, matches
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown

BUCKET, OBJECTS = ("arn:aws:s3:::b",), ("arn:aws:s3:::b/*",)
NOT_SEEN = Unknown("var.x has no value", Cause.VARIABLE)
TLS, HTTPS = "s3:TlsVersion", "aws:SecureTransport"

# condition of a denial -> whether each request over plain HTTP meets it
CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"Bool": {HTTPS: "false"}}, True),
    ({"bool": {HTTPS.upper(): False}}, True),
    ({"Bool": {HTTPS: ["false"]}}, True),
    ({"Bool": {HTTPS: ["true", "false"]}}, True),
    ({"Bool": {HTTPS: "true"}}, False),
    ({"BoolIfExists": {HTTPS: "false"}}, True),
    ({"BoolIfExists": {HTTPS: "true"}}, False),
    ({"ForAnyValue:Bool": {HTTPS: "false"}}, True),
    ({"ForAllValues:Bool": {HTTPS: "false"}}, True),
    ({"Null": {HTTPS: "true"}}, False),
    ({"Null": {HTTPS: "false"}}, True),
    # AWS documents Bool and Null for the key; Access Analyzer calls other operators errors.
    ({"StringEquals": {HTTPS: "false"}}, False),
    ({"StringNotEquals": {HTTPS: "true"}}, False),
    ({"NumericLessThan": {TLS: "1.2"}}, False),
    ({"NumericLessThan": {TLS: 1.2}}, False),
    ({"NumericLessThanIfExists": {TLS: "1.2"}}, True),
    ({"NumericEqualsIfExists": {TLS: "1.2"}}, True),
    ({"ForAllValues:NumericLessThan": {TLS: "1.2"}}, True),
    ({"ForAnyValue:NumericLessThanIfExists": {TLS: "1.2"}}, False),
    ({"NumericNotEquals": {TLS: "1.3"}}, True),
    ({"ForAnyValue:NumericNotEquals": {TLS: "1.3"}}, False),
    ({"NumericGreaterThanEquals": {TLS: "1.2"}}, False),
    ({"Null": {TLS: "true"}}, True),
    ({"Null": {TLS: "false"}}, False),
    ({"Bool": {HTTPS: "false"}, "NumericLessThan": {TLS: "1.2"}}, False),
    ({"Bool": {HTTPS: "false"}, "NumericLessThanIfExists": {TLS: "1.2"}}, True),
    ({"Bool": {HTTPS: "false"}, "StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::1:role/old"}}, False),
    ({"Bool": {HTTPS: "false"}, "StringEqualsIfExists": {"s3:x-amz-acl": "private"}}, False),
    ({"Bool": {HTTPS: "false", "aws:ViaAWSService": "false"}}, False),
]


def statement(**changes: Any) -> dict[str, Any]:
    written = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [*BUCKET, *OBJECTS],
        "Condition": {"Bool": {HTTPS: "false"}},
    } | changes
    return {key: value for key, value in written.items() if value is not None}


def denied(*statements: dict[str, Any]) -> bool:
    document = PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})
    assert isinstance(document, PolicyDocument)
    return document.denies_plain_http("s3:*", BUCKET, OBJECTS)


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS, ids=[json.dumps(each) for each, _ in CONDITIONS])
def test_each_condition_is_read_for_requests_over_plain_http(condition: dict[str, Any], expected: bool) -> None:
    assert denied(statement(Condition=condition)) is expected


ONLY_GET = {"Action": None, "NotAction": "s3:GetObject"}
BUT_PUBLIC = {"Resource": None, "NotResource": "arn:aws:s3:::b/public/*"}
ROLE = {"AWS": "arn:aws:iam::111122223333:role/old"}
TOGETHER: list[tuple[str, list[dict[str, Any]], bool]] = [
    ("nothing", [], False),
    ("one statement for the bucket, one for its objects", [{"Resource": BUCKET[0]}, {"Resource": OBJECTS[0]}], True),
    ("the bucket alone", [{"Resource": BUCKET[0]}], False),
    ("the objects alone", [{"Resource": OBJECTS[0]}], False),
    ("an action is excepted", [ONLY_GET], False),
    ("an action is excepted by a pattern", [{"Action": None, "NotAction": ["s3:Get*", "s3:List*"]}], False),
    ("all of S3 is excepted", [{"Action": None, "NotAction": "s3:*"}], False),
    ("actions of other services are excepted", [{"Action": None, "NotAction": ["iam:*", "sts:AssumeRole"]}], True),
    ("what one statement excepts another denies", [ONLY_GET, {"Action": "s3:Get*"}], True),
    ("the same in the other order", [{"Action": "s3:Get*"}, ONLY_GET], True),
    ("what one statement excepts another denies for the objects only", [ONLY_GET, {"Resource": OBJECTS[0]}], False),
    ("two statements except the same", [ONLY_GET, ONLY_GET], False),
    ("two statements except different actions", [ONLY_GET, {"Action": None, "NotAction": "s3:PutObject"}], True),
    ("a part of the objects is excepted", [BUT_PUBLIC], False),
    ("a part is excepted that another denies", [BUT_PUBLIC, {"Resource": "arn:aws:s3:::b/public/*"}], True),
    ("another bucket is excepted", [{"Resource": None, "NotResource": "arn:aws:s3:::other/*"}], True),
    ("the bucket itself is excepted", [{"Resource": None, "NotResource": BUCKET[0]}], False),
    ("a caller is excepted", [{"Principal": None, "NotPrincipal": ROLE}], False),
    ("one of two conditions holds", [{"Condition": {"NumericLessThan": {TLS: "1.2"}}}, {}], True),
    ("it allows", [{"Effect": "Allow"}], False),
]


@pytest.mark.parametrize(("changes", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_statements_deny_together_what_none_of_them_excepts(changes: list[dict[str, Any]], expected: bool) -> None:
    assert denied(*(statement(**change) for change in changes)) is expected


@pytest.mark.parametrize(
    "change",
    [
        {"Condition": NOT_SEEN},
        {"Condition": {"Bool": {HTTPS: NOT_SEEN}}},
        {"Principal": NOT_SEEN},
        {"Action": NOT_SEEN},
        {"Action": None, "NotAction": NOT_SEEN},
        {"Resource": NOT_SEEN},
        {"Resource": None, "NotResource": PartialText(["arn:aws:s3:::b/", NOT_SEEN])},
    ],
)
def test_a_part_that_is_not_known_leaves_it_undecided_unless_another_statement_denies_all(
    change: dict[str, Any],
) -> None:
    with pytest.raises(Undecided):
        denied(statement(**change))
    assert denied(statement(**change), statement())


def test_an_unknown_exception_that_cannot_be_of_the_bucket_leaves_no_doubt() -> None:
    excepted = PartialText(["arn:aws:s3:::other/", NOT_SEEN])
    assert denied(statement(Resource=None, NotResource=excepted))


def test_more_exceptions_than_a_scan_compares_are_undecided() -> None:
    excepted = [f"s3:Get{number}" for number in range(200)]
    with pytest.raises(Undecided, match="more exceptions"):
        denied(statement(Action=None, NotAction=excepted))


PATTERNS = st.text("ab*?", max_size=6)


@given(PATTERNS, PATTERNS, st.text("ab", max_size=6))
def test_patterns_that_both_cover_a_text_overlap(one: str, other: str, text: str) -> None:
    assert patterns_overlap(one, other) == patterns_overlap(other, one)
    if matches(one, text) and matches(other, text):
        assert patterns_overlap(one, other)


@given(PATTERNS, st.text("ab", max_size=6))
def test_a_pattern_overlaps_a_plain_text_exactly_where_it_covers_it(pattern: str, text: str) -> None:
    assert patterns_overlap(pattern, text) == matches(pattern, text)
