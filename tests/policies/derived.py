"""The unknown cases that follow from the tables: a call is denied, an argument is a variable, a resource may not exist.

They go through the real readers. A case that passes or fails is read once as it is told, then once for each call that
the facts of its control need with this call refused (all other answers are handed on from the first reading), and once
for each argument that tells a fact with ``var.derived`` in its place.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from botocore import xform_name

from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.aws.planning.plan import parts_of
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.resource import Resource
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import Aws, Case, aws_account, aws_collected, is_phi, terraform_inventory
from tests.policies.boto_names import model

VARIABLE = '\nvariable "derived" {}\n'


@dataclass(frozen=True)
class Derived:
    """What a control says of a case in which something cannot be seen."""

    control: str
    unseen: str
    """The call that is denied, or the argument that is a variable, and the facts that it tells."""
    plain: Status
    status: Status
    message: str

    @property
    def is_sound(self) -> bool:
        """Whether the verdict is as it was, or unknown."""
        return self.status in (self.plain, Status.UNKNOWN)

    def __str__(self) -> str:
        return (
            f"{self.control}: {self.plain} became {self.status} where {self.unseen} cannot be seen: it {self.message}. "
            "What is not known may only make a verdict unknown."
        )


def judged(control: Control, inventory: Inventory) -> tuple[Status, str]:
    """The verdict on ``phi``. Of a kind that could not be listed there is no resource, and nothing is known."""
    found: list[Finding] = [one for one in judge([control], inventory) if is_phi(one, control.kind)]
    if not found and any(inventory.unknown(kind) is not None for kind in control.kind.narrower()):
        return Status.UNKNOWN, "is not listed"
    assert len(found) == 1, f"{control.id}: {len(found)} findings are about phi"
    return found[0].status, found[0].message


# --- calls that are denied ---------------------------------------------------------------------------------------


def with_calls_denied(control: Control, case: Case) -> Iterator[Derived]:
    """A case of AWS with each of its calls denied, one at a time."""
    with aws_account():
        assert case.aws is not None
        case.aws(Aws())
        whole = aws_collected([control], answers=case.answers)
        plain, _ = judged(control, whole.inventory)
        for operation in sorted({answer.operation for answer in whole.answers.values()}):
            known = {key: answer for key, answer in whole.answers.items() if answer.operation != operation}
            refused = [iam_name(each) for each in (operation, *instead_of(operation))]
            denied = aws_collected([control], denied=refused, answers=case.answers, known=known)
            status, message = judged(control, denied.inventory)
            unseen = f"the call {refused[0]} ({', '.join(facts_of_call(control, operation))})"
            yield Derived(control.id, unseen, plain, status, message)


def instead_of(operation: str) -> tuple[str, ...]:
    """The plainer calls that answer in the place of a denied one."""
    return tuple(SIBLINGS[operation].reads) if operation in SIBLINGS else ()


def iam_name(operation: str) -> str:
    """An operation of boto3 as a case denies it: ``s3:GetBucketPolicy``."""
    service, _, method = operation.partition(".")
    return f"{service}:{next(name for name in model(service).operation_names if xform_name(name) == method)}"


def facts_of_call(control: Control, operation: str) -> list[str]:
    """The facts that an operation tells, and the kinds that it lists."""
    wanted = wanted_facts([control])
    listed = [f"lists {kind.kind}" for kind in wanted if getattr(kind.aws, "operation", None) == operation]
    told = [
        f"tells {kind.kind}.{name}"
        for kind, names in wanted.items()
        for name in sorted(names)
        if any(getattr(part, "operation", None) == operation for part in parts_of(kind.facts[name]))
    ]
    return [*listed, *told] or ["which others need"]


# --- resources that may not exist --------------------------------------------------------------------------------


@dataclass(frozen=True)
class InDoubt:
    """What a control says of a case in which another resource may not exist."""

    control: str
    resource: str
    with_it: Status
    without_it: Status
    status: Status
    message: str

    @property
    def is_sound(self) -> bool:
        """Whether the verdict is unknown, or the same as with the resource and without it."""
        return self.status is Status.UNKNOWN or self.with_it is self.without_it is self.status

    def __str__(self) -> str:
        return (
            f"{self.control}: {self.status} where {self.resource} may not exist, though it is {self.with_it} with it and "
            f"{self.without_it} without: it {self.message}"
        )


def with_resources_in_doubt(control: Control, case: Case, directory: Path) -> Iterator[InDoubt]:
    """A case of Terraform with a count that is not known in each resource beside ``phi`` that no other one names."""
    text = textwrap.dedent(case.terraform or "")
    body = parse("main.tf", text.encode("latin-1", "replace"))
    for block in body.root.blocks:
        named = ".".join(block.labels)
        if (
            block.type != "resource"
            or block.labels[1].startswith("phi")
            or {"count", "for_each"} & set(block.attributes)
        ):
            continue
        if re.search(rf"\b{re.escape(named)}\b", text):
            continue
        lines, place = text.split("\n"), block.location()
        before, own, after = (
            lines[: place.line_start - 1],
            lines[place.line_start - 1 : place.line_end],
            lines[place.line_end :],
        )
        if len(own) == 1:
            continue
        counted = [own[0].replace("{", "{\n  count = var.derived ? 1 : 0", 1), *own[1:]]
        without, _ = judged(control, _as_far_as_read([*before, *after], control, directory))
        status, message = judged(control, _as_far_as_read([*before, *counted, *after, VARIABLE], control, directory))
        yield InDoubt(control.id, named, case.verdict, without, status, message)


def _as_far_as_read(lines: list[str], control: Control, directory: Path) -> Inventory:
    (directory / "main.tf").write_text("\n".join(lines), encoding="utf-8")
    (configuration,) = read(directory)
    return build_inventory(configuration, kinds_of([control]))


# --- arguments that are variables --------------------------------------------------------------------------------


def with_variables(control: Control, case: Case, directory: Path) -> Iterator[Derived]:
    """A case of Terraform with each argument that tells a fact a variable without a value, one at a time."""
    text = textwrap.dedent(case.terraform or "")
    inventory = terraform_inventory(text, [control], directory)
    plain, _ = judged(control, inventory)
    for attribute, told in arguments(control, inventory, text):
        changed = f"{text[: attribute.value_start]}var.derived\n{text[attribute.value_end :]}{VARIABLE}"
        status, message = judged(control, terraform_inventory(changed, [control], directory))
        yield Derived(control.id, f"the argument {attribute.name} ({told})", plain, status, message)


def taken_for_set(control: Control, case: Case, directory: Path) -> Iterator[str]:
    """The arguments of a passing case that a control takes for set where a variable without a value gives them.

    Such a variable may be null, which leaves the argument out: if the verdict is a gap then, a pass is not certain.
    """
    text = textwrap.dedent(case.terraform or "")
    inventory = terraform_inventory(text, [control], directory)
    for attribute, told in arguments(control, inventory, text):
        if attribute.name in ("count", "for_each"):
            continue

        def with_value(value: str, attribute: Attribute = attribute) -> Status:
            changed = f"{text[: attribute.value_start]}{value}\n{text[attribute.value_end :]}{VARIABLE}"
            return judged(control, terraform_inventory(changed, [control], directory))[0]

        if with_value("var.derived") is Status.PASS and with_value("null") is Status.FAIL:
            yield f"{case.id}: the argument {attribute.name} ({told}) is taken for set, and may be null"


def arguments(control: Control, inventory: Inventory, text: str) -> Iterator[tuple[Attribute, str]]:
    """The arguments that tell facts a control can read, each once and with the fact."""
    body = parse("main.tf", text.encode("latin-1", "replace"))
    seen: set[int] = set()
    wanted = wanted_facts([control])
    for resource in inventory:
        pointing = pointers(type(resource))
        for name in sorted(wanted.get(type(resource), ())):
            fact = resource.facts[name]
            if fact.live_only is not None:
                continue
            place = resource.evidence(fact).location
            for attribute in () if place is None else written_at(body.root, place, pointing):
                if attribute.start not in seen:
                    seen.add(attribute.start)
                    yield attribute, f"{resource.kind}.{name}"


def pointers(kind: type[Resource]) -> set[str]:
    """The arguments by which resources point at each other: a variable names nothing that is declared here."""
    block = kind.terraform
    if block is None:
        return set()
    by = {each for type in (*block.joins, "") for each in block.pointing(type)}
    by |= {each.rpartition(".")[2] for named in block.beside.values() for each in named}
    return by | set(block.naming_arguments())


def written_at(block: HclBlock, place: Location, pointing: set[str]) -> list[Attribute]:
    """The argument that stands at a place; those of the block, where a block stands there."""
    for inner in block.blocks:
        there = inner.location()
        if (there.line_start, there.line_end) == (place.line_start, place.line_end) and inner.type != "variable":
            return [each for each in everything_in(inner) if each.name not in pointing]
        if there.line_start <= place.line_start and place.line_end <= there.line_end:
            return written_at(inner, place, pointing)
    return [each for each in block.attributes.values() if each.source.line(each.value_start) == place.line_start]


def everything_in(block: HclBlock) -> Iterator[Attribute]:
    yield from block.attributes.values()
    for inner in block.blocks:
        yield from everything_in(inner)
