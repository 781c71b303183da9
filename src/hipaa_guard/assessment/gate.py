"""The gate: whether a pipeline may go on, and if not, why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hipaa_guard.assessment.model import Coverage, Gate, Preset, SettingsChange
from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import SAME, GapKind
from hipaa_guard.facts.values import Cause

CLEAN, FAILURES, USAGE, INCOMPLETE, BROKEN = range(5)
"""The exit codes. A gap that is certain is never hidden behind an incomplete scan: 4 > 2 > 1 > 3."""

_PRECEDENCE = (BROKEN, USAGE, FAILURES, INCOMPLETE)

NOT_READ = frozenset({Cause.DENIED, Cause.THROTTLED, Cause.UNREACHABLE, Cause.CREDENTIALS, Cause.SERVICE_ERROR})
"""Causes of an unknown verdict where something exists and was not read."""

NOTHING = "Nothing was judged"
"""The beginning of the sentence for a scan that judged nothing."""

_GAP_WORDS = {
    GapKind.FILE: ("file could not be read", "files could not be read"),
    GapKind.MODULE: ("module was not available", "modules were not available"),
    GapKind.EXPRESSION: ("expression could not be evaluated", "expressions could not be evaluated"),
    GapKind.EXPANSION: ("number of instances is not known", "numbers of instances are not known"),
    GapKind.DUPLICATE: ("block is declared twice", "blocks are declared twice"),
    GapKind.LIMIT: ("limit was reached", "limits were reached"),
    GapKind.CALL: ("AWS call was not answered", "AWS calls were not answered"),
    GapKind.REGION: ("region was not read", "regions were not read"),
    GapKind.POLICY: ("policy cannot be used", "policies cannot be used"),
    GapKind.PEER: ("other scanner gave no result", "other scanners gave no result"),
}


def decide(
    findings: Iterable[Finding],
    coverage: Coverage,
    *,
    preset: Preset | None = None,
    fail_on: Severity | None = Severity.LOW,
    max_unknown: int | None = None,
    max_unjudged: int | None = None,
    allow_empty: bool = False,
    narrowed: bool = False,
    must_judge: bool = False,
    warn_only: bool = False,
    internal_errors: int = 0,
    new_only: bool = False,
    expired: Sequence[str] = (),
    changed: Sequence[SettingsChange] = (),
    peers: Sequence[PeerUse] = (),
) -> Gate:
    """The gate over a finished scan.

    ``fail_on`` is the lowest severity whose failures stop the pipeline; None lets all pass. Advisory ones never stop
    it; ``preset`` is what made them so. A scan is incomplete with more than ``max_unknown`` unknown verdicts, or more
    than ``max_unjudged`` resources that no control judges; None allows any number. A scan that judged nothing is
    incomplete, unless ``allow_empty`` is given or it was ``narrowed``: asked for less than there is (``must_judge``:
    even then). ``warn_only`` reports failures and incompleteness without stopping for them; an error of our own always
    stops. ``new_only`` lets failures pass that the baseline holds. ``expired`` are the ids of expired exceptions,
    ``changed`` the differences between the settings of the tree and those of the commit that they were taken from:
    each of either stops. A finding that an exception covers does not stop the pipeline and does not count as unknown.
    ``peers`` are other scanners that ran beside: their failures stop as ours do where we have no verdict.
    """
    findings = list(findings)
    open_ = [finding for finding in findings if finding.exception is None]
    sentences = {
        BROKEN: _broken(findings, coverage, internal_errors),
        FAILURES: [
            *_failures(findings, fail_on, new_only=new_only),
            *_failures_of_others(peers, Severity.MEDIUM if preset == "recommended" else fail_on, new_only=new_only),
            *_expired(expired),
            *_changed(changed),
        ],
        INCOMPLETE: [
            *(
                []
                if allow_empty or (narrowed and not must_judge) or _judged(findings)
                else [nothing_judged(coverage, narrowed=narrowed)]
            ),
            *_gaps(open_, coverage),
            *_policies_broken(findings),
            *_too_many_unknown(open_, max_unknown),
            *_too_many_unjudged(coverage, max_unjudged),
        ],
    }
    code = next((code for code in _PRECEDENCE if sentences.get(code)), CLEAN)
    reasons = tuple(sentence for each in _PRECEDENCE for sentence in sentences.get(each, ()))
    if code == CLEAN:
        clean = _clean(findings, coverage, fail_on, new_only=new_only, narrowed=narrowed)
        return Gate(True, CLEAN, (clean,), preset, fail_on)
    if warn_only and code != BROKEN:
        return Gate(True, CLEAN, (f"Warnings only: {reasons[0]}", *reasons[1:]), preset, fail_on)
    return Gate(False, code, reasons, preset, fail_on)


def counted(number: int, one: str, many: str) -> str:
    """A number with the right form of its word."""
    return f"{number:,} {one if number == 1 else many}"


def nothing_judged(coverage: Coverage, *, narrowed: bool = False) -> str:
    """Why a scan judged nothing, in a sentence."""
    same = next((each.reason for each in coverage.gaps if each.reason.startswith(SAME)), "")
    if narrowed and same:
        return f"{NOTHING}: {same}."
    if narrowed:
        return f"{NOTHING}: the part that was asked for holds no resource that the chosen controls judge."
    if coverage.resources:
        found = counted(coverage.judged, "resource that was found", "resources that were found")
        return f"{NOTHING}: no control concerns the {found}."
    if coverage.elsewhere:
        return f"{NOTHING}: only parts of resources declared elsewhere were found, and they decide nothing."
    if not coverage.not_judged:
        return f"{NOTHING}: no resource was found that a control judges."
    number = coverage.not_judged
    types = counted(len(coverage.unjudged_types), "type", "types")
    return f"{NOTHING}: {counted(number, 'resource', 'resources')} of {types} {_have(number)} no control."


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _judged(findings: Iterable[Finding]) -> int:
    """Number of verdicts on resources, unknown ones included."""
    return sum(finding.status in (Status.PASS, Status.FAIL, Status.UNKNOWN) for finding in findings)


def _broken(findings: Sequence[Finding], coverage: Coverage, internal_errors: int) -> list[str]:
    controls = {each.control_id for each in findings if each.error is not None and each.cause is not Cause.POLICY}
    controls |= {gap.subject for gap in coverage.gaps if gap.kind is GapKind.CONTROL}
    sentences = []
    if controls:
        sentences.append(f"{counted(len(controls), 'control', 'controls')} broke while judging ({_named(controls)}).")
    if internal_errors:
        sentences.append(f"{counted(internal_errors, 'internal error', 'internal errors')} happened during the scan.")
    return sentences


def _policies_broken(findings: Sequence[Finding]) -> list[str]:
    """Controls of the user's own policies that broke: their verdicts are not known."""
    controls = {finding.control_id for finding in findings if finding.cause is Cause.POLICY}
    if not controls:
        return []
    broke = counted(len(controls), "control of your own policies", "controls of your own policies")
    return [f"The scan is incomplete: {broke} broke while judging ({_named(controls)})."]


