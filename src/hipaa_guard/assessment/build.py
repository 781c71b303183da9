"""From the raw verdicts of a scan to its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hipaa_guard.assessment import law
from hipaa_guard.assessment.gate import decide
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.assessment.rollup import control_summaries, requirement_summaries
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding


def assess(
    scan: Scan,
    coverage: Coverage,
    controls: Sequence[Control],
    findings: Iterable[Finding],
    *,
    version: str,
    fail_on: Severity | None = Severity.LOW,
    max_unknown: int | None = None,
    warn_only: bool = False,
    internal_errors: int = 0,
) -> Assessment:
    """Sort the findings, sum them up by control and by law, and decide the gate (see `gate.decide`)."""
    ordered = tuple(sorted(findings, key=_place))
    summaries = control_summaries(controls, ordered)
    return Assessment(
        version=version,
        scan=scan,
        coverage=coverage,
        controls=summaries,
        requirements=requirement_summaries(summaries),
        findings=ordered,
        gate=decide(
            ordered,
            coverage,
            fail_on=fail_on,
            max_unknown=max_unknown,
            warn_only=warn_only,
            internal_errors=internal_errors,
        ),
        law=law.dates(),
    )


_STATUS_PLACE = {
    status: place
    for place, status in enumerate(
        (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE, Status.MANUAL, Status.INHERITED)
    )
}
_SEVERITY_PLACE = {severity: severity.rank for severity in Severity}


def _place(finding: Finding) -> tuple[int, int, str, str, str, str, str, str]:
    """Failures first, then unknown; the worst severity first; then by control and resource."""
    resource = finding.resource
    return (
        _STATUS_PLACE[finding.status],
        _SEVERITY_PLACE[finding.severity],
        finding.control_id,
        resource.root,
        resource.label,
        resource.account or "",
        resource.region or "",
        finding.fingerprint,
    )
