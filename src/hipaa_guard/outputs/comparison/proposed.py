"""Proposed exceptions, and silenced checks that propose none, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hipaa_guard.assessment.gate import counted
from hipaa_guard.outputs.wording.harmless_text import escaped_json, in_log, shortened, visible
from hipaa_guard.peers.silencing.proposing import Left, Proposal, Proposals
from hipaa_guard.peers.silencing.silenced import Silenced

VERSION = "1.0"

_MOST = 20
_LENGTH = 300


def as_text(proposals: Proposals, *, everything: bool = False) -> str:
    """The proposals with what they rest on, and each silenced check without one with its reason."""
    most = None if everything else _MOST
    return in_log("".join(f"{line}\n" for line in _lines(proposals, most)))


def as_json(proposals: Proposals) -> str:
    """The same as a JSON document. Equal proposals give equal text."""
    document = {
        "proposals_version": VERSION,
        "summary": {
            "silenced": proposals.read,
            "proposed": len(proposals.proposed),
            "not_proposed": len(proposals.left),
        },
        "proposed": [_proposal(each) for each in proposals.proposed],
        "not_proposed": [{**_silenced(each.silenced), "why": each.reason} for each in proposals.left],
        "gaps": list(proposals.gaps),
    }
    return escaped_json(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def verdict(proposals: Proposals) -> str:
    """The last line: the numbers of silenced checks, of exceptions that they propose, and of reasons for none."""
    silenced = counted(proposals.read, "silenced check", "silenced checks")
    exceptions = counted(len(proposals.proposed), "exception", "exceptions")
    return f"{silenced} read: {exceptions} proposed, {len(proposals.left):,} listed with the reason why not."


def _lines(proposals: Proposals, most: int | None) -> Iterator[str]:
    if proposals.proposed:
        yield "PROPOSED"
        for each in proposals.proposed[:most]:
            yield from map(visible, _proposed_lines(each))
        yield from _rest(len(proposals.proposed), most)
        yield ""
    if proposals.left:
        yield "NOT PROPOSED"
        groups = _grouped(proposals.left)
        for group in groups[:most]:
            yield from map(visible, _left_lines(group))
        yield from _rest(len(groups), most)
        yield ""
    if proposals.gaps:
        yield "NOT READ"
        yield from (visible(f"  {shortened(gap, _LENGTH)}") for gap in proposals.gaps[:most])
        yield from _rest(len(proposals.gaps), most)
        yield ""
    yield verdict(proposals)


def _proposed_lines(proposal: Proposal) -> Iterator[str]:
    finding = proposal.finding
    root = f" in {finding.resource.root}" if finding.resource.root not in ("", ".") else ""
    yield f"  {finding.severity.value:<8}  {proposal.control.id}  {finding.resource.label}{root}"
    for each in proposal.silenced:
        yield f"    {_said(each)}"
    if proposal.also_asks:
        yield f"    the control also asks what was not silenced: {', '.join(proposal.also_asks)}"


def _grouped(left: Sequence[Left]) -> list[list[Left]]:
    """Checks of one place and one reason, which a pattern of a mutelist may stand for by the hundred."""
    found: dict[tuple[str, str, str], list[Left]] = {}
    for each in left:
        found.setdefault((each.silenced.tool, each.silenced.place, each.reason), []).append(each)
    return list(found.values())


def _left_lines(group: Sequence[Left]) -> Iterator[str]:
    more = f" and {len(group) - 1:,} more checks" if len(group) > 1 else ""
    yield f"  {_said(group[0].silenced, more)}"
    yield f"    {group[0].reason}"


def _said(silenced: Silenced, more: str = "") -> str:
    reason = f": {silenced.reason}" if silenced.reason else ""
    return shortened(f"{silenced.tool} {silenced.check or '(no id)'}{more}, {silenced.place}{reason}", _LENGTH)


def _rest(number: int, most: int | None) -> Iterator[str]:
    if most is not None and number > most:
        yield f"  and {number - most:,} more: --all"


def _proposal(proposal: Proposal) -> dict[str, Any]:
    origin = proposal.finding.resource
    return {
        "control": proposal.control.id,
        "severity": proposal.finding.severity.value,
        "fingerprint": proposal.finding.fingerprint,
        "resource": {
            "source": origin.source,
            "address": origin.address,
            "root": origin.root or None,
            "arn": origin.arn,
        },
        "silenced": [_silenced(each) for each in proposal.silenced],
        "also_asks": list(proposal.also_asks),
    }


def _silenced(silenced: Silenced) -> dict[str, Any]:
    return {"tool": silenced.tool, "check": silenced.check, "reason": silenced.reason, "place": silenced.place}
