"""``hipaa-guard diff``: the changes between two results."""

from __future__ import annotations

from pathlib import Path

import click

from hipaa_guard.assessment.gate import CLEAN, FAILURES
from hipaa_guard.cli.commands import Command

_FILE = click.Path(path_type=Path)


@click.command(cls=Command)
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="terminal or json, as for scan. [default: terminal]",
)
@click.option(
    "--fail-on-new",
    is_flag=True,
    help="Exit 1 if there is a new failure that is not advisory and that no exception covers.",
)
@click.option("--all", "show_all", is_flag=True, help="Show every change on the terminal.")
def diff(before: Path, after: Path, outputs: tuple[str, ...], fail_on_new: bool, show_all: bool) -> int:
    """Compare two saved JSON results: findings that are new, fixed, gone, or no longer evaluated."""
    from hipaa_guard.assessment.diff import compare
    from hipaa_guard.cli.saved_results import saved
    from hipaa_guard.outputs import OutputError, parsed, write_text
    from hipaa_guard.outputs.comparison.difference import as_json, as_text, verdict

    comparison = compare(saved(before), saved(after))
    try:
        specs = [parsed(spec) for spec in outputs or ("terminal",)]
        for format, destination in sorted(specs, key=lambda spec: spec[1] is None):  # files first
            _check(format)
            text = as_json(comparison) if format == "json" else as_text(comparison, everything=show_all)
            write_text(text, format, destination)
    except OutputError as error:
        raise click.ClickException(str(error)) from None
    if ("terminal", None) not in specs:
        click.echo(f"hipaa-guard: {verdict(comparison)}", err=True)
    return FAILURES if fail_on_new and any(each.stops for each in comparison.differences) else CLEAN


def _check(format: str) -> None:
    from hipaa_guard.outputs import OutputError

    if format not in ("terminal", "json"):
        raise OutputError(f"diff has no {format} output: give -o terminal or -o json")
