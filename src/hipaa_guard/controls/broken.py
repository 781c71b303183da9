"""A control, or a file of controls, that cannot be used: told by name, file and line, beside all that can."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from hipaa_guard.facts.locations import Gap, GapKind

_LONGEST = 500
"""Characters of the text of somebody else's error that are told."""


class Broken(NamedTuple):
    """Something of a policy that cannot be used. ``name`` is the id of a control, and empty for a whole file.

    ``line`` counts from 1; 0 where it is the file as a whole.
    """

    name: str
    file: str
    line: int
    reason: str

    @property
    def place(self) -> str:
        """The file and the line, seen from the working directory where the file is below it."""
        return place_of(self.file, self.line)

    def __str__(self) -> str:
        name = f"{self.name}: " if self.name else ""
        return f"{self.place}: {name}{self.reason}"


def row(broken: Broken) -> Gap:
    """The row of a scan that says that a control did not judge."""
    reason = f"{broken.place}: {broken.reason}" if broken.name else broken.reason
    hint = "mend the policy (`hipaa-guard policies test DIR` checks it), or leave the control out with --skip-control"
    if not broken.name:
        hint = "mend the file: none of its controls was judged"
    return Gap(GapKind.POLICY, broken.name or broken.place, reason.rstrip("?"), hint)


def place_of(file: str, line: int) -> str:
    """A file and a line as people read them, seen from the working directory where the file is below it."""
    with suppress(ValueError, OSError):  # it is elsewhere, or there is no working directory any more
        file = str(Path(file).relative_to(Path.cwd()))
    return f"{file}:{line}" if line else file


def told(error: BaseException) -> str:
    """The kind and the text of somebody else's error, on one line. An error that cannot be told has none."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - the text is made by somebody else's code
        text = "an error without a text"
    text = " ".join(text.split())
    return f"{type(error).__name__}: {text[:_LONGEST]}" if text else type(error).__name__


def line_in(file: str, traceback: TracebackType | None) -> int:
    """The line of a file that an error came through last; 0 where it came through none."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
