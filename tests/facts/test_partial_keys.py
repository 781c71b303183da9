"""Keys of conditions that are known in part: what they tell, and that they are never taken for what they are not."""

from __future__ import annotations

import json

import pytest

from hipaa_guard.facts.credentials import credentials_in, credentials_in_variables
from hipaa_guard.facts.credentials.written import secret_written
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import PartialMap, map_of
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.secrets import SecretText, holds_secret, revealed
from hipaa_guard.facts.values import PartialJson, PartialText, Undecided, Unknown, Value

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


LOGIN = "postgres://app:S3cret@db/phi"
# The entries of a map with keys that are known in part -> the credentials that it certainly holds.
ENTRIES: tuple[tuple[list[tuple[str | PartialText, Value]], list[str]], ...] = (
    ([(PartialText((X, "_PASSWORD")), "S3cret")], ["a password in ..._PASSWORD"]),
    ([(PartialText((X, "_HOST")), "db")], []),
    ([(PartialText((X,)), "S3cret")], []),
    ([(PartialText((X,)), LOGIN)], ["a URL with a password in ..."]),
    ([(PartialText((X,)), "db"), ("URL", LOGIN)], ["a URL with a password in URL"]),
    # a later entry may take the place of the earlier one
    ([("URL", LOGIN), (PartialText((X,)), "db")], []),
    ([("URL", LOGIN), (PartialText((X, "_HOST")), "db")], ["a URL with a password in URL"]),
    ([("URL", LOGIN), (PartialText(("DB_", X)), "db")], ["a URL with a password in URL"]),
    ([("DB_URL", LOGIN), (PartialText(("DB_", X)), "db")], []),
    ([("URL", LOGIN), ("URL", "db"), (PartialText((X, "_HOST")), "db")], []),
    # of what stands before many keys that are not known nothing is said
    ([("URL", LOGIN), *((PartialText((X, f"_{n}")), "db") for n in range(40))], []),
    ([*((PartialText((X, f"_{n}")), "db") for n in range(40)), ("URL", LOGIN)], ["a URL with a password in URL"]),
)


@pytest.mark.parametrize(("entries", "expected"), ENTRIES)
def test_a_credential_is_found_under_such_a_key(
    entries: list[tuple[str | PartialText, Value]], expected: list[str]
) -> None:
    found = credentials_in_variables(map_of(entries))
    assert isinstance(found, Incomplete)
    assert found.seen == expected
    document = credentials_in(PartialJson(map_of(entries), X))
    assert isinstance(document, Incomplete)
    assert document.seen == [each.partition(" in ")[0] for each in expected]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ((X, "_password"), "S3cret", True),
        ((X, "_host"), "db", False),
        ((X,), "S3cret", None),
        ((X,), LOGIN, True),
        ((X,), 1, False),
    ],
)
def test_a_document_of_a_secret_is_judged_by_what_is_known_of_its_keys(
    key: tuple[str | Unknown, ...], value: Value, expected: bool | None
) -> None:
    text = PartialText(('{"', *key, f'": {json.dumps(value)}}}'))
    for document in (text, PartialJson(map_of([(PartialText(key), value)]), X)):
        found = secret_written(document)
        assert found is expected if expected is not None else isinstance(found, Unknown)


def test_secrets_in_such_a_map_are_found_and_opened() -> None:
    found = map_of([(PartialText((X, ":a")), SecretText("S3cret", "sensitive"))])
    assert holds_secret(found)
    opened = revealed(found)
    assert isinstance(opened, PartialMap)
    assert [value for _, value in opened.entries] == ["S3cret"]
