"""Kinds that both providers declare: the same state, told in `aws` and in `awscc`, gets the same verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.testing import all_controls, blank_each_fact, is_phi, terraform_inventory
from tests.policies.registry import modules
from tests.policies.twins import Twin

TWINS: list[Twin] = [twin for module in modules("awscc") for twin in module.TWINS]


def judged(text: str, tmp_path: Path) -> tuple[Inventory, list[tuple[Control, Finding]]]:
    """What all controls of the kinds of ``phi`` say of it."""
    controls = list(all_controls().values())
    inventory = terraform_inventory(text, controls, tmp_path)
    found = [
        (all_controls()[one.control_id], one)
        for one in judge(controls, inventory)
        if is_phi(one, all_controls()[one.control_id].kind)
    ]
    return inventory, found


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.sentence)
def test_both_providers_are_judged_alike(twin: Twin, tmp_path: Path) -> None:
    _, ours = judged(twin.aws, tmp_path)
    inventory, theirs = judged(twin.awscc, tmp_path)
    expected = {control.id: finding.status for control, finding in ours} | twin.differs
    assert {control.id: (finding.status, finding.message) for control, finding in theirs} == {
        id: (status, next((f.message for c, f in theirs if c.id == id), None)) for id, status in expected.items()
    }
    assert twin.has in {finding.status for _, finding in theirs}
    for control, finding in theirs:
        blank_each_fact(control, inventory, finding)
