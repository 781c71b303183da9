"""The shipped controls as data, so that a scan imports the policy and service modules that it needs and no others.

``catalogue.json`` is written from the imported modules (`python -m docs.generate`) and holds a checksum of their texts.
Where the installed modules have another checksum, the catalogue is not used and all modules are imported: an outdated
catalogue costs time, but changes no verdict.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from hipaa_guard.controls.control import Control, Judge, Severity, controls_in
from hipaa_guard.controls.fix import Fix, FixTexts
from hipaa_guard.facts.resource import Resource, all_kinds

PACKAGES = ("hipaa_guard.policies", "hipaa_guard.services")
"""The packages whose modules the catalogue describes."""
FILE = Path(__file__).with_name("catalogue.json")


class CatalogueError(Exception):
    """A module lacks a control that the catalogue lists for it: the installation is damaged."""


class Kind(NamedTuple):
    """A kind of a service module, which need not be imported."""

    kind: str
    module: str
    name: str
    """The name of its class."""
    types: tuple[str, ...]
    """Its Terraform types, from `Resource.terraform_types`."""
    brought: tuple[str, ...]
    """Further Terraform types that may bring a resource of the kind along, or name one."""
    narrower: tuple[str, ...]
    """The names of kinds derived from it, which its controls judge, too."""

    def concerns(self, types: Collection[str]) -> bool:
        """Whether resources of some Terraform types may be of the kind, or parts of one."""
        return any(type in types for type in self.types) or any(type in types for type in self.brought)

    def imported(self) -> type[Resource] | None:
        """The class; None if its module has not been imported."""
        found: type[Resource] | None = getattr(sys.modules.get(self.module), self.name, None)
        return found


class ListedControl(Control):
    """A shipped control from the catalogue. Its module is imported when a part is needed that only the module has."""

    __slots__ = ("_kinds", "_real", "_texts")
    _kinds: tuple[Kind, ...]
    _real: Control | None
    _texts: FixTexts

    def __init__(self, entry: dict[str, Any], kinds: tuple[Kind, ...]) -> None:
        put = object.__setattr__
        for name in ("id", "title", "why", "safeguard", "module"):
            put(self, name, entry[name])
        put(self, "severity", Severity(entry["severity"]))
        put(self, "hipaa", tuple(entry["hipaa"]))
        put(self, "_texts", FixTexts(**{**entry["fix"], "consequences": tuple(entry["fix"].get("consequences", ()))}))
        put(self, "peers", {peer: tuple(ids) for peer, ids in entry["peers"].items()})
        put(self, "previous_ids", tuple(entry["previous_ids"]))
        put(self, "refines", tuple(entry["refines"]))
        put(self, "advisory", entry["advisory"])
        put(self, "_kinds", kinds)
        put(self, "_real", None)

    def real(self) -> Control:
        """The control itself; imports its module and those of the kinds that it judges.

        Raises:
            CatalogueError: the module has no such control.

        """
        found = self._real
        if found is None:
            for kind in self._kinds:
                import_module(kind.module)
            found = next((each for each in controls_in(import_module(self.module)) if each.id == self.id), None)
            if found is None:
                raise CatalogueError(f"{self.module} has no control {self.id}: install hipaa-guard-cloud again")
            object.__setattr__(self, "_real", found)
        return found

    @property
    def kind(self) -> type[Resource]:
        """See `Control`."""
        return self.real().kind

    @property
    def judge(self) -> Judge:
        """See `Control`."""
        return self.real().judge

    @property
    def fix(self) -> Fix:
        """See `Control`."""
        return self.real().fix

    def fix_texts(self) -> FixTexts:
        """See `Control`. Imports nothing."""
        return self._texts

    @property
    def needs_inventory(self) -> bool:
        """See `Control`."""
        return self.real().needs_inventory

    @property
    def kind_name(self) -> str:
        """See `Control`. Imports nothing."""
        return self._kinds[0].kind

    def kinds(self) -> tuple[type[Resource], ...]:
        """See `Control`; empty if the module of its kind has not been imported, as no resource then had its types."""
        found = self._kinds[0].imported()
        return () if found is None else found.narrower()

    def concerns(self, types: Collection[str]) -> bool:
        """Whether resources of some Terraform types may be of a kind that the control judges, or parts of one."""
        return any(kind.concerns(types) for kind in self._kinds)


class Catalogue(NamedTuple):
    """All shipped controls, sorted by id, and all kinds."""

    controls: tuple[ListedControl, ...]
    kinds: tuple[Kind, ...]


@cache
def catalogue() -> Catalogue | None:
    """The catalogue; None if it does not describe the installed modules."""
    try:
        data = json.loads(FILE.read_bytes())
        if data["checksum"] != checksum():
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kinds = {
        kind: Kind(kind, at["module"], at["name"], tuple(at["types"]), tuple(at["brought"]), tuple(at["narrower"]))
        for kind, at in data["kinds"].items()
    }
    controls = (
        ListedControl(each, (kinds[each["kind"]], *(kinds[name] for name in kinds[each["kind"]].narrower)))
        for each in data["controls"]
    )
    return Catalogue(tuple(controls), tuple(kinds.values()))


def checksum() -> int:
    """The checksum of the names and texts of all shipped policy and service modules."""
    value = 0
    for package in PACKAGES:
        for name, path in sorted(_modules(import_module(package).__path__[0])):
            value = zlib.crc32(path.read_bytes(), zlib.crc32(f"{package}/{name}\0".encode(), value))
    return value


def _modules(directory: str, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """The modules below a directory: their names relative to it, and their paths."""
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield prefix + entry.name, Path(entry.path)
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                yield from _modules(entry.path, f"{prefix}{entry.name}/")


def imported(controls: Sequence[Control]) -> list[Control]:
    """The controls with their functions; the modules of listed ones are imported.

    Raises:
        CatalogueError: a module lacks a control that the catalogue lists for it.

    """
    return [each.real() if isinstance(each, ListedControl) else each for each in controls]


def imported_for(controls: Sequence[Control], types: Collection[str]) -> list[Control]:
    """The shipped controls that can concern resources of some Terraform types or parts of them, and all other controls.

    It first imports these controls, and the modules of all kinds that resources of the types may be.

    Raises:
        CatalogueError: a module lacks a control that the catalogue lists for it.

    """
    known = catalogue()
    if known is None:
        return imported(controls)
    if any(not kind.__module__.startswith(f"{PACKAGES[1]}.") for kind in all_kinds()):
        # A user's kind may be derived from one of ours. The controls of ours then judge it, too.
        types = {*types, *listed_types()}
    for kind in known.kinds:
        if kind.concerns(types):
            import_module(kind.module)
    return imported([each for each in controls if not isinstance(each, ListedControl) or each.concerns(types)])


def listed_types() -> frozenset[str]:
    """The Terraform types that the kinds of the catalogue are read from, imported or not."""
    known = catalogue()
    return frozenset() if known is None else frozenset(type for kind in known.kinds for type in kind.types)
