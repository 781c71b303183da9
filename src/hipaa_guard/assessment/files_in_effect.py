"""The files that decide what a scan reports: read from the tree or from a commit, and how the two differ."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from hipaa_guard.assessment.model import FileSource, SettingsChange, UsedFile
from hipaa_guard.terraform.repository.git import Commit
from hipaa_guard.terraform.repository.untrusted_paths import (
    FoundPathError,
    PathUse,
    content,
    content_of_named,
    why_link_refused,
)

What = Literal["settings", "exceptions", "baseline"]

Parts = Callable[[bytes, Path], Mapping[str, object]]
"""The parts of a file by stable names, so that two versions can be compared."""


class InEffectError(Exception):
    """A file cannot be used. Each line of the text is a sentence that says why."""


def read_used(
    file: Path, use: PathUse, *, named: bool, at: Commit | None = None, bounded: bool = True
) -> tuple[bytes | None, UsedFile]:
    """The content of a file, None where there is none, and where it was read.

    With a commit, files of its work tree are read from the commit; a file that it does not have counts as missing. A
    file that the user ``named`` elsewhere is read where it is; it may have any size unless ``bounded``.

    Raises:
        InEffectError: the file cannot be used, or was named and does not exist.
        TerraformInputError: git cannot read it.

    """
    if at is not None and (not named or at.place(file) is not None):
        data = at.read(file, use.largest)
        if data is None and named and not os.path.lexists(file):
            raise InEffectError(f"{file} is neither in {at} nor in the working tree")
        return data, used_file(file, data, "none" if data is None else "commit", at)
    if not named and not os.path.lexists(file):
        return None, UsedFile()
    astray = why_link_refused(file) if named else ""
    if astray:
        raise InEffectError(f"{file} {astray}: name the file by its own path")
    try:
        data = content_of_named(file, use.largest if bounded else None) if named else content(file, use)
    except FoundPathError as error:
        raise InEffectError(f"{file} {error}") from None
    return data, used_file(file, data, "named" if named else "found")


def used_file(file: Path, data: bytes | None, source: FileSource, at: Commit | None = None) -> UsedFile:
    """The record of a file with this content, for reports."""
    ref, commit = ("", "") if at is None else (at.ref, at.id)
    if data is None:
        return UsedFile("", "", source, ref, commit)
    return UsedFile(file.as_posix(), hashlib.sha256(data).hexdigest(), source, ref, commit)


def differences(what: What, file: Path, use: PathUse, data: bytes | None, parts: Parts) -> list[SettingsChange]:
    """How a file of the tree differs from the ``data`` of the same file in a commit.

    Only the meaning counts, not the layout.
    """
    name = file.as_posix()
    try:
        own = content(file, use) if os.path.lexists(file) else None
    except FoundPathError as error:
        return [SettingsChange(what, name, note=f"that of the tree {error}")]
    if own == data:
        return []
    before = {} if data is None else parts(data, file)
    try:
        after = {} if own is None else parts(own, file)
    except Exception as error:  # noqa: BLE001 - a file with any fault is not in effect
        return [SettingsChange(what, name, note=f"that of the tree cannot be used ({type(error).__name__})")]
    return counted_change(what, name, before, after)


def counted_change(
    what: What, file: str, before: Mapping[str, object], after: Mapping[str, object]
) -> list[SettingsChange]:
    """The change from some parts to others; empty where there is none."""
    added, removed = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    return [SettingsChange(what, file, added, removed, changed)] if added or removed or changed else []
