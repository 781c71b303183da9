"""``hipaa-guard policies``: write and test policies of your own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.cli.loaded_controls import loaded
from hipaa_guard.nearest import did_you_mean
from hipaa_guard.outputs.wording.harmless_text import visible

if TYPE_CHECKING:
    from hipaa_guard.controls.broken import Broken
    from hipaa_guard.controls.control import Control
    from hipaa_guard.facts.resource import Resource
    from hipaa_guard.testing import Case, Side

DIRECTORY = Path("policies")
_FAULTS, _UNUSABLE = 1, 2


@click.group(cls=CommandGroup)
def policies() -> None:
    """Write and test policies of your own."""


@policies.command("new")
@click.argument("id")
@click.option("--kind", default="s3.Bucket", show_default=True, metavar="KIND", help="The kind that it judges.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=DIRECTORY,
    show_default=True,
    metavar="DIR",
    help="The directory to write to.",
)
def new(id: str, kind: str, directory: Path) -> None:
    """Write a policy and its table of cases for you to edit. Both run as they are.

    ID is permanent: reports, exceptions and baselines refer to it.
    """
    from hipaa_guard.cli.policy_template import policy_text, table_text
    from hipaa_guard.controls.declaring import ID_FORM, is_id
    from hipaa_guard.controls.loading import is_table
    from hipaa_guard.storing import create

    if not is_id(id):
        raise click.UsageError(f"{id!r} is not an id: {ID_FORM}")
    has_policies = any(not is_table(file) for file in directory.rglob("*.py") if file.name != "__init__.py")
    known = loaded([directory] if has_policies else [])
    names = {name for control in known.controls for name in (control.id, *control.previous_ids)}
    if id in names.union(each.name for each in known.broken):
        raise click.ClickException(f"the control {id} exists already: an id is never used twice")
    chosen = _kind(kind)
    files = {directory / f"{id}.py": policy_text(id, chosen), directory / f"test_{id}.py": table_text(id, chosen)}
    for file in files:
        if os.path.lexists(file):
            raise click.ClickException(f"{file} exists and is not overwritten: remove it, or give another id")
    file = directory
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            create(file, (text.encode(),))
            click.echo(f"wrote {file}")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"Edit the judgement and the cases, then run `hipaa-guard policies test {directory}`.")


def _kind(name: str) -> type[Resource]:
    from hipaa_guard.cli.policy_template import kinds

    found = kinds()
    if name not in found:
        hint = did_you_mean(name, found, f"there are {', '.join(found)}")
        raise click.UsageError(f"there is no template for {name!r}: {hint}")
    return found[name]


@policies.command("test")
@click.argument("directory", type=click.Path(path_type=Path), default=DIRECTORY, metavar="[DIR]")
@click.option("-v", "--verbose", is_flag=True, help="Name every case.")
def test(directory: Path, *, verbose: bool) -> int:
    """Run the tables of cases of a directory of policies, and list the controls that lack cases.

    Exit codes: 0 every case holds and every control has cases that pass, fail and are unknown; 1 a case fails or is
    missing; 2 the directory, or a control or table in it, cannot be used.
    """
    from hipaa_guard.controls.control import Status
    from hipaa_guard.controls.loading import ControlError, chosen, tables_in
    from hipaa_guard.testing import cases_in, has_moto

    found = loaded([directory])
    controls = [control for control in found.controls if _is_own(control)]
    try:
        modules, unusable = tables_in(directory)
        table = [case for module in modules for case in cases_in(module)]
        meant = {case.control: chosen(found, [case.control]) for case in table}
    except ControlError as error:
        raise click.ClickException(str(error)) from None
    by_id = {id: each.controls for id, each in meant.items()}
    told_of = {broken for each in meant.values() for broken in each.broken}
    errors = [*(each for each in found.broken if each in told_of or _is_below(each, directory)), *unusable]
    faults: list[str] = []
    held, not_run = 0, 0
    for case in table:
        for side in case.sides if by_id[case.control] else ():  # a broken control is reported as an error
            if side == "aws" and not has_moto():
                not_run += 1
                continue
            fault = _fault(case, side, by_id[case.control][0])
            held += not fault
            faults += [f"{side} - {case.id}: {fault}"] * bool(fault)
            if verbose:
                click.echo(f"{'FAILED' if fault else 'ok':<7} {side} - {case.id}")
    for control in controls:
        verdicts = {case.verdict for case in table if control in by_id[case.control]}
        missing = [status.value for status in (Status.PASS, Status.FAIL, Status.UNKNOWN) if status not in verdicts]
        if not verdicts:
            faults.append(f"{control.id}: it has no cases")
        elif missing:
            faults.append(f"{control.id}: it has no case that is {' and none that is '.join(missing)}")
    for each in errors:
        click.echo(f"error: {visible(str(each))}", err=True)
    for fault in faults:
        click.echo(fault, err=True)
    if not_run:
        click.echo(f"{not_run:,} cases of AWS were not run: they need moto (`pip install 'moto[all]'`)", err=True)
    broken = f", {len(errors):,} errors" if errors else ""
    click.echo(f"{len(controls):,} controls, {held:,} cases hold, {len(faults):,} faults{broken}")
    if errors:
        return _UNUSABLE
    return _FAULTS if faults else 0


def _is_own(control: Control) -> bool:
    from hipaa_guard.controls.loading import OWN

    return control.module.startswith(f"{OWN}.")


def _is_below(broken: Broken, directory: Path) -> bool:
    return Path(broken.file).resolve().is_relative_to(directory.resolve())


def _fault(case: Case, side: Side, control: Control) -> str:
    """The fault of a case on one side; empty where the case holds."""
    from hipaa_guard.controls.policy_files import somebody_elses_code
    from hipaa_guard.testing import check

    try:
        with somebody_elses_code():
            check(case, side, control)
    except AssertionError as error:
        return str(error) or "an assertion of the case does not hold"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - the seed of a case is the author's own code
        return f"{type(error).__name__}: {error}"
    return ""
