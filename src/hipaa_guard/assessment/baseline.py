"""The baseline: the gaps that are known already, by fingerprint, so that a pipeline can stop for new ones only."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, NamedTuple, get_args

from hipaa_guard.assessment.model import Assessment, BaselineEntry, BaselineUse, UsedFile
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, fingerprint, moved_to
from hipaa_guard.facts.locations import RootsFrom
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import last_key
from hipaa_guard.terraform.repository.untrusted_paths import FoundPathError, content_of_named

VERSION = "1.0"

FILE = ".hipaa-guard/baseline.json"
"""Where `hipaa-guard baseline write` puts it."""

OPEN = (Status.FAIL, Status.UNKNOWN)
"""What a baseline holds."""


class BaselineError(Exception):
    """A file is no baseline. The text says what to do."""


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
    """What was open when the baseline was made, by fingerprint. ``roots_from`` is as in `Scan`."""

    findings: Mapping[str, KnownFinding] = field(default_factory=dict)
    roots_from: RootsFrom | None = None
    file: str = field(default="", compare=False)
    used: UsedFile = field(default_factory=UsedFile, compare=False)

    @property
    def names_repository(self) -> bool:
        """Whether roots are named from the repository."""
        return self.roots_from not in (None, "scanned path")

    def knows(self, finding: Finding, shared: Container[str] = ()) -> bool:
        """Whether a gap was there as a gap, an unknown verdict at least as unknown; under any name it ever had.

        What an exception covered is known only as long as one does: when that ends, the gap has to be seen. A name is
        not enough where it may be that of another root: in a baseline from before roots were named from the repository
        one of the ``shared`` names, in any other one that stands there for another root.
        """
        return any(self._covers(finding, name, shared) for name in names_of(finding))

    def knows_otherwise(self, finding: Finding, shared: Container[str]) -> bool:
        """Whether it knows a finding only by a name in which the root is called otherwise."""
        known = [self.findings[name] for name in names_of(finding) if self._covers(finding, name, shared)]
        return bool(known) and all(each.root != finding.resource.root for each in known)

    def _covers(self, finding: Finding, name: str, shared: Container[str]) -> bool:
        known = self.findings.get(name)
        if known is None or (known.root != finding.resource.root if self.names_repository else name in shared):
            return False
        enough = (Status.FAIL,) if finding.status is Status.FAIL else OPEN
        return known.status in enough and (finding.exception is not None or not known.covered)


def names_of(finding: Finding) -> Iterator[str]:
    """The fingerprints by which a finding may be known: its own, and those of before a move.

    Terraform moves ``x`` to ``x[0]`` by itself where `count` is added, and back where it is taken away.
    """
    yield finding.fingerprint
    yield from finding.previous
    origin = finding.resource
    if origin.source == "terraform" and origin.address and origin.block:
        rest = origin.address[len(origin.block) :]
        for other in counted_otherwise(origin.block):
            yield fingerprint(finding.control_id, moved_to(origin, other + rest))


def counted_otherwise(address: str) -> Iterator[str]:
    """The address that Terraform knows as the same, without a `count` or with one."""
    key = last_key(address)
    if key in ("", "[0]"):
        yield address.removesuffix("[0]") if key else f"{address}[0]"


def baseline_of(assessment: Assessment) -> Baseline:
    """What is open in a result."""
    known = {
        f.fingerprint: KnownFinding(f.status, f.exception is not None, f.control_id, f.resource.root, f.resource.label)
        for f in _open(assessment.findings)
    }
    return Baseline(known, assessment.scan.roots_from)


def compared(findings: Iterable[Finding], baseline: Baseline, shared: Container[str] = ()) -> list[Finding]:
    """The findings, gaps and unknown verdicts marked as new or not; for ``shared`` see `Baseline.knows`."""
    return [f._replace(new=not baseline.knows(f, shared)) if f.status in OPEN else f for f in findings]


def use_of(
    baseline: Baseline, findings: Iterable[Finding], shared: Mapping[str, tuple[str, ...]], roots_from: RootsFrom | None
) -> BaselineUse:
    """What a scan has to say of its baseline: which entries are ambiguous, and whether it should be written again."""
    ambiguous = tuple(
        BaselineEntry(name, known.control_id, known.root, known.resource, shared[name])
        for name, known in baseline.findings.items()
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
            f"covers nothing by its entry {entry.fingerprint[:12]}, {entry.control_id} of {entry.resource}: its root "
            f"is not named from the repository, and {' or '.join(entry.meant)} may be meant; {again}"
        )
    if roots_from == "scanned path" and baseline.names_repository:
        yield (
            "names roots from the repository, and this scan names them from what was scanned, so that a gap of another "
            "root may count as known: give --repository-root DIR"
        )
    if roots_from not in (None, "scanned path") and not baseline.names_repository:
        number = sum(f.status in OPEN and baseline.knows_otherwise(f, shared) for f in findings)
        if number:
            what = "1 finding" if number == 1 else f"{number:,} findings"
            yield f"knows {what} by a name in which the root is not named from the repository: {again}"


def written(assessment: Assessment) -> str:
    """The baseline of a result as JSON, a finding on a line, sorted: equal results give equal text."""
    head = {
        "baseline_version": VERSION,
        "tool": {"name": "hipaa-guard", "version": assessment.version},
        "law": assessment.law.compiled,
        "controls": [control.id for control in assessment.controls],
        "roots_from": assessment.scan.roots_from,
    }
    found = {finding.fingerprint: finding for finding in _open(assessment.findings)}
    ordered = sorted(found.values(), key=lambda f: (f.control_id, f.resource.root, f.resource.label, f.fingerprint))
    lines = [f"{json.dumps(name)}: {json.dumps(part)},\n" for name, part in head.items()]
    rows = ",\n".join(json.dumps(_entry(finding)) for finding in ordered)
    return "{\n" + "".join(lines) + '"findings": [' + (f"\n{rows}\n" if rows else "") + "]\n}\n"


def read(path: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        BaselineError: it cannot be read or is none.

    """
    try:
        return parse(content_of_named(path, None), path)
    except FoundPathError as error:
        raise BaselineError(f"{path} {error}") from None


