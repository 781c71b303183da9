"""JSON: the whole result, and the one format that can be read back.

The names are a contract (``schema/assessment-1.0.json``). Names are only ever added within one major version. Entries
of long lists stand on a line each, so that two results can be compared by any tool.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hipaa_guard.assessment.model import Assessment, ControlSummary, RequirementSummary
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.places import Gap, Location
from hipaa_guard.facts.resource import Evidence
from hipaa_guard.outputs.json_reading import SCHEMA_VERSION, ReportError, parse
from hipaa_guard.outputs.page import Page
from hipaa_guard.outputs.text import escaped_json

__all__ = ["SCHEMA_VERSION", "ReportError", "in_utc", "parse", "render"]

_encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The assessment as a JSON document. Equal assessments give equal text."""
    del page  # the document is the same wherever it goes
    return escaped_json("".join(_lines(assessment)))


def _lines(assessment: Assessment) -> Iterator[str]:
    head: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "hipaa-guard", "version": assessment.version},
        "law": _law(assessment),
        "scan": _scan(assessment),
        "summary": _summary(assessment),
        "gate": {
            "passed": assessment.gate.passed,
            "exit_code": assessment.gate.exit_code,
            "reasons": list(assessment.gate.reasons),
        },
        "coverage": _coverage(assessment),
    }
    yield "{\n"
    for name, part in head.items():
        yield f"{_encode(name)}: {_encode(part)},\n"
    yield f'"controls": {_list(map(_control, assessment.controls))},\n'
    yield f'"requirements": {_list(map(_requirement, assessment.requirements))},\n'
    yield f'"findings": {_list(map(_finding, assessment.findings))}\n'
    yield "}\n"


def _list(entries: Iterable[dict[str, Any]]) -> str:
    lines = ",\n".join(map(_encode, entries))
    return f"[\n{lines}\n]" if lines else "[]"


def _law(assessment: Assessment) -> dict[str, Any]:
    law = assessment.law
    return {"text": law.text, "compiled": law.compiled, "eligible_services": law.eligible_services}


def _scan(assessment: Assessment) -> dict[str, Any]:
    scan = assessment.scan
    return {
        "source": scan.source,
        "target": scan.target,
        "format": scan.format,
        "started": in_utc(scan.started),
        "finished": in_utc(scan.finished),
        "account": scan.account,
        "caller": scan.caller,
        "partition": scan.partition,
        "regions": list(scan.regions),
        "commit": scan.commit,
    }


def _summary(assessment: Assessment) -> dict[str, Any]:
    by_severity = {severity.value: dict.fromkeys((status.value for status in Status), 0) for severity in Severity}
    for finding in assessment.findings:
        by_severity[finding.severity.value][finding.status.value] += 1
    requirements = dict.fromkeys((status.value for status in Status), 0)
    for requirement in assessment.requirements:
        requirements[requirement.status.value] += 1
    return {
        "findings": _counts(assessment.counts()),
        "by_severity": by_severity,
        "requirements": requirements,
        "controls": len(assessment.controls),
        "controls_exercised": sum(any(control.counts.values()) for control in assessment.controls),
        "resources": sum(assessment.coverage.resources.values()),
        "gaps": len(assessment.coverage.gaps),
    }


def _coverage(assessment: Assessment) -> dict[str, Any]:
    coverage = assessment.coverage
    return {
        "complete": coverage.complete,
        "files": coverage.files,
        "roots": list(coverage.roots),
        "resources": _sorted(coverage.resources),
        "unjudged_types": _sorted(coverage.unjudged_types),
        "regions": list(coverage.regions),
        "calls": _sorted(coverage.calls),
        "facts": _sorted(coverage.facts),
        "gaps": [_gap(gap) for gap in coverage.gaps],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind.value,
        "subject": gap.subject,
        "reason": gap.reason,
        "hint": gap.hint,
        "incomplete": gap.incomplete,
        "location": _location(gap.location),
        "region": gap.region,
        "action": gap.action,
    }


def _control(control: ControlSummary) -> dict[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity.value,
        "hipaa": list(control.hipaa),
        "equivalents": {peer: list(ids) for peer, ids in control.equivalents.items()},
        "kind": control.kind,
        "safeguard": control.safeguard,
        "why": control.why,
        "fix": {"terraform": control.fix.terraform, "cli": control.fix.cli, "note": control.fix.note},
        "counts": _counts(control.counts),
    }


def _requirement(requirement: RequirementSummary) -> dict[str, Any]:
    return {
        "citation": requirement.citation,
        "name": requirement.name,
        "type": requirement.type,
        "safeguard": requirement.safeguard,
        "parent": requirement.parent,
        "summary": requirement.summary,
        "evidence": requirement.evidence,
        "note": requirement.note,
        "assessment": requirement.assessment,
        "status": requirement.status.value,
        "controls": list(requirement.controls),
        "counts": _counts(requirement.counts),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    return {
        "control_id": finding.control_id,
        "status": finding.status,
        "severity": finding.severity,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "resource": {
            "kind": resource.kind,
            "type": resource.type,
            "name": resource.name,
            "address": resource.address,
            "arn": resource.arn,
            "region": resource.region,
            "account": resource.account,
            "source": resource.source,
            "root": resource.root,
        },
        "location": _location(finding.location),
        "decided_at": _location(finding.decided_at),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "cause": finding.cause,
        "action": finding.action,
        "uncertain": finding.uncertain,
        "error": finding.error,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "fact": evidence.fact,
        "value": evidence.value,
        "source": evidence.source,
        "location": _location(evidence.location),
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    lines: dict[str, Any] = {
        "file": location.file,
        "line_start": location.line_start,
        "line_end": location.line_end,
    }
    if location.calls:
        lines["calls"] = [_location(call) for call in location.calls]
    return lines


def in_utc(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the millisecond; one without a zone is taken as UTC."""
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _counts(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: counts.get(status, 0) for status in Status}
