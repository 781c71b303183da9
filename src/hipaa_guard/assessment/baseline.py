"""The baseline: the gaps that are known already, by fingerprint, so that a pipeline can stop for new ones only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, fingerprint, moved_to
from hipaa_guard.terraform.addresses import last_key

VERSION = "1.0"

FILE = ".hipaa-guard/baseline.json"
"""Where `hipaa-guard baseline write` puts it."""

_OPEN = (Status.FAIL, Status.UNKNOWN)


class BaselineError(Exception):
    """A file is no baseline. The text says what to do."""


class Known(NamedTuple):
    """One finding of a baseline."""

    status: Status
    """Fail or unknown."""
    covered: bool
    """Whether an exception covered it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was open when the baseline was made, by fingerprint."""

    findings: Mapping[str, Known] = field(default_factory=dict)

    def knows(self, finding: Finding) -> bool:
        """Whether a gap was there as a gap, an unknown verdict at least as unknown; under any name it ever had.

        What an exception covered is known only as long as one does: when that ends, the gap has to be seen.
        """
        enough = (Status.FAIL,) if finding.status is Status.FAIL else _OPEN
        found = (self.findings.get(name) for name in names_of(finding))
        return any(
            known is not None and known.status in enough and (finding.exception is not None or not known.covered)
            for known in found
        )


def names_of(finding: Finding) -> Iterator[str]:
    """The fingerprints by which a finding may be known: its own, and those of before a move.

    Terraform moves ``x`` to ``x[0]`` by itself where `count` is added, and back where it is taken away.
    """
    yield finding.fingerprint
    yield from finding.previous
    origin = finding.resource
    if origin.source == "terraform" and origin.address and origin.block:
        key = last_key(origin.block)
        if key in ("", "[0]"):
            other = origin.block.removesuffix("[0]") if key else f"{origin.block}[0]"
            yield fingerprint(finding.control_id, moved_to(origin, other + origin.address[len(origin.block) :]))


def baseline_of(assessment: Assessment) -> Baseline:
    """What is open in a result."""
    return Baseline({f.fingerprint: Known(f.status, f.exception is not None) for f in _open(assessment.findings)})


def compared(findings: Iterable[Finding], baseline: Baseline) -> list[Finding]:
    """The findings, gaps and unknown verdicts marked as new or not."""
    return [f._replace(new=not baseline.knows(f)) if f.status in _OPEN else f for f in findings]


def written(assessment: Assessment) -> str:
    """The baseline of a result as JSON, a finding on a line, sorted: equal results give equal text."""
    head = {
        "baseline_version": VERSION,
        "tool": {"name": "hipaa-guard", "version": assessment.version},
        "law": assessment.law.compiled,
        "controls": [control.id for control in assessment.controls],
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
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BaselineError(f"{path} cannot be read: {error.strerror or error}") from None
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
    return Baseline(dict(_read(entry, number, path) for number, entry in enumerate(entries)))


def _read(entry: Any, number: int, path: Path) -> tuple[str, Known]:
    if isinstance(entry, dict):
        name, status = entry.get("fingerprint"), entry.get("status")
        if isinstance(name, str) and status in _OPEN:
            return name, Known(Status(status), bool(entry.get("exception")))
    raise BaselineError(f"{path}: entry {number + 1} has no fingerprint, or a status that is neither fail nor unknown")


def _open(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.status in _OPEN)


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
