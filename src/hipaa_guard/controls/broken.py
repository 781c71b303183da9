"""A control, or a file of controls, that cannot be used: reported by name, file and line, while all others are used."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from hipaa_guard.facts.locations import Gap, GapKind

_LONGEST = 500
"""Maximum characters that are reported of an error's text in a user's code."""


class Broken(NamedTuple):
    """A control or policy file that cannot be used. ``name`` is the id of the control; empty for a whole file.

    ``line`` counts from 1; 0 means the file as a whole.
    """

    name: str
    file: str
    line: int
    reason: str

    @property
    def place(self) -> str:
        """The file and the line; the file relative to the working directory if it is below it."""
        return place_of(self.file, self.line)

    def __str__(self) -> str:
        name = f"{self.name}: " if self.name else ""
        return f"{self.place}: {name}{self.reason}"


def row(broken: Broken) -> Gap:
    """The gap of a scan in which this control did not judge."""
    reason = f"{broken.place}: {broken.reason}" if broken.name else broken.reason
    hint = "mend the policy (`hipaa-guard policies test DIR` checks it), or leave the control out with --skip-control"
    if not broken.name:
        hint = "mend the file: none of its controls was judged"
    return Gap(GapKind.POLICY, broken.name or broken.place, reason.rstrip("?"), hint)


def place_of(file: str, line: int) -> str:
    """A file and a line for people; the file relative to the working directory if it is below it."""
    with suppress(ValueError, OSError):  # it is elsewhere, or there is no working directory any more
        file = str(Path(file).relative_to(Path.cwd()))
    return f"{file}:{line}" if line else file


def error_text(error: BaseException) -> str:
    """The type and text of an error in code of a user, on one line; a substitute if the text cannot be read."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - code of a user makes the text
        text = "an error without a text"
    text = " ".join(text.split())
    return f"{type(error).__name__}: {text[:_LONGEST]}" if text else type(error).__name__


def line_in(file: str, traceback: TracebackType | None) -> int:
    """The last line of a file that an error passed through; 0 if it passed through none."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
