"""``hipaa-guard render``: other formats from a saved JSON result."""

from __future__ import annotations

from pathlib import Path

import click

from hipaa_guard.cli.commands import Command


@click.command(cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]", help="As for scan. [default: terminal]"
)
@click.option(
    "--all", "show_all", is_flag=True, help="Every gap on the terminal, a line each; passing findings in asff."
)
@click.option("--fixes", is_flag=True, help="Show the change that closes each gap on the terminal.")
@click.option("--show-unknown", is_flag=True, help="Show each unknown verdict on the terminal.")
@click.option("--csv-raw", is_flag=True, help="csv for programs: no guard against formulas in a spreadsheet.")
def render(
    file: Path, *, outputs: tuple[str, ...], show_all: bool, fixes: bool, show_unknown: bool, csv_raw: bool
) -> None:
    """Write a saved JSON result in other formats."""
    from hipaa_guard.cli.saved_results import saved
    from hipaa_guard.outputs import OutputError, is_for_stdout, write
    from hipaa_guard.outputs.wording.page import Page

    assessment = saved(file)
    try:
        for spec in sorted(outputs or ("terminal",), key=is_for_stdout):
            write(assessment, spec, wanted=Page(everything=show_all, fixes=fixes, unknown=show_unknown, raw=csv_raw))
    except OutputError as error:
        raise click.ClickException(str(error)) from None
