"""The provider itself says that the changes of a machine replace nothing, and which of the others do.

Each documented fix is planned as a change of a resource that exists and has another value.
"""

from __future__ import annotations

import textwrap

import pytest

from hipaa_guard.authoring import Fix
from hipaa_guard.controls.control import Control
from hipaa_guard.terraform.hcl.syntax import HclBlock
from tests.fixing.applied import block_of, declared
from tests.fixing.planned import Change, Planned, planned
from tests.fixing.test_nothing_worse import failing
from tests.policies.registry import CONTROLS
from tests.terraform.real.cloud import simulated
from tests.terraform.real.snippets import Snippet, with_phi
from tests.terraform.real.tools import tools

pytestmark = pytest.mark.skipif(tools() is None, reason="terraform or its provider is not installed")

CONTEXT = {
    *("name", "function_name", "policy_name", "vpc_id", "load_balancer_arn"),
    *("load_balancer_type", "engine", "ebs_snapshot_no_cross_account: volume_id"),
}
"""Arguments that a fix shows to be complete, some of one control only: in a resource that is there they stay as they
are.
"""

DOCUMENTED = {control.id: control for control in CONTROLS if control.fix.terraform}
ASKED = {id for id, control in DOCUMENTED.items() if not Snippet(id, control.fix.terraform, id).other_provider}
"""Fixes that need no other provider, which is not on this machine."""
KNOWN = {
    "volume": Fix(sets="aws_ebs_volume.encrypted = true"),
    "cluster": Fix(sets="aws_dax_cluster.server_side_encryption.enabled = true"),
}
"""Changes that replace the resource, by which a test that notices nothing would be found out."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    changes = {id: _changed(DOCUMENTED[id]) for id in sorted(ASKED)} | {id: _set(fix) for id, fix in KNOWN.items()}
    with simulated() as address:
        return planned(changes, tmp_path_factory.mktemp("planned") / "root", address)


def test_each_documented_fix_plans(found: Planned) -> None:
    assert found.refused == {}
    assert len(ASKED) > 140


def test_no_change_of_a_machine_replaces_the_resource(found: Planned) -> None:
    assert found.replacing.keys() & {id for id in ASKED if DOCUMENTED[id].fix.by_machine} == set()
    assert {id: found.replacing[id] for id in KNOWN} == {
        "volume": ["encrypted"],
        "cluster": ["server_side_encryption.enabled"],
    }


def test_a_fix_that_replaces_the_resource_says_so(found: Planned) -> None:
    assert found.replacing.keys() - KNOWN == {id for id in ASKED if "replaces" in DOCUMENTED[id].fix.consequences}


def _set(fix: Fix) -> Change:
    """What a machine sets in a resource that is there."""
    type = fix.settings[0].type
    settings = fix.settings if fix.companion is None else fix.companion.body
    return Change(fix.terraform, type, {each.path: each.value for each in settings if each.type == type})


def _changed(control: Control) -> Change:
    """The arguments of the judged resource that a fix sets and that the failing case most like it has not so."""
    if control.fix.by_machine:
        return _set(control.fix)
    assert control.kind.terraform is not None
    text = with_phi(control)
    type = next(
        each.type for each in declared(text) if each.type in control.kind.terraform.types and each.name == "phi"
    )
    wanted = _arguments(block_of(text, type, "phi"))
    before = [
        _arguments(block_of(case, type, name))
        for case in (textwrap.dedent(each.terraform or "") for each in failing(control))
        for kind, name, _ in declared(case)
        if kind == type and name.startswith("phi")
    ]
    changed = [
        {
            path: value
            for path, value in wanted.items()
            if its.get(path) != value and not {path, f"{control.id}: {path}"} & CONTEXT
        }
        for its in before
    ]
    return Change(text, type, min(filter(None, changed), key=len, default={}))


def _arguments(block: HclBlock, before: str = "") -> dict[str, str]:
    """By path, the texts of the arguments of a block and of the blocks inside."""
    found = {
        f"{before}{name}": block.source.text[each.value_start : each.value_end]
        for name, each in block.attributes.items()
    }
    for inner in block.blocks:
        found |= _arguments(inner, f"{before}{inner.type}.")
    return found
