"""Keys of conditions that are known in part: what they tell, and that they are never taken for what they are not."""

from __future__ import annotations

import json

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import PartialMap, map_of
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.values import PartialText, Undecided, Unknown

X = Unknown("var.x has no value")
KNOWN = {
    "${x}:sub": "?:sub",
    "oidc.eks.${x}:AUD": "?:aud",
    "aws:ResourceTag/${x}": "aws:resourcetag/?",
    "aws:PrincipalTag/clinic-${x}": "aws:principaltag/clinic-?",
    "kms:EncryptionContext:${x}:id": "kms:encryptioncontext:?",
}
NOT_KNOWN = ("${x}:userid", "aws:${x}", "${x}sub", "${x}:sub${x}", "aws:Source${x}")


def written(key: str) -> list[str | Unknown]:
    """The parts of a key in which ``${x}`` is not known."""
    pieces: list[str | Unknown] = []
    for number, piece in enumerate(key.split("${x}")):
        pieces += [X, piece] if number else [piece]
    return [piece for piece in pieces if isinstance(piece, Unknown) or piece]


def conditions(key: str, *, text: bool) -> list[Condition]:
    """The conditions of a statement with a known key and this one, from a structure or from a text."""
    parts = written(key)
    if text:
        statement = {
            "Effect": "Allow",
            "Action": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o", "KEY": "v"}},
        }
        before, after = json.dumps({"Statement": [statement]}).split("KEY")
        document = PolicyDocument.parse(PartialText((before, *parts, after)))
    else:
        entries = map_of([("aws:PrincipalOrgID", "o"), (PartialText(parts), "v")])
        document = PolicyDocument.parse({"Statement": [{"Effect": "Allow", "Condition": {"StringEquals": entries}}]})
    assert isinstance(document, PolicyDocument)
    return document.statements[0].conditions


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize(("key", "expected"), KNOWN.items())
def test_a_key_whose_sort_is_known_is_a_condition(key: str, expected: str, text: bool) -> None:
    assert [each.key for each in conditions(key, text=text)] == ["aws:principalorgid", expected]


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("key", NOT_KNOWN)
def test_any_other_key_leaves_the_conditions_incomplete(key: str, text: bool) -> None:
    found = conditions(key, text=text)
    assert isinstance(found, Incomplete)
    assert [each.key for each in found.seen] == ["aws:principalorgid"]


def test_a_map_with_such_a_key_refuses_to_be_used() -> None:
    found = map_of([("a", 1), (PartialText((X, ":sub")), 2)])
    assert isinstance(found, PartialMap)
    assert found.reason == X.reason
    with pytest.raises(Undecided):
        list(found)


def test_a_map_whose_keys_are_known_is_a_map() -> None:
    assert map_of([("a", 1), ("b", 2)]) == {"a": 1, "b": 2}
