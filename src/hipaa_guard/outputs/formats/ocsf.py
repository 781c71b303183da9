"""OCSF 1.5.0, Compliance Finding (class 2003), for Security Lake and SIEMs. Times are milliseconds.

Every finding is an event, even one that passes: a pass after a failure shows that a gap was fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from hipaa_guard.assessment.model import Assessment, ControlSummary
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.json.lists import array, encode
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import escaped_json, shortened
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import in_repository

VERSION = "1.5.0"

_CLASS = 2003
_VALUE = 8000
_STATUS = {
    Status.PASS: (1, "Pass"),
    Status.UNKNOWN: (2, "Warning"),
    Status.MANUAL: (2, "Warning"),
    Status.FAIL: (3, "Fail"),
    Status.NOT_APPLICABLE: (99, "not applicable"),
    Status.INHERITED: (99, "inherited"),
}
"""In OCSF, warning is the status of a check that lacks information."""

_INFORMATIONAL = (1, "Informational")
_SEVERITY = {
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_NEW, _SUPPRESSED = (1, "New"), (3, "Suppressed")
_CREATE, _UPDATE = (1, "Create"), (2, "Update")
_AWS_ACCOUNT = (10, "AWS Account")


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings as a JSON list of events."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, piece by piece."""
    del page  # the document is the same wherever it goes
    return map(escaped_json, _lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    controls = {control.id: control for control in assessment.controls}
    events = (_event(assessment, finding, controls.get(finding.control_id)) for finding in assessment.findings)
    yield from array(map(encode, chain(_settings(assessment), events)))
    yield "\n"


def _settings(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """An event on how the tree differs from the settings in effect, if it does."""
    changed = settings_in_effect.change(assessment)
    if not changed:
        return
    activity_id, activity = _CREATE
    severity_id, severity = _INFORMATIONAL
    status_id, status = _STATUS[Status.UNKNOWN]
    time = _milliseconds(assessment.scan.finished)
    yield {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity_id,
        "type_name": f"Compliance Finding: {activity}",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": _NEW[0],
        "status": _NEW[1],
        "message": changed,
        "metadata": _product_of(assessment, [], settings_in_effect.CHANGED),
        "finding_info": {
            "uid": f"{settings_in_effect.CHANGED}: {settings_in_effect.place(assessment)}",
            "title": settings_in_effect.CHANGED,
            "desc": changed,
            "types": ["HIPAA Security Rule"],
            "data_sources": [assessment.scan.format],
            "last_seen_time": time,
        },
        "compliance": {
            "control": settings_in_effect.CHANGED,
            "standards": ["HIPAA Security Rule"],
            "requirements": [],
            "status_id": status_id,
            "status": status,
            "status_details": [changed],
        },
        "resources": [
            {"uid": settings_in_effect.place(assessment), "name": settings_in_effect.place(assessment), "type": "file"}
        ],
        "unmapped": _unmapped(assessment),
    }


def _unmapped(assessment: Assessment) -> dict[str, Any]:
    return {
        "settings": settings_in_effect.as_dict(assessment.settings),
        "register": settings_in_effect.as_dict(assessment.register),
    }


def _event(assessment: Assessment, finding: Finding, control: ControlSummary | None) -> dict[str, Any]:
    # A finding in the baseline is not new: it updates an earlier event.
    activity_id, activity = _UPDATE if finding.new is False else _CREATE
    severity_id, severity = _SEVERITY[finding.severity] if finding.status in phrases.OPEN else _INFORMATIONAL
    exception = phrases.exception(finding)
    status_id, status = _NEW if exception is None else _SUPPRESSED
    event: dict[str, Any] = {
        "activity_id": activity_id,
        "activity_name": activity,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity_id,
        "type_name": f"Compliance Finding: {activity}",
        "time": _milliseconds(assessment.scan.finished),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": f"{phrases.name(finding)} {finding.message}",
        "metadata": _metadata(assessment, finding),
        "finding_info": _info(assessment, finding, control),
        "compliance": _compliance(finding, control),
        "resources": [_resource(assessment, finding)],
        "unmapped": _unmapped(assessment),
    }
    if exception is not None:
        event["comment"] = phrases.accepted(exception)
    if finding.evidence:
        event["evidences"] = [_evidence(each.fact, each.value, each.source) for each in finding.evidence]
    if control is not None and finding.status in phrases.OPEN:
        event["remediation"] = {"desc": "\n\n".join(filter(None, _remedies(finding, control))) or control.title}
    if finding.resource.source == "aws":
        event["cloud"] = _cloud(assessment, finding)
    return event


def _metadata(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    profiles = ["cloud"] if finding.resource.source == "aws" else []
    return _product_of(assessment, profiles, finding.control_id)


def _product_of(assessment: Assessment, profiles: list[str], code: str) -> dict[str, Any]:
    product = {"name": "hipaa-guard", "vendor_name": "hipaa-guard", "version": assessment.version}
    return {"version": VERSION, "product": product, "profiles": profiles, "event_code": code}


def _info(assessment: Assessment, finding: Finding, control: ControlSummary | None) -> dict[str, Any]:
    return {
        "uid": finding.fingerprint,
        "title": control.title if control else finding.control_id,
        "desc": control.why if control else finding.message,
        "types": ["HIPAA Security Rule"],
        "data_sources": [assessment.scan.format],
        "last_seen_time": _milliseconds(assessment.scan.finished),
    }


def _compliance(finding: Finding, control: ControlSummary | None) -> dict[str, Any]:
    status_id, status = _STATUS[finding.status]
    severity_id, severity = _SEVERITY[finding.severity]
    details = [finding.message]
    if finding.status is Status.UNKNOWN:
        details.append(phrases.unknown_cause(finding))
    if finding.uncertain:
        details.append(f"it may not exist: {finding.uncertain}")
    return {
        "control": finding.control_id,
        "standards": ["HIPAA Security Rule"],
        "requirements": [f"45 CFR {citation}" for citation in control.hipaa] if control else [],
        "status_id": status_id,
        "status": status,
        "status_details": details,
        "checks": [
            {
                "uid": finding.control_id,
                "name": control.title if control else finding.control_id,
                "status_id": status_id,
                "status": status,
                "severity_id": severity_id,
                "severity": severity,
                "standards": ["HIPAA Security Rule"],
            }
        ],
    }


def _resource(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    name = phrases.name(finding)
    found: dict[str, Any] = {"uid": name, "name": resource.name or name, "type": resource.type or resource.kind}
    if resource.source == "aws":  # both belong to the cloud profile
        places = {"region": resource.region, "cloud_partition": assessment.scan.partition}
        return found | {key: value for key, value in places.items() if value}
    found["namespace"] = resource.root
    data: dict[str, Any] = {"address": resource.address, "region": resource.region}
    place = in_repository(assessment.scan, finding.location)
    if place is not None:
        data |= {"file": place.file, "line_start": place.line_start, "line_end": place.line_end}
    return found | {"data": data}


def _evidence(fact: str, value: str, source: str) -> dict[str, Any]:
    return {"name": fact, "data": {"value": shortened(value, _VALUE), "source": source}}


def _remedies(finding: Finding, control: ControlSummary) -> tuple[str, str, str]:
    live = finding.resource.source == "aws"
    fix = control.fix
    return (fix.cli or fix.terraform if live else fix.terraform or fix.cli), fix.note, fix.also()


def _cloud(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    cloud: dict[str, Any] = {"provider": "AWS"}
    account = finding.resource.account or assessment.scan.account
    if account:
        type_id, type_ = _AWS_ACCOUNT
        cloud["account"] = {"uid": account, "type_id": type_id, "type": type_}
    if finding.resource.region:
        cloud["region"] = finding.resource.region
    return cloud


def _milliseconds(time: datetime) -> int:
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return round(time.timestamp() * 1000)
