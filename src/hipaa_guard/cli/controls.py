"""``hipaa-guard controls`` and ``explain``: a control in words, why it matters, and how to fix a gap."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from hipaa_guard.assessment import presets
from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE
from hipaa_guard.cli.commands import Command, CommandGroup
from hipaa_guard.cli.loaded_controls import loaded, say_broken, wanted
from hipaa_guard.cli.saved_results import SCAN, finding_named, is_fingerprint, saved
from hipaa_guard.controls.control import Control
from hipaa_guard.facts.resource import Resource


@click.group(cls=CommandGroup)
def controls() -> None:
    """List the controls, or show one."""


_POLICIES = click.option(
    "--policies", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Also load these controls."
)


@controls.command("list")
@click.option("--safeguard", metavar="NAME", help="Only those of one safeguard (encryption_at_rest ...).")
@click.option("--service", metavar="NAME", help="Only those of one service (s3 ...).")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_POLICIES
def list_controls(safeguard: str | None, service: str | None, as_json: bool, policies: tuple[Path, ...]) -> int:
    """List the controls by safeguard.

    Exit 3 if a policy of your own cannot be used: the list lacks it.
    """
    every = loaded(policies)
    say_broken(every.broken)
    code = INCOMPLETE if every.broken else CLEAN
    found = [
        control
        for control in every.controls
        if (safeguard is None or control.safeguard == safeguard)
        and (service is None or control.kind.kind.partition(".")[0] == service)
    ]
    if as_json:
        click.echo(json.dumps([_as_dict(control) for control in found], indent=2))
        return code
    for name in sorted({control.safeguard for control in found}):
        members = [control for control in found if control.safeguard == name]
        click.echo(f"{name} ({len(members)})")
        for control in members:
            click.echo(f"  {control.id:<46} {control.severity.value:<9} {', '.join(control.hipaa)}")
        click.echo()
    click.echo(f"{len(found)} controls. `hipaa-guard controls show ID` shows one in full.")
    return code


@controls.command("show")
@click.argument("id")
@_POLICIES
def show(id: str, policies: tuple[Path, ...]) -> None:
    """Show one control in full."""
    _print(policies, id)


@click.command(cls=Command)
@click.argument("id")
@click.option(
    "--scan",
    type=click.Path(path_type=Path),
    default=SCAN,
    show_default=True,
    metavar="FILE",
    help="The saved JSON result.",
)
@_POLICIES
def explain(id: str, scan: Path, policies: tuple[Path, ...]) -> None:
    """Explain a control, why it matters, and how to fix a gap.

    ID is the id of a control, or the first 8 or more digits of the fingerprint of a finding in a saved result (--scan).
    """
    if not is_fingerprint(id):
        _print(policies, id)
        return
    from hipaa_guard.outputs.wording.finding_text import finding_text

    assessment = saved(scan)
    click.echo(finding_text(finding_named(assessment, id, scan), assessment), nl=False)


def _print(policies: Iterable[Path], id: str) -> None:
    found = wanted(loaded(policies), [id])
    if found.broken or not found.controls:
        raise click.ClickException("; ".join(map(str, found.broken)))
    click.echo(control_text(found.controls[0]), nl=False)


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
