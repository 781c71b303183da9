"""From the raw verdicts of a scan to its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from hipaa_guard import law
from hipaa_guard.assessment.gate import decide
from hipaa_guard.assessment.model import (
    Assessment,
    BaselineUse,
    ControlSummary,
    Coverage,
    Exceptions,
    ExceptionState,
    ExceptionUse,
    NotJudged,
    Scan,
    SettingsChange,
    UsedFile,
)
from hipaa_guard.assessment.rollup import control_summaries, requirement_summaries
from hipaa_guard.assessment.unjudged import narrowed, not_judged, together
from hipaa_guard.controls.control import VERDICTS, Control, Severity, Status
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
    fail_on: Severity | None = Severity.LOW,
    max_unknown: int | None = None,
    max_unjudged: int | None = None,
    allow_empty: bool = False,
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
) -> Assessment:
    """Sort the findings, sum them up by control and by law, and decide the gate (see `gate.decide`).

    ``every`` are all controls that are loaded, where ``controls`` are only those that were asked for.
    ``fail_on_expired`` makes exceptions stop whose time is over, ``fail_on_settings_change`` a tree that has other
    settings than the commit that they were taken from.
    """
    every = controls if every is None else every
    exceptions = exceptions or Exceptions()
    expired = [use.entry.id for use in exceptions.entries if use.state is ExceptionState.EXPIRED]
    ordered = tuple(sorted(findings, key=_place))
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
            fail_on=fail_on,
            max_unknown=max_unknown,
            max_unjudged=max_unjudged,
            allow_empty=allow_empty,
            narrowed=narrowed(coverage, every, controls, live=scan.source == "aws"),
            warn_only=warn_only,
            internal_errors=internal_errors,
            new_only=new_only,
            expired=expired if fail_on_expired else (),
            changed=settings_changes if fail_on_settings_change else (),
        ),
        law=law.dates(),
        exceptions=exceptions,
        baseline=baseline,
        settings=settings or UsedFile(),
        register=register or UsedFile(),
        settings_changes=tuple(settings_changes),
    )


def combine(parts: Sequence[Assessment]) -> Assessment:
    """One result of several scans by the same controls, of Terraform and of an account, say.

    The gate is decided anew over all findings, failing on any of them.
    """
    ordered = tuple(sorted((finding for part in parts for finding in part.findings), key=_place))
    coverage = _all_coverage([part.coverage for part in parts])
    summaries = _summed([part.controls for part in parts])
    return replace(
        parts[0],
        scan=_all_scans([part.scan for part in parts]),
        coverage=coverage,
        controls=summaries,
        requirements=requirement_summaries(summaries, together(map(_not_judged, parts))),
        findings=ordered,
        gate=decide(ordered, coverage),
        exceptions=_all_exceptions([part.exceptions for part in parts]),
        settings_changes=tuple(dict.fromkeys(change for part in parts for change in part.settings_changes)),
    )


def _not_judged(assessment: Assessment) -> dict[str, tuple[NotJudged, ...]]:
    return {each.citation: each.not_judged for each in assessment.requirements}


def _all_scans(scans: Sequence[Scan]) -> Scan:
    account = next((scan for scan in scans if scan.source == "aws"), scans[0])
    of_source = [scan for scan in scans if scan.source != "aws"]
    return replace(
        account,
        source="both" if len({scan.source for scan in scans}) > 1 else account.source,
        format="mixed" if len({scan.format for scan in scans}) > 1 else account.format,
        target=" and ".join(scan.target for scan in scans),
        started=min(scan.started for scan in scans),
        finished=max(scan.finished for scan in scans),
        base=_one_of({scan.base for scan in of_source}) or ".",
        roots_from=_one_of({scan.roots_from for scan in of_source if scan.roots_from is not None}),
        roots_base=" and ".join(dict.fromkeys(scan.roots_base for scan in of_source)) or ".",
    )


def _one_of(told: set[T]) -> T | None:
    """What all scans of source say. Of several, files are told as they were found, and roots as they were named."""
    return told.pop() if len(told) == 1 else None


def _all_exceptions(parts: Sequence[Exceptions]) -> Exceptions:
    uses: dict[str, ExceptionUse] = {}
    for use in (use for part in parts for use in part.entries):
        known = uses.get(use.entry.id)
        if known is not None:
            warnings = tuple(dict.fromkeys((*known.warnings, *use.warnings)))
            uses[use.entry.id] = replace(known, findings=known.findings + use.findings, warnings=warnings)
        else:
            uses[use.entry.id] = use
    references = dict.fromkeys(sentence for part in parts for sentence in part.references)
    file = next((part.file for part in parts if part.file), "")
    return Exceptions(file, tuple(uses.values()), tuple(references))


def _all_coverage(parts: Sequence[Coverage]) -> Coverage:
    def summed(of: Iterable[Mapping[str, int]]) -> dict[str, int]:
        total: Counter[str] = Counter()
        for counts in of:
            total.update(counts)
        return dict(sorted(total.items()))

    return Coverage(
        files=sum(part.files for part in parts),
        roots=tuple(root for part in parts for root in part.roots),
        resources=summed(part.resources for part in parts),
        unjudged_types=summed(part.unjudged_types for part in parts),
        unjudged_kinds=summed(part.unjudged_kinds for part in parts),
        elsewhere=summed(part.elsewhere for part in parts),
        unjudged_counted=all(part.unjudged_counted for part in parts),
        discovered_by={region: told for part in parts for region, told in part.discovered_by.items()},
        discovery_unknown={region: why for part in parts for region, why in part.discovery_unknown.items()},
        regions=tuple(region for part in parts for region in part.regions),
        calls=summed(part.calls for part in parts),
        facts=summed(part.facts for part in parts),
        skipped={region: why for part in parts for region, why in part.skipped.items()},
        denied=tuple(sorted({action for part in parts for action in part.denied})),
        unread_services=tuple(dict.fromkeys(name for part in parts for name in part.unread_services)),
        gaps=tuple(gap for part in parts for gap in part.gaps),
    )


def _summed(parts: Sequence[Sequence[ControlSummary]]) -> tuple[ControlSummary, ...]:
    counts: dict[str, Counter[Status]] = {}
    found: dict[str, ControlSummary] = {}
    for control in (control for part in parts for control in part):
        found[control.id] = control
        counts.setdefault(control.id, Counter()).update(control.counts)
    return tuple(replace(found[id], counts={status: counts[id][status] for status in VERDICTS}) for id in sorted(found))


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