def parse(data: bytes, path: Path) -> Baseline:
    """The baseline whose content this is; ``path`` is the file in messages.

    Raises:
        BaselineError: it is none.

    """
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise BaselineError(f"{path} is no baseline: it is no JSON") from None
    if not isinstance(document, dict) or "baseline_version" not in document:
        hint = "`hipaa-guard baseline write` makes one, also from a saved JSON result"
        raise BaselineError(f"{path} is no baseline: {hint}")
    version = document["baseline_version"]
    if not isinstance(version, str) or version.partition(".")[0] != VERSION.partition(".")[0]:
        raise BaselineError(f"{path} has baseline version {version!r}, and {VERSION} is read: write it again")
    entries = document.get("findings")
    if not isinstance(entries, list):
        raise BaselineError(f"{path} is no baseline: it has no findings")
    roots_from = document.get("roots_from")
    if roots_from is not None and roots_from not in get_args(RootsFrom):
        raise BaselineError(f"{path} names roots from {str(roots_from)[:60]!r}, which this hipaa-guard does not know")
    return Baseline(dict(_read(entry, number, path) for number, entry in enumerate(entries)), roots_from, str(path))


def _read(entry: Any, number: int, path: Path) -> tuple[str, KnownFinding]:
    if isinstance(entry, dict):
        name, status = entry.get("fingerprint"), entry.get("status")
        if isinstance(name, str) and status in OPEN:
            said = (str(entry.get(part) or "") for part in ("control_id", "root", "resource"))
            return name, KnownFinding(Status(status), bool(entry.get("exception")), *said)
    raise BaselineError(f"{path}: entry {number + 1} has no fingerprint, or a status that is neither fail nor unknown")


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
