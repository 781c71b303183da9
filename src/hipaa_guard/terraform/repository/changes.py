"""The files of a work tree that differ from a commit, and the texts that they had there.

Git compares the work tree itself, so two more things are turned off than for reading objects: filters, which git would
start to compare a file with its index, and looking into the work trees of submodules, which have settings of their own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hipaa_guard.facts.locations import SAME
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.repository.git import Commit, GitError, call, commit_named, text, work_tree

HEAD = "HEAD"
_NOTHING_THERE = (1,)
"""The exit code of ``git config --get-regexp`` and of ``git merge-base`` where there is none."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed, new and deleted files of a work tree."""

    files: tuple[Path, ...]
    since: str = ""
    """The commit in words; empty where the user named the files."""
    former: Mapping[Path, bytes] | None = None
    """The contents that files had at the commit; a new file has none. None where they are not known of any file."""
    unread: frozenset[Path] = frozenset()
    """Files whose former content could not be read."""

    @property
    def nothing(self) -> str:
        """In a sentence, that nothing is different from the commit; empty where something is."""
        return f"{SAME}{self.since}" if self.since and not self.files else ""


def changes_since(directory: Path, ref: str, wanted: Sequence[str] = ()) -> Changes:
    """What differs from a commit in the work tree that contains a directory, files that git ignores left out.

    A ref means the last commit that it and HEAD have in common, so that a branch is compared with where it began;
    without one, the ref itself. Former contents are read of files whose names end in one of ``wanted``.

    Raises:
        GitError: the directory is in no work tree, or git has no such commit here.

    """
    if ref == HEAD:
        top = work_tree(directory)
        commit = _head(top)
    else:
        commit = _fork(commit_named(directory, ref))
        top = commit.top
    names = {*_untracked(top), *(_all_tracked(top) if commit is None else _differing(commit))}
    files = {name: top / os.fsdecode(name) for name in sorted(names)}
    if commit is None:
        return Changes(tuple(files.values()), "a repository without a commit", {})
    asked = {name: file for name, file in files.items() if file.name.endswith(tuple(wanted))}
    former, unread = _former(commit, asked)
    return Changes(tuple(files.values()), str(commit), former, unread)


def _head(top: Path) -> Commit | None:
    found = text(
        top, "rev-parse", "--verify", "--quiet", f"{HEAD}^{{commit}}", failing="HEAD cannot be read", good_codes=(1,)
    )
    return Commit(top, HEAD, found.strip()) if found.strip() else None


def _fork(commit: Commit) -> Commit:
    """The last commit that a commit and HEAD have in common; the commit itself where there is none."""
    common = text(
        commit.top, "merge-base", commit.id, HEAD, failing=f"{commit} cannot be read", good_codes=_NOTHING_THERE
    )
    first = common.split("\n", 1)[0].strip()
    return Commit(commit.top, commit.ref, first) if first else commit


def _names(output: bytes) -> list[bytes]:
    return [name.rstrip(b"/") for name in output.split(b"\0") if name]


def _untracked(top: Path) -> list[bytes]:
    listing = ("ls-files", "-z", "--others", "--exclude-standard", "--full-name")
    return _names(call(top, *listing, failing=f"{top} cannot be listed"))


def _all_tracked(top: Path) -> list[bytes]:
    return _names(call(top, "ls-files", "-z", "--cached", "--full-name", failing=f"{top} cannot be listed"))


def _differing(commit: Commit) -> list[bytes]:
    compared = ("diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv")
    untouched = ("--ignore-submodules=dirty", "--end-of-options", commit.id, "--")
    output = call(
        commit.top,
        *compared,
        *untouched,
        failing=f"the work tree cannot be compared with {commit}",
        settings=_no_filters(commit.top),
    )
    return _names(output)


def _no_filters(top: Path) -> dict[str, str]:
    """Settings by which no configured filter is started. A file that only its filter makes equal counts as changed."""
    listed = ("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
    found = text(top, *listed, failing="the settings of git cannot be read", good_codes=_NOTHING_THERE)
    drivers = {name.rpartition(".")[0] for name in found.split("\0") if name.count(".") > 1}
    off = {"clean": "", "smudge": "", "process": "", "required": "false"}
    return {f"{driver}.{key}": value for driver in sorted(drivers) for key, value in off.items()}


def _former(commit: Commit, asked: Mapping[bytes, Path]) -> tuple[dict[Path, bytes], frozenset[Path]]:
    """The contents of files at a commit, and the files whose content cannot be read."""
    simple = [name for name in asked if b"\n" not in name]
    unread = {asked[name] for name in asked if b"\n" in name}
    sizes = {}
    for name, head in zip(simple, _asked(commit, "--batch-check", simple).split(b"\n"), strict=False):
        parts = head.split()
        if len(parts) == 3 and parts[1] == b"blob" and int(parts[2]) <= limits.FILE_BYTES:
            sizes[name] = int(parts[2])
        elif not head.endswith(b" missing"):
            unread.add(asked[name])
    content, former = _asked(commit, "--batch", list(sizes)), {}
    for name, size in sizes.items():
        _, _, content = content.partition(b"\n")
        former[asked[name]] = content[:size]
        content = content[size + 1 :]
    return former, frozenset(unread)


def _asked(commit: Commit, how: str, names: Sequence[bytes]) -> bytes:
    if not names:
        return b""
    wanted = b"".join(commit.id.encode() + b":" + name + b"\n" for name in names)
    return call(commit.top, "cat-file", how, given=wanted, failing=f"{commit} cannot be read")


__all__ = ["HEAD", "Changes", "GitError", "changes_since"]
