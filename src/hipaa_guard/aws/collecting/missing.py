"""Calls that were not answered, as gaps: each cause once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.fact_source import Item
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Cause, Unknown


@dataclass(slots=True)
class _UnansweredGroup:
    """Refusals with the same cause."""

    refusal: Refusal
    count: int = 0
    kinds: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Unlisted:
    kind: type[Resource]
    unknown: Unknown
    refusal: Refusal | None
    parent: Item | None


class UnansweredCalls:
    """Groups refusals into gaps: one for each operation, region and cause.

    An endpoint that does not answer is one gap for its service and region. Expired credentials are a single gap.
    """

    def __init__(self) -> None:
        self._unlisted: list[_Unlisted] = []
        self._details: list[tuple[type[Resource], Refusal]] = []
        self._misread: dict[tuple[type[Resource], Gap], None] = {}

    def listing(self, kind: type[Resource], refusal: Refusal, parent: Item | None) -> None:
        """Add a listing that was refused, or not answered in full; `parent` is the item that it was made for."""
        self._unlisted.append(_Unlisted(kind, refusal.unknown(), refusal, parent))

    def detail(self, kind: type[Resource], refusal: Refusal) -> None:
        """Add a refused detail of one resource."""
        self._details.append((kind, refusal))

    def misread(self, kind: type[Resource], answer: Answer, found: Unknown) -> None:
        """Add a listing whose answer does not show all resources of the kind."""
        gap = Gap(GapKind.CALL, answer.operation, found.reason, region=answer.region)
        if (kind, gap) not in self._misread:  # one gap for all elements that lack the same
            self._unlisted.append(_Unlisted(kind, found, None, None))
            self._misread[kind, gap] = None

    def forget(self, gone: set[int]) -> None:
        """Leave out calls for resources that no longer exist."""
        self._unlisted = [each for each in self._unlisted if each.parent is None or id(each.parent) not in gone]

    def unlisted(self) -> dict[str, Unknown]:
        """Kind -> why not all resources of it were listed."""
        found: dict[str, list[Unknown]] = {}
        for each in self._unlisted:
            found.setdefault(each.kind.kind, []).append(each.unknown)
        return {kind: _joined(unknowns) for kind, unknowns in found.items()}

    def gaps(self) -> tuple[Gap, ...]:
        """The gaps, in a stable order."""
        groups: dict[tuple[str, ...], _UnansweredGroup] = {}
        for kind, refusal in self._refusals():
            group = groups.setdefault(_same_gap(refusal), _UnansweredGroup(refusal))
            group.count += 1
            group.kinds.add(kind.kind)
        ordered = sorted(groups.items(), key=lambda each: each[0])
        return (*(_gap(group) for _, group in ordered), *dict.fromkeys(gap for _, gap in self._misread))

    def denied_actions(self) -> tuple[str, ...]:
        """The IAM actions that were denied, sorted."""
        return tuple(sorted({refusal.action for _, refusal in self._refusals() if refusal.meaning is Meaning.DENIED}))

    @property
    def faults(self) -> int:
        """Number of refusals that are a fault of this program."""
        return sum(1 for _, refusal in self._refusals() if refusal.meaning is Meaning.OURS)

    def _refusals(self) -> Iterable[tuple[type[Resource], Refusal]]:
        yield from ((each.kind, each.refusal) for each in self._unlisted if each.refusal is not None)
        yield from self._details


def _same_gap(refusal: Refusal) -> tuple[str, ...]:
    if refusal.meaning is Meaning.EXPIRED:
        return (refusal.cause,)
    if refusal.meaning is Meaning.UNREACHABLE:
        return (refusal.cause, refusal.operation.partition(".")[0], refusal.region)
    return (refusal.cause, refusal.operation, refusal.region, refusal.meaning, refusal.action)


def _gap(group: _UnansweredGroup) -> Gap:
    refusal = group.refusal
    subject = refusal.operation
    if refusal.meaning is Meaning.EXPIRED:
        subject = "credentials"
    elif refusal.meaning is Meaning.UNREACHABLE:
        subject = f"{refusal.operation.partition('.')[0]} in {refusal.region}"
    times = f" ({group.count} times)" if group.count > 1 else ""
    return Gap(
        GapKind.CALL,
        subject,
        f"{refusal.reason}{times}; concerns {', '.join(sorted(group.kinds))}",
        hint=refusal.hint,
        incomplete=refusal.meaning is not Meaning.NOT_OFFERED,
        region=None if refusal.meaning is Meaning.EXPIRED else refusal.region,
        action=refusal.action if refusal.meaning is Meaning.DENIED else None,
    )


def _joined(unknowns: list[Unknown]) -> Unknown:
    """The first of several, with the number of the others in words."""
    reasons = list(dict.fromkeys(each.reason for each in unknowns))
    first = unknowns[0]
    if len(reasons) == 1:
        return first
    return Unknown(f"{first.reason}, and {len(reasons) - 1} more", first.cause or Cause.OTHER, action=first.action)
