"""Markdown for a comment on a pull request, and for the summary of a step in GitHub Actions.

The first line is a mark that no reader shows. The job that posts the text finds the comment of the earlier run by it,
and changes that comment. A comment fits on a screen: numbers and the first gaps are open, a line each, new ones before
known ones. All else is folded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary, RequirementSummary
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.formats.markdown_peers import other_scanners
from hipaa_guard.outputs.wording import phrases, requirement_lines, settings_in_effect, told
from hipaa_guard.outputs.wording.harmless_markdown import code, fixes, prose
from hipaa_guard.outputs.wording.harmless_text import in_log
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import context, in_repository, same_subject, subject

COMMENT = 64_000
"""Bytes of a comment: GitHub accepts 65,536 characters."""

STEP_SUMMARY = 900_000
"""Bytes of a step's summary: GitHub drops a summary of more than 1 MiB."""

MOST_GAPS = 30
"""Gaps in a comment."""

_SHORTER = (50, 25, 10, 5, 1, 0)
"""Numbers of entries of each list that are tried where the whole page is too long."""

_FEWEST_BYTES = 60
"""The fewest bytes of an entry."""


class Selection(NamedTuple):
    """The findings that a page tells one by one, each list worst first."""

    new: list[Finding]
    """Gaps that the baseline lacks."""
    known: list[Finding]
    """Gaps that the baseline has, or all gaps where there is none."""
    advisory: list[Finding]
    accepted: list[Finding]
    unknown: list[Finding]
    gaps: told.Gaps


