"""What a scan looked at and what not, on the terminal: without it no verdict means anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.facts.locations import Gap
from hipaa_guard.outputs.formats.terminal.places import MESSAGE_LENGTH, NAME_LENGTH
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import shortened
from hipaa_guard.outputs.wording.pen import Pen

_MOST_GAPS = 5


def show(pen: Pen, assessment: Assessment) -> None:
    """The numbers, what was not looked at, and the actions that the role of the scan lacks."""
    coverage = assessment.coverage
    pen.line("LOOKED AT", "title")
    for name, value in (*_rows(pen, assessment.scan, coverage), *settings_in_effect.rows_in_use(assessment)):
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


def _rows(pen: Pen, scan: Scan, coverage: Coverage) -> tuple[tuple[str, str], ...]:
    most = None if pen.page.everything else 4
    kinds = phrases.tally(coverage.resources, most)
    facts = ", ".join(f"{number:,} {name}" for name, number in coverage.facts.items())
    return (
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
        ("left out", phrases.tally(coverage.unjudged_kinds, most)),
        ("no control", phrases.unjudged(coverage.unjudged_types, most)),
    )


def _unread(pen: Pen, services: Sequence[str]) -> str:
    return f"{len(services):,} HIPAA eligible services of AWS: {_listed(pen, services)}" if services else ""


def _listed(pen: Pen, names: Sequence[str]) -> str:
    shown = pen.some(names, 5)
    rest = f" and {len(names) - shown:,} more" if shown < len(names) else ""
    return ", ".join(shortened(name or ".", NAME_LENGTH) for name in names[:shown]) + rest


def _gaps(pen: Pen, gaps: Iterable[Gap]) -> None:
    groups = phrases.gap_groups(gaps)
    if pen.page.everything:
        groups = [[gap] for group in groups for gap in group]
    pen.line("NOT LOOKED AT, OR ONLY IN PART", "unsure")
    shown = pen.some(groups, _MOST_GAPS)
    for group in groups[:shown]:
        gap = group[0]
        place = str(gap.location) if gap.location and str(gap.location) != gap.subject else ""
        parts = ", ".join(filter(None, (place, phrases.called_at(gap.location, NAME_LENGTH))))
        where = f" ({parts})" if parts else ""
        subject = shortened(gap.subject, NAME_LENGTH)
        pen.paragraph(f"{gap.kind}: {subject}{where}{_regions(pen, group)}", indent=2, hanging=4)
        pen.paragraph(shortened(gap.reason, MESSAGE_LENGTH), indent=6)
        pen.paragraph(gap.hint, "dim", indent=6)
    rest = sum(map(len, groups[shown:]))
    if rest:
        pen.line(f"and {rest:,} more; --all shows each", "dim", indent=2)
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
