"""Plain text for people: readable at 80 columns without colours, better with them.

Written without rich, which draws progress: its import takes longer than a small scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, ControlSummary, RequirementSummary
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.fix import FixTexts
from hipaa_guard.facts.locations import Gap
from hipaa_guard.outputs.formats.terminal_peers import other_scanners
from hipaa_guard.outputs.wording import phrases, requirement_lines, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import shortened, visible, wrapped
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.pen import Pen

_MOST_GAPS = 12
_FIX_LINES, _WHOLE_FIX_LINES = 16, 18
_NAME_LENGTH = 160
_MESSAGE_LENGTH = 400


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings by control, worst first; unknown verdicts; accepted risks; the coverage; last the gate."""
    pen = Pen(page or Page())
    _header(pen, assessment)
    _failures(pen, assessment)
    _unknown(pen, assessment)
    _accepted(pen, assessment)
    other_scanners(pen, assessment)
    _coverage(pen, assessment)
    _table(pen, assessment)
    _law(pen, assessment)
    _gate(pen, assessment)
    return pen.text()


def _header(pen: Pen, assessment: Assessment) -> None:
    scan = assessment.scan
    pen.paragraph(f"hipaa-guard {assessment.version}: {phrases.subject(scan)}", "title")
    identity = f", read as {scan.caller}" if scan.caller else ""
    commit = f", commit {scan.commit[:12]}" if scan.commit else ""
    controls = counted(len(assessment.controls), "control", "controls")
    pen.paragraph(
        f"{phrases.moment(scan.finished)}{commit}{identity}. {phrases.extent(assessment)}; {controls}.", "dim"
    )
    pen.paragraph(settings_in_effect.change(assessment), "unsure")
    pen.gap()


def _failures(pen: Pen, assessment: Assessment) -> None:
    controls = {control.id: control for control in assessment.controls}
    groups: dict[str, list[Finding]] = {}
    for finding in assessment.findings:
        if finding.status is Status.FAIL and finding.exception is None:
            groups.setdefault(finding.control_id, []).append(finding)
    roots = phrases.several_roots(assessment)
    for control_id, findings in groups.items():
        _control(pen, findings, controls.get(control_id), control_id, roots=roots)
    if any(len(block) > 1 for findings in groups.values() for block in _blocks(pen, findings)):
        pen.paragraph("Instances of one block are shown once; --all lists each.", "dim")
        pen.gap()
    if not groups:
        accepted = " that no exception covers" if assessment.counts()[Status.FAIL] else ""
        good = assessment.gate.exit_code == 0 and not phrases.nothing_judged(assessment)
        pen.paragraph(phrases.nothing_judged(assessment) or f"No gap found{accepted}.", "good" if good else "")
        pen.gap()


def _control(
    pen: Pen, findings: list[Finding], control: ControlSummary | None, control_id: str, *, roots: bool
) -> None:
    severity = findings[0].severity
    title = control.title if control else control_id
    width = len("CRITICAL") + 2
    first, *rest = wrapped(visible(title), max(20, pen.page.width - width)) or [control_id]
    pen.joined((severity.value.upper().ljust(width), severity), (first, "title"))
    for line in rest:
        pen.line(line, "title", indent=width)
    if control:
        pen.paragraph(f"45 CFR {', '.join(control.hipaa)}", "dim", indent=width)
    blocks = _blocks(pen, findings)
    shown = pen.some(blocks)
    for message, alike in _by_message(blocks[:shown], severity):
        for block in alike:
            _place(pen, block, roots=roots)
        pen.paragraph(message, indent=6)
    _rest(pen, sum(map(len, blocks[shown:])))
    if control:
        sources = {finding.resource.source for finding in findings}
        _fixes(pen, control.fix, sources)
        whom = control.fix.by_whom if "terraform" in sources else ""
        pen.paragraph(whom, indent=2)
        pen.paragraph(control.fix.also(), indent=2)
    pen.line(f"More: hipaa-guard explain {control_id}", "dim", indent=2)
    pen.gap()


def _blocks(pen: Pen, findings: Iterable[Finding]) -> list[list[Finding]]:
    return [[finding] for finding in findings] if pen.page.everything else phrases.by_block(findings)