def _named(ids: Iterable[str]) -> str:
    some = sorted(ids)
    return ", ".join(some[:3]) + (", ..." if len(some) > 3 else "")


def _failures(findings: Sequence[Finding], fail_on: Severity | None, *, new_only: bool) -> list[str]:
    failing = _failing(findings, new_only=new_only)
    stopping = () if fail_on is None else tuple(severity for severity in Severity if severity.rank <= fail_on.rank)
    bad = [finding.severity for finding in failing.open if finding.severity in stopping]
    if not bad:
        return []
    by_severity = Counter(bad)
    parts = ", ".join(f"{by_severity[severity]:,} {severity}" for severity in Severity if by_severity[severity])
    least = "" if fail_on is Severity.LOW else f" at severity {fail_on} or worse"
    what = ("new finding fails", "new findings fail") if new_only else ("finding fails", "findings fail")
    more = [
        *([f"{len(failing.advisory):,} advisory"] if failing.advisory else []),
        *([f"{len(failing.in_baseline):,} in the baseline"] if failing.in_baseline else []),
        *([f"{len(failing.excepted):,} covered by exceptions"] if failing.excepted else []),
    ]
    besides = f" (besides {in_a_row(more)})" if more else ""
    return [f"{counted(len(bad), *what)}{least}: {parts}{besides}."]


