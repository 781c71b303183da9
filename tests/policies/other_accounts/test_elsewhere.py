"""A policy for another account, on a resource that another configuration declares: it is in the account of its policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import ACCOUNT
from tests.policies.other_accounts.places import DESTINATION, PLACES, PROVIDER, Place, with_statements
from tests.terraform.stand_ins.given import scan

OTHER = "444455556666"
EACH = [*PLACES.items(), ("log_group_no_cross_account", DESTINATION)]
APART = [(control, place) for control, place in EACH if place.terraform.count("resource ") == 2]
"""Kinds whose policy is a resource of its own."""


def alone(text: str, whole: str) -> str:
    """The policy of a configuration without the resource that it is of, which it names by a text."""
    main, split = re.findall(r"^resource .*?^}\n", text, re.MULTILINE | re.DOTALL)
    del main
    return re.sub(r"= aws_\w+\.phi\.\w+", f'= "{whole}"', split)


STATES = {
    "another account": (OTHER, PROVIDER, True),
    "its own account": (ACCOUNT, PROVIDER, False),
    "an account, beside which none is known": (OTHER, "", False),
}


@pytest.mark.parametrize(("control", "place"), APART, ids=[f"{control} {place.action}" for control, place in APART])
@pytest.mark.parametrize("state", STATES)
def test_the_account_of_a_policy_is_that_of_its_resource(
    control: str, place: Place, state: str, tmp_path: Path
) -> None:
    principal, provider, fails = STATES[state]
    told = with_statements(control, {"Principal": {"AWS": principal}}, place=place).terraform or ""
    text = provider + alone(told.removeprefix(PROVIDER), "records")
    found = [each.status for each in scan(tmp_path, text, control).findings]
    assert (Status.FAIL in found) == fails
    assert set(found) <= {Status.FAIL, Status.PASS}, "what its policy does not decide is a gap"


@pytest.mark.parametrize(("grantee", "fails"), [(OTHER, True), (ACCOUNT, False)])
def test_a_grant_for_another_account_opens_a_key_that_is_declared_elsewhere(
    grantee: str, fails: bool, tmp_path: Path
) -> None:
    text = (
        f'{PROVIDER}resource "aws_kms_grant" "g" {{\n  key_id = "1234abcd-12ab-34cd-56ef-1234567890ab"\n'
        f'  grantee_principal = "arn:aws:iam::{grantee}:role/r"\n  operations = ["Decrypt"]\n}}\n'
    )
    found = scan(tmp_path, text, "kms_key_policy_no_cross_account").findings
    assert [each.status for each in found] == ([Status.FAIL] if fails else [])
