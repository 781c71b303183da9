"""``hipaa-guard controls`` and ``explain``: a control in words, why it matters, and how to fix a gap."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from hipaa_guard.assessment import presets
from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE
from hipaa_guard.cli.commands import Command, CommandGroup
from hipaa_guard.cli.loaded_controls import loaded, say_broken, wanted
from hipaa_guard.cli.named_findings import by_control, by_digits
from hipaa_guard.cli.saved_results import SCAN, is_fingerprint
from hipaa_guard.cli.terminal.screen_options import in_pager
from hipaa_guard.cli.words import CONTROL, SAFEGUARD, SERVICE, OneOf, Severities, service_of, severities_in
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.selecting import Index, cited
from hipaa_guard.facts.resource import Resource
from hipaa_guard.law import Requirement
from hipaa_guard.nearest import did_you_mean


@click.group(cls=CommandGroup)
def controls() -> None:
    """List the controls, or show one."""


_POLICIES = click.option(
    "--policies", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Also load these controls."
)


@controls.command("list")
@click.option(
    "--safeguard", type=SAFEGUARD, metavar="NAME", help="Only those of one safeguard (encryption_at_rest ...)."
)
@click.option("--service", type=SERVICE, metavar="NAME", help="Only those of one service (s3 ...).")
@click.option(
    "--severity", "severities", multiple=True, type=Severities(), metavar="a,b", help="Only these severities."
)
@click.option(
    "-o",
    "--output",
    "--format",
    "format",
    type=OneOf(["terminal", "json", "csv"]),
    default="terminal",
    help="The format.",
)
@click.option("--json", "as_json", is_flag=True, help="As `-o json`.")
@_POLICIES
def list_controls(
    *,
    safeguard: str | None,
    service: str | None,
    severities: tuple[str, ...],
    format: str,
    as_json: bool,
    policies: tuple[Path, ...],
) -> int:
    """List the controls by safeguard. `hipaa-guard ls` is short for it.

    Exit 3 if a policy of your own cannot be used: the list lacks it.
    """
    every = loaded(policies)
    say_broken(every.broken)
    code = INCOMPLETE if every.broken else CLEAN
    _refuse_unknown("--safeguard", safeguard, {control.safeguard for control in every.controls})
    _refuse_unknown("--service", service, {service_of(control.kind_name) for control in every.controls})
    wanted_severities = severities_in(severities)
    found = [
        control
        for control in every.controls
        if (safeguard is None or control.safeguard == safeguard)
        and (service is None or service_of(control.kind_name) == service)
        and (not wanted_severities or control.severity in wanted_severities)
    ]
    with in_pager():
        _LISTS["json" if as_json else format](found)
    return code


def _refuse_unknown(option: str, word: str | None, known: Iterable[str]) -> None:
    known = sorted(known)
    if word is not None and word not in known:
        hint = did_you_mean(word, known, f"there are {', '.join(known)}.", most=1)
        raise click.BadParameter(f"there is no {option.removeprefix('--')} {word!r}: {hint}", param_hint=option)


def _as_text(found: Sequence[Control]) -> None:
    for name in sorted({control.safeguard for control in found}):
        members = [control for control in found if control.safeguard == name]
        click.echo(f"{name} ({len(members)})")
        for control in members:
            click.echo(f"  {control.id:<46} {control.severity.value:<9} {', '.join(control.hipaa)}")
        click.echo()
    click.echo(f"{len(found)} controls. `hipaa-guard controls show ID` shows one in full.")


def _as_json(found: Sequence[Control]) -> None:
    click.echo(json.dumps([_as_dict(control) for control in found], indent=2))


def _as_csv(found: Sequence[Control]) -> None:
    from hipaa_guard.outputs import write_text
    from hipaa_guard.outputs.formats.csv_format import table

    told = (_as_dict(control) for control in found)
    heads = ("id", "title", "severity", "safeguard", "kind", "hipaa", "terraform_types")
    rows = ([_cell(each[head]) for head in heads] for each in told)
    write_text(table(heads, rows), "csv", None)


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_LISTS = {"terminal": _as_text, "json": _as_json, "csv": _as_csv}


@controls.command("show")
@click.argument("id", type=CONTROL)
@_POLICIES
def show(id: str, policies: tuple[Path, ...]) -> None:
    """Show one control in full. ID is what `scan --control` takes."""
    _print(policies, id)


@click.command(cls=Command)
@click.argument("id", type=CONTROL)
@click.argument("address", required=False)
@click.option(
    "--scan",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The saved JSON result with the finding. [default: {SCAN}, else the working directory is scanned]",
)
@_POLICIES
def explain(id: str, address: str | None, scan: Path | None, policies: tuple[Path, ...]) -> None:
    """Explain a control or a finding: why it matters, and how to fix a gap.

    ID is the id of a control, a citation ('164.312(e)(1)') or the id of the equivalent check of another scanner
    (CKV_AWS_19, AVD-AWS-0088). The first 8 or more digits of a fingerprint name a finding, as does the id of a control
    with the ADDRESS of a resource.
    """
    if address is not None:
        named = by_control(id, address, scan, policies)
    elif is_fingerprint(id.rstrip(".…")):
        named = by_digits(id, scan)
    else:
        _print(policies, id)
        return
    from hipaa_guard.outputs.wording.finding_text import finding_text

    with in_pager():
        click.echo(finding_text(named.finding, named.assessment), nl=False)


_MOST_IN_FULL = 3


def _print(policies: Iterable[Path], id: str) -> None:
    found = wanted(loaded(policies), [id])
    if found.broken or not found.controls:
        raise click.ClickException("; ".join(map(str, found.broken)))
    requirement, related = cited(id), Index(found.controls).related(id)
    with in_pager():
        if requirement is not None:
            click.echo(_requirement_text(requirement))
        if related is not None:
            click.echo(f"No control is the equivalent of {id}. {related.why}\n")
        if requirement is not None or len(found.controls) > _MOST_IN_FULL:
            _as_text(found.controls)
        else:
            click.echo("\n".join(map(control_text, found.controls)), nl=False)


def _requirement_text(requirement: Requirement) -> str:
    """A standard or specification of the rule in words, at 80 columns."""
    import textwrap

    head = f"{requirement.citation} {requirement.name}"
    lines = [head, "=" * len(head), "", *textwrap.wrap(requirement.summary, 78), ""]
    lines += [f"{requirement.type} ({requirement.safeguard} safeguard)", ""]
    lines += textwrap.wrap(requirement.evidence, 78)
    return "\n".join(lines) + "\n"


def control_text(control: Control) -> str:
    """A control in words, at 80 columns."""
    import textwrap

    from hipaa_guard.law import citations

    rule = citations()
    lines = [control.id, "=" * len(control.id), "", *textwrap.wrap(f"{control.title}.", 78), ""]
    lines += [f"Severity   {control.severity.value}", f"Safeguard  {control.safeguard.replace('_', ' ')}"]
    for number, kind in enumerate(control.kind.narrower()):
        lead = "" if number else "Judges"
        lines += textwrap.wrap(f"{lead:<11}{_where(kind)}", 78, subsequent_indent=" " * 13)
    lines += ["", "Why", *_indented(control.why), ""]
    lines.append("HIPAA Security Rule (45 CFR)")
    for citation in control.hipaa:
        requirement = rule.get(citation)
        named = f"{requirement.name} ({requirement.type})" if requirement else "not in the shipped rule"
        lines.append(f"  {citation:<22} {named}")
    if control.fix.terraform:
        lines += ["", "Fix in Terraform", *(f"  {line}" for line in control.fix.terraform.splitlines())]
    if control.fix.cli:
        lines += ["", "Fix on the command line", *(f"  {line}" for line in control.fix.cli.splitlines())]
    if control.fix.note:
        lines += ["", *_indented(control.fix.note)]
    texts = control.fix_texts()
    for text in filter(None, (texts.by_whom, texts.also())):
        lines += ["", *_indented(text)]
    lines += ["", "Presets", *_indented(presets.reason(control.severity, control.advisory))]
    if control.refines:
        lines += ["", "Told with", *_indented(f"A gap of {' or '.join(control.refines)} of the same resource.")]
    if control.peers:
        lines += ["", "Equivalent checks of other tools"]
        lines += [f"  {peer:<11} {', '.join(ids)}" for peer, ids in sorted(control.peers.items())]
    return "\n".join(lines) + "\n"


def _where(kind: type[Resource]) -> str:
    """A kind and the sources that have it: ``s3.Bucket (aws_s3_bucket, live accounts)``."""
    block = kind.terraform
    places = [block.path_in(type) for type in block.types] if block else []
    return f"{kind.kind} ({', '.join([*places, *(['live accounts'] if kind.aws else [])])})"


def _indented(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 78, initial_indent="  ", subsequent_indent="  ")


def _as_dict(control: Control) -> dict[str, object]:
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity.value,
        "hipaa": list(control.hipaa),
        "safeguard": control.safeguard,
        "kind": control.kind.kind,
        "why": control.why,
        "terraform_types": sorted(
            {type for kind in control.kind.narrower() if kind.terraform for type in kind.terraform.types}
        ),
        "equivalents": {peer: list(ids) for peer, ids in control.peers.items()},
        "by_machine": control.fix.by_machine,
        "not_by_machine": control.fix.not_by_machine,
        "consequences": list(control.fix.consequences),
        "refines": list(control.refines),
        "advisory": control.advisory,
    }
