"""Documented fixes beside a realistic resource: the gap is closed, and nothing that was in order is worse afterwards."""

from __future__ import annotations

import re
from pathlib import Path

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.testing import all_controls
from hipaa_guard.testing.judging import terraform_inventory

Verdicts = dict[tuple[str, str], tuple[Status, str]]
"""By control and address: the verdict with its message."""


def verdicts(text: str, directory: Path) -> Verdicts:
    """What all controls say of the resources of a text."""
    controls = list(all_controls().values())
    findings = judge(controls, terraform_inventory(text, controls, directory))
    return {(each.control_id, each.resource.address or ""): (each.status, each.message) for each in findings}


def applied(control: str, resource: str) -> str:
    """The Terraform of a resource called ``phi``, with what the documented fix of a control sets and adds.

    Arguments that the fix sets in the resource itself take the place of those that it has.
    """
    fix = all_controls()[control].fix.terraform
    head = re.search(r'resource "\w+" "phi" \{\n', resource)
    assert head is not None
    if head[0] not in fix:
        return f"{resource}\n{fix}"
    start = fix.index(head[0]) + len(head[0])
    end = fix.index("\n}", start)
    body = fix[start:end]
    for name in re.findall(r"^  (\w+) +=", body, re.MULTILINE):
        resource = re.sub(rf"^  {name} +=.*\n", "", resource, flags=re.MULTILINE)
    return resource.replace(head[0], f"{head[0]}{body}\n", 1) + fix[: start - len(head[0])] + fix[end + 2 :]


def assert_fixed(control: str, resource: str, directory: Path) -> Verdicts:
    """Check a documented fix beside a realistic resource. Gives all verdicts of afterwards."""
    (directory / "before").mkdir()
    (directory / "after").mkdir()
    before, after = verdicts(resource, directory / "before"), verdicts(applied(control, resource), directory / "after")
    own = [key for key in before if key[0] == control]
    assert [before[key][0] for key in own] == [Status.FAIL]
    assert [after[key] for key in own if after[key][0] is not Status.PASS] == []
    worse = {
        key: after[key] for key, said in before.items() if said[0] is Status.PASS and after[key][0] is not Status.PASS
    }
    assert worse == {}
    return after
