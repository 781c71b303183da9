"""Accepted risks that silenced checks of other scanners propose: one for each gap of ours that they are about.

A proposal names one control and one resource, which fails in the scan that it is made from. So it never covers more
than people have looked at. Every silenced check either ends in proposals or is listed with the reason why it does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hipaa_guard.assessment.exceptions import RegisterEntry
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.peers.silencing.silenced import Named, Silenced

_SHOWN = 4


@dataclass(slots=True)
class Proposal:
    """A gap that other scanners were told to leave out.

    ``also_asks`` holds the checks of those scanners that the control stands for as well and that were not silenced:
    the exception would cover more than they did.
    """

    control: Control
    finding: Finding
    silenced: list[Silenced] = field(default_factory=list)

    @property
    def also_asks(self) -> tuple[str, ...]:
        """The checks that the control stands for as well."""
        said = {each.check for each in self.silenced}
        if self.control.id in said:
            return ()
        peers = sorted({each.peer for each in self.silenced})
        return tuple(check for peer in peers for check in self.control.peers.get(peer, ()) if check not in said)


@dataclass(frozen=True, slots=True)
class Left:
    """A silenced check, and why it, or a part of it, is not proposed."""

    silenced: Silenced
    reason: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What is proposed, worst severity first, and what is left. ``read`` counts the silenced checks."""

    proposed: tuple[Proposal, ...]
    left: tuple[Left, ...]
    read: int
    gaps: tuple[str, ...] = ()


def propose(
    silenced: Sequence[Silenced],
    controls: Sequence[Control],
    scan: Assessment,
    register: Sequence[RegisterEntry],
    gaps: Iterable[str] = (),
) -> Proposals:
    """The exceptions that silenced checks propose, given a scan of the same and the register as it is."""
    table = _Table(controls, scan, register)
    proposed: dict[tuple[str, str], Proposal] = {}
    left: list[Left] = []
    for each in silenced:
        gaps_found, reasons = table.outcome(each)
        for control, finding in gaps_found:
            proposal = proposed.setdefault((control.id, finding.fingerprint), Proposal(control, finding))
            proposal.silenced.append(each)
        left += [Left(each, reason) for reason in reasons]
    ordered = sorted(proposed.values(), key=_place)
    return Proposals(tuple(ordered), tuple(left), len(silenced), tuple(gaps))


def _place(proposal: Proposal) -> tuple[int, str, str, str]:
    finding = proposal.finding
    return finding.severity.rank, proposal.control.id, finding.resource.root, finding.resource.label


Judged = tuple[Control, Finding]


class _Table:
    """Our findings and controls, looked up by silenced checks."""

    def __init__(self, controls: Sequence[Control], scan: Assessment, register: Sequence[RegisterEntry]) -> None:
        self._scan = scan
        self._register = register
        self._by_id = {name: control for control in controls for name in (control.id, *control.previous_ids)}
        self._equivalents: dict[tuple[str, str], list[Control]] = defaultdict(list)
        for control in controls:
            for peer, checks in control.peers.items():
                for check in checks:
                    self._equivalents[peer, check].append(control)
        self._findings: dict[str, list[Finding]] = defaultdict(list)
        for finding in scan.findings:
            self._findings[finding.control_id].append(finding)

    def outcome(self, silenced: Silenced) -> tuple[list[Judged], list[str]]:
        """The gaps that a silenced check is about, and the reasons why other resources have none."""
        own = self._by_id.get(silenced.check)
        controls = [own] if own is not None else self._equivalents.get((silenced.peer, silenced.check), [])
        if not controls:
            return [], ["no control of ours is its equivalent"]
        if silenced.unclear:
            return [], [silenced.unclear]
        met: dict[tuple[str, str], list[Judged]] = defaultdict(list)
        for control in controls:
            for finding in self._findings[control.id]:
                if silenced.target.names(finding, control, self._scan.scan):
                    met[finding.resource.root, finding.resource.label].append((control, finding))
        if not met:
            return [], ["the scan judged no such resource by a control that is its equivalent"]
        roots = sorted({root for root, _ in met})
        if isinstance(silenced.target, Named) and len(roots) > 1:
            return [], [
                f"the address exists in several roots ({_some(roots)}), and the file does not say which is meant"
            ]
        return self._sorted(met.values())

    def _sorted(self, by_resource: Iterable[list[Judged]]) -> tuple[list[Judged], list[str]]:
        gaps: list[Judged] = []
        reasons: dict[str, list[str]] = defaultdict(list)
        for judged in by_resource:
            failing = [each for each in judged if each[1].status is Status.FAIL]
            if len(failing) == 1 and not (why := self._needs_none(failing[0][1])):
                gaps.append(failing[0])
            elif len(failing) == 1:
                reasons[why].append(judged[0][1].resource.label)
            else:
                reasons[_undecided(judged, failing)].append(judged[0][1].resource.label)
        return gaps, [f"{_some(labels)}: {reason}" for reason, labels in reasons.items()]

    def _needs_none(self, finding: Finding) -> str:
        """Why a gap can have no proposal; empty if it can."""
        if finding.exception is not None:
            return f"{finding.exception.id} covers it"
        origin = finding.resource
        for entry in self._register:
            if entry.exception.control == finding.control_id and entry.scope.covers(entry.exception.id, origin):
                return f"{entry.exception.id} of the register is for it"
        if not (origin.arn if origin.source == "aws" else origin.address):
            return "the gap is not about a single resource"
        return ""


def _undecided(judged: list[Judged], failing: list[Judged]) -> str:
    """Why a resource has no proposal where not exactly one control fails on it."""
    if failing:
        named = _some([f"{control.id} ({finding.fingerprint[:8]})" for control, finding in failing])
        return (
            f"the check stands for several controls that fail: {named}; accept those that are meant by "
            "`hipaa-guard exceptions add --finding`"
        )
    if any(finding.status is Status.UNKNOWN for _, finding in judged):
        return "the verdict is unknown: settle it first, an exception is for a gap"
    return "nothing is left to accept: it passes or does not apply"


def _some(names: Sequence[str]) -> str:
    return ", ".join(_cut(names))


def _cut(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_SHOWN]
    if len(names) > _SHOWN:
        yield f"and {len(names) - _SHOWN:,} more"
