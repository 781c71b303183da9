"""Other scanners in the auditor's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.assessment.peer_results import PeerResult, PeerUse
from hipaa_guard.outputs.wording import peer_words
from hipaa_guard.outputs.wording.harmless_text import shortened

_MOST_ROWS = 500
_NAME, _MESSAGE = 300, 600


@dataclass(frozen=True, slots=True)
class PeerRow:
    """A result of another scanner in a table."""

    check: str
    severity: str
    resource: str
    where: str
    said: str
    ours: str
    hipaa: str


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """Its results of one kind."""

    title: str
    number: int
    rows: tuple[PeerRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PeerView:
    """Another scanner."""

    heading: str
    summary: str
    groups: tuple[PeerGroup, ...]


def peer_views(assessment: Assessment) -> tuple[PeerView, ...]:
    """The other scanners that were to run."""
    return tuple(map(_view, assessment.peers))


def _view(peer: PeerUse) -> PeerView:
    found = tuple(_group(title, results) for title, results in peer_words.groups(peer, everything=True) if results)
    return PeerView(peer_words.heading(peer), peer_words.summary(peer), found)


def _group(title: str, results: Sequence[PeerResult]) -> PeerGroup:
    rows = tuple(map(_row, results[:_MOST_ROWS]))
    return PeerGroup(title, len(results), rows, len(results) - len(rows))


def _row(result: PeerResult) -> PeerRow:
    account = " ".join(filter(None, (result.account, result.region)))
    return PeerRow(
        check=shortened(result.check or "(no id)", _NAME),
        severity=peer_words.severity(result),
        resource=shortened(result.resource or "(no resource)", _NAME),
        where=str(result.location) if result.location is not None else account,
        said=shortened(peer_words.said(result), _MESSAGE),
        ours=peer_words.ours(result),
        hipaa=", ".join(result.hipaa),
    )
