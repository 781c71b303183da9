"""Findings summed up: by control, and by the standards and specifications of the Security Rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from hipaa_guard import law
from hipaa_guard.assessment.model import ControlSummary, NotJudged, RequirementSummary
from hipaa_guard.controls.control import PEERS, VERDICTS, Control, Severity, Status
from hipaa_guard.controls.findings import Finding


def control_summaries(controls: Iterable[Control], findings: Iterable[Finding]) -> tuple[ControlSummary, ...]:
    """Every loaded control with the number of its findings by status, sorted by id."""
    counted: Counter[tuple[str, Status]] = Counter()
    worst: dict[str, Severity] = {}
    for finding in findings:
        counted[finding.control_id, finding.status] += 1
        if finding.status is Status.FAIL:
            before = worst.setdefault(finding.control_id, finding.severity)
            worst[finding.control_id] = min(before, finding.severity, key=lambda severity: severity.rank)
    return tuple(
        ControlSummary(
            id=control.id,
            title=control.title,
            severity=control.severity,
            hipaa=control.hipaa,
            why=control.why,
            fix=control.fix_texts(),
            kind=control.kind_name,
            safeguard=control.safeguard,
            equivalents={peer: tuple(control.peers.get(peer, ())) for peer in PEERS},
            counts={status: counted[control.id, status] for status in VERDICTS},
            worst=worst.get(control.id),
            refines=control.refines,
            advisory=control.advisory,
        )
        for control in sorted(controls, key=lambda control: control.id)
    )


def requirement_summaries(
    controls: Sequence[ControlSummary], not_judged: Mapping[str, tuple[NotJudged, ...]] = MappingProxyType({})
) -> tuple[RequirementSummary, ...]:
    """Every standard and specification of the rule, in its order, with the results of the controls that cite it.

    A standard is judged by the controls that cite it itself, not by those of its specifications. ``not_judged`` holds,
    by citation, the resources that belong to a line and were not judged for it.
    """
    citing: dict[str, list[ControlSummary]] = {}
    for control in controls:
        for citation in control.hipaa:
            citing.setdefault(citation, []).append(control)
    return tuple(
        _summary(requirement, citing.get(citation, []), not_judged.get(citation, ()))
        for citation, requirement in law.citations().items()
    )


def no_findings() -> dict[Status, int]:
    """Zero for each status of a verdict."""
    return dict.fromkeys(VERDICTS, 0)


def worst_of(controls: Iterable[ControlSummary]) -> Severity | None:
    """The worst severity of the gaps that the controls found."""
    failing = (control.worst for control in controls if control.worst is not None)
    return min(failing, key=lambda severity: severity.rank, default=None)


def status_of(assessment: str, controls: int, counts: Mapping[Status, int], *, all_judged: bool = True) -> Status:
    """The status that a requirement gets from its findings.

    A gap is a gap however little of the requirement a scanner can see. Evidence alone is a pass only where the law
    data say that a scanner can decide the requirement; elsewhere a person has to add the rest. Where a resource that
    belongs to it was not judged, evidence is evidence in part, and no evidence means that it was not assessed.
    """
    if counts[Status.FAIL]:
        return Status.FAIL
    if counts[Status.UNKNOWN]:
        return Status.UNKNOWN
    if not all_judged and assessment in ("automated", "partial"):
        return Status.PARTIAL if counts[Status.PASS] else Status.UNKNOWN
    if counts[Status.PASS] and assessment == "automated":
        return Status.PASS
    if assessment == "aws-inherited":
        return Status.INHERITED
    if controls and assessment != "manual" and not counts[Status.PASS]:
        return Status.NOT_APPLICABLE
    return Status.MANUAL


def _summary(
    requirement: law.Requirement, controls: Sequence[ControlSummary], not_judged: tuple[NotJudged, ...]
) -> RequirementSummary:
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
        status=status_of(requirement.assessment, len(controls), counts, all_judged=not not_judged),
        controls=tuple(control.id for control in controls),
        counts=counts,
        parent=requirement.parent,
        evidence=requirement.evidence,
        note=requirement.note,
        worst=worst_of(controls),
        not_judged=not_judged,
    )