def _by_message(blocks: Iterable[list[Finding]], severity: Severity) -> list[tuple[str, list[list[Finding]]]]:
    """Blocks grouped by message, so that each is printed once, after its severity where that is not the given one."""
    groups: dict[str, list[list[Finding]]] = {}
    for block in blocks:
        first = block[0]
        maybe = f" (it may not exist: {first.uncertain})" if first.uncertain else ""
        own = f"{first.severity.value}: " if first.severity is not severity else ""
        groups.setdefault(own + shortened(first.message, _MESSAGE_LENGTH) + maybe, []).append(block)
    return list(groups.items())


def _place(pen: Pen, block: Sequence[Finding], *, roots: bool, indent: int = 2, others: int = 0) -> None:
    """The resource and its place, on one line if they fit, else on two. Then the details that tell instances apart."""
    finding = block[0]
    name = visible(shortened(phrases.name(finding), _NAME_LENGTH))
    place = visible(phrases.where(finding, _NAME_LENGTH, block[1:]))
    more = f"  and {others:,} more" if others else ""
    if not place or indent + len(name) + 2 + len(place) + len(more) <= pen.page.width:
        pen.joined((" " * indent + name, ""), (f"  {place}" if place else "", "dim"), (more, "dim"))
    else:
        pen.line(name, indent=indent)
        pen.joined((" " * (indent + 2) + place, "dim"), (more, "dim"))
    parts = ["new" if finding.new else "", phrases.context(finding, several_roots=roots, limit=_NAME_LENGTH)]
    if len(block) > 1:
        number = len({each.resource.root for each in block})
        parts.append(f"and {counted(len(block) - 1, 'more instance', 'more instances')}")
        parts[-1] += f" in {number} roots" if number > 1 else ""
    text = ", ".join(filter(None, parts))
    if text:
        pen.paragraph(text, "dim", indent=indent + 2)


def _fixes(pen: Pen, fix: FixTexts, sources: Container[str]) -> None:
    """The change in source for findings of Terraform, the command for findings of AWS; both where both were scanned."""
    texts = {
        "Terraform": (fix.terraform or fix.cli) if "terraform" in sources else "",
        "AWS": (fix.cli or fix.terraform) if "aws" in sources else "",
    }
    found = {where: text for where, text in texts.items() if text}
    if len(set(found.values())) < 2:
        _fix(pen, "Fix:", next(iter(found.values()), fix.note))
        return
    for where, text in found.items():
        _fix(pen, f"Fix in {where}:", text)


def _fix(pen: Pen, head: str, text: str) -> None:
    if not text:
        return
    lines = text.splitlines()
    whole = pen.page.everything or len(lines) <= _WHOLE_FIX_LINES
    pen.line(head, "title", indent=2)
    for line in lines if whole else [*lines[:_FIX_LINES], "..."]:
        pen.line(line, "good", indent=4)


def _unknown(pen: Pen, assessment: Assessment) -> None:
    groups = phrases.unknown_groups(finding for finding in assessment.findings if finding.exception is None)
    if not groups:
        return
    total = sum(len(findings) for _, findings in groups)
    pen.line(f"NOT KNOWN: {counted(total, 'verdict', 'verdicts')} could not be reached", "unsure")
    shown = pen.some(groups)
    roots = phrases.several_roots(assessment)
    for reason, findings in groups[:shown]:
        pen.paragraph(f"{reason} ({counted(len(findings), 'finding', 'findings')})", "title", indent=2, hanging=4)
        _examples(pen, findings, roots=roots)
    _rest(pen, len(groups) - shown)
    pen.gap()


def _examples(pen: Pen, findings: list[Finding], *, roots: bool) -> None:
    """The controls of the findings, and a few of the resources with the reason in full."""
    by_control = Counter(finding.control_id for finding in findings)
    pen.paragraph(phrases.tally(by_control, None if pen.page.everything else 4), "dim", indent=4)
    ordered = sorted(_by_shape(findings), key=lambda alike: (-len(alike), alike[0].message))
    shown = pen.some(ordered, 3)
    for alike in ordered[:shown]:
        resources = {phrases.identity(finding) for finding in alike}
        _place(pen, alike[:1], roots=roots, indent=4, others=len(resources) - 1)
        ((message, _),) = _by_message([alike], alike[0].severity)
        pen.paragraph(message, indent=8)
    _rest(pen, sum(map(len, ordered[shown:])), indent=4)


