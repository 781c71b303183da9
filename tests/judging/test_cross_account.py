"""Whom outside its account a resource policy lets in."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.authoring import PolicyDocument
from hipaa_guard.facts.values import PartialText, Undecided, Unknown
from hipaa_guard.judging.cross_account import outsiders_let_in

OWN, OTHER, THIRD = "111122223333", "444455556666", "777788889999"


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    whole = [{"Effect": "Allow", "Action": "*", "Resource": "*"} | statement for statement in statements]
    read = PolicyDocument.parse({"Statement": whole})
    assert isinstance(read, PolicyDocument)
    return read


def anyone(**condition: Any) -> dict[str, Any]:
    return {"Principal": "*", "Condition": condition}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, None),
        (policy(), None),
        (policy({"Principal": {"AWS": OWN}}), None),
        (policy({"Principal": {"AWS": f"arn:aws:iam::{OWN}:role/records"}}), None),
        (policy({"Effect": "Deny", "Principal": "*"}), None),
        (policy({"Effect": "Deny", "Principal": {"AWS": OTHER}}), None),
        (policy({"Principal": {"AWS": OTHER}}), f"allows other accounts: {OTHER}"),
        (policy({"Principal": {"AWS": [THIRD, OWN, OTHER]}}), f"allows other accounts: {OTHER}, {THIRD}"),
        (policy({"Principal": "*"}), "allows everyone"),
        (policy(anyone(StringEquals={"aws:PrincipalAccount": OTHER})), f"allows other accounts: {OTHER}"),
        (policy(anyone(StringEquals={"aws:PrincipalAccount": OWN})), None),
        (policy(anyone(StringEquals={"aws:PrincipalOrgID": "o-a1b2c3"})), "every account of an organization"),
        (policy(anyone(StringEquals={"aws:PrincipalOrgID": "o-a1b2c3", "aws:PrincipalAccount": OWN})), None),
        (policy(anyone(IpAddress={"aws:SourceIp": "203.0.113.0/24"})), "whoever calls from a network"),
        (policy({"Principal": {"Service": "sns.amazonaws.com"}}), None),
    ],
)
def test_whom_it_lets_in(document: PolicyDocument | None, words: str | None) -> None:
    said = outsiders_let_in(document, OWN)
    assert said is None if words is None else words in (said or "")


def test_without_knowing_the_own_account_no_account_is_foreign_or_not() -> None:
    with pytest.raises(Undecided):
        outsiders_let_in(policy({"Principal": {"AWS": OTHER}}), None)
    assert outsiders_let_in(policy({"Principal": {"Service": "sns.amazonaws.com"}}), None) is None


def test_who_is_not_known_may_be_an_outsider_and_everyone_beside_is_certain() -> None:
    somebody = {"Principal": {"AWS": PartialText(["arn:aws:iam::", Unknown("var.account"), ":root"])}}
    with pytest.raises(Undecided):
        outsiders_let_in(policy(somebody), OWN)
    assert "everyone" in (outsiders_let_in(policy(somebody, {"Principal": "*"}), OWN) or "")
