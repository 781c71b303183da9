"""An account that has a resource of every kind that a scan lists, on top of the demo's clinic: one module a service.

A module is called as the one in ``hipaa_guard.services``. Its ``furnish()`` makes with boto3 what the simulated AWS can
make, and needs no other module but the clinic. Its ``ANSWERS`` tell what moto does not know. A service of which the
clinic has everything needs no module.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from examples.account import seed
from hipaa_guard.facts.readings import Listing
from hipaa_guard.facts.resource import Resource

Answers = Mapping[str, Callable[[str, str], dict[str, Any]]]
"""Operation -> what AWS answers, given the region and the path of the request with its query."""


@cache
def modules() -> Mapping[str, ModuleType]:
    """The modules of the services, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def furnish() -> None:
    """Fill the simulated account, service by service in the order of their names. Deliberate gaps are here as there."""
    seed()
    for module in modules().values():
        if hasattr(module, "furnish"):
            module.furnish()


@cache
def answers() -> Answers:
    """What the account answers where moto does not."""
    found: dict[str, Callable[[str, str], dict[str, Any]]] = {}
    for name, module in modules().items():
        told: Answers = getattr(module, "ANSWERS", {})
        twice = sorted(set(told) & set(found))
        assert not twice, f"{', '.join(twice)}: answered in tests/aws/hospital/{name}.py and in another module there"
        found.update(told)
    return found


def lacking(kinds: Iterable[type[Resource]], found: Iterable[str]) -> list[str]:
    """The kinds that a scan looks for in accounts and did not find in this one, each with what to add where."""
    present = set(found)
    return [_wanting(kind) for kind in kinds if kind.aws is not None and kind.kind not in present]


def _wanting(kind: type[Resource]) -> str:
    service = kind.__module__.removeprefix("hipaa_guard.services.").partition(".")[0]
    place = f"tests/aws/hospital/{service}.py"
    text = f"the simulated hospital has no {kind.kind}: let furnish() in {place} make one"
    if isinstance(kind.aws, Listing):
        text += f", or, where moto does not know {kind.aws.operation}, let ANSWERS there answer it"
    return text
