"""SARIF 2.1.0 for code scanning of GitHub, and for every other reader of SARIF.

One run, as GitHub requires. Failing findings with a place in source are results; accepted ones are suppressed. All
others are notifications: findings in an account, verdicts that could not be reached, things that were not looked at,
results above GitHub's limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary, Scan, UsedFile
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.outputs.formats import sarif_peers
from hipaa_guard.outputs.json.lists import array, encode
from hipaa_guard.outputs.wording import harmless_markdown, phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import escaped_json, shortened, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import decisive, in_repository, related, root_place
from hipaa_guard.outputs.wording.times import in_utc

MOST_RESULTS = 25_000
"""GitHub refuses a run with more results."""

_MOST_NOTIFICATIONS = 100
_MOST_RELATED = 20
_TAGS = 20
_DESCRIPTION = 1024
_MESSAGE = 2000
_NAME = 200

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""In the middle of GitHub's bands; a text, because GitHub refuses the file over a number."""


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The failing findings as a SARIF log."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, piece by piece."""
    del page  # the document is the same wherever it goes
    return map(escaped_json, _log(assessment))


def _log(assessment: Assessment) -> Iterator[str]:
    placed, unplaced = _by_place(assessment)
    shown = placed[:MOST_RESULTS]
    rules = _Rules(assessment.controls, shown)
    manner = sarif_peers.Manner(_LEVELS, _SECURITY_SEVERITY, _physical, lambda text, most: _unlinked(_text(text, most)))
    others = sarif_peers.placed(assessment, MOST_RESULTS - len(shown))
    extensions = [sarif_peers.extension(each, manner) for each in others]
    run = {
        "tool": {"driver": _driver(assessment, rules)} | ({"extensions": extensions} if extensions else {}),
        "automationDetails": {"id": _category(assessment)},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(assessment, unplaced, len(placed) - len(shown))],
    }
    yield f'{{\n"$schema": {encode(_SCHEMA)},\n"version": "2.1.0",\n"runs": [{{\n'
    for name, part in run.items():
        yield f"{encode(name)}: {encode(part)},\n"
    yield '"results": '
    found = chain(_results(assessment.scan, shown, rules), sarif_peers.results(others, manner))
    yield from array(map(encode, found))
    yield "\n}]\n}\n"


def _by_place(assessment: Assessment) -> tuple[list[tuple[Finding, Location]], list[Finding]]:
    """Failing findings with their place in the repository, the worst first, and those that have none."""
    placed: list[tuple[Finding, Location]] = []
    unplaced: list[Finding] = []
    for finding in assessment.findings:
        if finding.status is Status.FAIL:
            place = decisive(assessment.scan, finding)
            if place is None:
                unplaced.append(finding)
            else:
                placed.append((finding, place))
    # Findings that nobody has accepted come first: the limit must not cut them off behind accepted ones.
    return sorted(placed, key=lambda each: (each[0].severity.rank, each[0].exception is not None)), unplaced


def _category(assessment: Assessment) -> str:
    """The category by which GitHub separates analyses: one for each scanned directory."""
    roots = set(assessment.coverage.roots)
    one = roots.pop() if len(roots) == 1 else assessment.scan.roots_base
    root = root_place(assessment.scan, one)
    path = root.file if root is not None and root.file != "." else ""
    return "/".join(filter(None, ("hipaa-guard", quote(visible(path))))) + "/"


# --- rules ---------------------------------------------------------------------------------------------------------


class _Rules:
    """The rules of the results, in the order of the controls."""

    def __init__(self, controls: Iterable[ControlSummary], results: Iterable[tuple[Finding, Location]]) -> None:
        met = {finding.control_id: finding for finding, _ in results}
        described = [control for control in controls if control.id in met]
        self.places = {control.id: place for place, control in enumerate(described)}
        self.all = [_rule(control) for control in described]
        for id, finding in met.items():
            if id not in self.places:  # a result may name a control that it does not describe
                self.places[id] = len(self.all)
                self.all.append(_bare_rule(id, finding.severity))


def _driver(assessment: Assessment, rules: _Rules) -> dict[str, Any]:
    return {
        "name": "hipaa-guard",
        "informationUri": "https://www.ecfr.gov/current/title-45/subtitle-A/subchapter-C/part-164/subpart-C",
        "version": assessment.version,
        "semanticVersion": assessment.version,
        "rules": rules.all,
    }


def _rule(control: ControlSummary) -> dict[str, Any]:
    cited = [f"45 CFR {citation}" for citation in control.hipaa]
    fix = control.fix
    text = " ".join(filter(None, (control.why or control.title, f"{', '.join(cited)}.", fix.note, fix.also())))
    return _bare_rule(control.id, control.severity) | {
        "shortDescription": {"text": _text(control.title, _DESCRIPTION)},
        "fullDescription": {"text": _text(control.why or control.title, _DESCRIPTION)},
        "help": {"text": _text(text, _MESSAGE), "markdown": harmless_markdown.help_text(control)},
        "properties": _properties(control.severity, [*cited, control.safeguard.replace("_", "-")]),
    }


def _bare_rule(id: str, severity: Severity) -> dict[str, Any]:
    name = _text(id, _NAME)
    return {
        "id": name,
        "name": "".join(part[:1].upper() + part[1:] for part in name.split("_"))[:_NAME],
        "shortDescription": {"text": name},
        "fullDescription": {"text": name},
        "help": {"text": f"hipaa-guard explain {name}", "markdown": f"`hipaa-guard explain {name}`"},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": _properties(severity, []),
    }


def _properties(severity: Severity, tags: list[str]) -> dict[str, Any]:
    return {
        "precision": "very-high",
        "security-severity": _SECURITY_SEVERITY[severity],
        "tags": list(dict.fromkeys(["security", "hipaa", *tags]))[:_TAGS],
    }


