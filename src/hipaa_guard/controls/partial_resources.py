"""Judging resources that are declared elsewhere, by their parts that are declared here.

A verdict that the parts alone decide is a finding at the deciding part. All other controls are one gap for each
resource: forty unknown verdicts on a resource that is not here would help nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import field

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import Finding, fingerprint, judged
from hipaa_guard.facts.inventory import Inventory, Part, StandIn
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.resource import Resource
from hipaa_guard.lean import dataclass

_TRIED = 5_000
"""Maximum parts of one resource that are judged one by one."""


@dataclass(slots=True)
class PartsJudged:
    """The findings and gaps of resources that have only parts here."""

    findings: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    resources: Counter[str] = field(default_factory=Counter)
    """Number of resources with a verdict of some control, by kind."""
    undecided: Counter[str] = field(default_factory=Counter)
    """Number of resources that a control could not judge by their parts, by the id of the control."""


def judge_parts(
    controls: Iterable[Control], inventory: Inventory, without: Collection[str] = frozenset()
) -> PartsJudged:
    """Judge resources that are declared elsewhere, as far as their parts decide.

    A resource is left out if all of its parts have addresses in ``without``.
    """
    result = PartsJudged()
    by_kind: dict[type[Resource], list[Control]] = {}
    for control in controls:
        for kind in control.kind.narrower():
            by_kind.setdefault(kind, []).append(control)
    found: dict[str, Finding] = {}
    for kind, its_controls in by_kind.items():
        for stand_in in stand_ins(inventory, kind, without):
            open_: list[Control] = []
            decided = False
            for control in its_controls:
                findings = list(_findings(control, stand_in, inventory))
                decided = decided or bool(findings)
                if not findings and judged(control, stand_in.resource, inventory).status is Status.UNKNOWN:
                    open_.append(control)
                for finding in findings:
                    _keep(found, finding)
            if decided:
                result.resources[stand_in.resource.kind] += 1
            result.undecided.update(control.id for control in open_)
            if open_:
                result.gaps.append(_row(stand_in, open_, len(its_controls)))
    result.findings = list(found.values())
    return result


def stand_ins(inventory: Inventory, kind: type[Resource] | None, without: Collection[str]) -> Iterator[StandIn]:
    """The stand-ins, of one kind or all kinds, that have a part at another address than these."""
    for stand_in in inventory.stand_ins(kind):
        if any(part.origin.address not in without for part in stand_in.parts):
            yield stand_in


def _keep(found: dict[str, Finding], finding: Finding) -> None:
    """Keep one finding for a control and a part: the worst, if it is a part of several resources."""
    known = found.get(finding.fingerprint)
    if known is None or (known.status is not Status.FAIL and finding.status is Status.FAIL):
        found[finding.fingerprint] = finding


def _findings(control: Control, stand_in: StandIn, inventory: Inventory) -> Iterator[Finding]:
    """A failure at each part that alone causes it; any other verdict at the first part that causes it."""
    alone = stand_in.parts[0] if len(stand_in.parts) == 1 else None
    whole = judged(control, stand_in.resource if alone is None else alone.alone(), inventory)
    if whole.error is not None:
        yield _at(stand_in.parts[0], whole, stand_in)
        return
    if whole.status not in (Status.FAIL, Status.PASS):
        return
    if alone is not None:
        yield _at(alone, whole, stand_in)
        return
    tried = ((part, judged(control, part.alone(), inventory)) for part in stand_in.parts[:_TRIED])
    deciding = [(part, finding) for part, finding in tried if finding.status is whole.status]
    if not deciding:
        yield _at(stand_in.parts[0], whole, stand_in)
    for part, finding in deciding if whole.status is Status.FAIL else deciding[:1]:
        yield _at(part, finding, stand_in)


def _at(part: Part, finding: Finding, stand_in: StandIn) -> Finding:
    """A finding on a resource that is declared elsewhere, at the deciding part."""
    uncertain = part.origin.uncertain
    return finding._replace(
        resource=part.origin,
        message=f"belongs to the {stand_in.named}, which is declared elsewhere and {finding.message}",
        fingerprint=fingerprint(finding.control_id, part.origin),
        uncertain=None if uncertain is None else uncertain.reason,
    )


def _row(stand_in: StandIn, controls: Sequence[Control], all_: int) -> Gap:
    number = "no control" if len(controls) == all_ else f"{all_ - len(controls)} of {all_} controls"
    reason = f"only parts of it are declared here, and {number} could judge it by them"
    return Gap(
        GapKind.ELSEWHERE,
        stand_in.named,
        reason,
        "scan what declares it, or the account",
        incomplete=False,
        location=stand_in.parts[0].origin.location,
    )
