"""The root modules that changed files concern, found without parsing the others.

Any quoted text in a directory may be the source of a module call. The directories that may lead to a changed file in
this way are parsed, and only the calls in their blocks count. So a text that is no call costs a little time, and no
call is missed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hipaa_guard.terraform.files import UnreadableFile, is_within, read_file
from hipaa_guard.terraform.modules.module import Module, configurations_among, is_configuration
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
from hipaa_guard.terraform.modules.roots import called, find_roots, reach
from hipaa_guard.terraform.modules.variable_values import values_among

_VALUES = (".tfvars", ".tfvars.json")
_INSTALLED = ".terraform"

_SOURCE = re.compile(rb'"([.\\][^"\n]*)"')
"""A text that may be a source in this tree, once its escapes are resolved."""
_NOT_LITERAL = re.compile(rb"[\\$%]")
_READING = re.compile(rb"\b(?:templatefile|file[a-z0-9]*)[ \t]*\(")
_READING_LITERAL = re.compile(
    rb'\b(?:templatefile|file(?!set)[a-z0-9]*)[ \t]*\([ \t]*"(?:\$\{path\.(?:module|root)\})?[^"$%\\]*"'
)


@dataclass(frozen=True, slots=True)
class AffectedRoots:
    """The root modules that a change concerns, and the least number of those that it does not concern."""

    roots: list[Module]
    others: int
    otherwise: frozenset[Path]
    """Directories that a change concerns in another way than by the blocks of a changed file: by values, by files that
    functions read, by links."""
    files: frozenset[Path]
    """The changed files whose blocks a change concerns."""


class Changed:
    """Files that were changed, were deleted or are new."""

    def __init__(self, files: Iterable[Path]) -> None:
        # If the file is a link, the link was changed and not its target.
        self.files = {Path(os.path.realpath(file.parent)) / file.name for file in files}
        self.folders = [file for file in self.files if os.path.isdir(file)]  # noqa: PTH112 - the other one may raise
        """Changed as a whole, as submodules are."""
        self.directories = {each for each in map(_directory_of, self.files) if each is not None}
        self.configurations = {file for file in self.files if is_configuration(file.name) and not file.is_symlink()}
        self.names = {
            os.fsencode(file.name) for file in self.files.difference(self.folders) if _directory_of(file) is None
        }
        """Files other than Terraform's: a module depends on them only if it reads them by a function."""

    def is_of_module(self, file: Path) -> bool:
        """Whether a changed file is one of the files that make up a module, and no link."""
        return file in self.configurations and _directory_of(file) == file.parent

    def holds(self, files: Iterable[Path]) -> bool:
        """Whether one of these files, or one below them, was changed."""
        places = [Path(os.path.realpath(file)) for file in files]
        return any(file.is_relative_to(place) for file in self.files for place in places)


def _directory_of(file: Path) -> Path | None:
    """The directory whose module a file belongs to; None where Terraform does not read the file."""
    parts = file.parts
    if _INSTALLED in parts:
        return Path(*parts[: parts.index(_INSTALLED)])
    return file.parent if is_configuration(file.name) or file.name.endswith(_VALUES) else None


def find_affected_roots(found: Collection[Path], library: ModuleLookup, changed: Changed) -> AffectedRoots:
    """The roots among the directories `found` that hold a changed file or lead to one by their calls.

    Raises:
        OSError: a directory cannot be listed.

    """
    texts = _texts(found, library.boundary, changed)
    near = changed.directories | {directory for directory, text in texts.items() if text.reads_changed}
    opened = _callers(near, texts) & texts.keys()
    modules = {directory: library.module(directory) for directory in sorted(opened)}
    known = texts.keys() | near
    calls = {directory: called(module, known) for directory, module in modules.items()}
    below = set(found)
    roots = [
        module
        for module in find_roots(module for directory, module in modules.items() if directory in below)
        if module.files or module.gaps
    ]
    hit = [root for root in roots if _leads_to(root.directory, calls, near)]
    may_be_called = {target for text in texts.values() for target in text.may_call}
    uncalled = (each for each in below - opened if each not in may_be_called or texts[each].has_values)
    by_blocks = {file.parent for file in changed.configurations}
    by_others = {_directory_of(file) for file in changed.files if not changed.is_of_module(file)}
    read = {directory for directory, text in texts.items() if text.reads_changed}
    otherwise = frozenset((near - by_blocks) | (near & by_others) | read)
    files = frozenset(file for file in changed.files if changed.is_of_module(file))
    return AffectedRoots(hit, len(roots) - len(hit) + sum(1 for _ in uncalled), otherwise, files)


def _leads_to(root: Path, calls: Mapping[Path, set[Path]], near: set[Path]) -> bool:
    reached: set[Path] = set()
    reach([root], calls, reached)
    return not reached.isdisjoint(near)


def _callers(near: set[Path], texts: Mapping[Path, _Text]) -> set[Path]:
    """All directories that may lead to one of these by calls, these included."""
    callers: dict[Path, set[Path]] = {}
    for directory, text in texts.items():
        for target in text.may_call:
            callers.setdefault(target, set()).add(directory)
    reached: set[Path] = set()
    reach([*near, *(directory for directory, text in texts.items() if text.may_call_any)], callers, reached)
    return reached


@dataclass(slots=True)
class _Text:
    """Calls and changed files in the unparsed text of a directory's files."""

    may_call: set[Path] = field(default_factory=set)
    may_call_any: bool = False
    """It may call anything."""
    reads_changed: bool = False
    """It reads a changed file."""
    has_values: bool = False
    """It has files of values."""


def _texts(found: Iterable[Path], boundary: Path, changed: Changed) -> dict[Path, _Text]:
    """The texts of directories and of all directories that they may call."""
    texts = {directory: _text(directory, boundary, changed) for directory in found}
    waiting = [target for text in texts.values() for target in text.may_call]
    while waiting:
        directory = waiting.pop()
        if directory not in texts and is_within(directory, boundary) and directory.is_dir():
            try:
                texts[directory] = text = _text(directory, boundary, changed)
            except OSError:
                continue  # the module that calls it reports it
            waiting.extend(text.may_call)
    return texts


def _text(directory: Path, boundary: Path, changed: Changed) -> _Text:
    text = _Text(reads_changed=any(directory.is_relative_to(folder) for folder in changed.folders))
    sources: set[bytes] = set()
    with os.scandir(directory) as entries:
        links = {entry.name: entry.is_symlink() for entry in entries}
    values = values_among(links)
    text.has_values = bool(values)
    for name in (*configurations_among(links), *values):
        path = directory / name
        if links[name] and Path(os.path.realpath(path)) in changed.files:
            text.reads_changed = True
        try:
            data = read_file(path, boundary if links[name] else None)
        except UnreadableFile:
            continue
        sources.update(_SOURCE.findall(data))
        text.reads_changed |= bool(changed.names) and _may_read(data, changed.names)
    text.may_call_any = any(_NOT_LITERAL.search(source) for source in sources)
    text.may_call = {Path(os.path.realpath(directory / os.fsdecode(source))) for source in sources}
    return text


def _may_read(data: bytes, names: Iterable[bytes]) -> bool:
    """Whether a text names one of these files, or computes the names of the files that it reads."""
    if any(name in data for name in names):
        return True
    return len(_READING.findall(data)) > len(_READING_LITERAL.findall(data))
