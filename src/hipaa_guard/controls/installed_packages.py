"""Controls of installed packages, which name them as entry points of the group ``hipaa_guard.policies``.

A search of all installed packages would take longer than a small scan. So only packages whose list of entry points
has the name of the group are read.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from hipaa_guard.controls.broken import Broken, error_text
from hipaa_guard.controls.control import controls_in
from hipaa_guard.controls.policy_files import Policies, PolicyFileError, PolicyLoader, policies_of, somebody_elses_code

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "hipaa_guard.policies"
_HEAD = f"[{GROUP}]".encode()
_ENTRIES = "entry_points.txt"
_INFORMATION = (".dist-info", ".egg-info")


def installed() -> Iterator[Policies]:
    """The policies of installed packages, each module once.

    The working directory is left out: a scanned tree must not bring code along.
    """
    seen: set[str] = set()
    here = os.path.realpath(os.curdir)
    for place in dict.fromkeys(map(os.path.realpath, filter(None, sys.path))):
        if place == here:
            continue
        for information in _naming_the_group(place):
            yield from _of_package(information, seen)


def _naming_the_group(place: str) -> Iterator[Path]:
    """The metadata directories that name the group, in a directory of packages, sorted."""
    try:
        names = sorted(entry.name for entry in os.scandir(place) if entry.name.endswith(_INFORMATION))
    except OSError:
        return
    for name in names:
        information = Path(place, name)
        try:
            if _HEAD in (information / _ENTRIES).read_bytes():
                yield information
        except OSError:
            continue


def _of_package(information: Path, seen: set[str]) -> list[Policies]:
    from importlib.metadata import Distribution

    try:
        found = Distribution.at(information).entry_points.select(group=GROUP)
        entries = sorted(((entry, entry.attr) for entry in found), key=lambda each: each[0].name)
    except Exception as error:  # noqa: BLE001 - Python's parser raises various errors
        reason = f"the entry points cannot be read: {error_text(error)}"
        return [Policies((), (Broken("", str(information / _ENTRIES), 0, reason),))]
    unusable = "but that must be a module or a package, without an attribute"
    return [
        policies
        for entry, attribute in entries
        for policies in (
            [_unusable(information, entry, unusable)] if attribute else _policies_of(information, entry, seen)
        )
    ]


def _policies_of(information: Path, entry: EntryPoint, seen: set[str]) -> list[Policies]:
    """The policies of one entry point, from modules that were not seen yet."""
    with _as_policies(entry.module), somebody_elses_code():
        try:
            names = [name for name in _modules(entry.module) if name not in seen]
        except KeyboardInterrupt:
            raise
        except PolicyFileError as error:
            return [Policies((), error.broken)]
        except BaseException as error:  # noqa: BLE001 - looking for a module runs the packages around it
            return [_unusable(information, entry, f"and these cannot be loaded: {error_text(error)}")]
        seen.update(names)
        return [_imported(information, entry, name) for name in names]


def _modules(name: str) -> Iterator[str]:
    """The names of a module and, for a package, of all modules in it."""
    yield name
    path = getattr(importlib.import_module(name), "__path__", None)
    if path is not None:
        import pkgutil

        # An inner package that cannot be imported is reported when it is loaded.
        yield from (each.name for each in pkgutil.walk_packages(path, f"{name}.", onerror=lambda _: None))


def _imported(information: Path, entry: EntryPoint, name: str) -> Policies:
    try:
        module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except PolicyFileError as error:
        return Policies((), error.broken)
    except BaseException as error:  # noqa: BLE001 - it runs code that is not ours
        return _unusable(information, entry, f"and its module {name} cannot be loaded: {error_text(error)}")
    declared = policies_of(module.__spec__)
    return Policies(tuple(controls_in(module))) if declared is None else declared


def _unusable(information: Path, entry: EntryPoint, why: str) -> Policies:
    """An entry point without usable policies as broken, at its line in the metadata of the package."""
    from importlib.metadata import Distribution

    file = information / _ENTRIES
    lines = file.read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if text.partition("=")[0].strip() == entry.name), 0)
    name = Distribution.at(information).metadata["Name"]
    reason = f"the installed package {name} names {entry.value!r} as policies, {why}"
    return Policies((), (Broken("", str(file), line, reason),))


class _PolicyFinder:
    """Finds the modules of a package as other finders do, but loads them as policies."""

    # Not derived from `importlib.abc.MetaPathFinder`, which imports `tempfile` and `zipfile`.

    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        if not f"{fullname}.".startswith(f"{self._package}."):
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((found for finder in others if (found := finder.find_spec(fullname, path, target))), None)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = PolicyLoader(spec.loader.name, spec.loader.path)
        return spec


@contextmanager
def _as_policies(package: str) -> Iterator[None]:
    finder = _PolicyFinder(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
