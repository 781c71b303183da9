"""Prowler's OCSF: a list of Detection Findings."""

from __future__ import annotations

from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.results import Document, Result, each, number, text

TOOL = "Prowler"

_STATUS = {"PASS": Status.PASS, "FAIL": Status.FAIL, "MANUAL": Status.MANUAL}
_SUPPRESSED = 3
"""OCSF's ``status_id`` of a muted finding."""


def matches(document: Any) -> bool:
    """Whether it is a list of OCSF events of Prowler."""
    first = document[0] if isinstance(document, list) and document else None
    return isinstance(first, dict) and "class_uid" in first and text(first, "metadata", "product", "name") == TOOL


def read(document: Any) -> Document:
    """The results of AWS; those of other providers are only counted."""
    events = list(each(document))
    ours = [event for event in events if text(event, "cloud", "provider").lower() == "aws"]
    gaps = [f"{len(events) - len(ours):,} results of other providers than AWS"] if len(ours) < len(events) else []
    found = tuple(result for event in ours for result in _results(event))
    versions = (text(event, "metadata", "product", "version") for event in events)
    return Document(TOOL, found, tuple(gaps), version=next(filter(None, versions), ""))


def _results(event: dict[str, Any]) -> list[Result]:
    return [_result(event, resource) for resource in list(each(event, "resources")) or [{}]]


def _result(event: dict[str, Any], resource: dict[str, Any]) -> Result:
    uid = text(resource, "uid")
    return Result(
        tool=TOOL,
        peer="prowler",
        check=text(event, "metadata", "event_code"),
        title=text(event, "finding_info", "title"),
        status=_STATUS.get(text(event, "status_code"), Status.UNKNOWN),
        message=text(event, "status_detail") or text(event, "message"),
        severity=text(event, "severity").lower(),
        suppressed="muted" if number(event, "status_id") == _SUPPRESSED else "",
        source="aws",
        type=text(resource, "type"),
        arn=uid if uid.startswith("arn:") else "",
        name=text(resource, "name") or uid,
        account=text(event, "cloud", "account", "uid"),
        region=text(resource, "region") or text(event, "cloud", "region"),
    )