# --- results -------------------------------------------------------------------------------------------------------


def _results(scan: Scan, findings: Iterable[tuple[Finding, Location]], rules: _Rules) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding, place in findings:
        seen[finding.fingerprint] += 1
        yield _result(scan, finding, place, rules, seen[finding.fingerprint])


def _result(scan: Scan, finding: Finding, place: Location, rules: _Rules, number: int) -> dict[str, Any]:
    others = related(scan, finding)[:_MOST_RELATED]
    links = " ".join(f"{role} [{_unlinked(str(other))}]({n})." for n, (role, other) in enumerate(others, 1))
    name = shortened(phrases.name(finding), _NAME)
    maybe = f" (it may not exist: {finding.uncertain})" if finding.uncertain else ""
    message = f"{_unlinked(_text(f'{name} {finding.message}{maybe}', _MESSAGE))}. {links}".strip()
    result: dict[str, Any] = {
        "ruleId": _text(finding.control_id, _NAME),
        "ruleIndex": rules.places[finding.control_id],
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [
            {"physicalLocation": _physical(place), "logicalLocations": [{"fullyQualifiedName": _text(name, _NAME)}]}
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:{number}",
            "hipaaGuard/v1": finding.fingerprint,
        },
    }
    if others:
        result["relatedLocations"] = [
            {"id": n, "message": {"text": role}, "physicalLocation": _physical(other)}
            for n, (role, other) in enumerate(others, 1)
        ]
    if finding.new is not None:
        result["baselineState"] = "new" if finding.new else "unchanged"
    if finding.exception is not None:
        text = _text(phrases.accepted(finding.exception), _MESSAGE)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": text}]
    return result


def _physical(place: Location) -> dict[str, Any]:
    """The place: the characters of its span, and around them all of its lines.

    The region is short, as GitHub shows an alert in a pull request only if the change has all lines of the region.
    """
    lines = {"startLine": place.line_start, "startColumn": 1, "endLine": place.line_end}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file), "uriBaseId": "%SRCROOT%"}}
    if place.span is None:
        return physical | {"region": lines}  # without endColumn it ends with its last line
    first, start, last, end = place.span
    physical["region"] = {"startLine": first, "startColumn": start, "endLine": last, "endColumn": end}
    is_part = last - first < place.line_end - place.line_start
    return physical | ({"contextRegion": lines} if is_part else {})


def _uri(file: str) -> str:
    return quote(file.encode("utf-8", "surrogateescape"))


def _unlinked(text: str) -> str:
    """Text of a scanned tree, changed so that no reader finds a link in it."""
    return text.replace("](", "] (")


def _text(text: str, limit: int) -> str:
    """The shortened text, or a dash: readers refuse an empty text."""
    return shortened(visible(text).strip(), limit) or "-"


# --- notifications -------------------------------------------------------------------------------------------------


def _invocation(assessment: Assessment, unplaced: list[Finding], cut: int) -> dict[str, Any]:
    notifications = list(_notifications(assessment, unplaced, cut))
    rest = len(notifications) - _MOST_NOTIFICATIONS
    if rest > 0:
        notifications[_MOST_NOTIFICATIONS:] = [_notification(f"{rest:,} more notifications: see the JSON result.")]
    return {
        # Readers refuse the whole file where this is False; the notifications say what is missing.
        "executionSuccessful": True,
        "startTimeUtc": in_utc(assessment.scan.started),
        "endTimeUtc": in_utc(assessment.scan.finished),
        "toolExecutionNotifications": notifications,
        "properties": {name: settings_in_effect.as_dict(used) for name, used in _in_effect(assessment)},
    }


def _in_effect(assessment: Assessment) -> tuple[tuple[str, UsedFile], ...]:
    return ("settings", assessment.settings), ("register", assessment.register)


def _notifications(assessment: Assessment, unplaced: list[Finding], cut: int) -> Iterator[dict[str, Any]]:
    if changed := settings_in_effect.change(assessment):
        yield _notification(_text(changed, _MESSAGE))
    if cut:
        yield _notification(
            f"{counted(cut, 'failing finding was', 'failing findings were')} left out, the least severe: GitHub takes "
            f"{MOST_RESULTS:,} results. The JSON result (-o json=FILE) has all."
        )
    if unplaced:
        yield _notification(
            f"{counted(len(unplaced), 'failing finding has', 'failing findings have')} no file in the repository (an "
            "AWS account, or a plan or state without --source): the JSON result (-o json=FILE) has all."
        )
    for reason, findings in phrases.unknown_groups(assessment.findings):
        number = counted(len(findings), "verdict", "verdicts")
        yield _notification(f"{number} could not be reached: {_text(reason, _NAME)}.")
    nothing = phrases.nothing_judged(assessment)
    if nothing:
        yield _notification(nothing)
    for note in sarif_peers.notes(assessment):
        yield _notification(_text(note, _MESSAGE), "note")
    for group in phrases.gap_groups(assessment.coverage.gaps):
        yield _gap(assessment.scan, group)


def _gap(scan: Scan, group: list[Gap]) -> dict[str, Any]:
    gap = group[0]
    more = f" ({len(group) - 1:,} more like this)" if len(group) > 1 else ""
    text = f"Not looked at, or only in part: {gap.kind}: {shortened(gap.subject, _NAME)}: {gap.reason}{more}"
    found = _notification(_text(text, _MESSAGE), "warning" if gap.incomplete else "note")
    place = in_repository(scan, gap.location)
    if place is not None:
        found["locations"] = [{"physicalLocation": _physical(place)}]
    return found


def _notification(text: str, level: str = "warning") -> dict[str, Any]:
    return {"level": level, "message": {"text": _unlinked(text)}}
