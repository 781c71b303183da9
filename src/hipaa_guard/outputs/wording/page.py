"""The page that a rendered result is shown on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TextIO

from hipaa_guard.lean import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """The columns and colours that a format for people may use, and whether it shows long lists in full.

    ``fixes`` shows the change that closes each gap, ``unknown`` every unknown verdict. ``raw`` leaves the cells of a
    table as they are, even those that a spreadsheet would calculate. ``terminal`` says that a person may type next.
    """

    width: int = 80
    colour: bool = False
    everything: bool = False
    fixes: bool = False
    unknown: bool = False
    raw: bool = False
    terminal: bool = False


def page_for(stream: TextIO, wanted: Page | None = None, *, environ: Mapping[str, str] = os.environ) -> Page:
    """The page for a stream, with what is ``wanted`` on it.

    A terminal has its own width and colours; a file or pipe has 80 columns and no colours.
    The variables ``NO_COLOR``, ``FORCE_COLOR`` (the former wins) and ``COLUMNS`` are honoured.
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
    return replace(wanted or Page(), width=max(40, min(width, 120)), colour=colour, terminal=terminal)


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns
