"""Consequences of a fix beside the closed gap: declared once, told once by everything that shows the fix."""

from __future__ import annotations

import re

import pytest

from hipaa_guard.controls.cli_effects import OVERWRITING, commands, effects
from hipaa_guard.controls.consequences import CONSEQUENCES, in_order, sentence
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.fix import PHI, Fix
from hipaa_guard.controls.reasons import NEEDS_A_KEY, Reason, replaces
from tests.policies.registry import CONTROLS

each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)


def test_a_sentence_lists_them_from_the_gravest() -> None:
    assert sentence([]) == ""
    assert sentence(["costs_money"]) == "The change also costs money."
    assert sentence(["costs_money", "replaces", "interrupts"]) == (
        "The change also replaces the resource by a new one, may restart or interrupt a running service and costs money."
    )
    assert in_order(["costs_money", "replaces", "costs_money", "of a later version"]) == ("replaces", "costs_money")
    assert all(len(sentence([name])) > len("The change also .") for name in CONSEQUENCES)


def test_a_reason_brings_its_consequences_and_its_text_none() -> None:
    fix = Fix(note="N.", not_by_machine=replaces("volume"), consequences=("costs_money",))
    assert fix.consequences == ("replaces", "destroys_data", "interrupts", "costs_money")
    assert fix.texts().also() == sentence(fix.consequences)
    assert Fix(note="N.", not_by_machine=NEEDS_A_KEY).consequences == NEEDS_A_KEY.consequences == ("costs_money",)
    assert Fix(note="N.", not_by_machine=str(NEEDS_A_KEY)).consequences == ()
    assert Fix(note="N.", not_by_machine="costs money, replaces the volume, must be copied first").consequences == ()


def test_a_reason_is_a_text() -> None:
    reason = Reason("needs a key", "costs_money")
    assert (reason, f"it {reason}", reason.consequences) == ("needs a key", "it needs a key", ("costs_money",))


def test_a_command_brings_its_consequences() -> None:
    shown = """
        aws rds modify-db-instance --db-instance-identifier INSTANCE --multi-az --apply-immediately
        aws lambda update-function-configuration --function-name FUNCTION \\
          --environment 'Variables={A=B}'
    """
    assert Fix(cli=shown).consequences == ("overwrites", "interrupts")
    assert [command for command, _ in commands(Fix(cli=shown).cli)] == [
        "rds modify-db-instance",
        "lambda update-function-configuration",
    ]
    assert effects("aws lambda update-function-configuration --function-name FUNCTION --runtime RUNTIME") == set()
    assert effects("aws sns set-topic-attributes --attribute-name PolicyOfAnother") == set()


@pytest.mark.parametrize("wrong", ["costs_money", ("cost_money",), ("costs_money", 1)])
def test_another_word_is_an_error(wrong: object) -> None:
    with pytest.raises(TypeError, match="consequences of a fix are"):
        Fix(note="N.", consequences=wrong)  # type: ignore[arg-type]


@each_control
def test_a_control_says_each_consequence_once(control: Control) -> None:
    texts = control.fix_texts()
    assert texts.consequences == control.fix.consequences
    assert texts.also() == sentence(control.fix.consequences)
    # The sentence beside it says what the change does: a reason that says it again would make a reader look twice.
    assert not re.search(r"replac|\bcosts?\b|cuts? off|turns away|restart|rotation", texts.not_by_machine)


@each_control
def test_a_machine_destroys_nothing_and_changes_no_secret(control: Control) -> None:
    grave = {"replaces", "destroys_data", "changes_password", "starts_rotation"}
    assert not (control.fix.by_machine and grave & {*control.fix.consequences})


MUST = {
    "costs_money": ("_cmk", "_versioning_enabled", "pitr", "_multi_az", "detailed_monitoring", "access_logging", "waf"),
    "cuts_access": ("_tls_required", "not_public", "no_cross_account", "sg_no_", "nacl_no_", "public_access"),
    "changes_password": ("master_password", "no_secrets", "not_in_source", "secret_rotation"),
    "starts_rotation": ("master_password", "secret_rotation"),
    "interrupts": ("rds_instance_tls", "rds_cluster_tls", "rds_.*logs_exported", "auto_minor"),
    "irreversible": ("object_lock",),
}
"""By consequence, patterns on ids: controls whose fixes have it."""


@pytest.mark.parametrize("consequence", MUST)
def test_fixes_of_a_kind_have_the_consequence_of_the_kind(consequence: str) -> None:
    found = [each for each in CONTROLS if any(re.search(part, each.id) for part in MUST[consequence])]
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


WHOLE = re.compile(r"^(put|set|update|delete)-[a-z-]*(policy|selectors|acl|logging|replication|encryption)\b")
"""Commands that by their names set or delete a whole document."""
PARTS = {
    "efs put-backup-policy": "one setting",
    "logs delete-retention-policy": "one setting",
    "logs put-retention-policy": "one setting",
}
"""Commands whose names look so and that set one thing, with the reason."""


@each_control
def test_a_command_that_sets_a_whole_document_says_that_it_overwrites(control: Control) -> None:
    found = [command for command, _ in commands(control.fix.cli) if WHOLE.search(command.partition(" ")[2])]
    assert [each for each in found if each not in OVERWRITING and each not in PARTS] == []
    assert not [each for each in found if each in OVERWRITING] or "overwrites" in control.fix.consequences
