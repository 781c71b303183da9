"""Saved JSON results that verbs read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_guard.nearest import did_you_mean

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment
    from hipaa_guard.controls.findings import Finding

SCAN = "out/scan.json"
"""The default file of a saved result."""

SHORTEST = 8
"""The fewest digits that name a fingerprint."""


_SHOWN = 3


class NoSuchFinding(click.ClickException):
    """A result has no such finding."""


def saved(file: Path) -> Assessment:
    """The result in a file.

    Raises:
        click.ClickException: the file cannot be read, or hipaa-guard did not write it.

    """
    from hipaa_guard.cli.configuration.settings_paths import refuse_default
    from hipaa_guard.outputs.json.node import ReportError
    from hipaa_guard.outputs.json.reading import parse

    if file == Path(SCAN):
        refuse_default(file, writes=False)
    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not a JSON result of hipaa-guard: it is not UTF-8 text") from None
    except ReportError as error:
        raise click.ClickException(f"{file}: {error}") from None


def is_fingerprint(text: str) -> bool:
    """Whether a text may be the beginning of a fingerprint."""
    return SHORTEST <= len(text) <= 64 and all(digit in "0123456789abcdef" for digit in text.lower())


def finding_named(assessment: Assessment, prefix: str, file: Path | str) -> Finding:
    """The finding whose fingerprint, current or former, begins with the prefix.

    Raises:
        click.ClickException: there is none, or more than one.

    """
    start = prefix.lower()
    found = {
        finding.fingerprint: finding
        for finding in assessment.findings
        if any(name.startswith(start) for name in (finding.fingerprint, *finding.previous))
    }
    found = found or _by_former_root(assessment, start, prefix, file)
    if len(found) > 1:
        raise click.ClickException(
            f"{len(found)} findings in {file} begin with {prefix}: {_listed(found.values())}; give more digits"
        )
    return next(iter(found.values()))


def finding_of(assessment: Assessment, control: str, address: str, where: Path | str) -> Finding:
    """The finding of a control, by its present id, on the resource with an address, an ARN or a name.

    Raises:
        click.ClickException: there is none, or more than one.

    """
    of_control = [each for each in assessment.findings if each.control_id == control]
    names = [(each, (each.resource.address, each.resource.arn, each.resource.label)) for each in of_control]
    found = [each for each, named in names if address in named]
    if not found:
        known = sorted({each.resource.label for each in of_control})
        hint = did_you_mean(address, known, f"it judged {', '.join(known[:_SHOWN]) or 'nothing'}.")
        raise NoSuchFinding(f"{where} has no finding of {control} on {address}: {hint}")
    if len(found) > 1:
        raise click.ClickException(
            f"{len(found)} findings of {control} in {where} are on {address}: {_listed(found)}; give the digits of one"
        )
    return found[0]


def _listed(findings: Iterable[Finding]) -> str:
    """Some findings by their digits, controls and resources."""
    ordered = sorted(findings, key=lambda each: each.fingerprint)
    named = [
        f"{each.fingerprint[:12]} ({each.control_id} on {each.resource.label}"
        + (f" in {each.resource.root})" if each.resource.root else ")")
        for each in ordered[:_SHOWN]
    ]
    more = f" and {len(ordered) - _SHOWN:,} more" if len(ordered) > _SHOWN else ""
    return ", ".join(named) + more


def _by_former_root(assessment: Assessment, start: str, prefix: str, file: Path | str) -> dict[str, Finding]:
    """The finding with such a fingerprint from before roots were named from the repository."""
    found = [each for each in assessment.findings if any(name.startswith(start) for name in _former(each))]
    if not found:
        raise NoSuchFinding(f"{file} has no finding whose fingerprint begins with {prefix}")
    if len(found) > 1:
        names = ", ".join(f"{each.fingerprint[:12]} in {each.resource.root}" for each in found[:_SHOWN])
        raise click.ClickException(
            f"{prefix} is from before roots were named from the repository, and may mean {len(found):,} findings in "
            f"{file}: {names}"
        )
    return {found[0].fingerprint: found[0]}


def _former(finding: Finding) -> tuple[str, ...]:
    from hipaa_guard.controls.findings import identity, named_so
    from hipaa_guard.terraform.repository.top import former_roots

    origin = finding.resource
    return named_so(finding, (), (identity(origin, root, origin.address or "") for root in former_roots(origin.root)))
