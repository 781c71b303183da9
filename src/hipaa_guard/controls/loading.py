"""Finding controls in policy modules: ours, those of installed packages, and those that a user names."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.installed import InstalledError, installed

OWN = "hipaa_guard_own_policies"
"""The package that policy modules of a directory of the user seem to be in."""


class ControlError(Exception):
    """A policy module or a control id given by the user cannot be used. The text says what to do."""


def load(own: Sequence[Path] = ()) -> list[Control]:
    """All controls, shipped, of installed packages and in the user's own directories, sorted by id.

    Raises:
        ControlError: an installed package or a directory of the user cannot be loaded, or two controls share an id.

    """
    modules = list(_shipped())
    try:
        modules.extend(installed())
    except InstalledError as error:
        raise ControlError(str(error)) from error
    for directory in own:
        modules.extend(own_modules(directory))
    by_id: dict[str, Control] = {}
    for module in modules:
        for found in controls_in(module):
            other = by_id.get(found.id)
            if other is not None and other is not found:
                raise ControlError(f"two controls have the id {found.id}: in {other.module} and in {found.module}")
            by_id[found.id] = found
    return [by_id[id] for id in sorted(by_id)]


def select(controls: Sequence[Control], only: Iterable[str], skip: Iterable[str] = ()) -> list[Control]:
    """The controls with the ids in `only` (all where it is empty), without those in `skip`. Old ids are understood.

    Raises:
        ControlError: an id does not exist; the text names the closest ones.

    """
    known = {name: control for control in controls for name in (control.id, *control.previous_ids)}
    wanted, unwanted = [_resolve(known, id) for id in only], {_resolve(known, id).id for id in skip}
    chosen = {control.id for control in (wanted or controls)} - unwanted
    return [control for control in controls if control.id in chosen]


def controls_in(module: ModuleType) -> Iterator[Control]:
    """The controls that a policy module defines, families included, in the order in which it defines them."""
    for value in list(vars(module).values()):
        members = value if isinstance(value, tuple) else (value,)
        for member in members:
            if isinstance(member, Control) and member.module == module.__name__:
                yield member


def _resolve(known: dict[str, Control], id: str) -> Control:
    if id in known:
        return known[id]
    close = difflib.get_close_matches(id, known, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "`hipaa-guard controls list` shows them all."
    raise ControlError(f"there is no control {id!r}: {hint}")


def _shipped() -> Iterator[ModuleType]:
    package = importlib.import_module("hipaa_guard.policies")
    for folder in pkgutil.iter_modules(package.__path__, "hipaa_guard.policies."):
        if folder.ispkg:
            parent = importlib.import_module(folder.name)
            for module in pkgutil.iter_modules(parent.__path__, f"{folder.name}."):
                yield importlib.import_module(module.name)


def is_table(file: Path) -> bool:
    """Whether a file beside policies holds tests of them."""
    return file.name.startswith("test_") or file.name == "conftest.py"


def own_modules(directory: Path, *, tables: bool = False) -> Iterator[ModuleType]:
    """The policy modules of a directory of the user, loaded anew; or the tables of cases beside them.

    Raises:
        ControlError: there are no policies, or one module cannot be loaded.

    """
    if not directory.is_dir():
        raise ControlError(f"no policies directory {directory}: give a directory that holds Python policy modules")
    files = sorted(path for path in directory.rglob("*.py") if path.name != "__init__.py")
    if all(is_table(path) for path in files):
        raise ControlError(f"no policy module in {directory}: a policy module is a Python file that defines controls")
    for path in (path for path in files if is_table(path) == tables and path.name != "conftest.py"):
        relative = path.relative_to(directory).with_suffix("")
        name = ".".join((OWN, *relative.parts))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None  # a .py path always has a loader
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise ControlError(f"the policy module {path} cannot be loaded: {type(error).__name__}: {error}") from error
        yield module
