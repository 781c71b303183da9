"""Files as they are and as they are to be, all looked at before the first is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click


class PlannedFile(NamedTuple):
    """A file by its path from the top of the repository, and what becomes of it."""

    path: Path
    before: bytes | None
    """None where there is no file."""
    after: bytes | None
    """None where the file stays, whatever it holds."""
    note: str = ""
    """Why the file stays although it does not hold what is wanted."""

    @property
    def changes(self) -> bool:
        """Whether the file is written."""
        return self.after is not None and self.after != self.before

    def told(self, *, dry_run: bool) -> str:
        """The line that says what becomes of the file."""
        if not self.changes:
            return f"kept       {self.path}: {self.note}" if self.note else f"unchanged  {self.path}"
        done, ahead = ("wrote", "would write") if self.before is None else ("changed", "would change")
        return f"{ahead if dry_run else done:<9}  {self.path}"


def content_of(top: Path, path: Path) -> bytes | None:
    """The content of a file that is to be written or kept; None where there is none.

    Raises:
        click.ClickException: a link leads it out of the repository, or it is no file that can be read.

    """
    from hipaa_guard.terraform.repository.untrusted_paths import SETTINGS, FoundPathError, content, refused

    reason = refused(top / path, SETTINGS)
    if not reason and os.path.lexists(top / path):
        try:
            return content(top / path, SETTINGS)
        except FoundPathError as error:
            reason = str(error)
    if reason:
        raise click.ClickException(f"{path} {reason}: nothing was written; put a plain file there, or none")
    return None


def text_of(top: Path, path: Path) -> bytes:
    """The content of a file that is only looked at; empty where there is none, or none that can be read."""
    from hipaa_guard.terraform.repository.untrusted_paths import SETTINGS, FoundPathError, content

    try:
        return content(top / path, SETTINGS)
    except FoundPathError:
        return b""


def write(top: Path, planned: PlannedFile) -> None:
    """Write a file and the directories that it needs.

    Raises:
        click.ClickException: it cannot be written; the former file is as it was.

    """
    from hipaa_guard.storing import create, replace

    assert planned.after is not None
    place = (top / planned.path).resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        (create if planned.before is None else replace)(place, (planned.after,))
    except OSError as error:
        raise click.ClickException(f"cannot write {planned.path}: {error.strerror}") from None


def as_patch(planned: PlannedFile) -> Iterator[str]:
    """The lines of a diff, each with its line end."""
    from hipaa_guard.fixing.patch import unified

    assert planned.after is not None
    lines = unified(planned.path.as_posix(), planned.before or b"", planned.after)
    if planned.before is None:
        next(lines)
        yield "--- /dev/null\n"
    yield from lines
