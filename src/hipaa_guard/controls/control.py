"""Controls: a sentence about a good resource, and the function that judges one resource by it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from types import ModuleType
from typing import NamedTuple

from hipaa_guard.controls.fix import Fix, FixTexts
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.resource import Resource
from hipaa_guard.lean import dataclass


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
    """Only for requirements: there is evidence, but not all controls of it judged."""


VERDICTS: tuple[Status, ...] = tuple(status for status in Status if status is not Status.PARTIAL)
"""The statuses that a finding can have."""


class Verdict(NamedTuple):
    """The verdict on one resource. ``message`` is a predicate whose subject is the resource."""

    status: Status
    message: str
    severity: Severity | None = None
    """How bad this gap is, where it is not as bad, or worse, than the control's gaps are; None: as the control says."""


def passed(message: str) -> Verdict:
    """The resource is as the control's title says."""
    return Verdict(Status.PASS, message)


def failed(message: str, severity: Severity | None = None) -> Verdict:
    """The resource is certainly not as the control's title says. A severity takes the place of the control's."""
    return Verdict(Status.FAIL, message, severity)


def not_applicable(message: str) -> Verdict:
    """The control does not concern this resource, for the reason given."""
    return Verdict(Status.NOT_APPLICABLE, message)


PEERS = ("checkov", "trivy", "prowler", "aws_config", "cdk_nag", "powerpipe")
"""The tools whose equivalent checks a control names, in the order in which reports list them."""

SHIPPED = "hipaa_guard.policies."
"""Prefix of the names of modules with shipped controls."""

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
    """The folder of `policies` that has it (``encryption_at_rest``)."""
    module: str
    peers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    previous_ids: tuple[str, ...] = ()
    refines: tuple[str, ...] = ()
    """The controls of the same kind that ask for a part of what this one asks for. Where one of them fails, a gap of
    this control follows from it, and people are told of both at once."""
    advisory: str = ""
    """Why its gaps of severity low stop no pipeline by the preset ``recommended``: a sentence; empty where they do."""

    def __call__(self, resource: Resource, inventory: Inventory) -> Verdict:
        """Judge one resource. Raises the errors of reading its facts."""
        if self.needs_inventory:
            return self.judge(resource, inventory.as_seen_from(resource))
        return self.judge(resource)

    @property
    def kind_name(self) -> str:
        """The name of the kind: ``s3.Bucket``."""
        return self.kind.kind

    def fix_texts(self) -> FixTexts:
        """The fix for reports."""
        return self.fix.texts()

    def kinds(self) -> tuple[type[Resource], ...]:
        """The kinds that it judges: its own, and those derived from it."""
        return self.kind.narrower()

    @property
    def is_shipped(self) -> bool:
        """Whether it is shipped, not a policy of a user or of an installed package."""
        return self.module.startswith(SHIPPED)

    @property
    def declared_at(self) -> tuple[str, int]:
        """The file and the line of its function, its decorator included."""
        code = inspect.unwrap(self.judge).__code__
        return code.co_filename, code.co_firstlineno


@dataclass(frozen=True, slots=True)
class Member:
    """One kind in a family of controls: the same test with its own id. A field that is None has the family's value."""

    id: str
    kind: type[Resource]
    title: str
    fix: Fix
    peers: Peers = field(default_factory=dict)
    why: str | None = None
    severity: Severity | None = None
    hipaa: tuple[str, ...] | None = None
    refines: str | tuple[str, ...] = ()
    advisory: str = ""


def controls_in(module: ModuleType) -> Iterator[Control]:
    """The controls that a module defines, also those of families, in the order of their definition."""
    for value in list(vars(module).values()):
        members = value if isinstance(value, tuple) else (value,)
        for member in members:
            if isinstance(member, Control) and member.module == module.__name__:
                yield member
