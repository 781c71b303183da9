"""Findings summed up: by control, and by the standards and specifications of the Security Rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hipaa_guard.assessment import law
from hipaa_guard.assessment.model import ControlSummary, RequirementSummary
from hipaa_guard.controls.control import PEERS, Control, Status
from hipaa_guard.controls.findings import Finding


def control_summaries(controls: Iterable[Control], findings: Iterable[Finding]) -> tuple[ControlSummary, ...]:
    """Every loaded control with the number of its findings by status, sorted by id."""
    counted = Counter((finding.control_id, finding.status) for finding in findings)
    return tuple(
        ControlSummary(
            id=control.id,
            title=control.title,
            severity=control.severity,
            hipaa=control.hipaa,
            why=control.why,
            fix=control.fix,
            kind=control.kind.kind,
            safeguard=control.safeguard,
            equivalents={peer: tuple(control.peers.get(peer, ())) for peer in PEERS},
            counts={status: counted[control.id, status] for status in Status},
        )
        for control in sorted(controls, key=lambda control: control.id)
    )


def requirement_summaries(controls: Sequence[ControlSummary]) -> tuple[RequirementSummary, ...]:
    """Every standard and specification of the rule, in its order, with what the controls that cite it found.

    A standard is judged by the controls that cite it itself, not by those of its specifications.
    """
    citing: dict[str, list[ControlSummary]] = {}
    for control in controls:
        for citation in control.hipaa:
            citing.setdefault(citation, []).append(control)
    return tuple(_summary(requirement, citing.get(citation, [])) for citation, requirement in law.citations().items())


def no_findings() -> dict[Status, int]:
    """Zero for each status."""
    return dict.fromkeys(Status, 0)


def status_of(assessment: str, controls: int, counts: Mapping[Status, int]) -> Status:
    """What a requirement's findings say of it.

    A gap is a gap however little of the requirement a scanner can see. Evidence alone is a pass only where the law
    data say that a scanner can decide the requirement; elsewhere a person has to add the rest.
    """
    if counts[Status.FAIL]:
        return Status.FAIL
    if counts[Status.UNKNOWN]:
        return Status.UNKNOWN
    if counts[Status.PASS] and assessment == "automated":
        return Status.PASS
    if assessment == "aws-inherited":
        return Status.INHERITED
    if controls and assessment != "manual" and not counts[Status.PASS]:
        return Status.NOT_APPLICABLE
    return Status.MANUAL


def _summary(requirement: law.Requirement, controls: Sequence[ControlSummary]) -> RequirementSummary:
    counts = no_findings()
    for control in controls:
        for status, number in control.counts.items():
            counts[status] += number
    return RequirementSummary(
        citation=requirement.citation,
        name=requirement.name,
        type=requirement.type,
        safeguard=requirement.safeguard,
        summary=requirement.summary,
        assessment=requirement.assessment,
        status=status_of(requirement.assessment, len(controls), counts),
        controls=tuple(control.id for control in controls),
        counts=counts,
        parent=requirement.parent,
        evidence=requirement.evidence,
        note=requirement.note,
    )