def in_a_row(parts: Sequence[str]) -> str:
    """The parts with commas, and "and" before the last."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


class _Failing(NamedTuple):
    """Failing findings by whether the gate counts them."""

    open: list[Finding]
    advisory: list[Finding]
    in_baseline: list[Finding]
    excepted: list[Finding]


def _failing(findings: Sequence[Finding], *, new_only: bool) -> _Failing:
    found = _Failing([], [], [], [])
    for finding in findings:
        if finding.status is Status.FAIL:
            if finding.exception is not None:
                found.excepted.append(finding)
            elif new_only and finding.new is False:
                found.in_baseline.append(finding)
            elif finding.advisory:
                found.advisory.append(finding)
            else:
                found.open.append(finding)
    return found


def _failures_of_others(peers: Sequence[PeerUse], fail_on: Severity | None, *, new_only: bool) -> list[str]:
    """Failures that other scanners found and we have no verdict on. One that may be new counts as new.

    By the preset ``recommended`` those of severity low are advisory: a scanner that gives no severity has many.
    """
    sentences = []
    stopping = () if fail_on is None else tuple(severity for severity in Severity if severity.rank <= fail_on.rank)
    for peer in peers:
        open_ = [each.stops for each in peer.stopping if not (new_only and each.new is False)]
        by_severity = Counter(severity for severity in open_ if severity in stopping)
        if by_severity:
            parts = ", ".join(f"{by_severity[severity]:,} {severity}" for severity in Severity if by_severity[severity])
            what = counted(by_severity.total(), "failure", "failures")
            sentences.append(f"{what} of {peer.tool} without a verdict of ours: {parts}.")
    return sentences


def _expired(ids: Sequence[str]) -> list[str]:
    if not ids:
        return []
    names = ", ".join(ids[:3]) + (", ..." if len(ids) > 3 else "")
    return [f"{counted(len(ids), 'exception has', 'exceptions have')} expired ({names})."]


def _changed(changes: Sequence[SettingsChange]) -> list[str]:
    if not changes:
        return []
    names = ", ".join(dict.fromkeys(change.what for change in changes))
    return [f"The tree changes the files that decide about it ({names}), and --fail-on-settings-change stops for that."]


def _gaps(findings: Sequence[Finding], coverage: Coverage) -> list[str]:
    kinds: Counter[GapKind] = Counter()
    kinds.update(gap.kind for gap in coverage.gaps if gap.incomplete and gap.kind is not GapKind.CONTROL)
    if kinds:
        parts = [counted(kinds[kind], *words) for kind, words in _GAP_WORDS.items() if kinds[kind]]
        return [f"The scan is incomplete: {', '.join(parts)}."]
    causes = Counter(str(f.cause) for f in findings if f.status is Status.UNKNOWN and f.cause in NOT_READ)
    if not causes:
        return []
    parts = [f"{cause} ({number:,})" for cause, number in sorted(causes.items())]
    verdicts = counted(causes.total(), "verdict is", "verdicts are")
    return [f"The scan is incomplete: {verdicts} unknown because something was not read: {', '.join(parts)}."]


def _too_many_unknown(findings: Sequence[Finding], most: int | None) -> list[str]:
    number = sum(finding.status is Status.UNKNOWN for finding in findings)
    if most is None or number <= most:
        return []
    return [f"{counted(number, 'verdict is', 'verdicts are')} unknown and at most {most:,} may be."]


def _too_many_unjudged(coverage: Coverage, most: int | None) -> list[str]:
    number = coverage.not_judged
    if most is None or number <= most:
        return []
    return [f"{counted(number, 'resource was', 'resources were')} judged by no control and at most {most:,} may be."]


def _clean(
    findings: Sequence[Finding], coverage: Coverage, fail_on: Severity | None, *, new_only: bool, narrowed: bool
) -> str:
    counts = Counter(finding.status for finding in findings)
    judged = _judged(findings)
    if not judged:
        return nothing_judged(coverage, narrowed=narrowed)
    failing = _failing(findings, new_only=new_only)
    below = "below the severity that stops" if fail_on else "let through"
    found = (
        (failing.open, below),
        (failing.advisory, "advisory (--preset strict stops for them)"),
        (failing.in_baseline, "in the baseline"),
        (failing.excepted, "covered by exceptions"),
    )
    parts = [f"{counted(len(some), 'failing finding', 'failing findings')} {what}" for some, what in found if some]
    parts = parts or [f"No gap found in {counted(judged, 'verdict', 'verdicts')}"]
    if counts[Status.UNKNOWN]:
        parts.append(f"{counts[Status.UNKNOWN]:,} unknown")
    return "; ".join(parts) + "."
