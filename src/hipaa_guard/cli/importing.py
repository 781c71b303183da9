"""``hipaa-guard import``: results of other scanners merged with ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_guard.assessment.gate import CLEAN, FAILURES, INCOMPLETE
from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.loaded_controls import loaded, say_broken
from hipaa_guard.cli.words import SEVERITY
from hipaa_guard.controls.control import Severity, Status

if TYPE_CHECKING:
    from hipaa_guard.peers.merge import Merged

_FILE = click.Path(path_type=Path)


@click.command("import", cls=Command)
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--with", "scan", type=_FILE, metavar="FILE", help="JSON result of hipaa-guard to merge them with.")
@click.option("--policies", multiple=True, type=_FILE, metavar="DIR", help="Also load the controls of this directory.")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="terminal or json, as for scan. [default: terminal]",
)
@click.option(
    "--fail-on",
    type=SEVERITY,
    help="Exit 1 if any tool found an open gap of this severity or worse.",
)
@click.option("--all", "show_all", is_flag=True, help="Show everything on the terminal.")
def import_results(
    *,
    files: tuple[Path, ...],
    scan: Path | None,
    policies: tuple[Path, ...],
    outputs: tuple[str, ...],
    fail_on: str | None,
    show_all: bool,
) -> int:
    """Read results of Checkov (JSON), Trivy (JSON), Prowler (OCSF) and Security Hub (ASFF).

    Their checks are mapped to our controls, and so to the Security Rule. Results of several tools on one resource
    become one row. Rows on which tools disagree and checks without an equivalent are listed.
    """
    from hipaa_guard.cli.saved_results import saved
    from hipaa_guard.outputs import OutputError, parsed, write_text
    from hipaa_guard.outputs.comparison.merged import as_json, as_text, verdict
    from hipaa_guard.peers.merge import merge
    from hipaa_guard.peers.reading import read
    from hipaa_guard.peers.results import PeerError

    try:
        specs = [parsed(spec) for spec in outputs or ("terminal",)]
        for format, _ in specs:
            _check(format)
        known = loaded(policies)
        say_broken(known.broken)
        documents = [read(file) for file in files]
        merged = merge(documents, known.controls, saved(scan) if scan is not None else None)
        for format, destination in sorted(specs, key=lambda spec: spec[1] is None):  # files first
            text = as_json(merged) if format == "json" else as_text(merged, everything=show_all)
            write_text(text, format, destination)
    except (OutputError, PeerError) as error:
        raise click.ClickException(str(error)) from None
    if ("terminal", None) not in specs:
        click.echo(f"hipaa-guard: {verdict(merged)}", err=True)
    if fail_on is not None and _fails(merged, Severity(fail_on)):
        return FAILURES
    return INCOMPLETE if known.broken else CLEAN


def _fails(merged: Merged, severity: Severity) -> bool:
    failing = (row for row in merged.rows if row.status is Status.FAIL and not row.accepted)
    return any(row.severity.rank <= severity.rank for row in failing)


def _check(format: str) -> None:
    from hipaa_guard.outputs import OutputError

    if format not in ("terminal", "json"):
        raise OutputError(f"import has no {format} output: give -o terminal or -o json")
