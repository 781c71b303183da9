"""Whose resources a root module declares, itself and in the modules that it calls, before anything is evaluated."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hipaa_guard.lean import regex
from hipaa_guard.terraform.modules.module import Module
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup, is_local, source_of

_AWS = frozenset({"aws", "awscc"})
_OF_REGISTRY = regex(r"(?:[\w.-]+/)?[\w-]+/[\w-]+/([a-z0-9-]+)(?://.*)?")
"""The address of a module in a registry: (HOST/)NAMESPACE/NAME/PROVIDER."""


class DeclaredProviders(NamedTuple):
    """The providers of the resources below a root, by the first word of their types."""

    names: frozenset[str]
    all_known: bool
    """False where a file could not be read or a module is not there, so that there may be resources of any provider."""
    absent: tuple[tuple[str, bool], ...]
    """What a scan of the root lacks, each with whether it comes from elsewhere: modules that are not there, and modules
    with files that cannot be read."""

    @property
    def may_hold_aws(self) -> bool:
        """Whether there are resources of AWS, or may be."""
        return not self.all_known or not _AWS.isdisjoint(self.names)


class _Caller(NamedTuple):
    module: Module
    root_directory: Path


def declared_providers(root: Module, lookup: ModuleLookup) -> DeclaredProviders:
    """The providers whose resources a root and its modules declare; data sources do not count.

    A module of a registry that is not there counts as of the provider in its address.
    """
    names: set[str] = set()
    absent: list[tuple[str, bool]] = []
    all_known = True
    waiting, seen = [(root, "")], {root.directory}
    while waiting:
        module, key = waiting.pop()
        names.update(type.partition("_")[0] for kind, type, _ in module.resources if kind == "resource")
        if module.unread_blocks:
            absent.append((f"a file of {module.path}", False))
            all_known = False
        for name, block in module.calls.items():
            inner = f"{key}.{name}".removeprefix(".")
            found = lookup.find(_Caller(module, root.directory), block, inner)
            if isinstance(found, str):
                source = source_of(block) or ""
                absent.append((f"module.{name} of {module.path}", bool(source) and not is_local(source)))
                of_registry = _OF_REGISTRY.fullmatch(source)
                names.update(of_registry.groups() if of_registry else ())
                all_known = all_known and of_registry is not None
            elif found.directory not in seen:
                seen.add(found.directory)
                waiting.append((found, inner))
    return DeclaredProviders(frozenset(names), all_known, tuple(absent))
