"""The comparison of two results, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hipaa_guard.assessment.diff import Change, Comparison, Difference
from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import escaped_json, in_log, shortened, visible
from hipaa_guard.outputs.wording.times import in_utc

VERSION = "1.0"

_MOST = 20
_LENGTH = 200

_HEADS = {
    Change.NEW: "NEW",
    Change.REGRESSED: "REGRESSED: it passed before",
    Change.FIXED: "FIXED",
    Change.SETTLED: "SETTLED: the verdict was unknown and passes now",
    Change.GONE: "GONE: the resource is no longer there",
    Change.NOT_EVALUATED: "NO LONGER EVALUATED, which is not fixed",
}


def as_text(comparison: Comparison, *, everything: bool = False) -> str:
    """The changes by kind, worst first; unchanged findings are only counted."""
    return in_log("\n".join(_lines(comparison, everything=everything)) + "\n")


def as_json(comparison: Comparison) -> str:
    """All differences as a JSON document, one a line. Equal comparisons give equal text."""
    head = {
        "diff_version": VERSION,
        "before": _scan(comparison.before),
        "after": _scan(comparison.after),
        "summary": {
            **{change.value.replace(" ", "_"): number for change, number in comparison.counts().items()},
            "new_failures": sum(difference.stops for difference in comparison.differences),
            "exceptions_added": len(comparison.accepted),
            "exceptions_ended": len(comparison.ended),
        },
    }
    lines = [f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False)},\n" for name, part in head.items()]
    rows = ",\n".join(json.dumps(_row(each), ensure_ascii=False) for each in comparison.differences)
    return escaped_json("{\n" + "".join(lines) + '"findings": [' + (f"\n{rows}\n" if rows else "") + "]\n}\n")


def verdict(comparison: Comparison) -> str:
    """The last line: the numbers of new failures and of fixed findings."""
    new = sum(difference.stops for difference in comparison.differences)
    fixed = comparison.counts()[Change.FIXED]
    what = counted(new, "new failure", "new failures") if new else "No new failure"
    return f"{what}; {counted(fixed, 'finding was', 'findings were')} fixed."


def _lines(comparison: Comparison, *, everything: bool) -> Iterator[str]:
    yield f"Before: {_subject(comparison.before)}"
    yield f"After:  {_subject(comparison.after)}"
    yield ""
    for change, head in _HEADS.items():
        yield from _group(head, [d for d in comparison.differences if d.change is change], everything=everything)
    yield from _exceptions("EXCEPTION ADDED", comparison.accepted, everything=everything)
    yield from _exceptions("EXCEPTION ENDED OR EXPIRED", comparison.ended, everything=everything)
    yield ", ".join(f"{number:,} {change}" for change, number in comparison.counts().items()) + "."
    yield verdict(comparison)


def _subject(assessment: Assessment) -> str:
    return visible(f"{phrases.subject(assessment.scan)}, {phrases.moment(assessment.scan.finished)}")


def _group(head: str, differences: Sequence[Difference], *, everything: bool) -> Iterator[str]:
    if not differences:
        return
    shown = differences if everything else differences[:_MOST]
    yield head
    for difference in shown:
        yield from _finding_lines(difference.finding)
        if difference.reason:
            yield f"      {visible(shortened(difference.reason, _LENGTH))}"
    if len(shown) < len(differences):
        yield f"  and {len(differences) - len(shown):,} more; --all lists them"
    yield ""


def _exceptions(head: str, findings: Sequence[Finding], *, everything: bool) -> Iterator[str]:
    yield from _group(head, [Difference(Change.UNCHANGED, None, each) for each in findings], everything=everything)


def _finding_lines(finding: Finding) -> Iterator[str]:
    status = "" if finding.status is Status.FAIL else f" ({phrases.STATUS[finding.status]})"
    covered = f" [exception {finding.exception.id}]" if finding.exception is not None else ""
    yield f"  {finding.severity.value:<8}  {finding.control_id}{status}{covered}"
    place = phrases.where(finding, _LENGTH)
    name = shortened(phrases.name(finding), _LENGTH)
    yield visible(f"    {name}  {place}".rstrip())


def _scan(assessment: Assessment) -> dict[str, Any]:
    scan = assessment.scan
    return {
        "version": assessment.version,
        "source": scan.source,
        "target": scan.target,
        "account": scan.account,
        "finished": in_utc(scan.finished),
        "complete": assessment.coverage.complete,
    }


def _row(difference: Difference) -> dict[str, Any]:
    finding, before, after = difference.finding, difference.before, difference.after
    return {
        "change": difference.change.value,
        "reason": difference.reason,
        "control_id": finding.control_id,
        "severity": finding.severity.value,
        "before": before.status.value if before is not None else None,
        "after": after.status.value if after is not None else None,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "resource": {
            "address": finding.resource.address,
            "arn": finding.resource.arn,
            "name": finding.resource.name,
            "root": finding.resource.root,
            "region": finding.resource.region,
            "account": finding.resource.account,
        },
        "exception": after.exception.id if after is not None and after.exception is not None else None,
        "exception_before": before.exception.id if before is not None and before.exception is not None else None,
    }
