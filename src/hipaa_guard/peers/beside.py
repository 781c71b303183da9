"""Other scanners beside a scan of ours: run, read, and laid beside our findings."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.assessment.model import Scan
from hipaa_guard.assessment.peer_results import PeerResult, PeerUse, Relation
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.peers.asked import Asked
from hipaa_guard.peers.commands import Workplace, run_of
from hipaa_guard.peers.merge import MergedRow, merged
from hipaa_guard.peers.programs import PeerFailedError, Program, inside
from hipaa_guard.peers.reading import read
from hipaa_guard.peers.results import Document, PeerError, Result
from hipaa_guard.peers.running import ended

_GOOD = (Status.PASS, Status.NOT_APPLICABLE)
_ORDER = (Status.FAIL, Status.UNKNOWN, Status.MANUAL, Status.PASS, Status.NOT_APPLICABLE, Status.INHERITED)


class Ours(NamedTuple):
    """Our scan, as far as the results of others are laid beside it."""

    scan: Scan
    findings: Sequence[Finding]
    controls: Sequence[Control]
    """All that are loaded."""
    chosen: frozenset[str]
    """The ids of those that judged."""
    only: bool
    """Whether the user named the controls that judge: then results without an equivalent were not asked for."""
    known: Mapping[str, frozenset[str]] | None
    """By scanner, the fingerprints that the baseline holds; None without a baseline."""


def beside(
    asked: Asked, ours: Ours, progress: Callable[[int, int, str], None]
) -> tuple[tuple[PeerUse, ...], tuple[Gap, ...]]:
    """Run the scanners one after the other, and lay their results beside ours. A failure of one is a gap."""
    uses: list[PeerUse] = []
    gaps: list[Gap] = []
    for number, program in enumerate(asked.programs):
        peer = program.peer
        progress(number, len(asked.programs), peer.tool)
        try:
            document = _document(program, asked, ours.scan)
            gaps += [Gap(GapKind.PEER, peer.tool, gap, incomplete=False) for gap in document.gaps]
            _saw_something(document, ours)
        except PeerFailedError as error:
            uses.append(PeerUse(peer.name, peer.tool, failure=error.reason))
            gaps.append(Gap(GapKind.PEER, peer.tool, f"it {error.reason}", error.hint))
            continue
        uses.append(_use(program, document, ours))
    return tuple(uses), tuple(gaps)


def _document(program: Program, asked: Asked, scan: Scan) -> Document:
    if scan.format == "state":
        raise PeerFailedError("was not run: it reads no state", "Scan the source, or a plan.")
    with tempfile.TemporaryDirectory(prefix="hipaa-guard-", ignore_cleanup_errors=True) as name:
        top = Path(name)
        if inside(top, asked.trees):
            raise PeerFailedError(
                "was not run: the directory of temporary files lies in the tree that is scanned",
                "Name another in TMPDIR.",
            )
        place = Workplace(top.resolve()).made()
        run = run_of(program, asked, place, os.environ)
        end = ended(run, program, place.out, asked.timeout)
        if end.code:
            said = f": {end.said}" if end.said else ""
            raise PeerFailedError(f"ended with {_code(end.code)}{said}", f"{program.needs}.")
        return _read(program, sorted(place.out.glob(run.results)))


def _saw_something(document: Document, ours: Ours) -> None:
    """Make sure that a scanner looked at what we looked at: without any result, it has found no resource."""
    judged = any(finding.status in (*_GOOD, Status.FAIL, Status.UNKNOWN) for finding in ours.findings)
    if judged and not document.results:
        raise PeerFailedError(
            "gave no result at all, neither good nor bad, where we judged resources",
            "Run it alone, and see what it says of the files.",
        )


def _code(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"


def _read(program: Program, files: Sequence[Path]) -> Document:
    tool, hint = program.peer.tool, f"{program.needs}."
    if not files:
        raise PeerFailedError("wrote no results", hint)
    try:
        document = read(files[0])
    except PeerError as error:
        raise PeerFailedError(f"wrote what is no result of {tool}: {_without(str(error), files[0])}", hint) from None
    if document.tool not in (tool, ""):
        raise PeerFailedError(f"wrote a result of {document.tool}", hint)
    release = _release(document.version)
    if release is not None and release < program.peer.oldest:
        raise PeerFailedError(f"is too old: it is release {document.version}", hint)
    return document


def _without(text: str, file: Path) -> str:
    """The text without the name of a temporary file."""
    return text.removeprefix(f"{file}: ").replace(str(file), "its output")


def _release(version: str) -> tuple[int, int] | None:
    parts = version.removeprefix("v").split(".")[:2]
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(part.isdecimal() for part in parts) else None


# --- beside our findings ------------------------------------------------------------------------------------------


def _use(program: Program, document: Document, ours: Ours) -> PeerUse:
    placed = merged([document], ours.controls, ours.findings, ours.scan.base).placed
    equivalents = _equivalents(ours.controls, program.peer.name)
    wanted = [(result, rows) for result, rows in placed if _is_wanted(equivalents.get(result.check, ()), ours)]
    found = [_result(result, rows, equivalents.get(result.check, ()), ours) for result, rows in wanted]
    counts = Counter(each.relation for each in found)
    listed = sorted(dict.fromkeys(filter(_is_listed, found)), key=_place)
    return PeerUse(
        name=program.peer.name,
        tool=program.peer.tool,
        version=document.version[:40],
        read=len(document.results),
        left_out=len(placed) - len(wanted),
        relations={relation: counts[relation] for relation in Relation},
        results=tuple(_marked(listed, (ours.known or {}).get(program.peer.name))),
    )


def _equivalents(controls: Iterable[Control], peer: str) -> dict[str, tuple[Control, ...]]:
    found: dict[str, list[Control]] = {}
    for control in controls:
        found.setdefault(control.id, []).append(control)  # our own check, which ran inside the scanner
        for check in control.peers.get(peer, ()):
            found.setdefault(check, []).append(control)
    return {check: tuple(its) for check, its in found.items()}


def _is_wanted(controls: Sequence[Control], ours: Ours) -> bool:
    """Whether a check belongs to what the user asked for: not where all of its controls were left out."""
    if not controls:
        return not ours.only
    return any(control.id in ours.chosen for control in controls)


def _is_listed(result: PeerResult) -> bool:
    return result.status is Status.FAIL or result.relation in (Relation.DISAGREES, Relation.SUPPRESSED)


def _result(result: Result, rows: Sequence[MergedRow], equivalents: Sequence[Control], ours: Ours) -> PeerResult:
    findings = [row.finding for row in rows if row.finding is not None]
    controls = list(dict.fromkeys(control for row in rows for control in row.controls)) or list(equivalents)
    verdict = min((finding.status for finding in findings), key=_ORDER.index, default=None)
    relation = _relation(result, verdict)
    accepted = any(finding.exception is not None for finding in findings)
    return PeerResult(
        check=result.check,
        title=result.title,
        status=result.status,
        relation=relation,
        severity=result.severity,
        message=result.message,
        suppressed=result.suppressed,
        ours=verdict,
        controls=tuple(control.id for control in controls),
        hipaa=tuple(dict.fromkeys(citation for control in controls for citation in control.hipaa)),
        findings=tuple(finding.fingerprint for finding in findings),
        stops=None if accepted else _stops(result, relation, controls),
        resource=result.label,
        account=result.account or None,
        region=result.region or None,
        location=_location(result),
        fingerprint=_fingerprint(result, ours.scan),
    )


def _relation(result: Result, verdict: Status | None) -> Relation:
    if result.suppressed:
        return Relation.SUPPRESSED
    if verdict is None:
        return Relation.ALONE
    if Status.UNKNOWN in (verdict, result.status) or result.status not in (Status.FAIL, *_GOOD):
        return Relation.UNDECIDED
    return Relation.AGREED if (verdict is Status.FAIL) == (result.status is Status.FAIL) else Relation.DISAGREES


def _stops(result: Result, relation: Relation, controls: Sequence[Control]) -> Severity | None:
    """The severity by which the gate counts a result: only failures on which we have no verdict of our own."""
    if result.status is not Status.FAIL or relation not in (Relation.ALONE, Relation.UNDECIDED):
        return None
    if result.severity in tuple(Severity):
        return Severity(result.severity)
    if result.severity.startswith("info"):
        return None
    return min((control.severity for control in controls), key=lambda each: each.rank, default=Severity.LOW)


def _location(result: Result) -> Location | None:
    if not result.file or result.line_start < 1:
        return None
    return Location(result.file, result.line_start, max(result.line_start, result.line_end))


def _fingerprint(result: Result, scan: Scan) -> str:
    """An id of the result that survives moved lines."""
    file = f"{scan.base}/{result.file}" if result.file else ""
    subject = result.address or result.module or result.arn or result.name
    parts = (result.peer, result.check, file, subject, result.account, result.region)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _place(result: PeerResult) -> tuple[int, int, str, str, str]:
    worst = result.stops.rank if result.stops is not None else len(Severity)
    return _ORDER.index(result.status), worst, result.check, result.resource, result.fingerprint


def _marked(results: Iterable[PeerResult], known: frozenset[str] | None) -> Iterator[PeerResult]:
    """The results with their failures marked as new or not, where the baseline knows the scanner."""
    for each in results:
        fails = known is not None and each.status is Status.FAIL
        yield each._replace(new=each.fingerprint not in known) if fails and known is not None else each
