"""One line a finding, as compilers write: ``file:line:column: severity: message [control]``.

Editors find places in such lines. What belongs to no place stands in lines that begin with ``hipaa-guard:``.
"""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import in_log, shortened, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import in_repository

_NAME = 200
_MESSAGE = 1000
_COLUMN = 1
"""Findings are known by their line. Editors that are given a line alone mark all of it."""


def render(assessment: Assessment, page: Page | None = None) -> str:
    """A line for each gap, unknown verdict and thing that was not read, in the order of their places."""
    del page  # the lines are the same wherever they go
    placed = sorted(_placed(assessment))
    lines = [f"{_file(file)}:{line}:{_COLUMN}: {_text(text)}" for file, line, text in placed]
    lines += [f"hipaa-guard: {_text(text)}" for text in _others(assessment)]
    return in_log("".join(f"{line}\n" for line in lines))


def _placed(assessment: Assessment) -> Iterator[tuple[str, int, str]]:
    """File, line and text of all that has a place."""
    for finding in _open(assessment):
        place = in_repository(assessment.scan, _where(finding))
        if place is not None:
            yield place.file, place.line_start, _finding(finding)
    for gap in _unread(assessment):
        place = in_repository(assessment.scan, gap.location)
        if place is not None:
            yield place.file, place.line_start, _gap(gap)


def _others(assessment: Assessment) -> Iterator[str]:
    """The texts of all that has no place, and what the lines leave out."""
    if changed := settings_in_effect.change(assessment):
        yield f"warning: {changed}"
    yield from (_finding(each) for each in _open(assessment) if in_repository(assessment.scan, each.location) is None)
    yield from (_gap(each) for each in _unread(assessment) if in_repository(assessment.scan, each.location) is None)
    accepted = sum(phrases.exception(finding) is not None for finding in assessment.findings)
    if accepted:
        yield counted(accepted, "finding is an accepted risk", "findings are accepted risks")
    yield from (f"in effect: {name} {value}" for name, value in settings_in_effect.rows_in_use(assessment))


def _open(assessment: Assessment) -> Iterator[Finding]:
    return (each for each in assessment.findings if each.status in phrases.OPEN and each.exception is None)


def _unread(assessment: Assessment) -> Iterator[Gap]:
    return (gap for gap in assessment.coverage.gaps if gap.incomplete)


def _where(finding: Finding) -> Location | None:
    """The place of the deciding fact where it stands in the block of the resource, else the head of that block."""
    block, decided = finding.location, finding.decided_at
    if block is None or decided is None or decided.file != block.file:
        return block
    return decided if block.line_start <= decided.line_start <= block.line_end else block


def _finding(finding: Finding) -> str:
    name = shortened(phrases.name(finding), _NAME)
    if finding.status is not Status.FAIL:
        return f"info: {name} {finding.message} [{finding.control_id}]"
    kind = "error" if finding.severity in (Severity.CRITICAL, Severity.HIGH) else "warning"
    return f"{kind}: {name} {finding.message} ({finding.severity.value}) [{finding.control_id}]"


def _gap(gap: Gap) -> str:
    return f"warning: {gap.kind.value}: {shortened(gap.subject, _NAME)}: {gap.reason}"


def _text(text: str) -> str:
    return visible(shortened(text, _MESSAGE))


def _file(name: str) -> str:
    """A file name in which no colon ends it before its end."""
    return visible(name).replace(":", "\\u003a")
