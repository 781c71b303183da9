"""Gaps that people are told beside others: those that follow from another one, and those that are advisory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.origin import Origin

_Resource = tuple[str | None, ...]


def folded(findings: Sequence[Finding], controls: Iterable[Control]) -> list[Finding]:
    """The findings, with `Finding.follows_from` where a gap follows from another one.

    It follows only from a gap of the same resource that is told in its place: one that is at least as severe, that no
    exception covers, that is new if the one that follows is, and advisory only if that one is. A chain
    ends at the first gap of it.
    """
    refined = {control.id: control.refines for control in controls if control.refines}
    if not refined:
        return list(findings)
    wanted = {each for ids in refined.values() for each in ids}
    open_ = {
        (finding.control_id, _resource(finding.resource)): finding
        for finding in findings
        if finding.control_id in wanted and _is_open(finding)
    }
    return [
        finding._replace(follows_from=_cause(finding, refined, open_))
        if finding.control_id in refined and _is_open(finding)
        else finding
        for finding in findings
    ]


def advised(findings: Iterable[Finding], controls: Iterable[Control]) -> list[Finding]:
    """The findings, with `Finding.advisory` where the control of an open gap of severity low says that it is advisory.

    A gap that an exception covers is not: it stops nothing anyway, and is counted once, as an accepted risk.
    """
    advisory = {control.id for control in controls if control.advisory}
    return [
        finding._replace(advisory=True)
        if _is_open(finding) and finding.severity is Severity.LOW and finding.control_id in advisory
        else finding
        for finding in findings
    ]


def _is_open(finding: Finding) -> bool:
    return finding.status is Status.FAIL and finding.exception is None


def _resource(origin: Origin) -> _Resource:
    return origin.source, origin.root, origin.address, origin.arn, origin.account, origin.region, origin.name


def _cause(
    finding: Finding, refined: Mapping[str, tuple[str, ...]], open_: Mapping[tuple[str, _Resource], Finding]
) -> str | None:
    """The control whose gap a gap follows from; None if it stands alone."""
    resource = _resource(finding.resource)
    found: str | None = None
    waiting, seen = list(refined[finding.control_id]), {finding.control_id}
    while waiting:
        id = waiting.pop(0)
        cause = open_.get((id, resource))
        if id in seen or cause is None or not _may_stand_for(cause, finding):
            continue
        seen.add(id)
        found = id
        waiting = list(refined.get(id, ()))
    return found


def _may_stand_for(cause: Finding, finding: Finding) -> bool:
    is_shown = cause.new is not False or finding.new is False
    # One that stops a pipeline is not told in the line of those that do not.
    return cause.severity.rank <= finding.severity.rank and is_shown and (finding.advisory or not cause.advisory)
