"""Each argument of each documented fix is one that its provider has: `aws` and `awscc`, without Terraform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hipaa_guard.controls.control import Control
from hipaa_guard.terraform.hcl.syntax import HclBlock
from tests.fixing.applied import block_of, declared
from tests.policies.registry import CONTROLS
from tests.schema import oldest_schema, schema

META = {"count", "for_each", "provider", "depends_on", "lifecycle"}
DOCUMENTED = [control for control in CONTROLS if control.fix.terraform]


@pytest.mark.parametrize("control", DOCUMENTED, ids=lambda control: control.id)
def test_every_argument_of_a_fix_exists(control: Control) -> None:
    known = schema()
    wrong = [
        f"{type}.{path}"
        for type, name, _ in declared(control.fix.terraform)
        if type.startswith(("aws_", "awscc_"))
        for path in _paths(block_of(control.fix.terraform, type, name))
        if path not in known.get(type, set()) | oldest_schema().get(type, set())
    ]
    assert not wrong, f"the fix of {control.id} has {wrong}"


def _paths(block: HclBlock, before: str = "") -> Iterator[str]:
    """The paths of the arguments of a block and of the blocks inside, without those that Terraform itself has."""
    for name in block.attributes:
        if before or name not in META:
            yield f"{before}{name}"
    for inner in block.blocks:
        if before or inner.type not in META:
            yield from _paths(inner, f"{before}{inner.type}.")
