"""Source comments of a tree compared with those of a commit: a comment that is not committed widens no exception."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.assessment.model import SettingsChange
from hipaa_guard.controls.exception import ExceptionReference, SourceComments
from hipaa_guard.scanning.source_comments import references_in
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.files import UnreadableFile, checked, read_file
from hipaa_guard.terraform.hcl import json_syntax, parsing
from hipaa_guard.terraform.hcl.syntax import MARK
from hipaa_guard.terraform.modules.module import is_configuration
from hipaa_guard.terraform.modules.roots import directories
from hipaa_guard.terraform.repository.git import Commit, call, text

Place = tuple[str, str]
"""Root and address of a resource."""


class CommittedReference(NamedTuple):
    """A comment that refers to an entry: the directory in the repository, the block and the entry."""

    directory: str
    block: str
    id: str


@dataclass(frozen=True, slots=True)
class CommittedComments:
    """The references of the tree by file, line and entry, those of the commit, and the number that are not in both."""

    commit: Commit
    of_tree: Mapping[tuple[str, int, str], CommittedReference]
    of_commit: frozenset[CommittedReference]

    def change(self) -> list[SettingsChange]:
        """The difference of the tree; empty if there is none."""
        own = set(self.of_tree.values())
        added, removed = len(own - self.of_commit), len(self.of_commit - own)
        return [SettingsChange("marks", "", added, removed)] if added or removed else []

    def kept(
        self, comments: Mapping[Place, SourceComments], base: str
    ) -> tuple[dict[Place, SourceComments], list[str]]:
        """The comments that the commit also has, and sentences on the others, which cover nothing.

        ``base`` is the directory of their file names, relative to the top of the work tree.
        """
        found: dict[Place, SourceComments] = {}
        left_out: dict[ExceptionReference, None] = {}
        for place, each in comments.items():
            known = tuple(one for one in each.references if not one.id or self._has(one, base))
            left_out |= dict.fromkeys(one for one in each.references if one not in known)
            if known or each.tags:
                found[place] = SourceComments(known, each.tags)
        why = f"is not in {self.commit}, so it covers nothing until it is there"
        return found, [f"{one.place}: the reference to {one.id} {why}" for one in left_out]

    def _has(self, reference: ExceptionReference, base: str) -> bool:
        file = posixpath.normpath(posixpath.join(base, reference.place.file))
        return self.of_tree.get((file, reference.place.line_start, reference.id)) in self.of_commit


def comments_at(commit: Commit) -> CommittedComments:
    """The references in the whole work tree, and those in a commit of it.

    Raises:
        GitError: git cannot read the files of the commit.

    """
    of_tree = {(file, line, mark.id): mark for file, line, mark in _all(_files_of_tree(commit.top))}
    return CommittedComments(commit, of_tree, frozenset(mark for _, _, mark in _all(_files_of_commit(commit))))


def _all(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int, CommittedReference]]:
    for file, data in files:
        parse = json_syntax.parse if file.endswith(".json") else parsing.parse
        for block in parse(file, data).root.blocks:
            for place, comment in block.source_comments():
                for reference in references_in(comment, place):
                    if reference.id:
                        name = ".".join((block.type, *block.labels))
                        mark = CommittedReference(posixpath.dirname(file) or ".", name, reference.id)
                        yield file, reference.place.line_start, mark


def _files_of_tree(top: Path) -> Iterator[tuple[str, bytes]]:
    for directory in directories(top, []):
        for file in sorted(directory.iterdir()):
            if is_configuration(file.name):
                try:
                    data = read_file(file, top)
                except UnreadableFile:
                    continue  # a scan reports it where it matters, and an unread comment covers nothing
                if MARK.encode() in data:
                    yield file.relative_to(top).as_posix(), data


def _files_of_commit(commit: Commit) -> Iterator[tuple[str, bytes]]:
    listed = text(
        commit.top,
        *("grep", "--no-recurse-submodules", "--no-textconv", "-a", "-F", "-l", "-z", "-e", MARK, commit.id),
        failing=f"{commit} cannot be searched",
        good_codes=(1,),
    )
    for name in filter(None, listed.split("\0")):
        file = name.partition(":")[2]
        if is_configuration(posixpath.basename(file)) and not _hidden(file):
            data = call(commit.top, "cat-file", "blob", f"{commit.id}:{file}", failing=f"{file} cannot be read")
            if len(data) <= limits.FILE_BYTES:
                try:
                    yield file, checked(data)
                except UnreadableFile:
                    continue


def _hidden(file: str) -> bool:
    return any(part.startswith(".") for part in file.split("/"))
