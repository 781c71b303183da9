"""Results of other scanners as plain text for people."""

from __future__ import annotations

from collections.abc import Sequence

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.assessment.peer_results import PeerResult
from hipaa_guard.outputs.wording import peer_words
from hipaa_guard.outputs.wording.harmless_text import shortened
from hipaa_guard.outputs.wording.pen import Pen

_LENGTH = 200


def other_scanners(pen: Pen, assessment: Assessment) -> None:
    """The other scanners that were to run: what each said in numbers, and what it says alone or against ours."""
    for peer in assessment.peers:
        pen.paragraph(f"OTHER SCANNER: {peer_words.heading(peer)}", "title")
        pen.paragraph(peer_words.summary(peer), "unsure" if peer.failure else "", indent=2)
        for title, results in peer_words.groups(peer, everything=pen.page.everything):
            _group(pen, title, results)
        pen.gap()


def _group(pen: Pen, title: str, results: Sequence[PeerResult]) -> None:
    if not results:
        return
    pen.line(f"{title}: {len(results):,}", "title", indent=2)
    by_check: dict[str, list[PeerResult]] = {}
    for each in results:
        by_check.setdefault(each.check, []).append(each)
    shown = pen.some(list(by_check))
    for check, alike in list(by_check.items())[:shown]:
        _check(pen, check, alike)
    rest = sum(map(len, list(by_check.values())[shown:]))
    if rest:
        pen.line(f"and {rest:,} more; --all lists them", "dim", indent=4)


def _check(pen: Pen, check: str, alike: Sequence[PeerResult]) -> None:
    first = alike[0]
    head = "  ".join(filter(None, (check or "(no id)", peer_words.severity(first), shortened(first.title, _LENGTH))))
    pen.paragraph(head, indent=4, hanging=6)
    if first.hipaa:
        pen.paragraph(f"45 CFR {', '.join(first.hipaa)}", "dim", indent=6)
    for each in alike[: pen.some(alike, 3)]:
        place = f"  {each.location}" if each.location is not None and str(each.location) not in each.resource else ""
        pen.paragraph(f"{shortened(each.resource or '(no resource)', _LENGTH)}{place}", indent=6, hanging=8)
        words = "; ".join(filter(None, (_short(each), peer_words.ours(each))))
        pen.paragraph("" if words == "fails" else shortened(words, _LENGTH), "dim", indent=8)
    rest = len(alike) - pen.some(alike, 3)
    if rest:
        pen.line(f"and {rest:,} more; --all lists them", "dim", indent=6)


def _short(result: PeerResult) -> str:
    """What it says beside the title, which is shown already."""
    return peer_words.said(result._replace(title=""))
