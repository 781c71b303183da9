"""The baseline: the gaps that are known already, by fingerprint, so that a pipeline can stop for new ones only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was open when the baseline was made."""

    statuses: dict[str, Status] = field(default_factory=dict)
    """By fingerprint: failing or unknown."""

    def knows(self, finding: Finding) -> bool:
        """Whether a gap was there as a gap, an unknown verdict at least as unknown; under any name it ever had."""
        enough = (Status.FAIL,) if finding.status is Status.FAIL else _OPEN
        return any(self.statuses.get(name) in enough for name in names_of(finding))


def names_of(finding: Finding) -> Iterator[str]:
    """The fingerprints by which a finding may be known: its own, and those of before a move.

    Terraform moves ``x`` to ``x[0]`` by itself where `count` is added, and back where it is taken away.
    """
    yield finding.fingerprint
    yield from finding.previous
    origin = finding.resource
    if origin.source == "terraform" and origin.address:
        key = last_key(origin.address)
        if key in ("", "[0]"):
            other = origin.address.removesuffix("[0]") if key else f"{origin.address}[0]"
            yield fingerprint(finding.control_id, moved_to(origin, other))


def baseline_of(assessment: Assessment) -> Baseline:
    """What is open in a result. What an exception covers is not: when that ends, the gap has to be seen."""
    return Baseline({f.fingerprint: f.status for f in _open(assessment.findings)})


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
    entries = {f.fingerprint: _entry(f) for f in _open(assessment.findings)}
    ordered = sorted(entries.values(), key=lambda e: (e["control_id"], e["root"], e["resource"], e["fingerprint"]))
    lines = [f"{json.dumps(name)}: {json.dumps(part)},\n" for name, part in head.items()]
    rows = ",\n".join(json.dumps(entry) for entry in ordered)
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


def _read(entry: Any, number: int, path: Path) -> tuple[str, Status]:
    if isinstance(entry, dict):
        name, status = entry.get("fingerprint"), entry.get("status")
        if isinstance(name, str) and status in _OPEN:
            return name, Status(status)
    raise BaselineError(f"{path}: entry {number + 1} has no fingerprint, or a status that is neither fail nor unknown")


def _open(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.status in _OPEN and finding.exception is None)


def _entry(finding: Finding) -> dict[str, str]:
    origin = finding.resource
    return {
        "fingerprint": finding.fingerprint,
        "control_id": finding.control_id,
        "status": finding.status.value,
        "root": origin.root,
        "resource": origin.label,
    }
