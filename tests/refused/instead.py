"""Inventories in which a fact has another value than its source tells."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.origin import Trace
from hipaa_guard.facts.resource import Fact, FactSource, Resource
from hipaa_guard.facts.values import Value
from hipaa_guard.testing import all_controls, is_phi, terraform_inventory
from tests.policies.registry import registry

CONTROLS = sorted(all_controls().values(), key=lambda control: control.id)
KINDS = kinds_of(CONTROLS)


class _Instead:
    """A source that tells one fact otherwise."""

    def __init__(self, source: FactSource, name: str, value: Value) -> None:
        self.source = source
        self.name = name
        self.value = value

    def read(self, fact: Fact) -> Value:
        return self.value if fact.name == self.name else self.source.read(fact)

    def trace(self, fact: Fact) -> Trace:
        return Trace()


def instead(inventory: Inventory, fact: Fact, value: Value) -> Inventory:
    """The inventory with this raw value of a fact in all resources that have the fact."""

    def changed(resource: Resource) -> Resource:
        source = resource._source
        if type(resource).facts.get(fact.name) is fact:
            source = _Instead(source, fact.name, value)
        return type(resource)(resource.origin, source)

    return Inventory([changed(resource) for resource in inventory], source=inventory.source)


@cache
def decided(control: Control) -> tuple[Inventory, ...]:
    """The inventories of the cases that Terraform tells and that the control passes or fails."""
    texts = [
        case.terraform
        for case in registry()
        if case.control == control.id and case.terraform and case.verdict in (Status.PASS, Status.FAIL)
    ]
    found = []
    for text in texts:
        with TemporaryDirectory() as directory:
            found.append(terraform_inventory(text, [control], Path(directory)))
    return tuple(found)


def of_phi(control: Control, inventory: Inventory) -> Finding:
    """What the control says of ``phi``."""
    return next(one for one in judge([control], inventory) if is_phi(one, control.kind))
