"""A documented fix applied to source with the gap, as a person does who reads it: its arguments in the resource that has
the gap, its further resources beside it.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.fix import PHI
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.read import read
from tests.fixing.trees import tree

RANKS = {Status.FAIL: 2, Status.UNKNOWN: 1}
"""How bad a verdict is; all others are equally good."""


Findings = dict[tuple[str, str], Finding]
"""By control and address."""


_PROVIDER = 'provider "aws" {\n  allowed_account_ids = ["111122223333"]\n}'
"""Without it nobody knows whose account is a foreign one."""


_POINTS = re.compile(rf"^\s*\w+\s*=\s*\w+\.{PHI}\.\w+$", re.MULTILINE)
"""An argument that points to the judged resource."""


class Declared(NamedTuple):
    """A block of a resource: its type, its name and its text."""

    type: str
    name: str
    text: str


def declared(text: str) -> list[Declared]:
    """The resources of a text, in its order."""
    data = textwrap.dedent(text).encode()
    blocks = [block for block in parse("", data).root.blocks if block.type == "resource"]
    return [Declared(block.labels[0], block.labels[1], data[block.start : block.end].decode()) for block in blocks]


def block_of(text: str, type: str, name: str) -> HclBlock:
    """The block of a resource."""
    blocks = parse("", textwrap.dedent(text).encode()).root.blocks
    return next(block for block in blocks if block.type == "resource" and block.labels == (type, name))


def with_fix(text: str, fix: str) -> dict[str, str]:
    """The files of source to which a fix is applied.

    Arguments go into the resource of the same address, or those of what points to ``phi`` into the one of the
    type that does: Terraform itself merges override files so. All else of the fix stands in a file of its own.
    """
    there = declared(text)
    for type, name, its in declared(fix):
        names = [each.name for each in there if each.type == type]
        belonging = [each.name for each in there if each.type == type and re.search(rf"\b{PHI}\b", each.text)]
        if len(belonging) == 1 and name not in names and (name == PHI or _POINTS.search(its)):
            fix = re.sub(rf'\b{type}"(\s+)"{name}"', rf'{type}"\1"{belonging[0]}"', fix)
            fix = re.sub(rf"\b{type}\.{name}\b", f"{type}.{belonging[0]}", fix)
    known = {(each.type, each.name) for each in there}
    merged = [each.text for each in declared(fix) if (each.type, each.name) in known]
    more = [each.text for each in declared(fix) if (each.type, each.name) not in known]
    files = {"main.tf": textwrap.dedent(text), "fix_override.tf": "\n".join(merged)}
    return files | {"fix.tf": "\n".join([*more, *_beside_resources(fix, text)])}


def _beside_resources(fix: str, text: str) -> list[str]:
    """The other blocks of a fix (data sources, variables) that the source does not have."""
    there = {(block.type, block.labels) for block in _blocks(text)}
    new = [block for block in _blocks(fix) if block.type != "resource" and (block.type, block.labels) not in there]
    return [fix.encode()[block.start : block.end].decode() for block in new]


def _blocks(text: str) -> list[HclBlock]:
    return parse("", text.encode()).root.blocks


def verdicts(files: dict[str, str], controls: list[Control], directory: Path) -> Findings:
    """By control and address, the findings on source."""
    if not any('provider "aws"' in text for text in files.values()):
        files = files | {"provider.tf": _PROVIDER}
    for name, text in files.items():
        tree(directory, text + "\n", name)
    (configuration,) = read(directory)
    found = judge(controls, build_inventory(configuration, kinds_of(controls)))
    return {(each.control_id, each.resource.address or ""): each for each in found}


def worse(before: Findings, after: Findings) -> dict[str, str]:
    """By control, what got worse for a resource that was there, and what the fix brings that is open to everybody.

    The other resources of a fix are shown with the arguments that the fix is about, and have gaps of their own.
    """
    there = {address for _, address in before}
    return {
        finding.control_id: f"{address}: {finding.message}"
        for (id, address), finding in after.items()
        if (address in there and _rank(finding) > (_rank(before[id, address]) if (id, address) in before else 0))
        or (address not in there and finding.status is Status.FAIL and finding.severity is Severity.CRITICAL)
    }


def _rank(finding: Finding) -> int:
    return RANKS.get(finding.status, 0)
