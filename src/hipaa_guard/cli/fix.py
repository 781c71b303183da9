"""``hipaa-guard fix``: a patch with repairs that certainly close gaps."""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.configuration.settings import repository_root
from hipaa_guard.cli.words import CONTROL

if TYPE_CHECKING:
    from hipaa_guard.controls.findings import Finding
    from hipaa_guard.fixing.fix import Fixed

_PATH = click.Path(path_type=Path)
_GAPS_REMAIN = 1


@click.command(cls=Command)
@click.argument("path", type=_PATH, default=".")
@click.option(
    "-c", "--control", "only", multiple=True, type=CONTROL, metavar="ID", help="Close the gaps of this control only."
)
@click.option(
    "--finding", "findings", multiple=True, metavar="DIGITS", help="Close only the gap whose fingerprint begins so."
)
@click.option("--write", is_flag=True, help="Apply the patch.")
@click.option(
    "-i",
    "--interactive",
    is_flag=True,
    help="Show each repair, ask whether to make it, and write those that were chosen.",
)
@click.option("--all", "each", is_flag=True, help="Name each gap that is left, instead of counting them by reason.")
@click.option("--policies", multiple=True, type=_PATH, metavar="DIR", help="As for scan.")
@click.option("--var-file", "var_files", multiple=True, type=_PATH, metavar="FILE", help="As for scan.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="As for scan.")
@click.option("--workspace", metavar="NAME", help="As for scan.")
@click.option("--exceptions", type=_PATH, metavar="FILE", help="As for scan.")
@repository_root
def fix(
    path: Path,
    *,
    only: tuple[str, ...],
    findings: tuple[str, ...],
    write: bool,
    interactive: bool,
    each: bool,
    policies: tuple[Path, ...],
    var_files: tuple[Path, ...],
    variables: tuple[str, ...],
    workspace: str | None,
    exceptions: Path | None,
    repository_root: Path | None,
) -> int:
    """Show a patch that closes gaps in the Terraform source at PATH, as far as the repair is certain.

    The patch goes to stdout; the gaps without a repair, and why, go to stderr. Exit codes: 0 no gap is left, 1 gaps are
    left (also those that the patch closes, until it is applied).

    With --interactive, repairs and questions go to stderr, and answers come from stdin, a line each: y makes the
    change, n does not, a makes this and all that follow, q stops, ? explains. Unless stdout is a terminal, it gets the
    patch of what was made.
    """
    from hipaa_guard.cli.fix_questions import Questions
    from hipaa_guard.cli.scan import no_collections, pairs_of
    from hipaa_guard.fixing.fix import fix_terraform
    from hipaa_guard.fixing.patch import WriteError
    from hipaa_guard.fixing.patch import write as write_files
    from hipaa_guard.scanning.options import InputError
    from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

    try:
        with no_collections():
            fixed = fix_terraform(
                path,
                only=only,
                findings=findings,
                policies=policies,
                exceptions=exceptions,
                inputs=PlanInputs(var_files, pairs_of(variables), workspace=workspace),
                repository_root=repository_root,
                choose=Questions() if interactive else None,
            )
        if not (interactive and sys.stdout.isatty()):
            _show_patch(fixed)
        written = write or interactive
        if written:
            write_files(fixed.before, fixed.after)
    except (InputError, WriteError) as error:
        raise click.ClickException(str(error)) from None
    for line in _summary(fixed, written=written, each=each or interactive):
        click.echo(line, err=True)
    return _GAPS_REMAIN if fixed.remains or (fixed.repaired and not written) else 0


def _show_patch(fixed: Fixed) -> None:
    """Write the patch: unchanged into a file, elsewhere with characters that act on a terminal or in a log as codes.

    A pipe may lead to ``git apply`` or to the log of a CI system. Few patches have characters that act; ``git apply``
    refuses one that does, and a line says why.
    """
    from hipaa_guard.cli.fix_questions import harmless_line, name_in_patch
    from hipaa_guard.fixing.patch import unified

    lines = [
        line
        for file, after in fixed.after.items()
        for line in unified(name_in_patch(file, fixed.base), fixed.before[file], after)
    ]
    harmless = [harmless_line(line) for line in lines]
    if not _is_file(sys.stdout) and harmless != lines:
        click.echo("".join(harmless).replace("\r\n", "\n"), nl=False)
        click.echo(
            "hipaa-guard: the patch has characters that act on a terminal or in a log, shown as codes: to apply it, "
            "write it to a file (hipaa-guard fix > FILE) or give --write",
            err=True,
        )
    else:
        click.echo("".join(lines).encode("utf-8", "surrogateescape"), nl=False)


def _is_file(stream: TextIO) -> bool:
    """Whether a stream is a file, which keeps the text and shows it to nobody."""
    try:
        return not stream.isatty() and stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def _summary(fixed: Fixed, *, written: bool, each: bool) -> Iterator[str]:
    from hipaa_guard.outputs.wording.harmless_text import visible

    made = "fixed" if written else "in the patch"
    groups: dict[str, list[Finding]] = {}
    if not each:
        yield from map(visible, _left_by_reason(fixed))
    for finding, reason in sorted(fixed.left if each else (), key=lambda pair: _order(pair[0])):
        groups.setdefault(f"not fixed: {finding.control_id}: {reason}", []).append(finding)
    for finding in sorted(fixed.repaired, key=_order):
        if also := fixed.also.get(finding.control_id):
            groups.setdefault(f"{made}: {finding.control_id}: {also}", []).append(finding)
    for finding in sorted(fixed.excepted, key=_order):
        assert finding.exception is not None
        groups.setdefault(f"left alone: {finding.control_id}: {finding.exception.id} accepts it", []).append(finding)
    for finding in sorted(fixed.revealed, key=_order):
        groups.setdefault(f"now concerned: {finding.control_id}: {finding.message}", []).append(finding)
    for heading, findings in groups.items():
        yield visible(heading)
        for finding in findings:
            yield visible(f"    {finding.resource.label}{f'  {finding.location}' if finding.location else ''}")
    done = "fixed" if written else "the patch closes"
    yield (
        f"hipaa-guard: {done} {len(fixed.repaired):,} of {len(fixed.repaired) + len(fixed.left):,} gaps "
        f"in {len(fixed.after):,} {'file' if len(fixed.after) == 1 else 'files'}"
    )
    if not fixed.complete:
        yield "hipaa-guard: some of the directory could not be read: `hipaa-guard scan terraform` lists it"


def _left_by_reason(fixed: Fixed) -> Iterator[str]:
    """A line a reason: how many gaps it leaves, and of which controls; the most frequent first."""
    controls: dict[str, Counter[str]] = {}
    for finding, reason in fixed.left:
        controls.setdefault(reason, Counter())[finding.control_id] += 1
    for reason, counts in sorted(controls.items(), key=lambda item: (-item[1].total(), item[0])):
        named = ", ".join(f"{control} {count:,}" for control, count in sorted(counts.items()))
        yield f"not fixed: {counts.total():,}: {reason}: {named}"
    if controls:
        yield "hipaa-guard: --all names each gap that is left"


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.control_id, finding.resource.root, finding.resource.label
