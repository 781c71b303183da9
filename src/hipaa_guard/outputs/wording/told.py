"""Which gaps people are told one by one, and which beside others: those that follow from another, advisory ones.

Nothing is left out of a count, a gate or a file that programs read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hipaa_guard.assessment.gate import counted, in_a_row
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases

_Key = tuple[str, tuple[str, ...]]


class Gaps(NamedTuple):
    """The gaps that no exception covers, by how people are told of them."""

    told: list[Finding]
    """One by one."""
    folded: dict[_Key, list[Finding]]
    """In the line of another gap, by its control and resource."""
    advisory: list[Finding]
    """In one line."""

    def following(self, finding: Finding) -> str:
        """The gaps that are told with this one, in a sentence; empty for none."""
        ids = [each.control_id for each in self.folded.get((finding.control_id, phrases.identity(finding)), ())]
        return f"Also fails {', '.join(ids)}" if ids else ""


def gaps(findings: Iterable[Finding], *, everything: bool = False) -> Gaps:
    """The gaps, in their order. With ``everything`` each is told one by one."""
    found = Gaps([], {}, [])
    for finding in findings:
        if finding.status is not Status.FAIL or finding.exception is not None:
            continue
        if everything:
            found.told.append(finding)
        elif finding.follows_from is not None:
            found.folded.setdefault((finding.follows_from, phrases.identity(finding)), []).append(finding)
        elif finding.advisory:
            found.advisory.append(finding)
        else:
            found.told.append(finding)
    return found


def apart(findings: Sequence[Finding]) -> str:
    """How many gaps are told beside others, in a sentence; empty where none is."""
    follow = sum(finding.follows_from is not None for finding in findings)
    advisory = sum(finding.advisory for finding in findings)
    both = sum(finding.advisory and finding.follows_from is not None for finding in findings)
    parts = [
        *([f"{counted(follow, 'follows', 'follow')} from another gap of the same resource"] if follow else []),
        *([f"{counted(advisory, 'is', 'are')} advisory"] if advisory else []),
        *([f"{counted(both, 'is', 'are')} both"] if both else []),
    ]
    return f"Of the failures, {in_a_row(parts)}." if parts else ""


def note(finding: Finding) -> str:
    """Beside what a gap is told, in words; empty for a gap of its own."""
    if finding.follows_from is not None:
        return f"follows from {finding.follows_from}"
    return "advisory" if finding.advisory else ""


def by_cause(blocks: Iterable[list[Finding]]) -> list[list[list[Finding]]]:
    """Blocks of one control that one place in source decides: a call of a module, or a value that is set elsewhere."""
    groups: dict[object, list[list[Finding]]] = {}
    for number, block in enumerate(blocks):
        first = block[0]
        cause = cause_of(first)
        said = phrases.shape(first.message), phrases.shape(first.uncertain or ""), first.new, first.severity
        groups.setdefault((*cause, *said) if cause else number, []).append(block)
    return list(groups.values())


def cause_of(finding: Finding) -> tuple[str, str] | None:
    """What several resources may have in common, in words, and the place in source of it; None where there is none."""
    place, decided = finding.location, finding.decided_at
    if place is not None and place.calls:
        return "of the same call", f"{place.calls[0].file}:{place.calls[0].line_start}"
    if place is not None and decided is not None and str(decided) != str(place):
        return "set at the same place", f"{decided.file}:{decided.line_start}"
    return None


def more_of(cause: Sequence[Sequence[Finding]]) -> str:
    """How many more resources one cause decides, in words; empty where it decides one."""
    others = sum(map(len, cause[1:]))
    found = cause_of(cause[0][0])
    return f"and {others:,} more {found[0]}" if others and found else ""
