"""The content of the auditor's report, in its order and its words. The templates only lay it out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary, RequirementSummary
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap
from hipaa_guard.outputs.report.bars import SAFEGUARDS, Bar, named, rule_bars, topic_bars
from hipaa_guard.outputs.report.exception_view import ExceptionView, exception_views
from hipaa_guard.outputs.report.peer_view import PeerView, peer_views
from hipaa_guard.outputs.wording import phrases, requirement_lines, settings_in_effect, told
from hipaa_guard.outputs.wording.harmless_text import anchor, shortened

MOST_ROWS = 2000
"""Rows of the register in plain HTML; the rest is in the filterable table and in the JSON."""
MOST_RESOURCES = 25
"""Blocks of source, or resources of an account, shown with their evidence under one control."""
MOST_INSTANCES = 500
"""Further instances of those blocks listed under one control."""
MOST_GAPS = 500
MOST_TYPES = 12
"""Types of each sort that a line of the rule names as not judged."""
_NAME, _MESSAGE = 300, 600


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in a table."""

    status: str
    severity: str
    control_id: str
    resource: str
    where: str
    message: str
    uncertain: str
    exception: ExceptionEntry | None
    new: bool
    evidence: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[str, str], ...] = ()
    """Name and place of more instances of the same block with the same message."""
    others_more: int = 0


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap of the coverage, with all others that have its place and reason."""

    kind: str
    incomplete: bool
    subject: str
    where: str
    reason: str
    hint: str
    others: tuple[tuple[str, str], ...]
    others_more: int


@dataclass(frozen=True, slots=True)
class ControlView:
    """A control under a requirement. Its ``rows`` are shown where it is described in full."""

    summary: ControlSummary
    counts: Mapping[str, int]
    full: bool
    """Described here; elsewhere the report points to ``home``."""
    home: str
    anchor: str
    rows: tuple[FindingRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A line of the rule."""

    summary: RequirementSummary
    anchor: str
    status: str
    population: str
    result: str
    tested: str
    evidence: str
    state: str
    """The status in words, with the worst severity of its gaps."""
    severity: str
    """The worst severity of its gaps; empty where it has none."""
    partial: bool
    """Whether a scanner always sees only a part of it."""
    not_judged: str
    """Resources that belong to it and were not judged for it."""
    controls: tuple[ControlView, ...]
    """Those that met a resource."""
    unmet: int
    """Number of the others."""


