"""Writing the catalogue of the shipped controls (`hipaa_guard.controls.catalogue`) from their modules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from hipaa_guard.controls.catalogue import checksum
from hipaa_guard.controls.control import Control
from hipaa_guard.facts.resource import Resource, all_kinds

_SERVICES = "hipaa_guard.services."


def catalogue_of(controls: Iterable[Control]) -> str:
    """The text of the catalogue: JSON, a line for each kind and each control."""
    kinds = sorted((kind for kind in all_kinds() if kind.__module__.startswith(_SERVICES)), key=lambda kind: kind.kind)
    kind_lines = [f"{_line(kind.kind)}: {_line(_kind(kind))}" for kind in kinds]
    entries = [_line(_control(control)) for control in controls if control.is_shipped]
    parts = ("kinds", "{", kind_lines, "}"), ("controls", "[", entries, "]")
    texts = [f'"{name}": {opening}\n' + ",\n".join(lines) + f"\n{closing}" for name, opening, lines, closing in parts]
    return "{\n" + ",\n".join([f'"checksum": {checksum()}', *texts]) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _kind(kind: type[Resource]) -> Mapping[str, Any]:
    block = kind.terraform
    brought: set[str] = set()
    if block is not None:
        brought.update(block.types, block.made_by, block.versions, block.inside)
        if block.adopted_by is not None:
            brought.update((block.adopted_by.type, block.adopted_by.otherwise))
    types = kind.terraform_types()
    return {
        "module": kind.__module__,
        "name": kind.__name__,
        "types": sorted(types),
        "brought": sorted(brought - types),
        "narrower": [each.kind for each in kind.narrower()[1:] if each.__module__.startswith(_SERVICES)],
    }


def _control(control: Control) -> Mapping[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity,
        "hipaa": control.hipaa,
        "why": control.why,
        "fix": asdict(control.fix_texts()),
        "kind": control.kind.kind,
        "safeguard": control.safeguard,
        "module": control.module,
        "peers": control.peers,
        "previous_ids": control.previous_ids,
        "refines": control.refines,
        "advisory": control.advisory,
    }
