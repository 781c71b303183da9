"""Results of other scanners in SARIF: each scanner is an extension of the tool, whose results name its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from hipaa_guard.assessment.model import Assessment, Scan
from hipaa_guard.assessment.peer_results import PeerResult, PeerUse, Relation
from hipaa_guard.controls.control import Severity
from hipaa_guard.facts.locations import Location
from hipaa_guard.outputs.wording import peer_words
from hipaa_guard.outputs.wording.repository_paths import in_repository

_DESCRIPTION, _MESSAGE, _NAME = 1024, 2000, 200
_TAGS = 20


class Manner(NamedTuple):
    """How the log writes what both have."""

    levels: Mapping[Severity, str]
    security: Mapping[Severity, str]
    physical: Callable[[Location], dict[str, Any]]
    text: Callable[[str, int], str]
    """A text of at most so many characters."""


class Placed(NamedTuple):
    """The results of one scanner with a place in the repository, and its rules in order."""

    peer: PeerUse
    results: tuple[tuple[PeerResult, Location], ...]
    rules: Mapping[str, PeerResult]


def placed(assessment: Assessment, most: int) -> list[Placed]:
    """The failures on which we have no verdict, at most so many in all; what both found is told by our own results."""
    found = []
    for peer in assessment.peers:
        results = tuple(_places(assessment.scan, peer))[:most]
        most -= len(results)
        rules: dict[str, PeerResult] = {}
        for result, _ in results:
            rules.setdefault(result.check, result)
        if results:
            found.append(Placed(peer, results, rules))
    return found


def extension(each: Placed, manner: Manner) -> dict[str, Any]:
    """The component of a scanner, with its rules."""
    version = {"version": manner.text(each.peer.version, _NAME)} if each.peer.version else {}
    rules = [_rule(each.peer, result, manner) for result in each.rules.values()]
    return {"name": each.peer.tool, **version, "rules": rules}


def results(all_: list[Placed], manner: Manner) -> Iterator[dict[str, Any]]:
    """The results of the scanners, whose components are in the same order."""
    seen: Counter[str] = Counter()
    for component, each in enumerate(all_):
        places = {check: place for place, check in enumerate(each.rules)}
        for result, place in each.results:
            seen[result.fingerprint] += 1
            yield _result(each.peer, result, place, manner, seen[result.fingerprint]) | {
                "rule": {
                    "id": manner.text(result.check, _NAME),
                    "index": places[result.check],
                    "toolComponent": {"index": component, "name": each.peer.tool},
                }
            }


def notes(assessment: Assessment) -> Iterator[str]:
    """Sentences on what the scanners said in numbers, and on each disagreement."""
    for peer in assessment.peers:
        if not peer.failure:  # a scanner that failed is among the things not looked at
            yield f"{peer_words.heading(peer)}: {peer_words.summary(peer)}"
        for each in peer.related(Relation.DISAGREES):
            said = f"{peer.tool} {each.check} on {each.resource} {peer_words.said(each)}"
            yield f"Disagreement: {said}; {peer_words.ours(each)}."


def _places(scan: Scan, peer: PeerUse) -> Iterator[tuple[PeerResult, Location]]:
    for each in peer.stopping:
        place = in_repository(scan, each.location)
        if place is not None:
            yield each, place


def _rule(peer: PeerUse, result: PeerResult, manner: Manner) -> dict[str, Any]:
    id, title = manner.text(result.check, _NAME), manner.text(result.title or result.check, _DESCRIPTION)
    cited = [f"45 CFR {citation}" for citation in result.hipaa]
    severity = result.stops or Severity.LOW
    return {
        "id": id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": manner.text(f"{title}: a check of {peer.tool}. {', '.join(cited)}", _MESSAGE)},
        "defaultConfiguration": {"level": manner.levels[severity]},
        "properties": {
            "security-severity": manner.security[severity],
            "tags": ["security", *(["hipaa"] if cited else []), *cited][:_TAGS],
        },
    }


def _result(peer: PeerUse, result: PeerResult, place: Location, manner: Manner, number: int) -> dict[str, Any]:
    words = f"{result.resource or 'A resource'} {peer_words.said(result)} ({peer.tool})"
    found: dict[str, Any] = {
        "ruleId": manner.text(result.check, _NAME),
        "level": manner.levels[result.stops or Severity.LOW],
        "message": {"text": manner.text(words, _MESSAGE)},
        "locations": [{"physicalLocation": manner.physical(place)}],
        "partialFingerprints": {"primaryLocationLineHash": f"{result.fingerprint}:{number}"},
    }
    if result.new is not None:
        found["baselineState"] = "new" if result.new else "unchanged"
    return found
