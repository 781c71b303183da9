"""Finding controls in policy modules: shipped ones, those of installed packages, and those of a user's directories."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from hipaa_guard.controls.broken import Broken, error_text, line_in, place_of
from hipaa_guard.controls.catalogue import catalogue
from hipaa_guard.controls.control import Control, controls_in
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.controls.installed_packages import installed
from hipaa_guard.controls.policy_files import Policies, own_module, somebody_elses_code
from hipaa_guard.controls.selecting import Index, SelectionError

OWN = "hipaa_guard_own_policies"
"""Name of the package for policy modules from directories of the user."""


class ControlError(Exception):
    """A policy module or a control id of the user cannot be used. The text says what to do."""


class Loaded(NamedTuple):
    """All controls, sorted by id, and the controls and files of users and packages that cannot be used."""

    controls: list[Control]
    broken: list[Broken]


def load(own: Sequence[Path] = ()) -> list[Control]:
    """All controls, sorted by id: shipped, of installed packages, and in directories of the user.

    Raises:
        ControlError: a policy of an installed package or of a directory of the user cannot be used.

    """
    loaded = load_all(own)
    if loaded.broken:
        raise ControlError(str(loaded.broken[0]))
    return loaded.controls


def load_all(own: Sequence[Path] = ()) -> Loaded:
    """All controls that can be used, and those that cannot: a wrong policy does not affect other controls.

    An id belongs to the control that is found first: a shipped one, then installed packages, then the directories.

    Raises:
        ControlError: a directory of the user does not exist or holds no policies.

    """
    return _all(_shipped(), own)


def list_all(own: Sequence[Path] = ()) -> Loaded:
    """As `load_all`, without importing the modules of shipped controls (`catalogue.Listed`)."""
    known = catalogue()
    return _all(_shipped() if known is None else known.controls, own)


def _all(shipped: Iterable[Control], own: Sequence[Path]) -> Loaded:
    by_name: dict[str, Control] = {}
    broken: list[Broken] = []
    for found in shipped:
        _take(found, by_name, broken)
    for policies in (*installed(), *_own(own)):
        broken.extend(policies.broken)
        for found in policies.controls:
            _take(found, by_name, broken)
    controls = {control.id: control for control in by_name.values()}
    return Loaded([controls[id] for id in sorted(controls)], broken)


def _take(found: Control, by_name: dict[str, Control], broken: list[Broken]) -> None:
    """Add a control, unless another one has its id or the facts that it reads cannot be determined."""
    names = (found.id, *found.previous_ids)
    taken = next((name for name in names if by_name.get(name, found) is not found), None)
    reason = ""
    if taken is not None:
        other = by_name[taken]
        where = other.module if other.is_shipped else place_of(*other.declared_at)
        reason = f"two controls have the id {taken}: the other is in {where}"
    elif not found.is_shipped:
        reason = _not_seen_through(found)
    if reason:
        broken.append(Broken(found.id, *found.declared_at, reason))
    else:
        by_name.update(dict.fromkeys(names, found))


def _not_seen_through(control: Control) -> str:
    """Why the facts that a control reads cannot be determined; empty if they can. Objects in its module may raise."""
    try:
        wanted_facts([control])
    except Exception as error:  # noqa: BLE001 - it runs code that is not ours
        return f"the facts that it reads cannot be determined: {error_text(error)}"
    return ""


def select(controls: Sequence[Control], only: Iterable[str], skip: Iterable[str] = ()) -> list[Control]:
    """The controls that the words in `only` select (all if it is empty), without those of the words in `skip`.

    `selecting.Index.matching` says what a word may be. In `only`, a check of another scanner that has no equivalent
    stands for the controls nearest to it.

    Raises:
        ControlError: a word selects none; the text names the closest ones.

    """
    index = Index(controls)
    try:
        wanted = {control.id for word in only for control in index.chosen(word, near=True)}
        unwanted = {control.id for word in skip for control in index.chosen(word)}
    except SelectionError as error:
        raise ControlError(str(error)) from None
    chosen = (wanted or {control.id for control in controls}) - unwanted
    return [control for control in controls if control.id in chosen]


def chosen(loaded: Loaded, only: Iterable[str], skip: Iterable[str] = ()) -> Loaded:
    """The controls that `select` chooses, and the broken ones among those that the options name.

    A word that selects no control may be the id of one in a file that cannot be loaded. If there are such files, the
    word selects them.

    Raises:
        ControlError: a word selects none; the text names the closest ones.

    """
    only, skip = list(only), list(skip)
    index = Index(loaded.controls)
    names = {broken.name for broken in loaded.broken if broken.name}
    files = [broken for broken in loaded.broken if not broken.name]
    lost = {word for word in (*only, *skip) if (files or _names(word, names)) and not index.knows(word)}
    there = [word for word in only if word not in lost]
    controls = [] if only and not there else select(loaded.controls, there, [word for word in skip if word not in lost])
    asked = {name for word in only for name in _names(word, names)} | {control.id for control in controls}
    asked = asked if only else names
    skipped = {name for word in skip for name in _names(word, names)}
    broken = [each for each in loaded.broken if each.name in asked and each.name not in skipped]
    if not only or any(not _names(word, names) for word in lost.intersection(only)):
        broken += files
    return Loaded(controls, broken)


def _names(word: str, names: Iterable[str]) -> list[str]:
    """The names of broken controls that a word selects: that name, or all of a pattern."""
    return [name for name in names if name == word or fnmatchcase(name, word)]


def _shipped() -> Iterator[Control]:
    for module in _shipped_modules():
        yield from controls_in(module)


def _shipped_modules() -> Iterator[ModuleType]:
    import pkgutil  # not needed with the catalogue

    package = importlib.import_module("hipaa_guard.policies")
    for folder in pkgutil.iter_modules(package.__path__, "hipaa_guard.policies."):
        if folder.ispkg:
            parent = importlib.import_module(folder.name)
            for module in pkgutil.iter_modules(parent.__path__, f"{folder.name}."):
                yield importlib.import_module(module.name)


def is_table(file: Path) -> bool:
    """Whether a file beside policies is a table of cases for them."""
    return file.name.startswith("test_") or file.name == "conftest.py"


def _own(directories: Sequence[Path]) -> Iterator[Policies]:
    """The policies of directories of the user, loaded anew; a file in several directories only once."""
    files: dict[Path, tuple[str, Path]] = {}
    for directory in directories:
        for name, file in _files(directory, tables=False):
            files.setdefault(file.resolve(), (name, file))
    yield from (own_module(name, file) for name, file in files.values())


def tables_in(directory: Path) -> tuple[list[ModuleType], list[Broken]]:
    """The tables of cases beside the policies of a directory, loaded anew, and those that cannot be loaded.

    Raises:
        ControlError: the directory does not exist or holds no policies.

    """
    modules: list[ModuleType] = []
    broken: list[Broken] = []
    for name, file in _files(directory, tables=True):
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None  # a .py path always has a loader
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            with somebody_elses_code():
                spec.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the author's own code
            line = error.lineno or 0 if isinstance(error, SyntaxError) else line_in(str(file), error.__traceback__)
            broken.append(Broken("", str(file), line, f"the table cannot be loaded: {error_text(error)}"))
        else:
            modules.append(module)
    return modules, broken


def _files(directory: Path, *, tables: bool) -> list[tuple[str, Path]]:
    """The policy modules of a directory, or its tables of cases, with their module names."""
    if not directory.is_dir():
        raise ControlError(f"no policies directory {directory}: give a directory that holds Python policy modules")
    files = sorted(path for path in directory.rglob("*.py") if path.name != "__init__.py")
    if all(is_table(path) for path in files):
        raise ControlError(f"no policy module in {directory}: a policy module is a Python file that defines controls")
    return [
        (".".join((OWN, *path.relative_to(directory).with_suffix("").parts)), path.absolute())
        for path in files
        if is_table(path) == tables and path.name != "conftest.py"
    ]
