"""A part that may not exist decides nothing: a split resource with ``count``, a block with ``dynamic``.

For each control, each resource that sets a part of another, and each nested block, in its cases: the case is judged as it
is, without the part, and with a part of which it is not known whether it exists. Only where the first two verdicts are
the same may the third be known, and then it is this one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.required_arguments import arguments_of
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import Case, is_phi
from tests.policies.derived import VARIABLE, judged
from tests.policies.registry import CONTROLS, cases_of

MOST = 4
"""Maximum number of cases of each verdict that are changed for a control."""
META = ("count", "for_each")
WAYS = (
    "count = var.derived ? 1 : 0",
    'for_each = var.derived ? toset(["a"]) : toset([])',
    "count = length(var.derived)",
)


def told(control: Control) -> Iterator[Case]:
    """Some passing and failing cases of a control in Terraform."""
    for verdict in (Status.PASS, Status.FAIL):
        found = [case for case in cases_of(control) if "terraform" in case.sides and case.verdict is verdict]
        yield from found[:MOST]


def resources(text: str) -> Iterator[HclBlock]:
    for block in parse("main.tf", text.encode("latin-1", "replace")).root.blocks:
        if block.type == "resource" and not any(name in block.attributes for name in META):
            yield block


def without(text: str, block: HclBlock) -> str:
    return text[: block.start] + text[block.end :]


def split_resources(control: Control, text: str) -> Iterator[tuple[str, list[str]]]:
    """The text without each split resource, and with one that may not exist."""
    splits = {type_ for kind in control.kind.narrower() for type_ in kind.splits()}
    for block in resources(text):
        if block.labels[0] in splits:
            written = text[block.start : block.end]
            opening = written.index("{") + 1
            unsure = [f"{written[:opening]}\n  {way}\n{written[opening:]}" for way in WAYS]
            yield without(text, block), [text[: block.start] + each + text[block.end :] for each in unsure]


def nested_blocks(control: Control, text: str) -> Iterator[tuple[str, list[str]]]:
    """The text without each nested block, and with one that may not exist."""
    types = {type_ for kind in control.kind.narrower() for type_ in kind.terraform_types()}
    for outer in resources(text):
        for block in outer.blocks if outer.labels[0] in types else ():
            argument = arguments_of(outer.labels[0]).get(block.type)
            required = argument is not None and argument.required
            if required or block.type in ("dynamic", "lifecycle", "provisioner"):
                continue
            body = text[block.start : block.end]
            content = f"content {body[body.index('{') :]}"
            lists = ("var.derived ? [1] : []", "var.derived")
            unsure = [f'dynamic "{block.type}" {{\n  for_each = {each}\n  {content}\n}}' for each in lists]
            yield without(text, block), [text[: block.start] + each + text[block.end :] for each in unsure]


def status_of(control: Control, text: str, directory: Path) -> Status:
    (directory / "main.tf").write_text(text + VARIABLE, encoding="utf-8")
    (configuration,) = read(directory)
    assert not [gap for gap in configuration.gaps if gap.kind not in (GapKind.EXPANSION, GapKind.UNCALLED)]
    return judged(control, build_inventory(configuration, kinds_of([control])))[0]


def is_judged(control: Control, text: str, directory: Path) -> bool:
    """Whether the resource is of a kind of the control: a part may be what makes it one."""
    (directory / "main.tf").write_text(text + VARIABLE, encoding="utf-8")
    (configuration,) = read(directory)
    return any(
        is_phi(one, control.kind) for one in judge([control], build_inventory(configuration, kinds_of([control])))
    )


def wrong(control: Control, case: Case, directory: Path) -> Iterator[str]:
    text = textwrap.dedent(case.terraform or "")
    for changes in (split_resources, nested_blocks):
        for removed, unsure in changes(control, text):
            if not is_judged(control, removed, directory):
                continue
            left = status_of(control, removed, directory)
            for changed in unsure:
                found = status_of(control, changed, directory)
                allowed = {Status.UNKNOWN, case.verdict} if left in (case.verdict, Status.UNKNOWN) else {Status.UNKNOWN}
                if found not in allowed:
                    yield f"{case.id}: {case.verdict}, without the part {left}, with an uncertain one {found}:\n{changed}"


@pytest.mark.parametrize("control", CONTROLS, ids=[control.id for control in CONTROLS])
def test_a_part_that_may_not_exist_decides_nothing(control: Control, tmp_path: Path) -> None:
    if control.kind.terraform is not None:
        assert not [each for case in told(control) for each in wrong(control, case, tmp_path)]


def test_each_kind_of_part_is_changed(tmp_path: Path) -> None:
    control = next(each for each in CONTROLS if each.id == "s3_bucket_versioning_enabled")
    texts = [textwrap.dedent(case.terraform or "") for case in told(control)]
    assert any(list(split_resources(control, text)) for text in texts)
    assert any(list(nested_blocks(control, text)) for text in texts)
    without_part, unsure = next(change for text in texts for change in split_resources(control, text))
    assert status_of(control, without_part, tmp_path) is Status.FAIL
    assert {status_of(control, text, tmp_path) for text in unsure} == {Status.UNKNOWN}
