"""From the raw verdicts of a scan to its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from hipaa_guard import law
from hipaa_guard.assessment.folding import advised, folded
from hipaa_guard.assessment.gate import decide
from hipaa_guard.assessment.model import (
    Assessment,
    BaselineUse,
    Coverage,
    Exceptions,
    ExceptionState,
    Preset,
    Scan,
    SettingsChange,
    UsedFile,
)
from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.assessment.rollup import control_summaries, requirement_summaries
from hipaa_guard.assessment.unjudged import narrowed, not_judged
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding

T = TypeVar("T")


def assess(
    scan: Scan,
    coverage: Coverage,
    controls: Sequence[Control],
    findings: Iterable[Finding],
    *,
    version: str,
    every: Sequence[Control] | None = None,
    preset: Preset = "recommended",
    fail_on: Severity | None = None,
    max_unknown: int | None = None,
    max_unjudged: int | None = None,
    allow_empty: bool = False,
    must_judge: bool = False,
    warn_only: bool = False,
    internal_errors: int = 0,
    new_only: bool = False,
    fail_on_expired: bool = False,
    exceptions: Exceptions | None = None,
    baseline: BaselineUse | None = None,
    settings: UsedFile | None = None,
    register: UsedFile | None = None,
    settings_changes: Sequence[SettingsChange] = (),
    fail_on_settings_change: bool = False,
    peers: Sequence[PeerUse] = (),
) -> Assessment:
    """Sort the findings, sum them up by control and by law, and decide the gate (see `gate.decide`).

    ``controls`` are the chosen controls, ``every`` all that are loaded. ``fail_on`` takes the place of the preset: with
    it, no gap is advisory. With ``fail_on_expired`` an expired exception
    fails the gate; with ``fail_on_settings_change`` a tree does whose settings differ from those of the commit that
    they were taken from.
    """
    every = controls if every is None else every
    exceptions = exceptions or Exceptions()
    expired = [use.entry.id for use in exceptions.entries if use.state is ExceptionState.EXPIRED]
    chosen = preset if fail_on is None else None
    told = advised(findings, controls) if chosen == "recommended" else list(findings)
    ordered = tuple(sorted(folded(told, controls), key=_place))
    summaries = control_summaries(controls, ordered)
    return Assessment(
        version=version,
        scan=scan,
        coverage=coverage,
        controls=summaries,
        requirements=requirement_summaries(summaries, not_judged(coverage, every, controls, live=scan.source == "aws")),
        findings=ordered,
        gate=decide(
            ordered,
            coverage,
            preset=chosen,
            fail_on=fail_on or Severity.LOW,
            max_unknown=max_unknown,
            max_unjudged=max_unjudged,
            allow_empty=allow_empty,
            must_judge=must_judge,
            narrowed=narrowed(coverage, every, controls, live=scan.source == "aws"),
            warn_only=warn_only,
            internal_errors=internal_errors,
            new_only=new_only,
            expired=expired if fail_on_expired else (),
            changed=settings_changes if fail_on_settings_change else (),
            peers=peers,
        ),
        law=law.dates(),
        exceptions=exceptions,
        baseline=baseline,
        settings=settings or UsedFile(),
        register=register or UsedFile(),
        settings_changes=tuple(settings_changes),
        peers=tuple(peers),
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
