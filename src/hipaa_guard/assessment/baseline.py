"""The baseline: the fingerprints of known gaps, so that a pipeline stops only for new ones."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple, get_args

from hipaa_guard.assessment.model import Assessment, BaselineEntry, BaselineUse, UsedFile
from hipaa_guard.assessment.peer_results import PeerUse
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, fingerprint, moved_to
from hipaa_guard.facts.locations import RootsFrom
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import last_key
from hipaa_guard.terraform.repository.untrusted_paths import FoundPathError, content_of_named

VERSION = "1.0"

FILE = ".hipaa-guard/baseline.json"
"""The file that `hipaa-guard baseline write` writes unless another is named."""

OPEN = (Status.FAIL, Status.UNKNOWN)
"""The statuses of the findings that a baseline holds."""


class BaselineError(Exception):
    """A file is not a baseline. The text says what to do."""


class KnownFinding(NamedTuple):
    """One finding of a baseline."""

    status: Status
    """Fail or unknown."""
    covered: bool
    """Whether an exception covered it."""
    control_id: str = ""
    root: str = ""
    """Empty for a resource of an account."""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that were open when the baseline was made, by fingerprint. ``roots_from`` is as in `Scan`."""

    findings: Mapping[str, KnownFinding] = field(default_factory=dict)
    roots_from: RootsFrom | None = None
    file: str = field(default="", compare=False)
    used: UsedFile = field(default_factory=UsedFile, compare=False)
    peers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The failures of each other scanner that ran beside, by their fingerprints."""

    @property
    def names_repository(self) -> bool:
        """Whether roots are named from the repository."""
        return self.roots_from not in (None, "scanned path")

    def knows(self, finding: Finding, shared: Container[str] = ()) -> bool:
        """Whether the baseline holds the finding, under its fingerprint or a former one.

        It must hold a gap as a gap, and an unknown verdict as a gap or as unknown. A finding that an exception covered
        counts as known only while an exception covers it: when the exception ends, the gap must be seen. A fingerprint
        does not count where it may belong to another root. In a baseline from before roots were named from the
        repository, these are the ``shared`` fingerprints; in any other, those that it holds for another root.
        """
        return any(self._covers(finding, name, shared) for name in names_of(finding))

    def knows_by_former_root(self, finding: Finding, shared: Container[str]) -> bool:
        """Whether the baseline holds a finding only under a fingerprint made with a former name of the root."""
        entries = [self.findings[name] for name in names_of(finding) if self._covers(finding, name, shared)]
        return bool(entries) and all(each.root != finding.resource.root for each in entries)

    def _covers(self, finding: Finding, name: str, shared: Container[str]) -> bool:
        entry = self.findings.get(name)
        if entry is None or (entry.root != finding.resource.root if self.names_repository else name in shared):
            return False
        enough = (Status.FAIL,) if finding.status is Status.FAIL else OPEN
        return entry.status in enough and (finding.exception is not None or not entry.covered)


def names_of(finding: Finding) -> Iterator[str]:
    """The fingerprints under which a baseline may hold a finding: its own, and those from before a move.

    Terraform moves ``x`` to ``x[0]`` by itself where `count` is added, and back where `count` is removed.
    """
    yield finding.fingerprint
    yield from finding.previous
    origin = finding.resource
    if origin.source == "terraform" and origin.address and origin.block:
        rest = origin.address[len(origin.block) :]
        for other in with_and_without_count(origin.block):
            yield fingerprint(finding.control_id, moved_to(origin, other + rest))


def with_and_without_count(address: str) -> Iterator[str]:
    """The other address of the same block: with ``[0]`` where it has none, without where it has it."""
    key = last_key(address)
    if key in ("", "[0]"):
        yield address.removesuffix("[0]") if key else f"{address}[0]"


def baseline_of(assessment: Assessment) -> Baseline:
    """The baseline of a result: its open findings."""
    findings = {
        f.fingerprint: KnownFinding(f.status, f.exception is not None, f.control_id, f.resource.root, f.resource.label)
        for f in _open(assessment.findings)
    }
    return Baseline(findings, assessment.scan.roots_from, peers=_peers(assessment.peers))


def compared(findings: Iterable[Finding], baseline: Baseline, shared: Container[str] = ()) -> list[Finding]:
    """The findings, with gaps and unknown verdicts marked as new or not; for ``shared`` see `Baseline.knows`."""
    return [f._replace(new=not baseline.knows(f, shared)) if f.status in OPEN else f for f in findings]


def use_of(
    baseline: Baseline, findings: Iterable[Finding], shared: Mapping[str, tuple[str, ...]], roots_from: RootsFrom | None
) -> BaselineUse:
    """A baseline as a scan used it: its ambiguous entries, and whether it should be written again."""
    ambiguous = tuple(
        BaselineEntry(name, entry.control_id, entry.root, entry.resource, shared[name])
        for name, entry in baseline.findings.items()
        if name in shared and not baseline.names_repository
    )
    warnings = tuple(_warnings(baseline, ambiguous, findings, shared, roots_from))
    return BaselineUse(baseline.file, baseline.roots_from, len(baseline.findings), ambiguous, warnings, baseline.used)


def _warnings(
    baseline: Baseline,
    ambiguous: Sequence[BaselineEntry],
    findings: Iterable[Finding],
    shared: Container[str],
    roots_from: RootsFrom | None,
) -> Iterator[str]:
    again = "write it again with `hipaa-guard baseline write`"
    for entry in ambiguous:
        yield (
            f"has an entry that covers nothing, {entry.fingerprint[:12]}, {entry.control_id} of {entry.resource}: its "
            f"root is not named from the repository, and may be {' or '.join(entry.meant)}; {again}"
        )
    if roots_from == "scanned path" and baseline.names_repository:
        yield (
            "names roots from the repository, and this scan names them from the scanned path, so a gap of another "
            "root may count as known: give --repository-root DIR"
        )
    if roots_from not in (None, "scanned path") and not baseline.names_repository:
        number = sum(f.status in OPEN and baseline.knows_by_former_root(f, shared) for f in findings)
        if number:
            what = "1 finding" if number == 1 else f"{number:,} findings"
            yield f"holds {what} by fingerprints whose root is not named from the repository: {again}"


def written(assessment: Assessment) -> str:
    """The baseline of a result as JSON, one finding a line, sorted: equal results give equal text."""
    head: dict[str, Any] = {
        "baseline_version": VERSION,
        "tool": {"name": "hipaa-guard", "version": assessment.version},
        "law": assessment.law.compiled,
        "controls": [control.id for control in assessment.controls],
        "roots_from": assessment.scan.roots_from,
    }
    if peers := _peers(assessment.peers):
        head["peers"] = {name: sorted(fingerprints) for name, fingerprints in peers.items()}
    found = {finding.fingerprint: finding for finding in _open(assessment.findings)}
    ordered = sorted(found.values(), key=lambda f: (f.control_id, f.resource.root, f.resource.label, f.fingerprint))
    lines = [f"{json.dumps(name)}: {json.dumps(part)},\n" for name, part in head.items()]
    rows = ",\n".join(json.dumps(_entry(finding)) for finding in ordered)
    return "{\n" + "".join(lines) + '"findings": [' + (f"\n{rows}\n" if rows else "") + "]\n}\n"


def read(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        BaselineError: the file cannot be read, or is not a baseline.

    """
    try:
        return parse(content_of_named(path, None), path)
    except FoundPathError as error:
        raise BaselineError(f"{path} {error}") from None


