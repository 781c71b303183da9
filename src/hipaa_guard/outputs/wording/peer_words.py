"""Results of other scanners in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.peer_results import PeerResult, PeerUse, Relation
from hipaa_guard.controls.control import Status

_VERDICTS = {
    Status.PASS: "passes",
    Status.FAIL: "fails",
    Status.UNKNOWN: "is not known",
    Status.NOT_APPLICABLE: "does not apply",
    Status.MANUAL: "needs a person",
    Status.INHERITED: "is inherited",
}


def heading(peer: PeerUse) -> str:
    """The scanner with its release."""
    return f"{peer.tool} {peer.version}".strip()


def summary(peer: PeerUse) -> str:
    """What the scanner said, in one sentence with numbers."""
    if peer.failure:
        return f"It {peer.failure}."
    counts = peer.relations
    parts = [
        f"{counts.get(Relation.AGREED, 0):,} agree with ours",
        f"{counts.get(Relation.DISAGREES, 0):,} disagree",
        f"{counts.get(Relation.UNDECIDED, 0):,} undecided on one side",
        f"{counts.get(Relation.ALONE, 0):,} without a verdict of ours",
        f"{counts.get(Relation.SUPPRESSED, 0):,} silenced in it",
    ]
    left_out = f"; {peer.left_out:,} left out with their controls" if peer.left_out else ""
    return f"{counted(peer.read, 'result', 'results')}: {', '.join(parts)}{left_out}."


def groups(peer: PeerUse, *, everything: bool) -> Iterator[tuple[str, Sequence[PeerResult]]]:
    """The results that people read, with a title: what only it found, what contradicts ours, what was silenced.

    With ``everything`` also those that are folded into our own findings, because both found the same.
    """
    stopping = peer.stopping
    yield "Found by it alone", stopping
    silent = [
        each
        for each in peer.results
        if each.status is Status.FAIL and each.stops is None and each.relation in (Relation.ALONE, Relation.UNDECIDED)
    ]
    yield "Found by it alone, and not counted", silent
    yield "Disagreements", peer.related(Relation.DISAGREES)
    yield "Silenced in it", peer.related(Relation.SUPPRESSED)
    if everything:
        agreed = [each for each in peer.related(Relation.AGREED) if each.status is Status.FAIL]
        yield "Found by both, and told by our own findings", agreed


def severity(result: PeerResult) -> str:
    """The severity in the scanner's own word, else that by which it counts."""
    return result.severity or (f"counts as {result.stops}" if result.stops is not None else "")


def ours(result: PeerResult) -> str:
    """Our verdict, and our controls; empty where no control is equivalent."""
    if not result.controls:
        return ""
    names = ", ".join(result.controls)
    return f"{names}: no verdict" if result.ours is None else f"{names} {_VERDICTS[result.ours]}"


def said(result: PeerResult) -> str:
    """What the scanner says of the resource, in a few words."""
    why = result.message or result.title
    if result.suppressed:
        return f"silenced: {result.suppressed}"
    return f"{_VERDICTS[result.status]}: {why}" if why else _VERDICTS[result.status]
