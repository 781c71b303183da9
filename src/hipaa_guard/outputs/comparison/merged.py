"""The merged results of several tools, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from hipaa_guard.assessment.gate import counted
from hipaa_guard.controls.control import VERDICTS, Status
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import escaped_json, in_log, shortened, visible
from hipaa_guard.peers.merge import Merged, MergedRow, Opinion, Unmapped

VERSION = "1.0"

_MOST = 20
_LENGTH = 200


def as_text(merged: Merged, *, everything: bool = False) -> str:
    """The gaps, the rows on which tools disagree, and the checks without an equivalent."""
    return in_log("\n".join(_lines(merged, everything=everything)) + "\n")


def as_json(merged: Merged) -> str:
    """All rows as a JSON document, one a line. Equal results give equal text."""
    head = {
        "import_version": VERSION,
        "summary": {
            "rows": len(merged.rows),
            "status": _counts(row.status for row in merged.rows),
            "results_read": dict(merged.results),
            "disagreements": sum(row.disagree for row in merged.rows),
            "unmapped_checks": len(merged.unmapped),
            "unmapped_results": sum(sum(each.counts.values()) for each in merged.unmapped),
        },
        "gaps": list(merged.gaps),
        "unmapped": [_unmapped(each) for each in merged.unmapped],
    }
    lines = [f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False)},\n" for name, part in head.items()]
    rows = ",\n".join(json.dumps(_row(row), ensure_ascii=False) for row in merged.rows)
    return escaped_json("{\n" + "".join(lines) + '"rows": [' + (f"\n{rows}\n" if rows else "") + "]\n}\n")


def verdict(merged: Merged) -> str:
    """The last line: the numbers of gaps, of rows on which the tools disagree, and of checks without a row."""
    gaps = counted(len(_gaps(merged)), "gap", "gaps")
    disputed = counted(sum(row.disagree for row in merged.rows), "disagreement", "disagreements")
    unmapped = counted(len(merged.unmapped), "check", "checks")
    return f"{gaps}, {disputed} between tools; {unmapped} of other tools without a row here."


def _gaps(merged: Merged) -> list[MergedRow]:
    return [row for row in merged.rows if row.status is Status.FAIL and not row.accepted]


def _lines(merged: Merged, *, everything: bool) -> Iterator[str]:
    read = ", ".join(f"{number:,} of {tool}" for tool, number in merged.results.items())
    yield visible(f"Results of other tools: {read or 'none'}.")
    yield ""
    yield from _group("GAPS", [row for row in _gaps(merged) if not row.disagree], everything=everything)
    yield from _group("TOOLS DISAGREE", [row for row in merged.rows if row.disagree], everything=everything)
    unknown = [row for row in merged.rows if row.status is Status.UNKNOWN]
    yield from _group("NOT KNOWN", unknown, everything=everything)
    yield from _unmapped_lines(merged.unmapped, everything=everything)
    yield from _cut("NOT LOOKED AT BY OTHER TOOLS, OR NOT READ", [f"  {gap}" for gap in merged.gaps], everything)
    totals = _counts(row.status for row in merged.rows)
    yield (
        ", ".join(f"{number:,} {phrases.STATUS[Status(name)]}" for name, number in totals.items() if number)
        or "No rows"
    )
    yield verdict(merged)


def _group(head: str, rows: Sequence[MergedRow], *, everything: bool) -> Iterator[str]:
    shown = rows if everything else rows[:_MOST]
    if not rows:
        return
    yield head
    for row in shown:
        names = ", ".join(control.id for control in row.controls)
        yield visible(f"  {row.severity.value:<8}  {names}  45 CFR {', '.join(row.hipaa)}")
        yield visible(f"    {shortened(row.label, _LENGTH)}")
        yield from (f"      {_opinion_line(opinion)}" for opinion in row.opinions)
    yield from _rest(len(rows) - len(shown))
    yield ""


def _opinion_line(opinion: Opinion) -> str:
    by = opinion.tool if opinion.check == "" else f"{opinion.tool} {opinion.check}"
    status = f"not counted ({opinion.suppressed})" if opinion.suppressed else opinion.status.value.replace("_", " ")
    return visible(shortened(f"{by}: {status}" + (f": {opinion.message}" if opinion.message else ""), _LENGTH))


def _unmapped_lines(unmapped: Sequence[Unmapped], *, everything: bool) -> Iterator[str]:
    lines = [
        visible(
            shortened(f"  {each.tool} {each.check or '(no id)'}: {_tally(each)}: {each.reason}: {each.title}", _LENGTH)
        )
        for each in unmapped
    ]
    yield from _cut("CHECKS WITHOUT A ROW", lines, everything)


def _tally(unmapped: Unmapped) -> str:
    return ", ".join(f"{unmapped.counts[status]:,} {status.value}" for status in Status if status in unmapped.counts)


def _cut(head: str, lines: Sequence[str], everything: bool) -> Iterator[str]:
    if lines:
        shown = lines if everything else lines[:_MOST]
        yield head
        yield from map(visible, shown)
        yield from _rest(len(lines) - len(shown))
        yield ""


def _rest(number: int) -> Iterator[str]:
    if number:
        yield f"  and {number:,} more; --all lists them"


def _counts(statuses: Iterator[Status]) -> dict[str, int]:
    found = Counter(statuses)
    return {status.value: found[status] for status in VERDICTS}


def _row(row: MergedRow) -> dict[str, Any]:
    finding, theirs = row.finding, row.resource
    ours = finding.resource if finding is not None else None
    return {
        "controls": [control.id for control in row.controls],
        "hipaa": list(row.hipaa),
        "severity": row.severity.value,
        "status": row.status.value,
        "disagree": row.disagree,
        "accepted": row.accepted,
        "fingerprint": finding.fingerprint if finding is not None else None,
        "resource": {
            "source": ours.source if ours else theirs.source if theirs else None,
            "label": row.label,
            "address": ours.address if ours else (theirs.address if theirs else "") or None,
            "arn": ours.arn if ours else (theirs.arn if theirs else "") or None,
            "account": ours.account if ours else (theirs.account if theirs else "") or None,
            "region": ours.region if ours else (theirs.region if theirs else "") or None,
            "file": _file(row),
        },
        "opinions": [
            {
                "tool": opinion.tool,
                "check": opinion.check,
                "status": opinion.status.value,
                "message": opinion.message,
                "suppressed": opinion.suppressed or None,
            }
            for opinion in row.opinions
        ],
    }


def _file(row: MergedRow) -> str | None:
    if row.finding is not None:
        return str(row.finding.location) if row.finding.location is not None else None
    theirs = row.resource
    return f"{theirs.file}:{theirs.line_start}" if theirs is not None and theirs.file else None


def _unmapped(unmapped: Unmapped) -> dict[str, Any]:
    return {
        "tool": unmapped.tool,
        "check": unmapped.check,
        "title": unmapped.title,
        "reason": unmapped.reason.value,
        "counts": {status.value: unmapped.counts[status] for status in Status if status in unmapped.counts},
    }
