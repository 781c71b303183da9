"""What a scan prints and writes: its outputs, warnings, and the lines of ``--brief``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hipaa_guard.assessment.gate import BROKEN
from hipaa_guard.cli.terminal.screen_options import pager_wanted
from hipaa_guard.cli.terminal.streams import StdoutError

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment

_MOST_WARNINGS = 20


def without_terminal(outputs: Sequence[str]) -> tuple[str, ...]:
    """The outputs without that for people, whose place --brief takes."""
    return tuple(each for each in outputs if each not in ("terminal", "terminal=-"))


def print_brief(assessment: Assessment, common: dict[str, Any]) -> None:
    from hipaa_guard.outputs.formats.brief import lines

    for line in lines(assessment, new_only=common["fail_on_new"]):
        click.echo(line)


def write_outputs(assessment: Assessment, outputs: Sequence[str], common: dict[str, Any]) -> None:
    """Write the outputs. A failure to write hides no error of our own: that exit code has priority."""
    from hipaa_guard.cli.terminal.pager import paged
    from hipaa_guard.outputs import OutputError, is_for_stdout, parsed, write
    from hipaa_guard.outputs.wording.page import Page

    wanted = Page(
        everything=common["show_all"],
        fixes=common["fixes"],
        unknown=common["show_unknown"],
        raw=common["csv_raw"],
    )
    try:
        for spec in sorted(outputs, key=is_for_stdout):
            with paged(wanted=parsed(spec) == ("terminal", None) and pager_wanted()) as screen:
                write(assessment, spec, wanted=wanted, stdout=screen)
    except (OutputError, StdoutError) as error:
        if assessment.gate.exit_code != BROKEN:
            raise
        click.echo(f"hipaa-guard: an output could not be written: {error}", err=True)


def warn_of(warnings: Sequence[str], of: str) -> None:
    from hipaa_guard.outputs.wording.harmless_text import visible

    for warning in warnings[:_MOST_WARNINGS]:
        click.echo(f"hipaa-guard: {visible(warning)}", err=True)
    if len(warnings) > _MOST_WARNINGS:
        more = len(warnings) - _MOST_WARNINGS
        click.echo(f"hipaa-guard: and {more:,} more warnings of {of}; -o json lists them", err=True)


def on_stdout_of(outputs: Sequence[str], source: str | None = None, *, brief: bool = False) -> list[str]:
    """The format, if any, that goes to the standard output; ``--brief`` counts as one.

    Raises:
        OutputError: a specification is wrong, several formats would share stdout, or a format cannot show the source.

    """
    from hipaa_guard.outputs import OutputError, parsed

    formats = [format for format, file in (parsed(spec, source) for spec in outputs) if file is None]
    formats += ["--brief"] if brief else []
    if len(formats) > 1:
        raise OutputError(f"{' and '.join(formats)} cannot share the standard output: give one a file")
    return formats
