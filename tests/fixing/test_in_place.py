"""The provider itself says that the changes of a machine replace nothing.

Each documented fix is planned as a change of a resource that exists and has another value. The state that says so is
made of what Terraform plans for a new one, so no account is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.authoring import Fix
from hipaa_guard.controls.fix import Setting
from hipaa_guard.testing import all_controls
from tests.terraform.real.batches import plannable
from tests.terraform.real.snippets import Snippet
from tests.terraform.real.tools import PROVIDER, Root, tools

_OTHER = {
    "true": "false",
    "false": "true",
    "ENABLED": "DISABLED",
    "Enabled": "Suspended",
    "AWS_IAM": "NONE",
    "block-all-sharing": "unblocked",
    "required": "optional",
}
"""Another value of those that AWS takes."""
FIXES = {control.id: control.fix for control in all_controls().values() if control.fix.by_machine}


@pytest.mark.skipif(tools() is None, reason="terraform or its provider is not installed")
def test_no_change_of_a_machine_replaces_the_resource(tmp_path: Path) -> None:
    replacing = {
        "volume": Fix(sets="aws_ebs_volume.encrypted = true"),
        "cluster": Fix(sets="aws_dax_cluster.server_side_encryption.enabled = true"),
    }
    found = _replaced({**FIXES, **replacing}, tmp_path / "root")
    assert found == {"volume": ["encrypted"], "cluster": ["server_side_encryption.enabled"]}


def _replaced(fixes: Mapping[str, Fix], directory: Path) -> dict[str, list[str]]:
    """The arguments that each fix sets and that replace the resource."""
    installed = tools()
    assert installed is not None
    root = Root(directory, installed)
    texts = [Snippet(name, fix.terraform, name, whole=False) for name, fix in fixes.items()]
    taken = plannable(texts, root).taken
    assert {one.name for one in taken} == set(fixes)
    children = root.planned()["planned_values"]["root_module"]["child_modules"]
    new = {each["address"]: each for child in children for each in child["resources"]}
    resources = [
        {
            "module": f"module.{name}",
            "mode": "managed",
            "type": fix.settings[0].type,
            "name": "phi",
            "provider": f'provider["{PROVIDER}"]',
            "instances": [
                {"schema_version": made["schema_version"], "attributes": _before(made.get("values", {}), fix)}
            ],
        }
        for name, fix in fixes.items()
        for made in [new[_address(name, fix)]]
    ]
    state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "given", "resources": resources}
    (directory / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    changes = {each["address"]: each["change"] for each in root.plan(refresh=False)["resource_changes"]}
    found: dict[str, list[str]] = {}
    for name, fix in fixes.items():
        change = changes[_address(name, fix)]
        assert change["actions"] in (["update"], ["delete", "create"]), name
        replacing = {
            ".".join(step for step in path if isinstance(step, str)) for path in change.get("replace_paths", [])
        }
        its = [each.path for each in _set(fix) if each.path in replacing]
        if its:
            found[name] = its
    return found


def _address(name: str, fix: Fix) -> str:
    return f"module.{name}.{fix.settings[0].type}.phi"


def _set(fix: Fix) -> list[Setting]:
    """What is set in one that is there."""
    settings = fix.settings if fix.companion is None else fix.companion.body
    return [each for each in settings if each.type == fix.settings[0].type]


def _before(made: Mapping[str, Any], fix: Fix) -> dict[str, Any]:
    """The resource before: with another value where the fix sets one."""
    values: dict[str, Any] = {"id": "given", **json.loads(json.dumps(made))}
    for setting in _set(fix):
        inside, (*blocks, argument) = values, setting.path.split(".")
        for block in blocks:
            inside = inside[block][0]
        inside[argument] = _other(inside.get(argument))
    return values


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value - 1
    return _OTHER.get(str(value), "{}")