def selected(assessment: Assessment) -> Selection:
    """What of a result a page tells one by one; the rest is only counted."""
    gaps = told.gaps(assessment.findings)
    return Selection(
        new=[finding for finding in gaps.told if finding.new],
        known=[finding for finding in gaps.told if not finding.new],
        advisory=gaps.advisory,
        accepted=[finding for finding in assessment.findings if phrases.exception(finding) is not None],
        unknown=[f for f in assessment.findings if f.status is Status.UNKNOWN and f.exception is None],
        gaps=gaps,
    )


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The comment on a pull request."""
    del page  # the text is the same wherever it goes
    return document(assessment, COMMENT, MOST_GAPS)


def document(assessment: Assessment, limit: int, most: int | None = None) -> str:
    """The page in at most ``limit`` bytes, with at most so many entries in each list; None allows any number.

    Where it would be longer, it leaves out the fixes, then the ends of the lists. Empty where not even the numbers fit.
    """
    entries = sum(finding.status in phrases.OPEN for finding in assessment.findings) + len(assessment.coverage.gaps)
    entries += sum(len(peer.results) for peer in assessment.peers)
    most = entries if most is None else most
    sizes = (most, *(each for each in _SHORTER if each < most))
    shown = selected(assessment)
    for size in sizes:
        if size > _SHORTER[0] and entries * _FEWEST_BYTES > limit:
            continue
        for with_fixes in (True, False):
            text = in_log("\n\n".join(_Document(assessment, shown, size, with_fixes=with_fixes).parts()) + "\n")
            if len(text.encode("utf-8", "backslashreplace")) <= limit:
                return text
    return ""


class _Document:
    """The page with at most so many entries in each list."""

    def __init__(self, assessment: Assessment, shown: Selection, most: int, *, with_fixes: bool) -> None:
        self.assessment = assessment
        self.shown = shown
        self.most = most
        self.with_fixes = with_fixes
        self.controls = {control.id: control for control in assessment.controls}
        self.roots = phrases.several_roots(assessment)

    def parts(self) -> Iterator[str]:
        """Its paragraphs."""
        new, known, advisory, accepted, unknown, _ = self.shown
        yield from self._head()
        if new:
            yield f"### New gaps: {len(new):,}"
            yield from self._gaps(new, self.most)
        left = max(0, self.most - len(new))
        if known and any(finding.new is not None for finding in known):
            yield from _folded(f"Gaps that are not new: {len(known):,}", list(self._gaps(known, left)))
        elif known:
            yield f"### Gaps: {len(known):,}"
            yield from self._gaps(known, left)
        yield from self._fixes([*new, *known][: self.most])
        parts = [*_lines(map(self._entry, advisory[: self.most])), *_rest(advisory, self.most)]
        yield from _folded(f"Advisory gaps, which stop no pipeline: {len(advisory):,}", parts)
        yield from self._accepted(accepted)
        yield from self._unknown(unknown)
        yield from other_scanners(self.assessment, self.most)
        yield from self._unread()
        yield from self._rule()

    def _head(self) -> Iterator[str]:
        assessment = self.assessment
        scanned = subject(assessment.scan)
        mark = hashlib.sha256(same_subject(assessment.scan).encode("utf-8", "backslashreplace")).hexdigest()[:12]
        yield f"<!-- hipaa-guard:{mark} -->"
        yield f"## hipaa-guard: {prose(scanned)}"
        gate = assessment.gate
        verdict = "passed" if gate.passed else f"failed (exit code {gate.exit_code})"
        yield f"**Gate {verdict}:** {prose(' '.join(gate.reasons), 2000)}"
        if changed := settings_in_effect.change(assessment):
            yield f"**{prose(changed, 2000)}**"
        yield _table(assessment)
        commit = f", commit {code(assessment.scan.commit[:12])}" if assessment.scan.commit else ""
        controls = counted(len(assessment.controls), "control", "controls")
        extent = prose(phrases.extent(assessment))
        yield f"Looked at {extent} by {controls}, {phrases.moment(assessment.scan.finished)}{commit}."
        if assessment.scan.roots_from == "scanned path":
            yield f"Roots are named from {phrases.roots_named(assessment.scan)}."
        if rows := settings_in_effect.rows_in_use(assessment):
            yield "In effect: " + "; ".join(f"{name} {prose(file)}" for name, file in rows) + "."

    def _gaps(self, findings: Sequence[Finding], most: int) -> Iterator[str]:
        yield from _lines(map(self._entry, findings[:most]))
        yield from _rest(findings, most)

    def _fixes(self, findings: Sequence[Finding]) -> Iterator[str]:
        """What the controls of the gaps that are shown ask for, and how to close the gaps."""
        parts = []
        for id in dict.fromkeys(finding.control_id for finding in findings):
            parts.append(f"**{_about(self.controls.get(id), id)}**")
            parts += fixes(self.controls[id]) if self.with_fixes and id in self.controls else ()
        if parts and not self.with_fixes:
            parts.append("`hipaa-guard explain CONTROL` shows how to close a gap.")
        yield from _folded("What the controls ask for, and fixes", parts)

    def _entry(self, finding: Finding) -> str:
        """A finding in a line: severity, resource, verdict, place and control."""
        place = in_repository(self.assessment.scan, finding.location)
        where = [str(place)] if place is not None else []
        if finding.resource.source == "aws":
            where += filter(None, (finding.resource.region, finding.resource.account))
        details = prose(context(self.assessment.scan, finding, several_roots=self.roots))
        maybe = f" (it may not exist: {prose(finding.uncertain)})" if finding.uncertain else ""
        placed = ", ".join(filter(None, (*map(code, where), details, code(finding.control_id))))
        following = self.shown.gaps.following(finding)
        maybe += f". {prose(following)}" if following else ""
        severity = f"**{finding.severity.value.upper()}**"
        return f"- {severity} {code(phrases.name(finding))} {prose(finding.message)}{maybe} ({placed})"

    def _accepted(self, findings: Sequence[Finding]) -> Iterator[str]:
        lines = []
        for finding in findings[: self.most]:
            assert finding.exception is not None
            lines.append(f"{self._entry(finding)}. {prose(phrases.accepted(finding.exception))}")
        parts = [*_lines(lines), *_rest(findings, self.most)]
        yield from _folded(f"Accepted risks: {len(findings):,}", parts)

    def _unknown(self, findings: Sequence[Finding]) -> Iterator[str]:
        groups = phrases.unknown_groups(findings)
        most = max(1, self.most // len(groups)) if self.most and groups else 0
        parts = []
        for reason, alike in groups[: self.most or 5]:
            parts += [f"{prose(reason)}: {len(alike):,}", *_lines(map(self._entry, alike[:most])), *_rest(alike, most)]
        verdicts = counted(len(findings), "verdict", "verdicts")
        yield from _folded(f"Not assessed: {verdicts} could not be reached", parts)

    def _unread(self) -> Iterator[str]:
        groups = phrases.gap_groups(self.assessment.coverage.gaps)
        lines = []
        for group in groups[: self.most]:
            gap = group[0]
            more = f" ({len(group) - 1:,} more like this)" if len(group) > 1 else ""
            hint = f" {prose(gap.hint)}" if gap.hint else ""
            lines.append(f"- {gap.kind.value}: {code(gap.subject)}: {prose(gap.reason)}{more}.{hint}")
        number = len(self.assessment.coverage.gaps)
        yield from _folded(f"Not looked at, or only in part: {number:,}", [*_lines(lines), *_rest(groups, self.most)])

    def _rule(self) -> Iterator[str]:
        """The lines of the rule that the scan has a result for."""
        parts: list[str] = []
        groups = requirement_lines.by_assessment(self.assessment.requirements)
        if not self.most:
            parts += _rest([requirement for group in groups.values() for requirement in group], 0)
            groups = {}
        for assessed, requirements in groups.items():
            head = requirement_lines.HEADS[assessed]
            parts += [f"**{prose(head[:1].upper() + head[1:])}**", *_lines(map(self._requirement, requirements))]
        yield from _folded("The Security Rule, line by line", parts)

    def _requirement(self, requirement: RequirementSummary) -> str:
        missing = requirement_lines.not_judged(requirement, max(1, min(self.most, 10)))
        not_judged = f" Not judged: {prose(missing, 2000)}." if missing else ""
        title = f"45 CFR {prose(requirement.citation)} {prose(requirement.name)}"
        return f"- {title}: **{prose(requirement_lines.state(requirement))}**.{not_judged}"


def _rest(entries: Sequence[object], most: int) -> Iterator[str]:
    rest = len(entries) - most
    if rest > 0:
        yield f"*and {rest:,} more: the JSON result (`-o json=FILE`) and the report (`-o html=FILE`) have all.*"


def _table(assessment: Assessment) -> str:
    """Numbers by severity; a table has only words and numbers of our own."""
    table = phrases.by_severity(assessment.findings)
    accepted, new = dict.fromkeys(table, 0), dict.fromkeys(table, 0)
    for finding in assessment.findings:
        accepted[finding.severity] += phrases.exception(finding) is not None
        new[finding.severity] += finding.status is Status.FAIL and bool(finding.new) and finding.exception is None
    columns = {phrases.STATUS[Status.FAIL]: {severity: counts[Status.FAIL] for severity, counts in table.items()}}
    if assessment.baseline is not None or any(finding.new is not None for finding in assessment.findings):
        columns["of them new"] = new
    for status in (Status.UNKNOWN, Status.PASS):
        columns[phrases.STATUS[status]] = {severity: counts[status] for severity, counts in table.items()}
    columns["accepted risks"] = accepted
    rows = [["severity", *columns], ["---", *["---:"] * len(columns)]]
    rows += [[severity.value, *(f"{numbers[severity]:,}" for numbers in columns.values())] for severity in table]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _about(control: ControlSummary | None, control_id: str) -> str:
    if control is None:
        return code(control_id)
    return f"{prose(control.title)} ({code(control_id)}, 45 CFR {prose(', '.join(control.hipaa))})"


def _lines(lines: Iterable[str]) -> list[str]:
    text = "\n".join(lines)
    return [text] if text else []


def _folded(title: str, parts: Sequence[str]) -> Iterator[str]:
    if parts:
        yield f"<details><summary>{title}</summary>"
        yield from parts
        yield "</details>"
