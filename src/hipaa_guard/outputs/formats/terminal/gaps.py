"""The gaps of a scan on the terminal: a block for each control, a line for each resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.fix import FixTexts
from hipaa_guard.outputs.formats.terminal import places
from hipaa_guard.outputs.formats.terminal.places import Block
from hipaa_guard.outputs.wording import phrases, told
from hipaa_guard.outputs.wording.harmless_text import shortened, visible, wrapped
from hipaa_guard.outputs.wording.pen import Pen

_FIX_LINES, _WHOLE_FIX_LINES = 16, 18
_INDENT = len("CRITICAL") + 2
_MOST = 10
_MOST_ADVISORY = 4


def show(pen: Pen, assessment: Assessment) -> None:
    """The gaps by control, worst first; then one line for the advisory ones."""
    controls = {control.id: control for control in assessment.controls}
    found = told.gaps(assessment.findings, everything=pen.page.everything)
    groups: dict[str, list[Finding]] = {}
    for finding in found.told:
        groups.setdefault(finding.control_id, []).append(finding)
    roots = phrases.several_roots(assessment)
    before = None
    for control_id, findings in groups.items():
        if before is not None and (before is not findings[0].severity or pen.page.fixes):
            pen.gap()
        before = findings[0].severity
        _control(pen, findings, controls.get(control_id), control_id, found, roots=roots)
    if groups:
        pen.gap()
    _advisory(pen, found.advisory)
    if not groups:
        accepted = " that no exception covers" if assessment.counts()[Status.FAIL] else ""
        accepted = " that is not advisory" if found.advisory else accepted
        good = assessment.gate.exit_code == 0 and not phrases.nothing_judged(assessment)
        pen.paragraph(phrases.nothing_judged(assessment) or f"No gap found{accepted}.", "good" if good else "")
        pen.gap()


def _control(
    pen: Pen,
    findings: list[Finding],
    control: ControlSummary | None,
    control_id: str,
    found: told.Gaps,
    *,
    roots: bool,
) -> None:
    severity = findings[0].severity
    number = f" ({len(findings):,})" if len(findings) > 1 else ""
    title = (control.title if control else control_id) + number
    first, *later = wrapped(visible(title), max(20, pen.page.width - _INDENT)) or [control_id]
    pen.joined((severity.value.upper().ljust(_INDENT), severity), (first, "title"))
    for line in later:
        pen.line(line, "title", indent=_INDENT)
    pen.paragraph(control_id + _cited(control), "dim", indent=_INDENT)
    causes = told.by_cause(places.blocks(pen, findings)) if not pen.page.everything else [[[f]] for f in findings]
    shown = pen.some(causes, _MOST)
    by_message: dict[tuple[str, str], list[list[Block]]] = {}
    for cause in causes[:shown]:
        first_one = cause[0][0]
        text = places.message(first_one, severity)
        by_message.setdefault((text, found.following(first_one)), []).append(cause)
    for (text, following), alike in by_message.items():
        for cause in alike:
            places.place(pen, cause[0], roots=roots)
            pen.paragraph(told.more_of(cause), "dim", indent=2 + places.DIGITS + 2)
        pen.paragraph(". ".join(filter(None, (text, following))), indent=2 + places.DIGITS + 2)
    places.rest(pen, sum(len(block) for cause in causes[shown:] for block in cause))
    if control and pen.page.fixes:
        _fix_of(pen, control.fix, {finding.resource.source for finding in findings})


def _cited(control: ControlSummary | None) -> str:
    """The first citation, and how many more there are: `explain` has all."""
    if control is None:
        return ""
    more = f" +{len(control.hipaa) - 1}" if len(control.hipaa) > 1 else ""
    return f"  45 CFR {control.hipaa[0]}{more}"


def _advisory(pen: Pen, advisory: Sequence[Finding]) -> None:
    """One line for gaps that stop no pipeline; empty where there is none."""
    if not advisory:
        return
    by_control = Counter(finding.control_id for finding in advisory)
    gaps, controls = counted(len(advisory), "gap", "gaps"), counted(len(by_control), "control", "controls")
    pen.paragraph(f"ADVISORY: {gaps} of {controls}. They stop no pipeline by this preset.", "title")
    pen.paragraph(phrases.tally(by_control, _MOST_ADVISORY), "dim", indent=2)
    pen.gap()


# --- fixes, where they are asked for ------------------------------------------------------------------------------


def _fix_of(pen: Pen, fix: FixTexts, sources: Container[str]) -> None:
    _fixes(pen, fix, sources)
    pen.paragraph(fix.by_whom if "terraform" in sources else "", indent=2)
    pen.paragraph(fix.also(), indent=2)


def _fixes(pen: Pen, fix: FixTexts, sources: Container[str]) -> None:
    """The change in source for findings of Terraform, the command for findings of AWS; both where both were scanned."""
    texts = {
        "Terraform": (fix.terraform or fix.cli) if "terraform" in sources else "",
        "AWS": (fix.cli or fix.terraform) if "aws" in sources else "",
    }
    found = {where: text for where, text in texts.items() if text}
    if len(set(found.values())) < 2:
        _fix(pen, "Fix:", next(iter(found.values()), fix.note))
        return
    for where, text in found.items():
        _fix(pen, f"Fix in {where}:", text)


def _fix(pen: Pen, head: str, text: str) -> None:
    if not text:
        return
    lines = text.splitlines()
    whole = pen.page.everything or len(lines) <= _WHOLE_FIX_LINES
    pen.line(head, "title", indent=2)
    for line in lines if whole else [*lines[:_FIX_LINES], "..."]:
        pen.line(line, "good", indent=4)


# --- accepted risks -----------------------------------------------------------------------------------------------


def show_accepted(pen: Pen, assessment: Assessment) -> None:
    """The findings that exceptions cover: the gaps still exist, and somebody answers for them until a day."""
    groups = phrases.covered(assessment.findings)
    if not groups:
        return
    pen.line("ACCEPTED RISKS", "title")
    shown = pen.some(groups)
    roots = phrases.several_roots(assessment)
    for entry, findings in groups[:shown]:
        ticket = f", {entry.ticket}" if entry.ticket else ""
        people = f"{entry.owner}, approved by {entry.approver} on {entry.approved_on}{ticket}"
        pen.paragraph(f"{entry.id} until {entry.expires_on}: {entry.control}", "title", indent=2, hanging=4)
        pen.paragraph(people, "dim", indent=4)
        blocks = places.blocks(pen, findings)
        most = pen.some(blocks, 3)
        for block in blocks[:most]:
            places.place(pen, block, roots=roots, indent=4)
        places.rest(pen, sum(map(len, blocks[most:])), indent=4)
        pen.paragraph(shortened(entry.justification, places.MESSAGE_LENGTH), indent=6)
    places.rest(pen, sum(len(findings) for _, findings in groups[shown:]))
    pen.gap()
