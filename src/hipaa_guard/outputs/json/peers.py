"""Results of other scanners in the JSON document, written and read."""

from __future__ import annotations

from typing import Any

from hipaa_guard.assessment.peer_results import PeerResult, PeerUse, Relation
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.outputs.json.node import JsonNode
from hipaa_guard.outputs.json.places import read_place


def written(peer: PeerUse) -> dict[str, Any]:
    """A scanner that was to run beside ours, as an object."""
    return {
        "name": peer.name,
        "tool": peer.tool,
        "version": peer.version,
        "failure": peer.failure,
        "read": peer.read,
        "left_out": peer.left_out,
        "relations": {relation.value: number for relation, number in peer.relations.items()},
        "results": [_result(each) for each in peer.results],
    }


def _result(result: PeerResult) -> dict[str, Any]:
    place = result.location
    return {
        **result._asdict(),
        "controls": list(result.controls),
        "hipaa": list(result.hipaa),
        "findings": list(result.findings),
        "location": None
        if place is None
        else {"file": place.file, "line_start": place.line_start, "line_end": place.line_end},
    }


def read(node: JsonNode) -> tuple[PeerUse, ...]:
    """The scanners of a document; an older one has none."""
    return () if node.value is None else node.each(_peer)


def _peer(node: JsonNode) -> PeerUse:
    relations = node.of("relations")
    return PeerUse(
        name=node.of("name").text(),
        tool=node.of("tool").text(),
        version=node.of("version").text(),
        failure=node.of("failure").text(),
        read=node.of("read").number(),
        left_out=node.of("left_out").number(),
        relations={each: relations.of(each.value).number() for each in Relation if each.value in relations.as_a(dict)},
        results=node.of("results").each(_read_result),
    )


def _read_result(node: JsonNode) -> PeerResult:
    ours, stops, new = (node.of(name) for name in ("ours", "stops", "new"))
    return PeerResult(
        check=node.of("check").text(),
        title=node.of("title").text(),
        status=node.of("status").one_of(Status),
        relation=node.of("relation").one_of(Relation),
        severity=node.of("severity").text(),
        message=node.of("message").text(),
        suppressed=node.of("suppressed").text(),
        ours=None if ours.value is None else ours.one_of(Status),
        controls=node.of("controls").texts(),
        hipaa=node.of("hipaa").texts(),
        findings=node.of("findings").texts(),
        stops=None if stops.value is None else stops.one_of(Severity),
        resource=node.of("resource").text(),
        account=node.of("account").maybe_text(),
        region=node.of("region").maybe_text(),
        location=read_place(node.of("location")),
        fingerprint=node.of("fingerprint").text(),
        new=None if new.value is None else new.flag(),
    )
