"""JSON: the whole result, and the one format that can be read back.

The names are a contract (``schema/assessment-1.0.json``). Within one major version names are only
added. Long lists have one entry a line, so that any tool can compare two results.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hipaa_guard.assessment.model import (
    Assessment,
    BaselineUse,
    ControlSummary,
    Exceptions,
    ExceptionUse,
    NotJudged,
    RequirementSummary,
)
from hipaa_guard.controls.control import VERDICTS, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Asked, Gap
from hipaa_guard.facts.origin import Evidence, Origin
from hipaa_guard.outputs.json import peers
from hipaa_guard.outputs.json.lists import array
from hipaa_guard.outputs.json.lists import encode as _encode
from hipaa_guard.outputs.json.node import ReportError
from hipaa_guard.outputs.json.places import place_of, place_text
from hipaa_guard.outputs.json.reading import SCHEMA_VERSION, parse
from hipaa_guard.outputs.wording import settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import escaped_json
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.times import in_utc

__all__ = ["SCHEMA_VERSION", "ReportError", "digest", "in_utc", "parse", "pieces", "render"]

_quoted = json.encoder.encode_basestring


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The assessment as a JSON document. Equal assessments give equal text."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, piece by piece: that of a large account would fill the memory."""
    del page  # the document is the same wherever it goes
    return map(escaped_json, _lines(assessment))


def digest(assessment: Assessment) -> str:
    """The SHA-256 of the document (64 hexadecimal digits). A report names its result by it."""
    found = hashlib.sha256()
    for piece in pieces(assessment):
        found.update(piece.encode())
    return found.hexdigest()


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
            "preset": assessment.gate.preset,
            "fail_on": None if assessment.gate.fail_on is None else assessment.gate.fail_on.value,
        },
        "coverage": _coverage(assessment),
        "exceptions": _exceptions(assessment.exceptions),
        "baseline": None if assessment.baseline is None else _baseline(assessment.baseline),
        "settings": settings_in_effect.as_dict(assessment.settings),
        "register": settings_in_effect.as_dict(assessment.register),
        "settings_changes": [change._asdict() for change in assessment.settings_changes],
        "peers": [peers.written(peer) for peer in assessment.peers],
    }
    yield "{\n"
    for name, part in head.items():
        yield f"{_encode(name)}: {_encode(part)},\n"
    yield from _list("controls", (_encode(_control(each)) for each in assessment.controls))
    yield ",\n"
    yield from _list("requirements", (_encode(_requirement(each)) for each in assessment.requirements))
    yield ",\n"
    yield from _list("findings", map(_Findings().text, assessment.findings))
    yield "\n}\n"


def _list(name: str, entries: Iterable[str]) -> Iterator[str]:
    yield f'"{name}": '
    yield from array(entries)


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
        "base": scan.base,
        "roots_from": scan.roots_from,
        "roots_base": scan.roots_base,
        "paths": list(scan.paths),
    }


def _summary(assessment: Assessment) -> dict[str, Any]:
    by_severity = {severity.value: dict.fromkeys((status.value for status in VERDICTS), 0) for severity in Severity}
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
        "resources": assessment.coverage.judged,
        "gaps": len(assessment.coverage.gaps),
        "follow_from_others": sum(finding.follows_from is not None for finding in assessment.findings),
        "advisory": sum(finding.advisory for finding in assessment.findings),
    }


def _coverage(assessment: Assessment) -> dict[str, Any]:
    coverage = assessment.coverage
    return {
        "complete": coverage.complete,
        "files": coverage.files,
        "roots": list(coverage.roots),
        "resources": _sorted(coverage.resources),
        "resources_judged": coverage.judged,
        "resources_not_judged": coverage.not_judged,
        "unjudged_types": _sorted(coverage.unjudged_types),
        "unjudged_kinds": _sorted(coverage.unjudged_kinds),
        "unjudged_counted": coverage.unjudged_counted,
        "declared_elsewhere": _sorted(coverage.elsewhere),
        "discovered_by": {region: list(sources) for region, sources in sorted(coverage.discovered_by.items())},
        "discovery_unknown": dict(sorted(coverage.discovery_unknown.items())),
        "regions": list(coverage.regions),
        "calls": _sorted(coverage.calls),
        "facts": _sorted(coverage.facts),
        "skipped": dict(sorted(coverage.skipped.items())),
        "denied": list(coverage.denied),
        "unread_services": list(coverage.unread_services),
        "gaps": [_gap(gap) for gap in coverage.gaps],
    }


def _exceptions(exceptions: Exceptions) -> dict[str, Any]:
    return {
        "file": exceptions.file,
        "entries": [_exception(use) for use in exceptions.entries],
        "references": list(exceptions.references),
    }


def _exception(use: ExceptionUse) -> dict[str, Any]:
    entry = use.entry
    return {
        "id": entry.id,
        "control": entry.control,
        "scope": entry.scope,
        "justification": entry.justification,
        "compensating_control": entry.compensating_control,
        "risk": entry.risk,
        "owner": entry.owner,
        "approver": entry.approver,
        "approved_on": entry.approved_on.isoformat(),
        "expires_on": entry.expires_on.isoformat(),
        "ticket": entry.ticket,
        "state": use.state.value,
        "days_left": use.days_left,
        "findings": use.findings,
        "warnings": list(use.warnings),
    }