def _by_shape(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((phrases.shape(finding.message), phrases.shape(finding.uncertain or "")), []).append(finding)
    return list(groups.values())


def _accepted(pen: Pen, assessment: Assessment) -> None:
    """The findings that exceptions cover: the gaps still exist, and somebody answers for them until a day."""
    groups = phrases.covered(assessment.findings)
    if not groups:
        return
    pen.line("ACCEPTED RISKS", "title")
    shown = pen.some(groups)
    roots = phrases.several_roots(assessment)
    for entry, findings in groups[:shown]:
        ticket = f", {entry.ticket}" if entry.ticket else ""
        people = f"{entry.owner}, approved by {entry.approver} on {entry.approved_on}{ticket}"
        pen.paragraph(f"{entry.id} until {entry.expires_on}: {entry.control}", "title", indent=2, hanging=4)
        pen.paragraph(people, "dim", indent=4)
        blocks = _blocks(pen, findings)
        most = pen.some(blocks, 3)
        for block in blocks[:most]:
            _place(pen, block, roots=roots, indent=4)
        _rest(pen, sum(map(len, blocks[most:])), indent=4)
        pen.paragraph(shortened(entry.justification, _MESSAGE_LENGTH), indent=6)
    _rest(pen, sum(len(findings) for _, findings in groups[shown:]))
    pen.gap()


def _coverage(pen: Pen, assessment: Assessment) -> None:
    coverage, scan = assessment.coverage, assessment.scan
    pen.line("LOOKED AT", "title")
    kinds = phrases.tally(coverage.resources, None if pen.page.everything else 8)
    facts = ", ".join(f"{number:,} {name}" for name, number in coverage.facts.items())
    rows = (
        ("account", scan.account or ""),
        ("regions", ", ".join(coverage.regions or scan.regions)),
        ("roots", _listed(pen, coverage.roots)),
        ("named from", phrases.roots_named(scan) if scan.roots_from == "scanned path" else ""),
        ("files", f"{coverage.files:,}" if scan.source != "aws" else ""),
        ("resources", f"{sum(coverage.resources.values()):,}" + (f": {kinds}" if kinds else "")),
        ("facts", facts),
        ("calls", f"{sum(coverage.calls.values()):,}" if coverage.calls else ""),
        ("not read", "; ".join(phrases.skipped(coverage))),
        ("not asked", _unread(pen, coverage.unread_services)),
        ("left out", phrases.tally(coverage.unjudged_kinds, None if pen.page.everything else 8)),
        ("no control", phrases.unjudged(coverage.unjudged_types, None if pen.page.everything else 5)),
        *settings_in_effect.rows_in_use(assessment),
    )
    for name, value in rows:
        if value:
            pen.paragraph(f"{name.ljust(12)}{value}", indent=2, hanging=14)
    pen.gap()
    if coverage.gaps:
        _gaps(pen, coverage.gaps)
    if coverage.denied:
        pen.line("ADD TO THE ROLE THAT SCANS", "title")
        for line in phrases.statement_to_add(coverage).splitlines():
            pen.line(f"  {line}")
        pen.gap()


def _unread(pen: Pen, services: Sequence[str]) -> str:
    return f"{len(services):,} HIPAA eligible services of AWS: {_listed(pen, services)}" if services else ""


def _listed(pen: Pen, names: Sequence[str]) -> str:
    shown = pen.some(names, 5)
    rest = f" and {len(names) - shown:,} more" if shown < len(names) else ""
    return ", ".join(shortened(name or ".", _NAME_LENGTH) for name in names[:shown]) + rest


def _gaps(pen: Pen, gaps: Iterable[Gap]) -> None:
    groups = phrases.gap_groups(gaps)
    if pen.page.everything:
        groups = [[gap] for group in groups for gap in group]
    pen.line("NOT LOOKED AT, OR ONLY IN PART", "unsure")
    shown = pen.some(groups, _MOST_GAPS)
    for group in groups[:shown]:
        gap = group[0]
        place = str(gap.location) if gap.location and str(gap.location) != gap.subject else ""
        parts = ", ".join(filter(None, (place, phrases.called_at(gap.location, _NAME_LENGTH))))
        where = f" ({parts})" if parts else ""
        subject = shortened(gap.subject, _NAME_LENGTH)
        pen.paragraph(f"{gap.kind}: {subject}{where}{_regions(pen, group)}", indent=2, hanging=4)
        pen.paragraph(shortened(gap.reason, _MESSAGE_LENGTH), indent=6)
        pen.paragraph(gap.hint, "dim", indent=6)
    rest = sum(map(len, groups[shown:]))
    if rest:
        pen.line(f"and {rest:,} more; -o json lists them", "dim", indent=2)
    pen.gap()


def _regions(pen: Pen, group: Sequence[Gap]) -> str:
    """The other places of the same gap: the regions of one subject, else a number."""
    regions = list(dict.fromkeys(gap.region for gap in group if gap.region and gap.region != gap.subject))
    more = f", and {len(group) - 1:,} more" if len(group) > 1 else ""
    if not regions:
        return more
    if len({gap.subject for gap in group}) == 1 and len(regions) == len(group):
        return f" in {_listed(pen, regions)}"
    return f" in {regions[0]}{more}"


def _rest(pen: Pen, number: int, indent: int = 2) -> None:
    if number > 0:
        pen.line(f"and {number:,} more; -o json shows all", "dim", indent=indent)


def _table(pen: Pen, assessment: Assessment) -> None:
    table = phrases.by_severity(assessment.findings)
    columns = [Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE]
    columns += [s for s in (Status.MANUAL, Status.INHERITED) if any(row[s] for row in table.values())]
    heads = [status.value.replace("_", " ") for status in columns]
    pen.line(" " * 10 + "".join(head.rjust(len(head) + 4) for head in heads), "title")

    def row(name: str, number: Callable[[Status], int]) -> str:
        cells = (f"{number(status):,}".rjust(len(head) + 4) for status, head in zip(columns, heads, strict=True))
        return name.ljust(10) + "".join(cells)

    for severity, counts in table.items():
        pen.line(row(severity.value, counts.__getitem__))
    total = assessment.counts()
    pen.line(row("total", total.__getitem__), "title")
    pen.paragraph(phrases.accepted_and_new(assessment.findings))
    pen.gap()


def _law(pen: Pen, assessment: Assessment) -> None:
    for assessed, requirements in requirement_lines.by_assessment(assessment.requirements).items():
        pen.paragraph(f"SECURITY RULE, {requirement_lines.HEADS[assessed]}", "title")
        for requirement in requirements:
            _requirement(pen, requirement)
        pen.gap()
    counts = Counter(requirement.status for requirement in assessment.requirements)
    parts = ", ".join(f"{text} {counts[status]}" for status, text in phrases.STATUS.items() if counts[status])
    if parts:
        pen.paragraph(f"Security Rule, {len(assessment.requirements)} standards and specifications: {parts}.")
        pen.gap()


_LINE_STYLES = {Status.UNKNOWN: "unsure", Status.PARTIAL: "unsure", Status.PASS: "good"}
_CITATION, _STATE = len("164.308(a)(7)(ii)(A)"), len("gap found (critical)")


def _requirement(pen: Pen, requirement: RequirementSummary) -> None:
    """A line of the rule with its state, and with the resources not judged where the state depends on them."""
    status = requirement.status
    style = requirement.worst or "bad" if status is Status.FAIL else _LINE_STYLES.get(status, "")
    head = f"{requirement.citation.ljust(_CITATION)}  {requirement_lines.state(requirement).ljust(_STATE)}  "
    pen.paragraph(head + requirement.name, style, indent=2, hanging=2 + len(head))
    missing = requirement_lines.not_judged(requirement, None if pen.page.everything else 3)
    if missing and (pen.page.everything or status is not Status.FAIL):
        pen.paragraph(f"not judged: {missing}", "dim", indent=6, hanging=8)


def _gate(pen: Pen, assessment: Assessment) -> None:
    gate = assessment.gate
    verdict = "passed" if gate.passed else f"failed (exit code {gate.exit_code})"
    pen.line(f"Gate {verdict}: {' '.join(gate.reasons)}", "good" if gate.passed else "bad")
