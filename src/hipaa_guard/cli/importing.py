"""``hipaa-guard import``: results of other scanners merged with ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hipaa_guard.assessment.gate import CLEAN, FAILURES, INCOMPLETE
from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.loaded_controls import loaded, say_broken
from hipaa_guard.cli.words import SEVERITY
from hipaa_guard.controls.control import Severity, Status

if TYPE_CHECKING:
    from hipaa_guard.peers.merge import Merged

_FILE = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


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
@click.option(
    "--as-exceptions",
    type=_FILE,
    metavar="FILE",
    help="Write exceptions for what the tools were told to leave out into this register.",
)
@click.option("--owner", metavar="WHO", help="With --as-exceptions: the person who answers for each of them.")
@click.option("--approver", metavar="WHO", help="With --as-exceptions: the person who approves them, today.")
@click.option("--expires-on", type=_DAY, metavar="DAY", help="With --as-exceptions: their last day.")
@click.option(
    "--justification", metavar="TEXT", help="With --as-exceptions: why the gaps can stay, before the reasons."
)
@click.option("--compensating-control", metavar="TEXT", help="With --as-exceptions: the equivalent measure.")
@click.option("--ticket", metavar="TEXT", help="With --as-exceptions: where they were discussed.")
@click.option("--all", "show_all", is_flag=True, help="Show everything on the terminal.")
def import_results(
    *,
    files: tuple[Path, ...],
    scan: Path | None,
    policies: tuple[Path, ...],
    outputs: tuple[str, ...],
    fail_on: str | None,
    show_all: bool,
    as_exceptions: Path | None,
    **said: Any,
) -> int:
    """Read results of Checkov (JSON), Trivy (JSON), Prowler (OCSF) and Security Hub (ASFF).

    Their checks are mapped to our controls, and so to the Security Rule. Results of several tools on one resource
    become one row. Rows on which tools disagree and checks without an equivalent are listed.

    With --as-exceptions, FILE may also be a directory of Terraform with comments of Checkov (checkov:skip=...), a
    .checkov.baseline or a mutelist of Prowler. For each silenced check whose equivalent control fails in the saved
    scan, an exception is proposed. It ends on a day, and a person answers for it. All other silenced checks are
    listed with the reason.
    """
    if as_exceptions is not None:
        if fail_on is not None:
            raise click.UsageError("--fail-on does not go with --as-exceptions, which judges nothing")
        return _propose(
            files, as_exceptions, scan=scan, policies=policies, outputs=outputs, said=said, show_all=show_all
        )
    given = [name for name, value in said.items() if value is not None]
    if given:
        raise click.UsageError(f"--{given[0].replace('_', '-')} goes with --as-exceptions FILE")
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
        _refuse_silencing(files)
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


def _propose(
    files: tuple[Path, ...],
    register: Path,
    *,
    scan: Path | None,
    policies: tuple[Path, ...],
    outputs: tuple[str, ...],
    said: dict[str, Any],
    show_all: bool,
) -> int:
    from hipaa_guard.cli.proposing import Said, read_proposals, write_register
    from hipaa_guard.cli.saved_results import SCAN
    from hipaa_guard.outputs import OutputError, parsed, write_text
    from hipaa_guard.outputs.comparison.proposed import as_json, as_text, verdict
    from hipaa_guard.peers.results import PeerError

    until = said.pop("expires_on")
    try:
        specs = [parsed(spec) for spec in outputs or ("terminal",)]
        for format, _ in specs:
            _check(format)
        known = loaded(policies)
        say_broken(known.broken)
        proposals = read_proposals(files, known.controls, scan or Path(SCAN), register)
        sentence = write_register(proposals, register, Said(**said, expires_on=until.date() if until else None))
        for format, destination in sorted(specs, key=lambda spec: spec[1] is None):  # files first
            text = as_json(proposals) if format == "json" else as_text(proposals, everything=show_all)
            write_text(text, format, destination)
    except (OutputError, PeerError) as error:
        raise click.ClickException(str(error)) from None
    if ("terminal", None) not in specs:
        click.echo(f"hipaa-guard: {verdict(proposals)}", err=True)
    click.echo(f"hipaa-guard: {sentence}.", err=True)
    return INCOMPLETE if known.broken or proposals.gaps else CLEAN


def _refuse_silencing(files: tuple[Path, ...]) -> None:
    from hipaa_guard.peers.results import PeerError
    from hipaa_guard.peers.silencing.reading import is_silencing

    for file in files:
        if is_silencing(file):
            raise PeerError(f"{file} is no result of a scanner; what it silences is read with --as-exceptions FILE")


def _fails(merged: Merged, severity: Severity) -> bool:
    failing = (row for row in merged.rows if row.status is Status.FAIL and not row.accepted)
    return any(row.severity.rank <= severity.rank for row in failing)


def _check(format: str) -> None:
    from hipaa_guard.outputs import OutputError

    if format not in ("terminal", "json"):
        raise OutputError(f"import has no {format} output: give -o terminal or -o json")