def _baseline(use: BaselineUse) -> dict[str, Any]:
    return {
        **settings_in_effect.as_dict(use.used),
        "file": use.file,
        "roots_from": use.roots_from,
        "findings": use.findings,
        "ambiguous": [
            {
                "fingerprint": entry.fingerprint,
                "control_id": entry.control_id,
                "root": entry.root,
                "resource": entry.resource,
                "meant": list(entry.meant),
            }
            for entry in use.ambiguous
        ],
        "warnings": list(use.warnings),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.kind.value,
        "subject": gap.subject,
        "reason": gap.reason,
        "hint": gap.hint,
        "incomplete": gap.incomplete,
        "location": place_of(gap.location),
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
        "fix": {
            "terraform": control.fix.terraform,
            "cli": control.fix.cli,
            "note": control.fix.note,
            "by_machine": control.fix.by_machine,
            "not_by_machine": control.fix.not_by_machine,
            "consequences": list(control.fix.consequences),
        },
        "counts": _counts(control.counts),
        "worst_severity": None if control.worst is None else control.worst.value,
        "refines": list(control.refines),
        "advisory": control.advisory,
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
        "worst_severity": None if requirement.worst is None else requirement.worst.value,
        "not_judged": [_not_judged(each) for each in requirement.not_judged],
    }


def _not_judged(entry: NotJudged) -> dict[str, Any]:
    return {
        "why": entry.why.value,
        "what": entry.what,
        "number": entry.number,
        "safeguard": entry.safeguard,
        "controls": list(entry.controls),
    }


class _Findings:
    """Findings as JSON. Many share a resource and evidence, whose text is made once."""

    def __init__(self) -> None:
        # By identity: an assessment holds all of them, so no id is used twice.
        self._resources: dict[int, str] = {}
        self._evidence: dict[int, tuple[str, str]] = {}

    def text(self, finding: Finding) -> str:
        """One finding."""
        evidence_texts = [self._evidence_text(evidence) for evidence in finding.evidence]
        decided_at = evidence_texts[-1][1] if evidence_texts else "null"
        # Written out: a dictionary for each of a hundred thousand findings takes as long as judging them.
        return (
            f'{{"control_id": {_quoted(finding.control_id)}, "status": "{finding.status}", '
            f'"severity": "{finding.severity}", "message": {_quoted(finding.message)}, '
            f'"fingerprint": "{finding.fingerprint}", {self._resource(finding.resource)}, '
            f'"decided_at": {decided_at}, "evidence": [{", ".join([text for text, _ in evidence_texts])}], '
            f'"cause": {_or_null(finding.cause)}, "action": {_or_null(finding.action)}, '
            f'"uncertain": {_or_null(finding.uncertain)}, "error": {_or_null(finding.error)}, '
            f"{_exception_and_baseline(finding)}}}"
        )

    def _resource(self, resource: Origin) -> str:
        text = self._resources.get(id(resource))
        if text is None:
            text = self._resources[id(resource)] = _encode(_resource(resource))[1:-1]
        return text

    def _evidence_text(self, evidence: Evidence) -> tuple[str, str]:
        """The evidence and its location, as JSON."""
        written = self._evidence.get(id(evidence))
        if written is None:
            place = place_text(evidence.location)
            text = (
                f'{{"fact": {_quoted(evidence.fact)}, "value": {_quoted(evidence.value)}, '
                f'"source": {_quoted(evidence.source)}, "location": {place}{_asked(evidence.calls)}}}'
            )
            written = self._evidence[id(evidence)] = text, place
        return written


_TRUTH = {True: "true", False: "false", None: "null"}


def _exception_and_baseline(finding: Finding) -> str:
    """The exception that covers the finding, whether the baseline lacks it, and what only some findings have."""
    exception = "null" if finding.exception is None else _quoted(finding.exception.id)
    previous = f', "previous": {_encode(finding.previous)}' if finding.previous else ""
    follows = "" if finding.follows_from is None else f', "follows_from": {_quoted(finding.follows_from)}'
    advisory = ', "advisory": true' if finding.advisory else ""
    references = f', "references": {_encode(finding.references)}' if finding.references else ""
    return f'"exception": {exception}, "new": {_TRUTH[finding.new]}{previous}{follows}{advisory}{references}'


def _asked(calls: tuple[Asked, ...]) -> str:
    if not calls:
        return ""
    entries = [
        {"operation": call.operation, "parameters": call.params, "region": call.region, "time": in_utc(call.time)}
        for call in calls
    ]
    return f', "calls": {_encode(entries)}'


def _or_null(text: str | None) -> str:
    return "null" if text is None else _quoted(text)


def _resource(resource: Origin) -> dict[str, Any]:
    return {
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
            **({} if resource.part_of is None else {"part_of": resource.part_of}),
            **({} if resource.inside is None else {"inside": resource.inside}),
        },
        "location": place_of(resource.location),
    }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _counts(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: counts.get(status, 0) for status in VERDICTS}
