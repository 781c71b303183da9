"""Policies that AWS refuses: nothing rests on them, neither a pass nor a gap."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.policies.grammar import identity_policy, resource_policy, trust_policy
from hipaa_guard.facts.resource import Fact
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Unknown
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.given_facts import GivenFacts
from tests.refused.instead import CONTROLS, KINDS, decided, instead, of_phi

OPEN = Unknown("var.x has no value", Cause.VARIABLE)
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
EVERYONE: list[Any] = ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"*": "*"}]
OF_RESOURCE = {"Effect": "Allow", "Principal": ROOT, "Action": "s3:GetObject", "Resource": "*"}
OF_IDENTITY = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
OF_TRUST = {"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"}
KINDS_OF_POLICY = [(resource_policy, OF_RESOURCE), (identity_policy, OF_IDENTITY), (trust_policy, OF_TRUST)]


def document(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def without(statement: dict[str, Any], *names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in names} | more


@pytest.mark.parametrize(("refusal", "statement"), KINDS_OF_POLICY)
def test_what_aws_takes_is_not_refused(refusal: Any, statement: dict[str, Any]) -> None:
    every = "NotResource" if "Resource" in statement else "Action"
    taken = [
        None,
        "",
        document(statement),
        document(statement, statement),
        document(without(statement, "Action", NotAction=["iam:*"])),
        document(without(statement, "Resource", **({every: "*"} if every == "NotResource" else {"Action": ["a:b"]}))),
        {"Statement": statement},  # without Version it is that of 2008
        document(statement, Version="2008-10-17", Id="x"),
        document({**statement, "Sid": "", "Condition": {}}),
        document({**statement, "Effect": "Deny"}),
        *(document({**statement, "Principal": one}) for one in EVERYONE if "Principal" in statement),
    ]
    for policy in taken:
        assert refusal(policy) is None, policy
        assert refusal(json.dumps(policy) if isinstance(policy, dict) else policy) is None


@pytest.mark.parametrize(("refusal", "statement"), KINDS_OF_POLICY)
def test_what_is_not_known_is_not_refused(refusal: Any, statement: dict[str, Any]) -> None:
    unknown = [
        OPEN,
        PartialText(["{", OPEN, "}"]),
        PartialJson(OPEN, OPEN),
        {"Version": OPEN, "Statement": OPEN},
        document(OPEN, statement),
        {"Statement": Incomplete([], OPEN)},
        *(document({**statement, name: OPEN}) for name in statement),
        *(document({**statement, name: Incomplete([], OPEN)}) for name in statement if name != "Effect"),
    ]
    assert [policy for policy in unknown if refusal(policy) is not None] == []


@pytest.mark.parametrize(("refusal", "statement"), KINDS_OF_POLICY)
@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("no JSON object", lambda _: "not json"),
        ("no JSON object", lambda _: "[]"),
        ("no Statement", lambda _: {}),
        ("no Statement", lambda _: {"Version": "2012-10-17", "Statement": []}),
        ("no Version '2012-10-18'", lambda one: document(one, Version="2012-10-18")),
        ("statement 2 has no Effect", lambda one: document(one, without(one, "Effect"))),
        ("the Effect 'allow'", lambda one: document({**one, "Effect": "allow"})),
        ("no Effect", lambda one: document({**one, "Effect": ""})),
        ("neither Action nor NotAction", lambda one: document(without(one, "Action"))),
        ("neither Action nor NotAction", lambda one: document({**one, "Action": []})),
        ("neither Action nor NotAction", lambda one: document({**one, "Action": None})),
        ("both Action and NotAction", lambda one: document({**one, "NotAction": "iam:*"})),
        ("statement 1 is no JSON object", lambda _: document("Allow")),
        ("no Effect", lambda one: {"Statement": Incomplete([without(one, "Effect")], OPEN)}),
    ],
)
def test_what_aws_refuses_of_any_policy(refusal: Any, statement: dict[str, Any], said: str, refused: Any) -> None:
    assert said in refusal(refused(statement))


@pytest.mark.parametrize(
    ("refusal", "statement", "said"),
    [
        (resource_policy, without(OF_RESOURCE, "Principal"), "neither Principal nor NotPrincipal"),
        (resource_policy, {**OF_RESOURCE, "NotPrincipal": ROOT}, "both Principal and NotPrincipal"),
        (resource_policy, {**OF_RESOURCE, "NotResource": "*"}, "both Resource and NotResource"),
        (resource_policy, {**OF_RESOURCE, "Principal": {"AWS": "arn:aws:iam::*:root"}}, "a wildcard in its name"),
        (resource_policy, {**OF_RESOURCE, "Principal": {"AWS": [*ROOT.values(), "1111*"]}}, "a wildcard in its name"),
        (
            resource_policy,
            {**OF_RESOURCE, "Principal": {"AWS": PartialText(["arn:aws:iam::", OPEN, ":role/*"])}},
            "a wildcard in its name",
        ),
        (resource_policy, {**OF_RESOURCE, "Principal": {"Account": "1"}}, "a principal of the kind 'Account'"),
        (
            trust_policy,
            without(OF_TRUST, "Principal", NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/?"}),
            "a wildcard in its name",
        ),
        (trust_policy, without(OF_TRUST, "Principal"), "neither Principal nor NotPrincipal"),
        (trust_policy, {**OF_TRUST, "Resource": "*"}, "Resource, which this kind of policy cannot have"),
        (identity_policy, without(OF_IDENTITY, "Resource"), "neither Resource nor NotResource"),
        (identity_policy, {**OF_IDENTITY, "Principal": "*"}, "Principal, which this kind of policy cannot have"),
        (identity_policy, {**OF_IDENTITY, "NotPrincipal": ROOT}, "NotPrincipal, which this kind"),
        (identity_policy, {**OF_IDENTITY, "Action": "s3*"}, "the action 's3*', which is neither"),
        (
            identity_policy,
            {**OF_IDENTITY, "Action": ["s3:Get*", "ec2:ec2:Describe*"]},
            "the action 'ec2:ec2:Describe*'",
        ),
        (identity_policy, without(OF_IDENTITY, "Action", NotAction="iam"), "the action 'iam', which is neither"),
    ],
)
def test_what_aws_refuses_of_one_kind(refusal: Any, statement: dict[str, Any], said: str) -> None:
    assert said in refusal(document(statement))


# --- the tables ------------------------------------------------------------------------------------------------------

POLICIES = [
    each
    for each in {id(one): one for kind in KINDS for one in kind.facts.values()}.values()
    if "PolicyDocument" in each.annotation and str(each) != "<Fact Key.grants>"  # which no document is written for
]


def sources(told: Fact) -> list[Literal["terraform", "aws"]]:
    """The sources that tell a fact: a live account lists a replica as what it copies."""
    apart: dict[Literal["terraform", "aws"], bool] = {
        "terraform": told.live_only is not None,
        "aws": told.aws is None,
    }
    return [source for source, is_apart in apart.items() if not is_apart]


REFUSED = {
    resource_policy: document(without(OF_RESOURCE, "Effect")),
    trust_policy: document(without(OF_TRUST, "Effect")),
    identity_policy: document(without(OF_IDENTITY, "Effect")),
}


@pytest.mark.parametrize("told", POLICIES, ids=str)
def test_every_policy_has_a_grammar_by_source_and_is_as_it_is_live(told: Fact) -> None:
    assert told.refusal is not None or told.live_only is not None
    for refused in REFUSED.values():
        values = {}
        for source in sources(told):
            resource = told.owner(Origin(told.owner.kind, None, "phi", source), GivenFacts(**{told.name: refused}))
            values[source] = resource.peek(told)
        if told.live_only is None:
            assert isinstance(values["terraform"], Unknown)
            assert values["terraform"].cause is Cause.REFUSED
        assert not isinstance(values.get("aws"), Unknown)


@pytest.mark.parametrize("told", POLICIES, ids=str)
def test_a_policy_that_is_nested_too_deeply_to_read_is_not_known(told: Fact) -> None:
    deep = '{"Statement":' * 5_000 + "[]" + "}" * 5_000
    for source in sources(told):
        resource = told.owner(Origin(told.owner.kind, None, "phi", source), GivenFacts(**{told.name: deep}))
        assert isinstance(resource.peek(told), Unknown)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_on_a_policy_that_aws_refuses_no_verdict_rests(control: Control) -> None:
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    refused = [document(), document(everyone, {"Sid": "x"}), "{", {"Statement": [{**everyone, "Effect": "Permit"}]}]
    wanted = wanted_facts([control])
    for told in POLICIES:
        if not any(told.name in names and kind.facts[told.name] is told for kind, names in wanted.items()):
            continue
        for inventory in decided(control):
            for policy in refused:
                found = of_phi(control, instead(inventory, told, policy))
                assert found.error is None, found.error
                if any(one.fact == told.name and "AWS refuses" in one.value for one in found.evidence):
                    gap_without = of_phi(control, instead(inventory, told, None)).status is Status.FAIL
                    expected = Status.FAIL if gap_without and found.status is Status.FAIL else Status.UNKNOWN
                    assert found.status is expected, (told, policy, found.message)


# --- what was found --------------------------------------------------------------------------------------------------


def bucket_policy(statement: str) -> str:
    return (
        'resource "aws_s3_bucket" "phi" {}\nresource "aws_s3_bucket_policy" "phi" {\n  bucket = aws_s3_bucket.phi.id\n'
        f'  policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})\n}}\n'
    )


def by_data_source(statement: str) -> str:
    return (
        'resource "aws_s3_bucket" "phi" {}\nresource "aws_s3_bucket_policy" "phi" {\n  bucket = aws_s3_bucket.phi.id\n'
        "  policy = data.aws_iam_policy_document.phi.json\n}\n"
        f'data "aws_iam_policy_document" "phi" {{\n  statement {{\n{statement}\n  }}\n}}\n'
    )


PUBLIC, TLS = "s3_bucket_policy_not_public", "s3_bucket_tls_required"
TO_ALL = 'Principal = "*", Action = "s3:GetObject", Resource = "*"'
NO_PLAIN_HTTP = """{
  Effect = "DENY", Principal = "*", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:SecureTransport" = "false" } }
}"""
ONE_OF_ALL = 'principals {\n type = "*"\n identifiers = ["*"]\n }\n'
test_policies = cases(
    Case(PUBLIC, "allows everyone", FAIL, terraform=bucket_policy(f'{{ Effect = "Allow", {TO_ALL} }}')),
    Case(PUBLIC, "a statement without effect", UNKNOWN, terraform=bucket_policy(f"{{ {TO_ALL} }}"), says="no Effect"),
    Case(PUBLIC, "an effect in small letters", UNKNOWN, terraform=bucket_policy(f'{{ Effect = "allow", {TO_ALL} }}')),
    Case(TLS, "a deny in capitals", UNKNOWN, terraform=bucket_policy(NO_PLAIN_HTTP), says="neither Allow nor Deny"),
    Case(
        PUBLIC,
        "the data source without effect, which means Allow",
        FAIL,
        terraform=by_data_source('actions = ["s3:GetObject"]\nresources = ["*"]\n' + ONE_OF_ALL),
    ),
    Case(
        PUBLIC,
        "the data source without principals",
        UNKNOWN,
        terraform=by_data_source('actions = ["s3:GetObject"]\nresources = ["*"]'),
        says="neither Principal nor NotPrincipal",
    ),
    Case(
        PUBLIC,
        "the data source without actions",
        UNKNOWN,
        terraform=by_data_source('resources = ["*"]\n' + ONE_OF_ALL),
        says="neither Action nor NotAction",
    ),
    Case(
        "iam_managed_policy_no_admin",
        "a policy of a principal without resources",
        UNKNOWN,
        terraform='resource "aws_iam_policy" "phi" {\n  policy = jsonencode({ Version = "2012-10-17", '
        'Statement = [{ Effect = "Allow", Action = "s3:GetObject" }] })\n}\n',
        says="neither Resource nor NotResource",
    ),
    Case(
        "secret_policy_not_public",
        "no policy, by the empty one",
        PASS,
        terraform='resource "aws_secretsmanager_secret" "phi" {\n  policy = "{}"\n}\n',
    ),
)
