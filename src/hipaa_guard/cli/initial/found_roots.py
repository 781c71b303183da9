"""What a repository has to scan: its root modules with resources of AWS, and the fewest directories that hold them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hipaa_guard.facts.locations import Gap

_SKIPPED, _EMPTY = "skipped", "no resources"


class FoundRoots(NamedTuple):
    """The root modules below some directories. All paths are relative to the top of the repository."""

    of_aws: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    """Directories that are not scanned: roots that hold no resource of AWS, each with the providers that it has
    resources of, and those that were skipped."""
    scanned: tuple[str, ...]
    """The directories to scan: they hold all roots of AWS, and roots of other providers only where such a root lies
    below one of AWS."""
    unseen: tuple[Gap, ...]
    absent: tuple[tuple[str, bool], ...]
    """What a scan of the roots of AWS lacks, each with whether it comes from elsewhere."""


def find_roots_of_aws(top: Path, paths: Sequence[Path], patterns: Sequence[str]) -> FoundRoots:
    """The roots below the directories ``paths``, or below ``top`` if there are none; directories that match one of the
    ``patterns`` are skipped, as ``--skip-path`` does. All paths are resolved.

    Raises:
        OSError: a directory cannot be read.

    """
    from hipaa_guard.terraform.modules.declared_providers import declared_providers
    from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
    from hipaa_guard.terraform.modules.path_patterns import PathPatterns
    from hipaa_guard.terraform.modules.roots import boundary_of, called, directories, find_roots, reach

    unseen: list[Gap] = []
    areas = _outermost(paths or [top])
    below = [directory for area in areas for directory in directories(area, unseen)]
    left_out = PathPatterns(patterns, [top])
    skipped = [directory for directory in below if left_out.fitting(directory)]
    lookup = ModuleLookup(top, boundary_of(top))
    modules = {directory: lookup.module(directory) for directory in below if directory not in skipped}
    declared = {root.directory: declared_providers(root, lookup) for root in find_roots(modules.values())}
    of_aws = [directory for directory, providers in declared.items() if providers.may_hold_aws]
    others = dict.fromkeys(skipped, _SKIPPED) | {
        directory: ", ".join(sorted(providers.names)) or _EMPTY
        for directory, providers in declared.items()
        if not providers.may_hold_aws
    }
    used: set[Path] = set()
    reach(of_aws, {directory: called(module, modules) for directory, module in modules.items()}, used)
    if not paths and used:
        # Not the common parent of the roots: a root that is added beside it later must be scanned too.
        areas = [Path(os.path.commonpath(used))]
    foreign = {directory for directory, providers in others.items() if providers != _EMPTY}
    scanned = [each for area in areas for each in _without(foreign, area, of_aws, used)]

    def named(directory: Path) -> str:
        return os.path.relpath(directory, top)

    return FoundRoots(
        tuple(map(named, of_aws)),
        tuple(
            (named(directory), providers)
            for directory, providers in sorted(others.items())
            if not any(directory.is_relative_to(each) for each in scanned)
        ),
        tuple(map(named, scanned)),
        tuple(unseen),
        tuple(dict.fromkeys(each for directory in of_aws for each in declared[directory].absent)),
    )


def skip_patterns(found: FoundRoots, parent: str) -> list[str]:
    """The patterns that leave out the roots of other providers below a directory.

    A name without a slash would mean that name at any depth, and a sign of a pattern more than one path: where a root
    of AWS has such a name in its path, the other root is scanned with it.
    """
    parts = {part for root in found.of_aws for part in Path(root).parts}
    return [
        directory
        for directory, providers in found.others
        if providers not in (_EMPTY, _SKIPPED)
        and Path(directory).is_relative_to(parent)
        and not set("*?[") & set(directory)
        and ("/" in directory or directory not in parts)
    ]


def _outermost(paths: Sequence[Path]) -> list[Path]:
    """The paths that do not lie below another, each once."""
    return [each for each in dict.fromkeys(paths) if not any(each != o and each.is_relative_to(o) for o in paths)]


def _without(
    avoided: Collection[Path], area: Path, roots: Collection[Path], modules: Collection[Path]
) -> Iterator[Path]:
    """The largest directories in an area that hold a root and none of the avoided ones, if these can be kept apart."""
    if not any(root.is_relative_to(area) for root in roots):
        return
    if area in modules or not any(each.is_relative_to(area) for each in avoided):
        yield area
        return
    depth = len(area.parts)
    for child in sorted({Path(*each.parts[: depth + 1]) for each in modules if each.is_relative_to(area)}):
        yield from _without(avoided, child, roots, modules)
