"""A resource and its place in the lines of the terminal, and findings grouped by what they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.controls.control import Severity
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import shortened, visible
from hipaa_guard.outputs.wording.pen import Pen

NAME_LENGTH = 160
MESSAGE_LENGTH = 400
DIGITS = 8
"""How many digits of a fingerprint are shown: as many as `explain` needs to find it."""

Block = list[Finding]
"""Findings of one control that say the same of instances of one block of source."""


def digits(finding: Finding) -> str:
    """The first digits of the fingerprint, by which `explain` and `exceptions add` know the finding."""
    return finding.fingerprint[:DIGITS]


def blocks(pen: Pen, findings: Iterable[Finding]) -> list[Block]:
    """The findings by block of source; each alone where everything is shown."""
    return [[finding] for finding in findings] if pen.page.everything else phrases.by_block(findings)


def message(finding: Finding, severity: Severity) -> str:
    """What a finding says, after its severity where that is not the given one."""
    maybe = f" (it may not exist: {finding.uncertain})" if finding.uncertain else ""
    own = f"{finding.severity.value}: " if finding.severity is not severity else ""
    return own + shortened(finding.message, MESSAGE_LENGTH) + maybe


def by_message(found: Iterable[Block], severity: Severity) -> list[tuple[str, list[Block]]]:
    """Blocks grouped by message, so that each is printed once."""
    groups: dict[str, list[Block]] = {}
    for block in found:
        groups.setdefault(message(block[0], severity), []).append(block)
    return list(groups.items())


def place(pen: Pen, block: Sequence[Finding], *, roots: bool, indent: int = 2, others: int = 0) -> None:
    """The digits, the resource and its place, on one line if they fit. Then the details that tell instances apart."""
    finding = block[0]
    name = visible(shortened(phrases.name(finding), NAME_LENGTH))
    where = visible(phrases.where(finding, NAME_LENGTH, block[1:]))
    more = f"  and {others:,} more" if others else ""
    head, later = f"{' ' * indent}{digits(finding)}  ", " " * (indent + DIGITS + 2)
    if not where or len(head) + len(name) + 2 + len(where) + len(more) <= pen.page.width:
        pen.joined((head, "dim"), (name, ""), (f"  {where}" if where else "", "dim"), (more, "dim"))
    else:
        pen.joined((head, "dim"), (name, ""))
        pen.joined((later + where, "dim"), (more, "dim"))
    parts = ["new" if finding.new else "", phrases.context(finding, several_roots=roots, limit=NAME_LENGTH)]
    if len(block) > 1:
        number = len({each.resource.root for each in block})
        parts.append(f"and {counted(len(block) - 1, 'more instance', 'more instances')}")
        parts[-1] += f" in {number} roots" if number > 1 else ""
    pen.paragraph(", ".join(filter(None, parts)), "dim", indent=len(later))


def rest(pen: Pen, number: int, indent: int = 2) -> None:
    """How many more there are."""
    if number > 0:
        pen.line(f"and {number:,} more; --all shows each", "dim", indent=indent)