@dataclass(frozen=True, slots=True)
class SafeguardView:
    """A part of the rule."""

    title: str
    anchor: str
    requirements: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything that the templates need."""

    assessment: Assessment
    subject: str
    roots_named: str
    """The directory that roots, and so the identities of findings, are named from."""
    settings_and_register: tuple[tuple[str, str], ...]
    """("settings" or "exceptions", file in words) for the files in effect."""
    settings_change: str
    """How the tree differs from the settings in effect; empty where it does not."""
    digest: str
    """SHA-256 of the JSON result, byte for byte what ``-o json=FILE`` writes."""
    coverage_sentence: str
    skipped: tuple[str, ...]
    """Regions that were not read, by reason."""
    statement_to_add: str
    """A policy statement with the actions that the role of the scan lacks."""
    gaps: tuple[GapRow, ...]
    gaps_more: int
    kinds: tuple[tuple[str, int], ...]
    unjudged: tuple[tuple[str, int], ...]
    statuses: tuple[str, ...]
    """Of a line of the rule."""
    verdicts: tuple[str, ...]
    """Of a finding."""
    counts: Mapping[str, int]
    severities: tuple[tuple[str, Mapping[str, int]], ...]
    rule: tuple[Bar, ...]
    topics: tuple[Bar, ...]
    safeguards: tuple[SafeguardView, ...]
    register: tuple[FindingRow, ...]
    register_more: int
    accepted_and_new: str
    """How many of the open findings are covered by exceptions, new, told with others, and advisory."""
    exceptions: tuple[ExceptionView, ...]
    unexercised: tuple[ControlSummary, ...]
    peers: tuple[PeerView, ...]


def view(assessment: Assessment, digest: str) -> ReportView:
    """Arrange an assessment for the report. ``digest`` is the SHA-256 of its JSON result."""
    open_findings = [f for f in assessment.findings if f.status in (Status.FAIL, Status.UNKNOWN)]
    gaps = phrases.gap_groups(assessment.coverage.gaps)
    roots = phrases.several_roots(assessment)
    types = assessment.coverage.unjudged_types
    return ReportView(
        assessment=assessment,
        subject=phrases.subject(assessment.scan),
        roots_named=phrases.roots_named(assessment.scan),
        settings_and_register=tuple(settings_in_effect.rows(assessment)),
        settings_change=settings_in_effect.change(assessment),
        digest=digest,
        coverage_sentence=_coverage_sentence(assessment),
        gaps=tuple(map(_gap_row, gaps[:MOST_GAPS])),
        gaps_more=sum(map(len, gaps[MOST_GAPS:])),
        kinds=tuple(sorted(assessment.coverage.resources.items())),
        skipped=tuple(phrases.skipped(assessment.coverage)),
        statement_to_add=phrases.statement_to_add(assessment.coverage),
        unjudged=tuple(sorted(types.items(), key=lambda item: (not phrases.is_of_aws(item[0]), item[0]))),
        statuses=tuple(status.value for status in phrases.STATUS),
        verdicts=_verdicts(assessment),
        counts=named(assessment.counts()),
        severities=tuple((s.value, named(row)) for s, row in phrases.by_severity(assessment.findings).items()),
        rule=rule_bars(assessment.requirements),
        topics=topic_bars(assessment.controls),
        safeguards=_safeguards(assessment, open_findings),
        register=tuple(_row([finding], roots) for finding in open_findings[:MOST_ROWS]),
        register_more=max(0, len(open_findings) - MOST_ROWS),
        accepted_and_new=" ".join(
            filter(None, (phrases.accepted_and_new(open_findings), told.apart(assessment.findings)))
        ),
        exceptions=exception_views(assessment),
        peers=peer_views(assessment),
        unexercised=tuple(control for control in assessment.controls if not any(control.counts.values())),
    )


def _verdicts(assessment: Assessment) -> tuple[str, ...]:
    """The statuses that findings have, and those that our own controls can give."""
    counts = assessment.counts()
    ours = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)
    return tuple(status.value for status in phrases.VERDICTS if status in ours or counts[status])


def _coverage_sentence(assessment: Assessment) -> str:
    counts, coverage = assessment.counts(), assessment.coverage
    reached = counts[Status.PASS] + counts[Status.FAIL]
    kinds = counted(len(coverage.resources), "kind", "kinds")
    exercised = sum(any(control.counts.values()) for control in assessment.controls)
    others = "; the others met no resource of their kind" if exercised < len(assessment.controls) else ""
    resources = sum(coverage.resources.values())
    controls = f"{exercised:,} of {counted(len(assessment.controls), 'control', 'controls')}{others}"
    was = "was" if resources == 1 else "were"
    nothing = phrases.nothing_judged(assessment)
    sentences = [
        *([nothing] if nothing else []),
        f"{phrases.extent(assessment)}, of {kinds}, {was} judged by {controls}.",
        f"{counted(reached, 'verdict was', 'verdicts were')} reached and {counts[Status.UNKNOWN]:,} could not be.",
    ]
    unread = sum(gap.incomplete for gap in coverage.gaps)
    if unread:
        sentences.append(f"{counted(unread, 'thing that exists was', 'things that exist were')} not read.")
    else:
        sentences.append("The scan read everything that it set out to read.")
    unjudged = sum(coverage.unjudged_types.values())
    if unjudged and not nothing:
        types = counted(len(coverage.unjudged_types), "type", "types")
        was = "was" if unjudged == 1 else "were"
        sentences.append(
            f"{counted(unjudged, 'resource', 'resources')} of {types} {was} not judged: no control covers "
            f"{'it' if unjudged == 1 else 'them'}."
        )
    without_controls = sum(coverage.unjudged_kinds.values())
    if without_controls:
        was = "was" if without_controls == 1 else "were"
        sentences.append(
            f"{counted(without_controls, 'resource', 'resources')} {was} not judged: the controls were left out."
        )
    if not coverage.unjudged_counted:
        sentences.append("Resources of services that no control covers were not looked for.")
    return " ".join(sentences)


def _safeguards(assessment: Assessment, open_findings: Iterable[Finding]) -> tuple[SafeguardView, ...]:
    controls = {control.id: control for control in assessment.controls}
    by_control: dict[str, list[Finding]] = {}
    for finding in open_findings:
        by_control.setdefault(finding.control_id, []).append(finding)
    citations = {requirement.citation for requirement in assessment.requirements}
    roots = phrases.several_roots(assessment)
    groups: dict[str, list[RequirementView]] = {}
    for requirement in assessment.requirements:
        shown = tuple(
            _control_view(control, requirement.citation, citations, by_control.get(control.id, ()), roots=roots)
            for control in sorted((controls[id] for id in requirement.controls if id in controls), key=_worst_first)
        )
        one = _requirement_view(requirement, shown, assessment.coverage.resources)
        groups.setdefault(requirement.safeguard, []).append(one)
    return tuple(
        SafeguardView(SAFEGUARDS.get(name, name), f"safeguard-{anchor(name)}", tuple(requirements))
        for name, requirements in groups.items()
    )


def _worst_first(control: ControlSummary) -> tuple[bool, bool, int, str]:
    return not control.counts[Status.FAIL], not control.counts[Status.UNKNOWN], control.severity.rank, control.id


def _control_view(
    control: ControlSummary, citation: str, citations: Container[str], findings: Sequence[Finding], *, roots: bool
) -> ControlView:
    home = next(each for each in control.hipaa if each in citations)
    full = citation == home
    blocks = phrases.by_block(findings) if full else []
    return ControlView(
        summary=control,
        counts=named(control.counts),
        full=full,
        home=home,
        anchor=f"control-{anchor(control.id)}",
        rows=_rows(blocks[:MOST_RESOURCES], roots),
        more=sum(map(len, blocks[MOST_RESOURCES:])),
    )


def _rows(blocks: Iterable[Sequence[Finding]], roots: bool) -> tuple[FindingRow, ...]:
    rows, left = [], MOST_INSTANCES
    for block in blocks:
        row = _row(block, roots, left)
        left -= len(row.others)
        rows.append(row)
    return tuple(rows)


def _requirement_view(
    requirement: RequirementSummary, controls: tuple[ControlView, ...], resources: Mapping[str, int]
) -> RequirementView:
    met_one = tuple(control for control in controls if any(control.counts.values()))
    unmet = len(controls) - len(met_one)
    kinds = sorted({control.summary.kind for control in controls})
    met = {kind: resources[kind] for kind in kinds if resources.get(kind)}
    return RequirementView(
        summary=requirement,
        anchor=f"rule-{anchor(requirement.citation)}",
        status=requirement.status.value,
        population=requirement_lines.population(kinds, met),
        result=requirement_lines.result(requirement),
        tested=requirement_lines.tested(len(met_one), unmet),
        evidence="" if requirement.evidence == "none" else requirement.evidence,
        state=requirement_lines.state(requirement),
        severity=requirement.worst.value if requirement.worst else "",
        partial=requirement.assessment == requirement_lines.PARTIAL,
        not_judged=requirement_lines.sentence(requirement_lines.not_judged(requirement, MOST_TYPES)),
        controls=met_one,
        unmet=unmet,
    )


def _row(block: Sequence[Finding], roots: bool, most: int = 0) -> FindingRow:
    """A row for findings that say the same of instances of one block; it lists ``most`` of them beside the first."""
    finding, *others = block
    unwritten = "default of the provider" if finding.resource.source == "terraform" else ""
    return FindingRow(
        status=finding.status.value,
        severity=finding.severity.value,
        control_id=finding.control_id,
        resource=shortened(phrases.name(finding), _NAME),
        where=_where(finding, roots, others),
        message=shortened(finding.message, _MESSAGE) + (f" ({note})" if (note := told.note(finding)) else ""),
        uncertain=finding.uncertain or "",
        exception=finding.exception,
        new=bool(finding.new),
        evidence=tuple(
            (each.fact, shortened(each.value, _NAME), shortened(phrases.source(each) or unwritten, _NAME))
            for each in finding.evidence
        ),
        others=tuple((shortened(phrases.name(each), _NAME), _where(each, roots)) for each in others[:most]),
        others_more=max(0, len(others) - most),
    )


def _where(finding: Finding, roots: bool, alike: Sequence[Finding] = ()) -> str:
    place = phrases.where(finding, _NAME, alike)
    return ", ".join(filter(None, (place, phrases.context(finding, several_roots=roots, limit=_NAME))))


def _gap_row(group: Sequence[Gap]) -> GapRow:
    gap, *others = group
    return GapRow(
        kind=gap.kind.value,
        incomplete=gap.incomplete,
        subject=gap.subject,
        where=_gap_place(gap),
        reason=gap.reason,
        hint=gap.hint,
        others=tuple((each.subject, _gap_place(each)) for each in others[:MOST_INSTANCES]),
        others_more=max(0, len(others) - MOST_INSTANCES),
    )


def _gap_place(gap: Gap) -> str:
    place = str(gap.location) if gap.location is not None else ""
    return ", ".join(filter(None, (place, phrases.called_at(gap.location), gap.region)))
