"""JUnit XML for CI systems: a suite for each control, a case for each resource.

Unknown verdicts, and things that exist and were not read, are errors and never a pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from hipaa_guard.assessment.model import Assessment, ControlSummary
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import in_xml, shortened, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import context, gap_subject, in_repository
from hipaa_guard.outputs.wording.times import in_utc

_NAME = 300
_MESSAGE = 2000
_NOT_LOOKED_AT = "not looked at"
"""The suite of things that exist and were not read."""
_IN_EFFECT = "settings in effect"
"""The suite whose properties name the settings and the register."""


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings as a JUnit report."""
    return "".join(pieces(assessment, page))


class _Case(NamedTuple):
    """``outcome`` is the name of its element: failure, error, skipped; empty for a pass."""

    name: str
    outcome: str = ""
    type: str = ""
    message: str = ""
    text: str = ""


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, suite by suite."""
    del page  # the document is the same wherever it goes
    suites = _suites(assessment)
    total = Counter(case.outcome for cases in suites.values() for case in cases)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="hipaa-guard" {_counts(total)}>\n'
    finished = in_utc(assessment.scan.finished)
    for name, cases in suites.items():
        counts = Counter(case.outcome for case in cases)
        yield (
            f'<testsuite name={_attribute(name)} {_counts(counts)} skipped="{counts["skipped"]}" '
            f'timestamp="{finished}">\n'
        )
        if name == _IN_EFFECT:
            yield _properties(assessment)
        yield "".join(_case(case, name) for case in cases)
        yield "</testsuite>\n"
    yield "</testsuites>\n"


def _settings(assessment: Assessment) -> Iterator[_Case]:
    """A case on how the tree differs from the settings in effect, if it does. It never fails: the gate decides that."""
    if changed := settings_in_effect.change(assessment):
        yield _Case(settings_in_effect.CHANGED, "skipped", "settings", shortened(changed, _MESSAGE))


def _properties(assessment: Assessment) -> str:
    properties = (
        f"<property name={_attribute(name)} value={_attribute(value)}/>\n"
        for name, value in settings_in_effect.rows(assessment)
    )
    return f"<properties>\n{''.join(properties)}</properties>\n"


def _counts(outcomes: Counter[str]) -> str:
    return f'tests="{outcomes.total()}" failures="{outcomes["failure"]}" errors="{outcomes["error"]}"'


def _suites(assessment: Assessment) -> dict[str, list[_Case]]:
    controls = {control.id: control for control in assessment.controls}
    roots = phrases.several_roots(assessment)
    suites: dict[str, list[_Case]] = {}
    if settings_in_effect.rows_in_use(assessment):
        suites[_IN_EFFECT] = list(_settings(assessment))
    for finding in assessment.findings:
        if finding.status is not Status.NOT_APPLICABLE:
            case = _judged(assessment, finding, controls.get(finding.control_id), roots=roots)
            suites.setdefault(finding.control_id, []).append(case)
    unread = [
        _unread(assessment, group) for group in phrases.gap_groups(assessment.coverage.gaps) if group[0].incomplete
    ]
    nothing = phrases.nothing_judged(assessment)
    if nothing and not assessment.gate.passed:
        unread.insert(0, _Case("the whole scan", "error", "incomplete", nothing))
    if unread:
        suites[_NOT_LOOKED_AT] = unread
    return suites


def _judged(assessment: Assessment, finding: Finding, control: ControlSummary | None, *, roots: bool) -> _Case:
    place = ", ".join(filter(None, (context(assessment.scan, finding, several_roots=roots), _account(finding))))
    name = phrases.name(finding) + (f" ({place})" if place else "")
    message = shortened(finding.message, _MESSAGE)
    if finding.status is Status.PASS:
        return _Case(name)
    exception = phrases.exception(finding)
    if exception is not None:
        return _Case(name, "skipped", "exception", phrases.accepted(exception), message)
    text = _details(assessment, finding, control)
    if finding.advisory:
        return _Case(name, "skipped", "advisory", message, text)
    if finding.status is Status.FAIL:
        return _Case(name, "failure", finding.severity.value, message, text)
    if finding.status is Status.UNKNOWN:
        return _Case(name, "error", phrases.unknown_cause(finding), message, text)
    return _Case(name, "skipped", finding.status.value, f"{phrases.STATUS[finding.status]}: {message}")


def _account(finding: Finding) -> str:
    """Region and account: an ARN need not have both (that of a bucket has neither)."""
    resource = finding.resource
    return ", ".join(filter(None, (resource.region, resource.account))) if resource.source == "aws" else ""


def _details(assessment: Assessment, finding: Finding, control: ControlSummary | None) -> str:
    place = in_repository(assessment.scan, finding.location)
    lines = [str(place) if place is not None else ""]
    if finding.uncertain:
        lines.append(f"it may not exist: {finding.uncertain}")
    if control is not None:
        cited = ", ".join(control.hipaa)
        lines += [f"{control.title} (45 CFR {cited})", control.why]
        lines += [part for text in (control.fix.terraform, control.fix.cli) for part in text.splitlines()]
        lines.append(control.fix.also())
    return "\n".join(filter(None, lines))


def _unread(assessment: Assessment, group: list[Gap]) -> _Case:
    gap = group[0]
    more = f" ({len(group) - 1:,} more like this)" if len(group) > 1 else ""
    place = str(in_repository(assessment.scan, gap.location) or gap.location or gap.region or "")
    name = f"{gap.kind.value}: {gap_subject(assessment.scan, gap)}" + (f" ({place})" if place else "")
    return _Case(name, "error", "incomplete", shortened(gap.reason + more, _MESSAGE), gap.hint)


def _case(case: _Case, suite: str) -> str:
    head = f"<testcase name={_attribute(shortened(case.name, _NAME))} classname={_attribute(suite)}"
    if not case.outcome:
        return f"{head}/>\n"
    body = f"<{case.outcome} type={_attribute(case.type)} message={_attribute(case.message)}"
    body += f">{_lines(case.text)}</{case.outcome}>" if case.text else "/>"
    return f"{head}>{body}</testcase>\n"


# `visible` leaves no character that XML forbids.


def _attribute(text: str) -> str:
    return in_xml(quoteattr(visible(text)))


def _lines(text: str) -> str:
    return in_xml(escape("\n".join(map(visible, text.split("\n")))))
