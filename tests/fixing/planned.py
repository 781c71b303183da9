"""Changes of resources that exist, planned by the real provider: which arguments replace the resource.

The state that says that a resource exists is made of what Terraform plans for a new one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

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


class Change(NamedTuple):
    """Source as it is after a change, and the arguments of its resource ``phi`` that had other values before."""

    text: str
    type: str
    paths: Mapping[str, str]
    """By path (names joined by dots, nested blocks first) the expression of the argument."""


class Planned(NamedTuple):
    """What the provider says: of each change the arguments that replace the resource, and the texts that it refuses."""

    replacing: dict[str, list[str]]
    refused: dict[str, list[str]]


def planned(changes: Mapping[str, Change], directory: Path, address: str) -> Planned:
    """Plan each change, all together, once what Terraform misses in their texts is added.

    ``address`` is that of a simulated account, which data sources ask.
    """
    installed = tools()
    assert installed is not None
    root = Root(directory, installed, address)
    checked = plannable([Snippet(name, change.text, name, whole=False) for name, change in changes.items()], root)
    return Planned(_replacing({one.name: changes[one.name] for one in checked.taken}, root), checked.refused)


def _replacing(changes: Mapping[str, Change], root: Root) -> dict[str, list[str]]:
    plan = root.planned()
    children = plan["planned_values"]["root_module"]["child_modules"]
    new = {each["address"]: each for child in children for each in child["resources"]}
    unknown = {each["address"]: each["change"].get("after_unknown", {}) for each in plan["resource_changes"]}
    asked = {name: change for name, change in changes.items() if change.paths and _address(name, change) in new}
    resources = [
        {
            "module": f"module.{name}",
            "mode": "managed",
            "type": change.type,
            "name": "phi",
            "provider": f'provider["{PROVIDER}"]',
            "instances": [
                {
                    "schema_version": new[address]["schema_version"],
                    "attributes": _before(new[address].get("values", {}), unknown[address], change),
                }
            ],
        }
        for name, change in asked.items()
        for address in [_address(name, change)]
    ]
    state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "given", "resources": resources}
    (root.directory / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
    found = {each["address"]: each["change"] for each in root.plan(refresh=False)["resource_changes"]}
    result: dict[str, list[str]] = {}
    for name, change in asked.items():
        told = found[_address(name, change)]
        assert told["actions"] in (["update"], ["delete", "create"]), name
        replacing = {".".join(step for step in path if isinstance(step, str)) for path in told.get("replace_paths", [])}
        its = [path for path in change.paths if path in replacing]
        if its:
            result[name] = its
    return result


def _address(name: str, change: Change) -> str:
    return f"module.{name}.{change.type}.phi"


def _before(made: Mapping[str, Any], unknown: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """The resource before: with other values of the arguments that change, and names that AWS gave it."""
    values: dict[str, Any] = {"id": "given", **json.loads(json.dumps(made))}
    values |= {name: "given" for name in ("arn", "name") if unknown.get(name) is True}
    for path, expression in change.paths.items():
        inside, (*blocks, argument) = values, path.split(".")
        for block in blocks:
            inside = inside[block][0]
        inside[argument] = _other(inside.get(argument), expression)
    return values


def _other(value: object, expression: str) -> object:
    if isinstance(value, list) or expression.startswith("["):
        return []
    if isinstance(value, dict) or expression.startswith("{"):
        return {}
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value - 1
    return _OTHER.get(str(value), "{}")
