"""Reading directories of Terraform source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hipaa_guard.facts.places import Gap, GapKind
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.handed_over import handed_over
from hipaa_guard.terraform.inputs import VariableFileError, automatic_values, given_values, read_variable_file
from hipaa_guard.terraform.instances import ModuleInstance
from hipaa_guard.terraform.library import Library
from hipaa_guard.terraform.modules import Module
from hipaa_guard.terraform.roots import boundary_of, directories, find_roots
from hipaa_guard.terraform.scope import Budget, Session

__all__ = ["VariableFileError", "read_directory"]


def read_directory(
    path: Path, *, var_files: Sequence[Path] = (), variables: Mapping[str, str] = {}
) -> list[Configuration]:
    """The configurations below a directory: one for each root module, in the order of their paths.

    A root module is a directory of Terraform that no other one calls. ``var_files`` and ``variables`` hold for every
    root that declares such variables and count more than the files that Terraform reads by itself.

    Arguments are evaluated when they are read from an instance; a gap that shows only then is added to the
    configuration's ``gaps`` at that time. What cannot be read or evaluated is a gap or unknown, never an exception.

    Raises:
        NotADirectoryError: `path` is no directory.
        VariableFileError: a file of variables cannot be read, or a value does not fit its variable.

    """
    if not path.is_dir():
        raise NotADirectoryError(str(path))
    base = path.resolve()
    boundary = boundary_of(base)
    library = Library(base, boundary)
    named: dict[str, Value] = {}
    for file in var_files:
        named.update(read_variable_file(file))
    budget = Budget()
    outside: list[Gap] = []
    modules = [library.module(directory) for directory in directories(base, outside)]
    roots = [module for module in find_roots(modules) if module.files or module.gaps]
    found = [_configuration(root, library, budget, named, variables) for root in roots]
    declared = {name for root in roots for name in root.variables}
    outside += [
        Gap(GapKind.EXPRESSION, f"var.{name}", "no root module declares this variable", incomplete=False)
        for name in variables
        if name not in declared
    ]
    if outside and not found:
        found.append(Configuration(".", "hcl"))
    if outside:
        found[0].gaps.extend(outside)
    return found


def _configuration(
    module: Module, library: Library, budget: Budget, named: Mapping[str, Value], variables: Mapping[str, str]
) -> Configuration:
    given, gaps = automatic_values(module, library.base, library.boundary)
    given.update((name, value) for name, value in named.items() if name in module.variables)
    given.update(given_values(module, variables))
    session = Session(library.base, library.boundary, budget)
    for gap in (*module.gaps, *gaps):
        session.add(gap)
    unset = [
        name for name, block in module.variables.items() if name not in given and "default" not in block.attributes
    ]
    if unset:
        session.add(_uncalled(module, unset))
    root = ModuleInstance(module, session, library, given)
    configuration = Configuration(module.path, "hcl", gaps=session.gaps)
    configuration.instances.extend(root.walk())
    configuration.handed_over = handed_over(root)
    configuration.files = sum(used.files for used in root.modules_used())
    configuration.standalone_module = bool(unset)
    return configuration


def _uncalled(module: Module, unset: Sequence[str]) -> Gap:
    """The row of a directory that looks like a module: it waits for values, and nobody gives them."""
    names = ", ".join(name[:60] for name in unset[:5]) + (f" and {len(unset) - 5} more" if len(unset) > 5 else "")
    reason = f"nothing in the scanned tree calls it, so it was judged with its defaults; without a value: {names}"
    hint = "give values with --var or --var-file, or scan what calls it"
    location = module.variables[unset[0]].location()
    return Gap(GapKind.UNCALLED, module.path, reason, hint, incomplete=False, location=location)
