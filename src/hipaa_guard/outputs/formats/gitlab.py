"""GitLab Code Quality: entries that a merge request shows beside its changes.

GitLab shows only entries with a file. ``info`` marks entries that are no open gap: verdicts that could not be reached,
accepted risks, and things that were not looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.outputs.json.lists import array, encode
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import escaped_json, shortened, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import gap_subject, in_repository

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
}
_NAME = 200
_MESSAGE = 1000


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings as a Code Quality report; ``[]`` where there is nothing to show."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, piece by piece."""
    del page  # the document is the same wherever it goes
    return map(escaped_json, _lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    yield from array(map(encode, _entries(assessment)))
    yield "\n"


def _entries(assessment: Assessment) -> Iterator[dict[str, Any]]:
    unplaced: list[Finding] = []
    used: dict[str, int] = {}
    yield from _settings(assessment)
    for finding in assessment.findings:
        if finding.status in phrases.OPEN:
            place = in_repository(assessment.scan, finding.location)
            if place is None:
                unplaced.append(finding)
            else:
                yield _finding(finding, place, _unique(finding.fingerprint, used))
    for group in phrases.gap_groups(assessment.coverage.gaps):
        place = in_repository(assessment.scan, group[0].location)
        if place is not None and group[0].incomplete:
            yield _gap(group[0], gap_subject(assessment.scan, group[0]), place, used)
    if unplaced:
        yield _rest(assessment, unplaced)


def _settings(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """An entry on how the tree differs from the settings in effect, which it names; none where it does not differ."""
    if changed := settings_in_effect.change(assessment):
        files = "; ".join(f"{name} {value}" for name, value in settings_in_effect.rows_in_use(assessment))
        file = settings_in_effect.place(assessment)
        message = f"{changed} {files}."
        yield _entry(
            message, settings_in_effect.CHANGED, _hashed(settings_in_effect.CHANGED, file), "info", Location(file, 1, 1)
        )


def _unique(fingerprint: str, used: dict[str, int]) -> str:
    """A fingerprint used once: of several entries with the same one GitLab shows only the first."""
    number = used[fingerprint] = used.get(fingerprint, 0) + 1
    return fingerprint if number == 1 else _hashed(fingerprint, str(number))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _finding(finding: Finding, place: Location, fingerprint: str) -> dict[str, Any]:
    message = f"{shortened(phrases.name(finding), _NAME)} {finding.message}"
    severity = _SEVERITIES[finding.severity]
    if finding.exception is not None:
        severity, message = "info", f"{phrases.accepted(finding.exception)} {message}"
    elif finding.status is Status.UNKNOWN:
        severity = "info"
    return _entry(message, finding.control_id, fingerprint, severity, place)


def _gap(gap: Gap, subject: str, place: Location, used: dict[str, int]) -> dict[str, Any]:
    fingerprint = _unique(_hashed(gap.kind.value, place.file, subject), used)
    message = f"Not looked at: {gap.kind.value}: {subject}: {gap.reason}"
    return _entry(message, "not looked at", fingerprint, "info", place)


def _rest(assessment: Assessment, findings: list[Finding]) -> dict[str, Any]:
    """One entry for all findings without a file: without it the report would look complete."""
    scan = assessment.scan
    target = f"{scan.format} {scan.roots_base}" if scan.names_repository else scan.target
    failing = [finding.severity for finding in findings if finding.status is Status.FAIL and not finding.exception]
    severity = _SEVERITIES[min(failing, key=lambda each: each.rank)] if failing else "info"
    number = counted(len(findings), "finding has", "findings have")
    message = f"{number} no file in the repository (no --source given?): -o json=FILE has them"
    place = in_repository(scan, Location(".", 1, 1)) or Location(".", 1, 1)
    return _entry(message, "hipaa-guard", _hashed("no file", target), severity, place)


def _entry(message: str, check: str, fingerprint: str, severity: str, place: Location) -> dict[str, Any]:
    return {
        "description": shortened(visible(message), _MESSAGE),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place.file, "lines": {"begin": place.line_start}},
    }
