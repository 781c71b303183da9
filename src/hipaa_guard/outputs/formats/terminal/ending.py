"""The last screen: the numbers, the Security Rule, the worst gaps once more, what to do next, and the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hipaa_guard.assessment.model import Assessment, RequirementSummary
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats.terminal import places
from hipaa_guard.outputs.wording import phrases, requirement_lines, told
from hipaa_guard.outputs.wording.harmless_text import shortened
from hipaa_guard.outputs.wording.pen import Pen

_WORST = 5
_LINE_STYLES = {Status.UNKNOWN: "unsure", Status.PARTIAL: "unsure", Status.PASS: "good"}
_CITATION, _STATE = len("164.308(a)(7)(ii)(A)"), len("gap found (critical)")


def show(pen: Pen, assessment: Assessment) -> None:
    """All of it."""
    _table(pen, assessment)
    _law(pen, assessment)
    _worst(pen, assessment)
    _next(pen, assessment)
    _gate(pen, assessment)


def _table(pen: Pen, assessment: Assessment) -> None:
    table = phrases.by_severity(assessment.findings)
    columns = [Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE]
    columns += [s for s in (Status.MANUAL, Status.INHERITED) if any(row[s] for row in table.values())]
    heads = [status.value.replace("_", " ") for status in columns]
    pen.line(" " * 10 + "".join(head.rjust(len(head) + 4) for head in heads), "title")

    def row(name: str, number: Callable[[Status], int]) -> str:
        cells = (f"{number(status):,}".rjust(len(head) + 4) for status, head in zip(columns, heads, strict=True))
        return name.ljust(10) + "".join(cells)

    for severity, counts in table.items():
        pen.line(row(severity.value, counts.__getitem__))
    total = assessment.counts()
    pen.line(row("total", total.__getitem__), "title")
    sentences = (phrases.accepted_and_new(assessment.findings), told.apart(assessment.findings))
    pen.paragraph(" ".join(filter(None, sentences)))
    pen.gap()


def _law(pen: Pen, assessment: Assessment) -> None:
    if pen.page.everything:
        for assessed, requirements in requirement_lines.by_assessment(assessment.requirements).items():
            pen.paragraph(f"SECURITY RULE, {requirement_lines.HEADS[assessed]}", "title")
            for requirement in requirements:
                _requirement(pen, requirement)
            pen.gap()
    counts = Counter(requirement.status for requirement in assessment.requirements)
    parts = ", ".join(f"{text} {counts[status]}" for status, text in phrases.STATUS.items() if counts[status])
    if parts:
        pen.paragraph(f"Security Rule, {len(assessment.requirements)} standards and specifications: {parts}.")
        pen.gap()


def _requirement(pen: Pen, requirement: RequirementSummary) -> None:
    """A line of the rule with its state, and with the resources not judged where the state depends on them."""
    status = requirement.status
    style = requirement.worst or "bad" if status is Status.FAIL else _LINE_STYLES.get(status, "")
    head = f"{requirement.citation.ljust(_CITATION)}  {requirement_lines.state(requirement).ljust(_STATE)}  "
    pen.paragraph(head + requirement.name, style, indent=2, hanging=2 + len(head))
    missing = requirement_lines.not_judged(requirement, None)
    if missing:
        pen.paragraph(f"not judged: {missing}", "dim", indent=6, hanging=8)


def _worst(pen: Pen, assessment: Assessment) -> None:
    """The worst gaps once more, new ones first: in a long result the first ones have scrolled away."""
    blocks = phrases.by_block(told.gaps(assessment.findings).told)
    blocks.sort(key=lambda block: block[0].new is not True)
    if len(blocks) <= _WORST:
        return
    pen.line("THE WORST", "title")
    for finding, *_ in blocks[:_WORST]:
        severity = finding.severity.value.upper().ljust(10)
        name = shortened(phrases.name(finding), places.NAME_LENGTH)
        where = phrases.where(finding, places.NAME_LENGTH).partition(" (set at")[0]
        pen.joined((f"  {severity}", finding.severity), (f"{name}  ", ""), (where, "dim"))
        pen.paragraph(f"{places.digits(finding)}  {finding.control_id}", "dim", indent=12)
    pen.gap()


def _next(pen: Pen, assessment: Assessment) -> None:
    if not pen.page.terminal or not any(finding.status is Status.FAIL for finding in assessment.findings):
        return
    source = "" if assessment.scan.source == "aws" else " `hipaa-guard fix` makes the changes that are certain."
    fixes = "" if pen.page.fixes else " --fixes shows the change for each control."
    pen.paragraph(f"`hipaa-guard explain` takes a control or the digits before a resource.{fixes}{source}", "dim")
    pen.gap()


def _gate(pen: Pen, assessment: Assessment) -> None:
    gate = assessment.gate
    verdict = "passed" if gate.passed else f"failed (exit code {gate.exit_code})"
    # A terminal would break a long line inside a word; programs and logs get one line with all reasons.
    say = pen.paragraph if pen.page.terminal else pen.line
    say(f"Gate {verdict}: {' '.join(gate.reasons)}", "good" if gate.passed else "bad")
