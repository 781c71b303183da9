"""Long policies: read as others are, not kept in structure, and refused where no service takes them."""

from __future__ import annotations

import json

import pytest

from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.policies.grammar import LONGEST, resource_policy
from hipaa_guard.facts.policies.parsing import LONG


def policy(statements: int) -> str:
    """A policy with so many statements."""
    row = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    return json.dumps({"Statement": [{**row, "Resource": f"arn:aws:s3:::b/{n}"} for n in range(statements)]})


@pytest.mark.parametrize("statements", [1, 50, 1000])
def test_the_statements_are_the_same_however_long_the_text_is(statements: int) -> None:
    text = policy(statements)
    assert (len(text) > LONG) is (statements > 1) or statements == 50
    found = PolicyDocument.parse(text)
    assert isinstance(found, PolicyDocument)
    assert len(found.statements) == statements
    assert found.is_public()
    assert len(list(found.allowances())) == statements


def test_a_long_text_is_kept_and_not_its_structure() -> None:
    text = policy(1000)
    found = PolicyDocument.parse(text)
    assert isinstance(found, PolicyDocument)
    assert found._statements is text


def test_a_long_text_that_is_no_policy_is_refused_as_a_short_one_is() -> None:
    for text in ("[" + "1," * LONG + "1]", "x" * (LONG + 1)):
        with pytest.raises(ValueError, match=r"JSON object|Expecting value"):
            PolicyDocument.parse(text)


def test_a_policy_that_no_service_takes_is_refused() -> None:
    row = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    fits = json.dumps({"Statement": [row], "Id": ""})
    padded = fits.replace('"Id": ""', '"Id": "' + "x" * (LONGEST - len(fits)) + '"')
    assert len(padded) == LONGEST
    assert "longer than" not in (resource_policy(padded) or "")
    assert resource_policy(padded + " ") == "AWS refuses it: it is longer than 131,072 characters"
