"""Consequences of a fix beside the closed gap: declared once, told once by everything that shows the fix."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from hipaa_guard.controls.consequences import CONSEQUENCES, in_order, sentence, told_by
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.fix import PHI, Fix
from hipaa_guard.controls.reasons import IMPLIED, NEEDS_A_KEY, TAKES_ACCESS, replaces
from tests.policies.registry import CONTROLS

each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)


def test_a_sentence_lists_them_from_the_gravest() -> None:
    assert sentence([]) == ""
    assert sentence(["costs_money"]) == "The change also costs money."
    assert sentence(["costs_money", "replaces", "interrupts"]) == (
        "The change also replaces the resource by a new one, restarts or interrupts a running service and costs money."
    )
    assert in_order(["costs_money", "replaces", "costs_money", "of a later version"]) == ("replaces", "costs_money")
    assert all(len(sentence([name])) > len("The change also .") for name in CONSEQUENCES)


def test_the_words_of_a_reason_count_and_are_not_said_again() -> None:
    fix = Fix(note="N.", not_by_machine=replaces("volume"), consequences=("costs_money",))
    assert fix.consequences == ("replaces", "destroys_data", "costs_money")
    assert fix.texts().also() == "The change also costs money."
    assert fix.texts().also(beside_by_whom=False) == sentence(fix.consequences)
    assert told_by(TAKES_ACCESS) == ("cuts_access",)
    assert Fix(note="N.", not_by_machine=NEEDS_A_KEY).consequences == IMPLIED[NEEDS_A_KEY] == ("costs_money",)


@pytest.mark.parametrize("wrong", ["costs_money", ("cost_money",), ("costs_money", 1)])
def test_another_word_is_an_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="consequences of a fix are"):
        Fix(note="N.", consequences=wrong)  # type: ignore[arg-type]


@each_control
def test_a_control_says_each_consequence_once(control: Control) -> None:
    texts = control.fix_texts()
    assert texts.consequences == control.fix.consequences
    said = Counter(name for name in CONSEQUENCES if sentence([name])[len("The change also ") : -1] in texts.also())
    said.update(told_by(texts.not_by_machine))
    assert said == Counter(dict.fromkeys(control.fix.consequences, 1))


@each_control
def test_a_machine_destroys_nothing_and_changes_no_secret(control: Control) -> None:
    grave = {"replaces", "destroys_data", "changes_password", "starts_rotation"}
    assert not (control.fix.by_machine and grave & {*control.fix.consequences})


MUST = {
    "costs_money": ("_cmk", "_versioning_enabled", "pitr", "_multi_az", "detailed_monitoring", "access_logging", "waf"),
    "cuts_access": ("_tls_required", "not_public", "no_cross_account", "sg_no_", "nacl_no_", "public_access"),
    "changes_password": ("master_password", "no_secrets", "not_in_source", "secret_rotation"),
    "starts_rotation": ("master_password", "secret_rotation"),
    "interrupts": ("rds_instance_tls", "rds_cluster_tls", "auto_minor"),
}
"""By consequence, parts of ids: controls whose fixes have it."""


@pytest.mark.parametrize("consequence", MUST)
def test_fixes_of_a_kind_have_the_consequence_of_the_kind(consequence: str) -> None:
    found = [each for each in CONTROLS if any(part in each.id for part in MUST[consequence])]
    assert found
    assert [each.id for each in found if consequence not in each.fix.consequences] == []


PAID = ("aws_kms_key", "aws_nat_gateway")
"""Types that cost money by being there."""


@each_control
def test_what_is_added_and_paid_for_is_said_to_cost_money(control: Control) -> None:
    judged = f'"{PHI}"'
    added = re.findall(r'^ *resource "(\w+)" ("\w+")', control.fix.terraform, re.MULTILINE)
    kinds = control.kind.terraform_types()
    paid = [type for type, name in added if type in PAID and not (name == judged and type in kinds)]
    assert not paid or "costs_money" in control.fix.consequences
