"""The questions of ``hipaa-guard fix --interactive``: each repair is shown, and somebody says whether it is made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hipaa_guard.fixing.fix import Repair

_HELP = """y - make this change
n - do not make this change
a - make this change and all that follow
q - stop: make neither this change nor any that follows; those that were chosen are made
? - print this help
"""
_MADE = ""
_REASONS = {"y": _MADE, "a": _MADE, "n": "you said no", "q": "you stopped before it"}
"""Answers, and why a repair is not made."""

_KEPT = frozenset("aq")
"""Answers that hold for all repairs that follow."""


class Questions:
    """Asks about one repair after another, as ``git add -p`` asks about one part of a patch after another.

    What is shown goes to the standard error, answers come from the standard input, a line each. Its end means ``q``.
    """

    def __init__(self) -> None:
        self._all = ""
        """The answer for all repairs that follow; empty while they are asked about."""

    def __call__(self, repair: Repair) -> str:
        """Why a repair is not made; empty where it is made."""
        if not self._all:
            for line in _shown(repair):
                click.echo(line, err=True, nl=False)
            answer = _answer(repair)
            if answer not in _KEPT:
                return _REASONS[answer]
            self._all = answer
        return _REASONS[self._all]


def _answer(repair: Repair) -> str:
    while True:
        click.echo(f"({repair.number}/{repair.total}) Make this change [y,n,a,q,?]? ", err=True, nl=False)
        answer = _line()
        if answer is None:
            click.echo("q", err=True)
            return "q"
        if answer.lower() in _REASONS:
            return answer.lower()
        click.echo(_HELP, err=True, nl=False)


def _line() -> str | None:
    """The next line of the standard input, without spaces around it; None at its end."""
    try:
        line = sys.stdin.readline() if sys.stdin is not None else ""
    except (UnicodeDecodeError, ValueError):  # not text, or closed: both have no answer
        return None
    if not line:
        return None
    if not sys.stdin.isatty():  # nobody has seen the end of this line
        click.echo("", err=True)
    return line.strip()


def _shown(repair: Repair) -> Iterator[str]:
    """The repair for people: its control, the resources, what it does besides, and the patch."""
    from hipaa_guard.fixing.patch import unified
    from hipaa_guard.outputs.wording.harmless_text import visible

    first = repair.findings[0]
    yield f"\n{visible(first.control_id)} ({first.severity}): {visible(repair.title)}\n"
    for finding in repair.findings:
        place = f"  {finding.location}" if finding.location else ""
        yield f"    {visible(f'{finding.resource.label}{place}')} {visible(finding.message)}\n"
    if repair.also:
        yield f"{visible(repair.also)}\n"
    name = name_in_patch(repair.file, repair.file.parent)
    yield from (harmless_line(line) for line in unified(name, repair.before, repair.after))


def name_in_patch(file: Path, base: Path) -> str:
    """The name of a file in a patch: relative to the working directory, else to ``base``."""
    here = Path.cwd().resolve()
    return Path(os.path.relpath(file, here if file.is_relative_to(here) else base)).as_posix()


def harmless_line(line: str) -> str:
    """A line of a patch. The first column is the patch's own: groups of a log cannot begin there."""
    from hipaa_guard.outputs.wording.harmless_text import unmarked, visible

    text = unmarked("\t".join(map(visible, line.removesuffix("\n").removesuffix("\r").split("\t"))))
    if text.lstrip().startswith("::"):
        text = text.replace(":", "\\u003a", 1)
    return text + line[len(line.rstrip("\r\n")) :]
