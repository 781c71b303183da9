"""One finding in full, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import in_log, visible, wrapped

_WIDTH = 78
_NAME = 300


def finding_text(finding: Finding, assessment: Assessment) -> str:
    """The finding with its evidence, its exception, its control and the fix."""
    return in_log("\n".join(map(visible, _lines(finding, assessment))) + "\n")


def _lines(finding: Finding, assessment: Assessment) -> Iterator[str]:
    name = phrases.name(finding)
    yield name
    yield "=" * min(len(name), _WIDTH)
    yield ""
    yield from wrapped(visible(f"It {finding.message}."), _WIDTH)
    yield ""
    facts = {
        "Status": phrases.STATUS[finding.status] + {True: ", new", False: ", in the baseline", None: ""}[finding.new],
        "Severity": finding.severity.value,
        "Control": finding.control_id,
        "Kind": f"{finding.resource.kind} ({finding.resource.type})"
        if finding.resource.type
        else finding.resource.kind,
        "Where": phrases.where(finding, _NAME),
        "Called": phrases.called_at(finding.location, _NAME).removeprefix("called "),
        "Root": finding.resource.root,
        "Uncertain": finding.uncertain or "",
        "Scanned": f"{phrases.subject(assessment.scan)}, {phrases.moment(assessment.scan.finished)}",
        "Fingerprint": finding.fingerprint,
        "Before": ", ".join(finding.previous),
    }
    yield from (f"{label:<12} {text}" for label, text in facts.items() if text)
    yield from _evidence(finding)
    if finding.exception is not None:
        yield from _exception(finding.exception)
    yield from _control(finding, assessment)


def _evidence(finding: Finding) -> Iterator[str]:
    if finding.evidence:
        yield ""
        yield "Evidence"
        for each in finding.evidence:
            yield f"  {each.fact}: {each.value}" + (f"  ({phrases.source(each)})" if each.source else "")


def _exception(entry: ExceptionEntry) -> Iterator[str]:
    yield ""
    yield f"Risk accepted until {entry.expires_on}: exception {entry.id}"
    yield f"  owner {entry.owner}, approved by {entry.approver} on {entry.approved_on}"
    yield from _indented(entry.justification)
    if entry.compensating_control:
        yield from _indented(f"Equivalent measure: {entry.compensating_control}")


def _control(finding: Finding, assessment: Assessment) -> Iterator[str]:
    control = next((each for each in assessment.controls if each.id == finding.control_id), None)
    if control is None:
        return
    yield ""
    yield f"Why (45 CFR {', '.join(control.hipaa)})"
    yield from _indented(control.why)
    of_terraform = finding.resource.source == "terraform"
    fix = (control.fix.terraform or control.fix.cli) if of_terraform else (control.fix.cli or control.fix.terraform)
    if fix:
        yield ""
        yield "Fix"
        yield from (f"  {line}" for line in fix.splitlines())
    if control.fix.note:
        yield ""
        yield from _indented(control.fix.note)
    whom = control.fix.by_whom if of_terraform else ""
    for text in filter(None, (whom, control.fix.also())):
        yield ""
        yield from _indented(text)


def _indented(text: str) -> list[str]:
    return wrapped(visible(text), _WIDTH, first="  ", later="  ")