def parse(data: bytes, path: Path) -> Baseline:
    """The baseline in the content of a file; ``path`` names the file in messages.

    Raises:
        BaselineError: the content is not a baseline.

    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BaselineError(f"{path} is not a baseline: it is not JSON") from None
    if not isinstance(document, dict) or "baseline_version" not in document:
        hint = "`hipaa-guard baseline write` makes one, also from a saved JSON result"
        raise BaselineError(f"{path} is not a baseline: {hint}")
    version = document["baseline_version"]
    if not isinstance(version, str) or version.partition(".")[0] != VERSION.partition(".")[0]:
        raise BaselineError(f"{path} has baseline version {version!r}; this version reads {VERSION}: write it again")
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise BaselineError(f"{path} is not a baseline: it has no findings")
    roots_from = document.get("roots_from")
    if roots_from is not None and roots_from not in get_args(RootsFrom):
        raise BaselineError(f"{path} names roots from {str(roots_from)[:60]!r}, which this hipaa-guard does not know")
    findings = dict(_read(entry, number, path) for number, entry in enumerate(entries))
    return Baseline(findings, roots_from, str(path), peers=_read_peers(document.get("peers"), path))


def _read_peers(given: Any, path: Path) -> dict[str, frozenset[str]]:
    """The failures of other scanners; older baselines have none."""
    lists = given.items() if isinstance(given, dict) else ()
    if (given is not None and not isinstance(given, dict)) or not all(isinstance(each, list) for _, each in lists):
        raise BaselineError(f"{path} is not a baseline: its peers are no lists of fingerprints")
    return {name: frozenset(each for each in found if isinstance(each, str)) for name, found in lists}


def _read(entry: Any, number: int, path: Path) -> tuple[str, KnownFinding]:
    if isinstance(entry, dict):
        name, status = entry.get("fingerprint"), entry.get("status")
        if isinstance(name, str) and status in OPEN:
            said = (str(entry.get(part) or "") for part in ("control_id", "root", "resource"))
            return name, KnownFinding(Status(status), bool(entry.get("exception")), *said)
    raise BaselineError(f"{path}: entry {number + 1} has no fingerprint, or a status that is neither fail nor unknown")


def _peers(peers: Iterable[PeerUse]) -> dict[str, frozenset[str]]:
    """The failures of each other scanner that gave a result."""
    return {
        peer.name: frozenset(each.fingerprint for each in peer.results if each.status is Status.FAIL)
        for peer in peers
        if not peer.failure
    }


def _open(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.status in OPEN)


def _entry(finding: Finding) -> dict[str, str | None]:
    origin = finding.resource
    return {
        "fingerprint": finding.fingerprint,
        "control_id": finding.control_id,
        "status": finding.status.value,
        "root": origin.root,
        "resource": origin.label,
        "exception": finding.exception.id if finding.exception is not None else None,
    }
