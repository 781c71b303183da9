"""The directories of Terraform that a scan looks at, and what it leaves out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.modules.module import Module, configuration_files, shown
from hipaa_guard.terraform.modules.path_patterns import PathPatterns
from hipaa_guard.terraform.modules.roots import called, directories, reach
from hipaa_guard.terraform.repository.ignored import ignored_directories

_NAMED = 3


class SelectedDirectories:
    """The directories to look at. Paths are absolute and without links."""

    def __init__(
        self,
        base: Path,
        chosen: Sequence[Path],
        *,
        files: Mapping[Path, frozenset[str]],
        skipped: Mapping[Path, str],
        ignored: Sequence[Path],
        patterns: PathPatterns,
    ) -> None:
        self.directories = list(chosen)
        self._base = base
        self._files = files
        self._skipped = skipped
        self._ignored = list(ignored)
        self._patterns = patterns

    def without_called(self, modules: Iterable[Module]) -> None:
        """Forget of the ignored directories those that one of these modules calls: what is in them is judged there."""
        if not self._ignored:
            return
        known = {*self.directories, *self._ignored}
        calls = {module.directory: called(module, known) for module in modules}
        reached: set[Path] = set()
        reach(list(calls), calls, reached)
        self._ignored = [each for each in self._ignored if each not in reached]

    def rows(self) -> Iterator[Gap]:
        """Rows for the directories that are left out."""
        by_pattern: dict[str, list[Path]] = {}
        for directory, pattern in self._skipped.items():
            by_pattern.setdefault(pattern, []).append(directory)
        for pattern, found in by_pattern.items():
            reason = f"--skip-path leaves out {self._named(found)}"
            yield Gap(GapKind.LEFT_OUT, pattern, reason, incomplete=False)
        if self._ignored:
            first = shown(self._ignored[0], self._base)
            reason = f"git ignores {self._named(self._ignored)}: left out"
            hint = "name a directory to have it scanned"
            yield Gap(GapKind.IGNORED, first, reason, hint, incomplete=False, location=self._first(self._ignored[0]))

    def left_out(self, root: Path, instances: Iterable[ResourceInstance]) -> dict[str, frozenset[str]]:
        """The addresses of instances of a root that are not to be judged, by the reason in words."""
        wanted = self._files.get(root)
        if not self._patterns and wanted is None:
            return {}
        found: dict[str, set[str]] = {}
        for instance in instances:
            reason = self._why_not(instance, wanted)
            if reason:
                found.setdefault(reason, set()).add(instance.address)
        return {reason: frozenset(addresses) for reason, addresses in found.items()}

    def _why_not(self, instance: ResourceInstance, wanted: frozenset[str] | None) -> str:
        place = instance.location
        if wanted is not None and wanted.isdisjoint((place.file, *(call.file for call in place.calls))):
            return f"only {' and '.join(sorted(wanted))} was asked for"
        pattern = self._patterns.fitting(self._resolved(place.file)) if self._patterns else None
        return "" if pattern is None else f"--skip-path {pattern} was given"

    def _resolved(self, file: str) -> Path:
        import os

        return Path(os.path.normpath(self._base / file))

    def _named(self, found: Sequence[Path]) -> str:
        names = [shown(each, self._base) for each in found]
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        of = "1 directory" if len(names) == 1 else f"{len(names):,} directories"
        return f"{of} of Terraform ({', '.join(names[:_NAMED])}{more})"

    def _first(self, directory: Path) -> Location:
        names = configuration_files(directory)
        return Location(shown(directory / (names[0] if names else ""), self._base), 1, 1)


def select_directories(
    base: Path, places: Sequence[Path], files: Sequence[Path], gaps: list[Gap], skipped: PathPatterns | None
) -> SelectedDirectories:
    """The directories of Terraform in ``places``, and those that hold single ``files``.

    What cannot be searched becomes a row in ``gaps``.
    """
    patterns = skipped if skipped is not None else PathPatterns((), ())
    met = patterns.fitting if patterns else None
    found: dict[Path, None] = {}
    ignored: dict[Path, None] = {}
    for place in places:
        there = directories(base, gaps, place, met)
        left = dict.fromkeys(ignored_directories(place, there, configuration_files))
        ignored.update(left)
        found.update(dict.fromkeys(each for each in there if each not in left))
    alone: dict[Path, set[str]] = {}
    for file in files:
        if file.parent not in found:
            alone.setdefault(file.parent, set()).add(shown(file, base))
    left_out = {each: pattern for each in sorted(found) if patterns and (pattern := _all_skipped(each, patterns))}
    return SelectedDirectories(
        base,
        sorted({*found, *alone} - left_out.keys()),
        files={directory: frozenset(names) for directory, names in alone.items()},
        skipped=left_out,
        ignored=[each for each in ignored if each not in found and each not in alone],
        patterns=patterns,
    )


def _all_skipped(directory: Path, patterns: PathPatterns) -> str | None:
    """The pattern that fits a directory, or each of its files."""
    whole = patterns.fitting(directory)
    if whole is not None:
        return whole
    fitting = [patterns.fitting(directory / name) for name in configuration_files(directory)]
    return fitting[0] if fitting and all(fitting) else None
