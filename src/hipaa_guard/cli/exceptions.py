"""``hipaa-guard exceptions``: the register of accepted risks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hipaa_guard.assessment.gate import CLEAN, FAILURES, USAGE
from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.cli.loaded_controls import loaded, say_broken
from hipaa_guard.cli.named_findings import NamedFinding, by_control, by_digits
from hipaa_guard.cli.saved_results import SCAN, saved
from hipaa_guard.cli.words import CONTROL, OneOf
from hipaa_guard.clock import now

if TYPE_CHECKING:
    from hipaa_guard.assessment.exceptions import RegisterEntry
    from hipaa_guard.controls.control import Control
    from hipaa_guard.controls.findings import Finding

F = TypeVar("F", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_WORDS = 2
"""A control and an address."""
_REGISTER = ".hipaa-guard/exceptions.yaml"


@click.group(cls=CommandGroup)
def exceptions() -> None:
    """Check, list and add accepted risks."""


def _file(command: F) -> F:
    option = click.option(
        "--exceptions", "file", type=_PATH, default=_REGISTER, show_default=True, metavar="FILE", help="The register."
    )
    return option(command)


def _policies(command: F) -> F:
    return click.option(
        "--policies", multiple=True, type=_PATH, metavar="DIR", help="Also load the controls of this directory."
    )(command)


def _on(command: F) -> F:
    return click.option("--on", "day", type=_DAY, metavar="DAY", help="As of this day. [default: today]")(command)


@exceptions.command("lint")
@_file
@_policies
@_on
@click.option(
    "--scan",
    type=_PATH,
    metavar="FILE",
    help=f"A result that shows which root an entry without one may mean. [default: {SCAN}, if it exists]",
)
def lint(file: Path, policies: tuple[Path, ...], day: datetime | None, scan: Path | None) -> int:
    """Check the register. Exit 2 if an entry is not valid or would cover nothing."""
    from hipaa_guard.assessment.exceptions import fault_of, remarks_of, roots_of, time_left

    entries = _entries(file)
    controls_by_id = _controls_by_id(policies)
    without_root = [entry for entry in entries if entry.scope.lacks_root]
    findings = _scanned(scan) if without_root else []
    faults = 0
    for entry in entries:
        fault = fault_of(
            entry, controls_by_id, roots_of(entry, findings, controls_by_id) if entry in without_root else ()
        )
        faults += bool(fault)
        notes = [fault, time_left(entry.exception, _day(day)), *remarks_of(entry, controls_by_id)]
        for note in filter(None, notes):
            _say(f"{file}:{entry.line}: {'error' if note == fault else 'note'}: {entry.exception.id}: {note}")
    number = f"{len(entries):,} exception{'' if len(entries) == 1 else 's'}"
    _say(f"{number}, {faults:,} with errors." if faults else f"{number}, all sound.")
    return USAGE if faults else CLEAN


@exceptions.command("list")
@_file
@_on
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_exceptions(file: Path, day: datetime | None, as_json: bool) -> None:
    """List the entries with their state. A scan shows the findings that they cover."""
    missing = _no_register_yet(file)
    entries = [] if missing else _entries(file)
    if as_json:
        click.echo(json.dumps([_as_dict(entry, _day(day)) for entry in entries], indent=2))
        return
    if missing:
        _say(f"There are no exceptions yet: {file} does not exist.")
        _say("`hipaa-guard exceptions add` makes it with the first entry; its --help tells how.")
        return
    for entry in entries:
        for line in _entry_lines(entry, _day(day)):
            _say(line)
    _say(f"{len(entries):,} exception{'' if len(entries) == 1 else 's'} in {file}.")


@exceptions.command("expiring")
@_file
@_on
@click.option(
    "--within",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="How many days ahead to look.",
)
def expiring(file: Path, day: datetime | None, within: int) -> int:
    """List entries that have expired or soon will: exit 1 if there are any. For a scheduled job that reminds owners."""
    today = _day(day)
    due = [entry for entry in _entries(file) if (entry.exception.expires_on - today).days <= within]
    for entry in sorted(due, key=lambda entry: (entry.exception.expires_on, entry.exception.id)):
        for line in _entry_lines(entry, today):
            _say(line)
    _say(f"{len(due):,} expired or within {within} days of it.")
    return FAILURES if due else CLEAN


@exceptions.command("add")
@click.argument("gap", nargs=-1, metavar="[DIGITS|CONTROL ADDRESS]")
@_file
@_policies
@click.option(
    "--finding", metavar="DIGITS", help="The gap to accept, by the first 8 or more digits of its fingerprint."
)
@click.option(
    "--scan",
    type=_PATH,
    metavar="FILE",
    help=f"The saved result with that gap. [default: {SCAN}, else the working directory is scanned]",
)
@click.option("--id", "id", metavar="EX-N", help="[default: the next number]")
@click.option("--control", type=CONTROL, metavar="ID", help="The control. [default: that of the gap]")
@click.option("--address", metavar="PATTERN", help="Terraform address of the resources to cover.")
@click.option("--root", metavar="PATTERN", help="The root module, or ** for all: with --address.")
@click.option("--arn", metavar="PATTERN", help="ARN of the resources to cover.")
@click.option("--account", metavar="ID", help="Only in this account.")
@click.option("--region", metavar="NAME", help="Only in this region.")
@click.option("--tag", "tags", multiple=True, metavar="NAME=VALUE", help="Only resources with this tag in Terraform.")
@click.option("--inline", is_flag=True, help="Only where a comment in source refers to it.")
@click.option("--justification", required=True, metavar="TEXT", help="Why the gap can stay.")
@click.option("--compensating-control", metavar="TEXT", help="The equivalent measure.")
@click.option("--risk", type=OneOf(["low", "medium", "high"]), help="The remaining risk.")
@click.option("--owner", required=True, metavar="WHO", help="The person who answers for it.")
@click.option("--approver", required=True, metavar="WHO", help="The person who approved it, not the owner.")
@click.option("--approved-on", type=_DAY, metavar="DAY", help="[default: today]")
@click.option("--expires-on", type=_DAY, required=True, metavar="DAY", help="At most 365 days after the approval.")
@click.option("--ticket", metavar="TEXT", help="Where it was discussed.")
@click.option("--allow-broad", is_flag=True, help="Allow a scope that names no single resource.")
def add(file: Path, policies: tuple[Path, ...], **options: Any) -> None:
    """Add an entry. The rest of the file stays as it is.

    The gap to accept is named as the terminal shows it: by the first 8 or more digits of its fingerprint, or by its
    control and the address of its resource. Without either, give --control and a scope.
    """
    from hipaa_guard.assessment.exceptions import fault_of
    from hipaa_guard.assessment.register import RegisterError
    from hipaa_guard.assessment.register_writing import appended, next_id
    from hipaa_guard.cli.configuration.settings_paths import refuse_default
    from hipaa_guard.outputs import OutputError, write_text

    entries = _entries(file) if file.exists() else []
    control, scope = _control_and_scope(options, policies)
    approved = _day(options["approved_on"])
    values = {
        "id": options["id"] or next_id(entries),
        "control": control,
        "scope": scope,
        "justification": options["justification"],
        "compensating_control": options["compensating_control"],
        "risk": options["risk"],
        "owner": options["owner"],
        "approver": options["approver"],
        "approved_on": approved,
        "expires_on": options["expires_on"].date(),
        "ticket": options["ticket"],
        "allow_broad": options["allow_broad"] or None,
    }
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        text, entry = appended(text, str(file), {name: value for name, value in values.items() if value is not None})
        fault = fault_of(entry, _controls_by_id(policies))
        if fault:
            raise click.ClickException(f"it would cover nothing: {fault}")
        if file == Path(_REGISTER):
            refuse_default(file)
        if file.parent == Path(_REGISTER).parent:
            file.parent.mkdir(exist_ok=True)
        write_text(text, "yaml", file)
    except (RegisterError, OutputError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from None
    added = entry.exception
    _say(f"{added.id} added to {file}: {added.control} for {entry.scope}, until {added.expires_on}.")


@exceptions.command("schema")
def schema() -> None:
    """Print the JSON Schema of the register, for editors."""
    from importlib.resources import files

    text = (files("hipaa_guard.assessment") / "schema" / "exceptions-1.json").read_text(encoding="utf-8")
    click.echo(text, nl=False)


def _gap(options: dict[str, Any], policies: tuple[Path, ...]) -> NamedFinding | None:
    """The finding that is named, if any."""
    words, digits = options["gap"], options["finding"]
    if len(words) > _WORDS or (words and digits):
        raise click.UsageError("name one gap: by DIGITS of its fingerprint, or by CONTROL and ADDRESS")
    if len(words) == _WORDS:
        return by_control(words[0], words[1], options["scan"], policies)
    if digits or words:
        return by_digits(digits or words[0], options["scan"])
    return None


def _control_and_scope(options: dict[str, Any], policies: tuple[Path, ...]) -> tuple[str, Any]:
    """The control and the scope, from the finding where one is named."""
    control = options["control"]
    scope = {name: options[name] for name in ("address", "root", "arn", "account", "region") if options[name]}
    named = _gap(options, policies)
    if named is not None:
        finding, result, where = named
        control = control or finding.control_id
        origin = finding.resource
        if origin.source == "terraform" and result.scan.roots_from is None:
            raise click.ClickException(
                f"{where} is from before roots were named from the repository: scan again, and give that result"
            )
        if origin.source == "terraform" and origin.address:
            scope = {"address": origin.address, "root": origin.root, **scope}
        elif origin.arn:
            scope = {"arn": origin.arn, **scope}
        else:
            raise click.ClickException("the finding is not about a single resource: give --control and a scope")
    if not control:
        raise click.UsageError("name a gap by DIGITS of its fingerprint or by CONTROL and ADDRESS, or give --control")
    for pair in options["tags"]:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter("it is not NAME=VALUE", param_hint="--tag")
        scope.setdefault("tags", {})[name] = value
    if options["inline"] and not scope:
        return control, "inline"
    if options["inline"]:
        scope["inline"] = True
    return control, scope


def _scanned(file: Path | None) -> Sequence[Finding]:
    """The findings of a saved result, if its roots are named from the repository."""
    if file is None and not Path(SCAN).is_file():
        return ()
    found = saved(file or Path(SCAN))
    return found.findings if found.scan.roots_from is not None else ()


def _no_register_yet(file: Path) -> bool:
    """Whether the default register was never made. A link to nothing, and a named file, are faults instead."""
    if file != Path(_REGISTER) or file.parent.is_symlink():
        return False
    try:
        file.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _entries(file: Path) -> list[RegisterEntry]:
    from hipaa_guard.assessment.register import RegisterError, read

    try:
        return read(file, named=file != Path(_REGISTER))
    except RegisterError as error:
        raise click.ClickException(str(error)) from None


def _controls_by_id(policies: Iterable[Path]) -> dict[str, Control]:
    found = loaded(policies)
    say_broken(found.broken)
    return {name: control for control in found.controls for name in (control.id, *control.previous_ids)}


def _day(chosen: datetime | None) -> date:
    return chosen.date() if chosen is not None else now().date()


def _say(text: str) -> None:
    from hipaa_guard.outputs.wording.harmless_text import visible

    click.echo(visible(text))


def _entry_lines(entry: RegisterEntry, today: date) -> Iterator[str]:
    from hipaa_guard.assessment.exceptions import state_on, time_left

    shown = entry.exception
    yield f"{shown.id:<8} {state_on(shown, today).value:<16} until {shown.expires_on}  {shown.control}"
    yield f"         {entry.scope}"
    ticket = f", {shown.ticket}" if shown.ticket else ""
    yield f"         owner {shown.owner}, approved by {shown.approver} on {shown.approved_on}{ticket}"
    left = time_left(shown, today)
    if left:
        yield f"         {left}"


def _as_dict(entry: RegisterEntry, today: date) -> dict[str, Any]:
    from hipaa_guard.assessment.exceptions import state_on

    shown = entry.exception
    return {
        "id": shown.id,
        "control": shown.control,
        "scope": shown.scope,
        "state": state_on(shown, today).value,
        "days_left": (shown.expires_on - today).days,
        "justification": shown.justification,
        "compensating_control": shown.compensating_control,
        "risk": shown.risk,
        "owner": shown.owner,
        "approver": shown.approver,
        "approved_on": shown.approved_on.isoformat(),
        "expires_on": shown.expires_on.isoformat(),
        "ticket": shown.ticket,
    }
