"""Markdown for a comment on a pull request, and for the summary of a step in GitHub Actions.

The first line is a mark that no reader shows. The job that posts the text finds the comment of the earlier run by it,
and replaces that comment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary, RequirementSummary
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.formats.markdown_peers import other_scanners
from hipaa_guard.outputs.wording import phrases, requirement_lines, settings_in_effect
from hipaa_guard.outputs.wording.harmless_markdown import code, fixes, prose
from hipaa_guard.outputs.wording.harmless_text import in_log
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import context, in_repository, same_subject, subject

COMMENT = 64_000
"""Bytes of a comment: GitHub accepts 65,536 characters."""

STEP_SUMMARY = 900_000
"""Bytes of a step's summary: GitHub drops a summary of more than 1 MiB."""

_SHORTER = (50, 25, 10, 5, 1, 0)
"""Numbers of entries of each list that are tried where the whole page is too long."""

_FEWEST_BYTES = 60
"""The fewest bytes of an entry."""


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The comment on a pull request."""
    del page  # the text is the same wherever it goes
    return document(assessment, COMMENT)


def document(assessment: Assessment, limit: int) -> str:
    """The page in at most ``limit`` bytes: with all findings where they fit, else with the first of each list.

    Empty where not even the numbers fit.
    """
    entries = sum(finding.status in phrases.OPEN for finding in assessment.findings)
    entries += sum(len(peer.results) for peer in assessment.peers)
    sizes = _SHORTER if entries * _FEWEST_BYTES > limit else (entries + len(assessment.coverage.gaps), *_SHORTER)
    for most in sizes:
        text = in_log("\n\n".join(_Document(assessment, most).parts()) + "\n")
        if len(text.encode("utf-8", "backslashreplace")) <= limit:
            return text
    return ""


class _Document:
    """The page with at most so many entries in each list."""

    def __init__(self, assessment: Assessment, most: int) -> None:
        self.assessment = assessment
        self.most = most
        self.controls = {control.id: control for control in assessment.controls}
        self.roots = phrases.several_roots(assessment)

    def parts(self) -> Iterator[str]:
        """Its paragraphs."""
        failing = [each for each in self.assessment.findings if each.status is Status.FAIL]
        open_gaps = [each for each in failing if each.exception is None]
        covered = [each for each in self.assessment.findings if phrases.exception(each) is not None]
        unknown = [each for each in self.assessment.findings if each.status is Status.UNKNOWN]
        yield from self._head()
        yield from self._gaps("New gaps", [each for each in open_gaps if each.new])
        yield from self._gaps("Gaps", [each for each in open_gaps if not each.new])
        yield from self._accepted(covered)
        yield from self._unknown([each for each in unknown if each.exception is None])
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

    def _gaps(self, title: str, findings: Sequence[Finding]) -> Iterator[str]:
        if not findings:
            return
        yield f"### {title}: {len(findings):,}"
        by_control: dict[str, list[Finding]] = {}
        for finding in findings[: self.most]:
            by_control.setdefault(finding.control_id, []).append(finding)
        for control_id, alike in by_control.items():
            control = self.controls.get(control_id)
            yield f"**{alike[0].severity.value.upper()}** {_about(control, control_id)}"
            yield "\n".join(self._entry(finding, alike[0].severity) for finding in alike)
            if control is not None:
                yield from _folded("Fix", fixes(control))
        yield from self._rest(findings)

    def _entry(self, finding: Finding, severity: Severity | None = None) -> str:
        place = in_repository(self.assessment.scan, finding.location)
        details = context(self.assessment.scan, finding, several_roots=self.roots)
        where = [str(place)] if place is not None else []
        if finding.resource.source == "aws":
            where += filter(None, (finding.resource.region, finding.resource.account))
        where_and_details = ", ".join(filter(None, (*map(code, where), prose(details))))
        maybe = f" (it may not exist: {prose(finding.uncertain)})" if finding.uncertain else ""
        name = code(phrases.name(finding))
        own = f" {finding.severity.value}:" if severity not in (None, finding.severity) else ""
        return f"- {name}{f' ({where_and_details})' if where_and_details else ''}{own} {prose(finding.message)}{maybe}"

    def _accepted(self, findings: Sequence[Finding]) -> Iterator[str]:
        if not findings:
            return
        yield f"### Accepted risks: {len(findings):,}"
        lines = []
        for finding in findings[: self.most]:
            assert finding.exception is not None
            lines.append(f"{self._entry(finding)}. {prose(phrases.accepted(finding.exception))}")
        yield from _lines(lines)
        yield from self._rest(findings)

    def _unknown(self, findings: Sequence[Finding]) -> Iterator[str]:
        groups = phrases.unknown_groups(findings)
        if not groups:
            return
        yield f"### Not assessed: {counted(len(findings), 'verdict', 'verdicts')} could not be reached"
        most = max(1, self.most // len(groups)) if self.most else 0
        for reason, alike in groups[: self.most or 5]:
            yield f"{prose(reason)}: {len(alike):,}"
            yield from _folded("Which", _lines(map(self._entry, alike[:most])))
            yield from self._rest(alike, most)

    def _unread(self) -> Iterator[str]:
        groups = phrases.gap_groups(self.assessment.coverage.gaps)
        if not groups:
            return
        yield f"### Not looked at, or only in part: {len(self.assessment.coverage.gaps):,}"
        lines = []
        for group in groups[: self.most]:
            gap = group[0]
            more = f" ({len(group) - 1:,} more like this)" if len(group) > 1 else ""
            hint = f" {prose(gap.hint)}" if gap.hint else ""
            lines.append(f"- {gap.kind.value}: {code(gap.subject)}: {prose(gap.reason)}{more}.{hint}")
        yield from _folded("Which", _lines(lines))
        yield from self._rest(groups)

    def _rule(self) -> Iterator[str]:
        """The lines of the rule that the scan has a result for."""
        groups = requirement_lines.by_assessment(self.assessment.requirements)
        if not groups:
            return
        yield "### The Security Rule, line by line"
        if not self.most:
            yield from self._rest([requirement for group in groups.values() for requirement in group])
            return
        parts = []
        for assessed, requirements in groups.items():
            head = requirement_lines.HEADS[assessed]
            parts += [f"**{prose(head[:1].upper() + head[1:])}**", *_lines(map(self._requirement, requirements))]
        yield from _folded("Which", parts)

    def _requirement(self, requirement: RequirementSummary) -> str:
        missing = requirement_lines.not_judged(requirement, max(1, min(self.most, 10)))
        not_judged = f" Not judged: {prose(missing, 2000)}." if missing else ""
        title = f"45 CFR {prose(requirement.citation)} {prose(requirement.name)}"
        return f"- {title}: **{prose(requirement_lines.state(requirement))}**.{not_judged}"

    def _rest(self, entries: Sequence[object], most: int | None = None) -> Iterator[str]:
        rest = len(entries) - (self.most if most is None else most)
        if rest > 0:
            yield f"*and {rest:,} more: the JSON result (`-o json=FILE`) and the report (`-o html=FILE`) have all.*"


def _table(assessment: Assessment) -> str:
    """Numbers by severity; a table has only words and numbers of our own."""
    table = phrases.by_severity(assessment.findings)
    accepted = dict.fromkeys(table, 0)
    for finding in assessment.findings:
        accepted[finding.severity] += phrases.exception(finding) is not None
    heads = [phrases.STATUS[status] for status in (Status.FAIL, Status.UNKNOWN, Status.PASS)]
    rows = [["severity", *heads, "of them accepted risks"], ["---", *["---:"] * 4]]
    for severity, counts in table.items():
        numbers = (counts[Status.FAIL], counts[Status.UNKNOWN], counts[Status.PASS], accepted[severity])
        rows.append([severity.value, *(f"{number:,}" for number in numbers)])
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
