"""Controls of installed packages, which name them as entry points of the group ``hipaa_guard.policies``.

Looking through all that is installed would cost every start more than a small scan takes, so only packages whose list
of entry points holds the name of the group are looked into.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

GROUP = "hipaa_guard.policies"
_HEAD = f"[{GROUP}]".encode()
_INFORMATION = (".dist-info", ".egg-info")


class InstalledError(Exception):
    """An installed package of policies cannot be loaded. The text names it."""


def installed() -> Iterator[ModuleType]:
    """The policy modules of installed packages, each once.

    The working directory is no place where packages are installed: what is scanned must not bring code along.

    Raises:
        InstalledError: one of them cannot be loaded, or names something else than a module or package.

    """
    seen: set[str] = set()
    here = os.path.realpath(os.curdir)
    for place in dict.fromkeys(map(os.path.realpath, filter(None, sys.path))):
        if place == here:
            continue
        for information in _naming_the_group(place):
            for module in _modules_of(information):
                if module.__name__ not in seen:
                    seen.add(module.__name__)
                    yield module


def _naming_the_group(place: str) -> Iterator[Path]:
    """The directories of metadata in a directory of packages that name the group, sorted."""
    try:
        names = sorted(entry.name for entry in os.scandir(place) if entry.name.endswith(_INFORMATION))
    except OSError:
        return
    for name in names:
        information = Path(place, name)
        try:
            if _HEAD in (information / "entry_points.txt").read_bytes():
                yield information
        except OSError:
            continue


def _modules_of(information: Path) -> Iterator[ModuleType]:
    from importlib.metadata import Distribution

    distribution = Distribution.at(information)
    for entry in sorted(distribution.entry_points.select(group=GROUP), key=lambda entry: entry.name):
        told = f"the installed package {distribution.metadata['Name']} names {entry.value!r} as policies"
        if entry.attr:
            raise InstalledError(f"{told}: that must be a module or a package, without an attribute")
        try:
            yield from _loaded(entry.module)
        except Exception as error:
            raise InstalledError(f"{told}, which cannot be loaded: {type(error).__name__}: {error}") from error


def _loaded(name: str) -> list[ModuleType]:
    """A module, with all that it holds where it is a package."""
    module = importlib.import_module(name)
    path = getattr(module, "__path__", None)
    inner = [] if path is None else [each.name for each in pkgutil.walk_packages(path, f"{name}.")]
    return [module, *(importlib.import_module(each) for each in inner)]
