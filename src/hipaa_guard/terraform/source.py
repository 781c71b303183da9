"""Reading directories of Terraform source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.values import Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.evaluation.module_instances import ModuleInstance
from hipaa_guard.terraform.evaluation.unread_modules import given_to_unread
from hipaa_guard.terraform.hcl.scope import Budget, RecordedValues, Session
from hipaa_guard.terraform.modules.module import Module, shown
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
from hipaa_guard.terraform.modules.moved_blocks import former_addresses
from hipaa_guard.terraform.modules.path_patterns import PathPatterns
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs, VariableFileError
from hipaa_guard.terraform.modules.roots import UNREAD, boundary_of, find_roots
from hipaa_guard.terraform.modules.selected_directories import select_directories
from hipaa_guard.terraform.modules.variable_values import automatic_values, given_values, read_variable_file

if TYPE_CHECKING:
    from hipaa_guard.terraform.evaluation.concerned_resources import ConcernedResources
    from hipaa_guard.terraform.modules.affected_roots import AffectedRoots
    from hipaa_guard.terraform.repository.changes import Changes

__all__ = ["VariableFileError", "read_directory"]


def read_directory(
    path: Path,
    inputs: PlanInputs | None = None,
    *,
    changed: Changes | None = None,
    places: Sequence[Path] | None = None,
    files: Sequence[Path] = (),
    skipped: PathPatterns | None = None,
) -> list[Configuration]:
    """The configurations below a directory: one for each root module, in the order of their paths.

    A root module is a directory of Terraform that no other one calls. The ``var_files`` and ``variables`` of the
    ``inputs`` hold for every root that declares such variables. They override the files that Terraform reads by itself,
    which override the ``environment`` (``TF_VAR_...``, by the names of the variables). With `Changes`, only the roots
    that they concern are read; a row says how many are left out. If the former texts are known, each configuration
    also names the resources that they do not concern.

    ``places`` are the directories below `path` that are searched instead of all of it. Of single ``files``, the module
    is read and only what they make is to be judged; files and directories that ``skipped`` patterns fit are left out
    (`Configuration.left_out`). Directories that git ignores are left out too. Rows say what is.

    Arguments are evaluated when they are read from an instance; a gap that shows only then is added to the
    configuration's ``gaps`` at that time. A part that cannot be read or evaluated becomes a gap or an unknown value,
    never an exception.

    Raises:
        NotADirectoryError: `path` is no directory.
        VariableFileError: a file of variables cannot be read, a value does not fit its variable, or no root declares
            that variable.

    """
    if not path.is_dir():
        raise NotADirectoryError(str(path))
    base = path.resolve()
    library = ModuleLookup(base, boundary_of(base))
    inputs = inputs or PlanInputs()
    inputs.check()
    root_values = RootValues(inputs)
    budget = Budget()
    outside: list[Gap] = []
    selected = select_directories(base, [base] if places is None else places, files, outside, skipped)
    below = selected.directories
    chosen = None if changed is None else _affected_roots(below, library, changed.files, inputs.var_files)
    concerned = None
    if changed is None or chosen is None:
        modules = [library.module(directory) for directory in below]
        roots = [module for module in find_roots(modules) if module.files or module.gaps]
        outside += root_values.undeclared(roots)
        selected.without_called(modules)
    else:
        roots = chosen.roots
        outside.append(_row_of_others(chosen, base, changed))
        if changed.former is not None:
            from hipaa_guard.terraform.evaluation.concerned_resources import ConcernedResources

            concerned = ConcernedResources(changed, chosen.files, chosen.otherwise, base)
    outside += selected.rows()
    callers = [gap.subject for gap in outside if gap.kind is GapKind.FILE and gap.subject.endswith(UNREAD)]
    found = [_configuration(evaluated(root, library, budget, root_values), callers, concerned) for root in roots]
    for root, configuration in zip(roots, found, strict=True):
        configuration.left_out = selected.left_out(root.directory, configuration.instances)
    if outside and not found:
        found.append(Configuration(".", "hcl"))
    if outside:
        found[0].gaps.extend(outside)
    return found


def _affected_roots(
    below: list[Path], library: ModuleLookup, changed: Sequence[Path], var_files: Sequence[Path]
) -> AffectedRoots | None:
    """The roots that changed files concern; None for all, where a file of values changed that holds for all."""
    from hipaa_guard.terraform.modules.affected_roots import Changed, find_affected_roots

    changes = Changed(changed)
    return None if changes.holds(var_files) else find_affected_roots(below, library, changes)


def _row_of_others(chosen: AffectedRoots, base: Path, changed: Changes) -> Gap:
    """The row for the roots that were left out because no changed file concerns them."""
    looked_at, others = len(chosen.roots), chosen.others
    reason = changed.nothing or (
        f"only the {looked_at:,} root module{'' if looked_at == 1 else 's'} that the changed files concern "
        f"{'was' if looked_at == 1 else 'were'} looked at, not the {others:,} other{'' if others == 1 else 's'}"
    )
    return Gap(GapKind.ROOTS, shown(base, base), reason, "scan without --changed to judge all", incomplete=False)


@dataclass(slots=True)
class RootValues:
    """The values for the variables of root modules. ``certain`` overrides all others.

    Raises:
        VariableFileError: a file of variables cannot be read.

    """

    inputs: PlanInputs
    certain: Mapping[str, Value] = field(default_factory=dict)
    _named: dict[str, Value] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for file in self.inputs.var_files:
            self._named.update(read_variable_file(file))

    def of(self, module: Module, library: ModuleLookup, session: Session) -> dict[str, Value]:
        """The values for one root module, in Terraform's order.

        Raises:
            VariableFileError: a value does not fit its variable.

        """
        values = given_values(module, self.inputs.environment or {}, "TF_VAR_{}")
        automatic, gaps = automatic_values(module, library.base, library.boundary)
        values.update(automatic)
        values.update((name, value) for name, value in self._named.items() if name in module.variables)
        values.update(given_values(module, self.inputs.variables, "--var {}"))
        values.update((name, value) for name, value in self.certain.items() if name in module.variables)
        for gap in (*module.gaps, *gaps):
            session.add(gap)
        return values

    def undeclared(self, roots: Sequence[Module]) -> list[Gap]:
        """Rows for values of variables that no root declares. Terraform refuses such a ``--var``; for a file it warns.

        Raises:
            VariableFileError: no root declares the variable of a ``--var``, and all their files could be read.

        """
        declared = {name for root in roots for name in root.variables}
        extra = [name for name in self.inputs.variables if name not in declared]
        if extra and roots and not any(root.unread_blocks for root in roots):
            raise VariableFileError(f"--var {extra[0]}: no root module declares a variable of that name")
        extra += [name for name in self._named if name not in declared]
        reason = "a value is given, but no root module declares this variable"
        return [Gap(GapKind.EXPRESSION, f"var.{name}", reason, incomplete=False) for name in extra]


def evaluated(
    module: Module, library: ModuleLookup, budget: Budget, root_values: RootValues, record: RecordedValues | None = None
) -> ModuleInstance:
    """A root module with its variables, and with the values that a plan or state records.

    Raises:
        VariableFileError: a value does not fit its variable.

    """
    session = Session(library.base, library.boundary, budget, root_values.inputs.workspace, record)
    return ModuleInstance(module, session, library, root_values.of(module, library, session))


def _configuration(root: ModuleInstance, callers: Sequence[str], concerned: ConcernedResources | None) -> Configuration:
    module = root.module
    unset = [
        name for name, block in module.variables.items() if name not in root.given and "default" not in block.attributes
    ]
    if unset and not _is_surely_root(module):
        root.session.add(_uncalled(module, unset, callers))
    configuration = Configuration(module.path, "hcl", gaps=root.session.gaps)
    configuration.instances.extend(root.walk())
    if concerned is not None:
        addresses = concerned.addresses(root)
        configuration.unconcerned = frozenset(each.address for each in configuration.instances) - addresses
        configuration.changed_files = concerned.files
    used = root.modules_used()
    own_providers = any(each.providers for each in used if each is not module)
    configuration.several_providers = own_providers or any(map(_chooses_provider, used))
    given = given_to_unread(root)
    configuration.given_to_unread, configuration.given_to_unread_calls = given.instances, given.calls
    configuration.previous = former_addresses((each.address for each in configuration.instances), root.moves())
    configuration.files = sum(each.files for each in used)
    return configuration


def _chooses_provider(module: Module) -> bool:
    """Whether something in a module names its provider, or is of the second provider for AWS."""
    return any("providers" in call.attributes for call in module.calls.values()) or any(
        "provider" in block.attributes or type.startswith("awscc_") for (_, type, _), block in module.resources.items()
    )


def _is_surely_root(module: Module) -> bool:
    """Whether a module configures a provider or a backend, as only root modules should."""
    kept = any(inner.type in ("backend", "cloud") for block in module.settings for inner in block.blocks)
    return kept or any(block.attributes or block.blocks for block in module.providers)


def _uncalled(module: Module, unset: Sequence[str], callers: Sequence[str]) -> Gap:
    """The row for a directory that looks like a called module: variables lack values, and no read file calls it.

    ``callers`` are files that are not read and may call it.
    """
    names = ", ".join(name[:60] for name in unset[:5]) + (f" and {len(unset) - 5} more" if len(unset) > 5 else "")
    reason = f"nothing in the scanned tree calls it, so it was judged with its defaults; without a value: {names}"
    if callers:
        more = f" and {len(callers) - 1:,} more" if len(callers) > 1 else ""
        reason = f"{callers[0]}{more}, not read, may call it: it was judged with its defaults; without a value: {names}"
        hint = "give values with --var or --var-file, or scan a plan of it"
        return Gap(GapKind.EXPRESSION, module.path, reason, hint, incomplete=False, location=_first(module, unset))
    hint = "give values with --var or --var-file, or scan what calls it"
    return Gap(GapKind.UNCALLED, module.path, reason, hint, incomplete=False, location=_first(module, unset))


def _first(module: Module, unset: Sequence[str]) -> Location:
    return module.variables[unset[0]].location()
