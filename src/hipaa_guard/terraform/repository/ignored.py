"""Directories that git ignores: what a build or a tool wrote, not what the repository says.

Only ``.gitignore`` files count. What a person ignores on one machine (``core.excludesFile``, ``.git/info/exclude``) is
not in the repository: two people would get two results from one commit. A file that git tracks is never ignored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from hipaa_guard.lean import regex
from hipaa_guard.terraform.files import UnreadableFile, read_file
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.repository.top import work_tree_of

_RULES = ".gitignore"
_WILD = regex(r"[*?]")


def ignored_directories(base: Path, found: Sequence[Path], files: Callable[[Path], Collection[str]]) -> list[Path]:
    """Of the directories below ``base``, those all of whose ``files`` (their names) git ignores.

    The base is an absolute path without links. Where it is itself ignored, or git cannot say, there are none: what a
    person names is read.
    """
    top = work_tree_of(base)
    below = [each for each in found if each != base]
    if top is None or not below:
        return []
    by_directory = {each: [each / name for name in files(each)] for each in below if work_tree_of(each) == top}
    if not _may_concern(top, by_directory):
        return []
    try:
        if base != top and _ignored(top, [base], "--no-index"):
            return []
        ignored = _ignored(top, [path for paths in by_directory.values() for path in paths])
    except TerraformInputError:
        return []
    return [each for each, paths in by_directory.items() if paths and ignored.issuperset(paths)]


def _may_concern(top: Path, by_directory: Mapping[Path, Sequence[Path]]) -> bool:
    """Whether a rule may exclude one of the files: git need not be started for the usual rules, which do not.

    A rule excludes a path by the path's own name or that of a directory above it, so the last name of the rule must fit
    one of these.
    """
    places = {above for each in by_directory for above in (each, *each.parents) if above.is_relative_to(top)}
    names = {name.lower() for each in by_directory for name in each.relative_to(top).parts}
    names |= {path.name.lower() for paths in by_directory.values() for path in paths}
    return any(_fits(rule, names) for place in sorted(places) for rule in _rules(place / _RULES))


def _rules(file: Path) -> list[str]:
    """The rules that exclude something; one that may exclude anything where the file cannot be read."""
    if file.is_symlink() or not file.exists():  # git follows no link here
        return []
    try:
        lines = read_file(file).decode().splitlines()
    except UnreadableFile:
        return ["*"]
    return [line for line in lines if line.strip() and not line.startswith(("#", "!"))]


def _fits(rule: str, names: Collection[str]) -> bool:
    last = rule.rstrip().rstrip("/").rpartition("/")[2].lower()
    if any(sign in last for sign in "[\\") or last == "**":
        return True
    return any(fnmatchcase(name, last) for name in names) if _WILD.search(last) else last in names


def _ignored(top: Path, paths: Sequence[Path], *options: str) -> set[Path]:
    """The paths that a ``.gitignore`` of the work tree excludes.

    Raises:
        GitError: git cannot say.

    """
    from hipaa_guard.terraform.repository import git

    failing = f"git cannot say what it ignores in {top}"
    shown = git.text(top, "rev-parse", "--show-toplevel", failing=failing).rstrip("\n")
    if Path(shown).resolve() != top:  # an empty .git marks the top, or the repository names another work tree
        raise git.GitError(failing)
    given = b"".join(b"./" + os.fsencode(path.relative_to(top)) + b"\0" for path in paths)
    arguments = ("check-ignore", *options, "--verbose", "-z", "--stdin")
    told = git.call(top, *arguments, failing=failing, given=given, good_codes=(1,), literal=False)
    return {top / place for place in _excluded(os.fsdecode(told).split("\0"))}


def _excluded(fields: Sequence[str]) -> Iterator[str]:
    """The paths in git's answer: file of the rule, its line, the rule, and the path."""
    for rules, _, rule, place in zip(*[iter(fields)] * 4, strict=False):
        inside = not rules.startswith("/") and rules.split("/")[-1] == _RULES
        if inside and not rule.startswith("!"):
            yield place
