"""Where a rendered result will be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from hipaa_guard.lean import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What a format for people may use: columns, colours, and whether long lists are shown in full.

    ``raw`` leaves the cells of a table as they are, also those that a spreadsheet would calculate.
    """

    width: int = 80
    colour: bool = False
    everything: bool = False
    raw: bool = False


def page_for(
    stream: TextIO, *, everything: bool = False, raw: bool = False, environ: Mapping[str, str] = os.environ
) -> Page:
    """The page that a stream is. A terminal has its own width and colours, a file or pipe 80 columns and none.

    ``NO_COLOR`` and ``FORCE_COLOR`` are honoured (the former wins), and ``COLUMNS``.
    """
    terminal = stream.isatty()
    colour = terminal and environ.get("TERM") != "dumb"
    if environ.get("FORCE_COLOR"):
        colour = True
    if environ.get("NO_COLOR"):
        colour = False
    columns = environ.get("COLUMNS", "")
    width = _columns() if terminal else 80
    if columns.isdigit() and int(columns) > 0:
        width = int(columns)
    return Page(width=max(40, min(width, 120)), colour=colour, everything=everything, raw=raw)


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns
