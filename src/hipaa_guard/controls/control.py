"""What a control is: a sentence about a good resource, and the function that judges one resource by it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar, get_type_hints

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Resource


class Severity(StrEnum):
    """How bad a gap is for ePHI."""

    __hash__ = str.__hash__  # counted and looked up for every finding; that of Enum is slow

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Status(StrEnum):
    """The outcome of judging one resource, or of a requirement of the law."""

    __hash__ = str.__hash__  # counted and looked up for every finding; that of Enum is slow

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    MANUAL = "manual"
    INHERITED = "inherited"
    PARTIAL = "partial"
    """Of a requirement only: there is evidence, but not all that belongs to it was judged."""


VERDICTS: tuple[Status, ...] = tuple(status for status in Status if status is not Status.PARTIAL)
"""The statuses that a finding can have."""


class Verdict(NamedTuple):
    """The judgement of one resource. ``message`` is a predicate whose subject is the resource."""

    status: Status
    message: str


def passed(message: str) -> Verdict:
    """The resource is as the control's title says."""
    return Verdict(Status.PASS, message)


def failed(message: str) -> Verdict:
    """The resource is certainly not as the control's title says."""
    return Verdict(Status.FAIL, message)


def not_applicable(message: str) -> Verdict:
    """The control does not concern this resource, for the reason given."""
    return Verdict(Status.NOT_APPLICABLE, message)


@dataclass(frozen=True, slots=True)
class Fix:
    """How to close the gap. ``terraform`` is HCL that a resource must have; ``cli`` an AWS command line."""

    terraform: str = ""
    cli: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "terraform", textwrap.dedent(self.terraform).strip("\n"))
        object.__setattr__(self, "cli", textwrap.dedent(self.cli).strip("\n"))


PEERS = ("checkov", "trivy", "prowler", "aws_config", "cdk_nag", "powerpipe")
"""The tools whose equivalent checks a control names, in the order in which reports list them."""

Peers = Mapping[str, str | tuple[str, ...]]
Judge = Callable[..., Verdict]


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """One requirement, judged on one kind of resource. ``id`` is permanent and never reused."""

    id: str
    title: str
    severity: Severity
    hipaa: tuple[str, ...]
    why: str
    fix: Fix
    kind: type[Resource]
    judge: Judge
    needs_inventory: bool
    safeguard: str
    """The folder of `policies` that it stands in (``encryption_at_rest``)."""
    module: str
    peers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    previous_ids: tuple[str, ...] = ()

    def __call__(self, resource: Resource, inventory: Inventory) -> Verdict:
        """Judge one resource. Raises what reading its facts raises."""
        return self.judge(resource, inventory) if self.needs_inventory else self.judge(resource)


@dataclass(frozen=True, slots=True)
class Member:
    """One kind in a family of controls: the same test under an id of its own. What is None is the family's."""

    id: str
    kind: type[Resource]
    title: str
    fix: Fix
    peers: Peers = field(default_factory=dict)
    why: str | None = None
    severity: Severity | None = None
    hipaa: tuple[str, ...] | None = None


J = TypeVar("J", bound=Judge)


def control(
    *,
    title: str,
    severity: Severity,
    hipaa: tuple[str, ...],
    why: str,
    fix: Fix,
    peers: Peers | None = None,
    previous_ids: tuple[str, ...] = (),
) -> Callable[[J], Control]:
    """Make a control of a function. Its name is the id, the type of its first parameter the kind it judges.

    A second parameter asks for the `Inventory`, to look at neighbours.
    """

    def make(judge: J) -> Control:
        kind, needs_inventory = _signature(judge)
        if kind is None:
            raise TypeError(f"{judge.__name__} must say which kind it judges: annotate its first parameter")
        member = Member(judge.__name__, kind, title, fix, peers or {})
        return _control(judge, member, severity, hipaa, why, needs_inventory=needs_inventory, previous_ids=previous_ids)

    return make


def family(
    *members: Member, severity: Severity, hipaa: tuple[str, ...], why: str
) -> Callable[[J], tuple[Control, ...]]:
    """Make one control for each member of a function that judges several kinds by the same test."""

    def make(judge: J) -> tuple[Control, ...]:
        _, needs_inventory = _signature(judge)
        return tuple(
            _control(judge, member, severity, hipaa, why, needs_inventory=needs_inventory) for member in members
        )

    return make


def _control(
    judge: Judge,
    member: Member,
    severity: Severity,
    hipaa: tuple[str, ...],
    why: str,
    *,
    needs_inventory: bool,
    previous_ids: tuple[str, ...] = (),
) -> Control:
    return Control(
        id=member.id,
        title=member.title,
        severity=member.severity or severity,
        hipaa=member.hipaa or hipaa,
        why=member.why or why,
        fix=member.fix,
        kind=member.kind,
        judge=judge,
        needs_inventory=needs_inventory,
        safeguard=_safeguard(judge.__module__),
        module=judge.__module__,
        peers={peer: (ids,) if isinstance(ids, str) else tuple(ids) for peer, ids in member.peers.items()},
        previous_ids=previous_ids,
    )


def _safeguard(module: str) -> str:
    """The folder a policy module stands in, for ours and for users' own."""
    parts = module.split(".")
    return parts[-2] if len(parts) > 1 else "own"


def _signature(judge: Judge) -> tuple[type[Resource] | None, bool]:
    """The kind of the first parameter, where it is one kind, and whether a second asks for the inventory."""
    hints: dict[str, Any] = get_type_hints(judge)
    hints.pop("return", None)
    kinds = list(hints.values())
    kind = kinds[0] if kinds and isinstance(kinds[0], type) and issubclass(kinds[0], Resource) else None
    return kind, judge.__code__.co_argcount > 1
