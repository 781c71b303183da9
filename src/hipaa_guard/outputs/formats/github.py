"""Annotations of GitHub Actions: workflow commands, which a job prints and GitHub shows beside the changed lines.

GitHub shows ten of a kind for each step and silently drops the rest. So only the worst are printed, new ones before
known ones, and a last line counts the others. `writing` appends the page of `markdown` to the summary of the step.
"""

from __future__ import annotations

from collections.abc import Iterator

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases, settings_in_effect, told
from hipaa_guard.outputs.wording.harmless_text import shortened, unmarked, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import in_repository

MOST = 10
_NAME = 200
_MESSAGE = 1000


def render(assessment: Assessment, page: Page | None = None) -> str:
    """At most `MOST` annotations, and a notice on the findings without one."""
    del page  # the commands are the same wherever they go
    return "".join(f"{line}\n" for line in _lines(assessment))


def _lines(assessment: Assessment) -> Iterator[str]:
    controls = {control.id: control.title for control in assessment.controls}
    gaps = told.gaps(assessment.findings)
    unknown = [each for each in assessment.findings if each.status is Status.UNKNOWN and each.exception is None]
    open_findings = [*gaps.told, *unknown]
    shown = sorted(open_findings, key=_rank)[:MOST]
    if changed := settings_in_effect.change(assessment):
        yield _command("warning", {"title": f"hipaa-guard: {settings_in_effect.CHANGED}"}, changed)
    for finding in shown:
        yield _annotation(assessment, finding, controls.get(finding.control_id, finding.control_id), gaps)
    rest = list(_not_shown(assessment, len(open_findings) - len(shown)))
    if rest:
        text = f"{'; '.join(rest)}. The summary of the step, or -o markdown=FILE, has more."
        yield _command("notice", {"title": "hipaa-guard"}, text)
    if files := settings_in_effect.rows_in_use(assessment):
        text = "; ".join(f"{name} {value}" for name, value in files)
        yield _command("notice", {"title": "hipaa-guard: in effect"}, text)


def _rank(finding: Finding) -> tuple[bool, bool, int]:
    return finding.status is not Status.FAIL, finding.new is not True, finding.severity.rank


def _annotation(assessment: Assessment, finding: Finding, title: str, gaps: told.Gaps) -> str:
    properties: dict[str, str] = {}
    place = in_repository(assessment.scan, finding.location)
    if place is not None:
        properties = {"file": place.file, "line": str(place.line_start), "endLine": str(place.line_end)}
    new = "new, " if finding.new else ""
    word = f"{new}{finding.severity.value}" if finding.status is Status.FAIL else phrases.STATUS[finding.status]
    properties["title"] = f"hipaa-guard ({word}): {title}"
    following = gaps.following(finding)
    message = f"{shortened(phrases.name(finding), _NAME)} {finding.message} [{finding.control_id}]"
    message += f". {following}" if following else ""
    return _command(_kind(finding), properties, message)


def _kind(finding: Finding) -> str:
    if finding.status is not Status.FAIL:
        return "notice"
    return "error" if finding.severity in (Severity.CRITICAL, Severity.HIGH) else "warning"


def _not_shown(assessment: Assessment, rest: int) -> Iterator[str]:
    if rest:
        yield counted(rest, "more finding is not shown here", "more findings are not shown here")
    if apart := sum(finding.advisory and finding.follows_from is None for finding in assessment.findings):
        yield counted(apart, "gap is advisory", "gaps are advisory")
    accepted = sum(phrases.exception(finding) is not None for finding in assessment.findings)
    if accepted:
        yield counted(accepted, "finding is an accepted risk", "findings are accepted risks")
    unread = sum(gap.incomplete for gap in assessment.coverage.gaps)
    if unread:
        yield counted(unread, "thing was not looked at", "things were not looked at")


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    pairs = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {pairs}::{_data(shortened(message, _MESSAGE))}"


def _data(text: str) -> str:
    """Escape a message for the runner and break marks of other systems. `visible` also writes line ends as codes."""
    return unmarked(visible(text)).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
