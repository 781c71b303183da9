"""Kinds that both providers declare: the same state, told in `aws` and in `awscc`, gets the same verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Resource
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


BOTH = sorted(
    (
        kind
        for kind in {control.kind for control in all_controls().values()}
        if {type.partition("_")[0] for type in (kind.terraform.types if kind.terraform else ())} == {"aws", "awscc"}
    ),
    key=lambda kind: kind.kind,
)
"""The kinds that a control judges and both providers declare."""


@pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.kind)
def test_every_kind_that_both_declare_has_a_twin(kind: type[Resource]) -> None:
    assert kind.terraform is not None
    types = [type for type in kind.terraform.types if type.startswith("awscc_")]
    told = {type for twin in TWINS for type in re.findall(r'resource "(\w+)" "phi"', twin.awscc)}
    module = kind.__module__.removeprefix("hipaa_guard.services.").partition(".")[0]
    assert told.intersection(types), (
        f"no twin has {' or '.join(types)}: add one to TWINS in tests/policies/{module}/awscc.py, "
        "as tests/policies/sqs/awscc.py has them"
    )
