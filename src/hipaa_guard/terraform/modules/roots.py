"""Root modules of a tree: the directories with Terraform that no other module calls."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.modules.module import Module, is_configuration, shown
from hipaa_guard.terraform.modules.module_lookup import is_local, source_of
from hipaa_guard.terraform.modules.variable_values import values_files
from hipaa_guard.terraform.repository.top import work_tree_of

_SKIPPED = frozenset({"node_modules", "__pycache__"})


def boundary_of(base: Path) -> Path:
    """The outermost directory that modules and files may come from: the work tree of git, else the scanned one."""
    return work_tree_of(base) or base


def directories(
    base: Path, gaps: list[Gap], start: Path | None = None, met: Callable[[Path], object] | None = None
) -> list[Path]:
    """The directories below `start` that hold Terraform, sorted. Links and hidden directories are not entered.

    Places in ``gaps`` are relative to the base, which is also the default start. ``met`` is called with each directory.
    """
    found: list[Path] = []
    seen = 0
    for parent, names, files in os.walk(start or base, onerror=lambda error: gaps.append(_unread(error, base))):
        if met is not None:
            for name in names:
                met(Path(parent) / name)
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _SKIPPED)
        seen += 1 + len(files)
        if seen > limits.FILES:
            reason = f"more than {limits.FILES:,} files; the rest was not searched"
            gaps.append(Gap(GapKind.LIMIT, shown(Path(parent), base), reason))
            break
        gaps.extend(_of_another(Path(parent) / name, base) for name in sorted(files) if name.endswith(UNREAD))
        if any(is_configuration(name) for name in (*files, *names)):
            found.append(Path(parent))
    return sorted(found)


UNREAD = (".tfstack.hcl", ".tfcomponent.hcl", ".tfdeploy.hcl", "terragrunt.hcl", "terragrunt.stack.hcl")
"""Endings of files that call modules and are not read: those of Terraform stacks and Terragrunt."""


def _of_another(path: Path, base: Path) -> Gap:
    place = shown(path, base)
    what = "Terragrunt" if "terragrunt" in path.name else "a stack of Terraform"
    reason = f"files of {what} are not read; they may call modules with values of their own"
    return Gap(GapKind.FILE, place, reason, "scan the plan of each unit", location=Location(place, 1, 1))


def find_roots(modules: Iterable[Module]) -> list[Module]:
    """Modules that no other module calls; of modules that only call each other, the first.

    A module with files of values is a root even if another calls it: Terraform reads such files only in a root.
    """
    by_directory = {module.directory: module for module in modules}
    calls = {directory: called(module, by_directory) for directory, module in by_directory.items()}
    is_called = {target for source, targets in calls.items() for target in targets if target != source}
    roots = [directory for directory in by_directory if directory not in is_called or values_files(directory)]
    reached: set[Path] = set()
    reach(roots, calls, reached)
    for directory in by_directory:
        if directory not in reached:
            roots.append(directory)
            reach([directory], calls, reached)
    return [by_directory[directory] for directory in sorted(roots)]


def called(module: Module, known: Container[Path]) -> set[Path]:
    """The directories among ``known`` that a module calls by a local source."""
    targets: set[Path] = set()
    for block in module.calls.values():
        source = source_of(block)
        if source is not None and is_local(source):
            try:
                target = (module.directory / source).resolve()
            except (OSError, RuntimeError, ValueError):
                continue
            if target in known:
                targets.add(target)
    return targets


def reach(start: list[Path], calls: Mapping[Path, set[Path]], reached: set[Path]) -> None:
    """Add to `reached` these directories and all that their calls lead to."""
    waiting = list(start)
    while waiting:
        directory = waiting.pop()
        if directory not in reached:
            reached.add(directory)
            waiting.extend(calls.get(directory, ()))


def _unread(error: OSError, base: Path) -> Gap:
    return Gap(GapKind.FILE, shown(Path(error.filename), base), f"directory cannot be read: {error.strerror}")
