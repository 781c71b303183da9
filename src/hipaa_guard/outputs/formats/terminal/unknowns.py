"""Unknown verdicts on the terminal: each cause once with what settles it, or in full where they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.formats.terminal import places
from hipaa_guard.outputs.wording import causes, phrases
from hipaa_guard.outputs.wording.pen import Pen

_MOST_CAUSES, _MOST_NAMES = 8, 6


def show(pen: Pen, assessment: Assessment) -> None:
    """The unknown verdicts that no exception covers."""
    groups = phrases.unknown_groups(finding for finding in assessment.findings if finding.exception is None)
    if not groups:
        return
    in_full = pen.page.unknown or pen.page.everything
    total = sum(len(findings) for _, findings in groups)
    how = "" if in_full else "; --show-unknown lists them"
    pen.paragraph(f"NOT KNOWN: {counted(total, 'verdict', 'verdicts')} could not be reached{how}", "unsure")
    shown = len(groups) if in_full else min(len(groups), _MOST_CAUSES)
    roots = phrases.several_roots(assessment)
    for reason, findings in groups[:shown]:
        _cause(pen, reason, findings)
        if in_full:
            _examples(pen, findings, roots=roots)
    rest = sum(len(findings) for _, findings in groups[shown:])
    if rest:
        pen.line(f"and {rest:,} more; --show-unknown lists them", "dim", indent=2)
    pen.gap()


def _cause(pen: Pen, reason: str, findings: list[Finding]) -> None:
    """A cause with its number, what settles it, and the names that settle most."""
    number = f"{len(findings):,}".rjust(5)
    settles = causes.settled_by(findings[0])
    pen.paragraph(f"{number}  {reason}" + (f": {settles}" if settles else ""), hanging=7)
    names = Counter(causes.names_in_words(finding) for finding in findings)
    names.pop("", None)
    pen.paragraph(phrases.tally(names, None if pen.page.everything else _MOST_NAMES), "dim", indent=7)


def _examples(pen: Pen, findings: list[Finding], *, roots: bool) -> None:
    """The controls of the findings, and the resources with the reason in full."""
    by_control = Counter(finding.control_id for finding in findings)
    pen.paragraph(phrases.tally(by_control), "dim", indent=4)
    for alike in sorted(_by_shape(findings), key=lambda alike: (-len(alike), alike[0].message)):
        resources = {phrases.identity(finding) for finding in alike}
        places.place(pen, alike[:1], roots=roots, indent=4, others=len(resources) - 1)
        pen.paragraph(places.message(alike[0], alike[0].severity), indent=8)


def _by_shape(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((phrases.shape(finding.message), phrases.shape(finding.uncertain or "")), []).append(finding)
    return list(groups.values())
