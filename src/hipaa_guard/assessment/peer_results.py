"""Results of other scanners that ran beside ours, as an assessment holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.facts.locations import Location
from hipaa_guard.lean import dataclass


class Relation(StrEnum):
    """How a result of another scanner relates to our verdict on the same resource by an equivalent control."""

    AGREED = "agreed"
    """Both see a gap, or neither does."""
    DISAGREES = "disagrees"
    """One sees a gap where the other sees none."""
    UNDECIDED = "undecided"
    """One of the two could not decide."""
    ALONE = "alone"
    """We have no verdict: no control is equivalent, or none judged the resource."""
    SUPPRESSED = "suppressed"
    """The user silenced it in the other scanner."""


class PeerResult(NamedTuple):
    """One result of another scanner."""

    check: str
    title: str
    status: Status
    relation: Relation
    severity: str = ""
    """In the scanner's own word, in lower case; empty where it gives none."""
    message: str = ""
    suppressed: str = ""
    """Why it does not count in that scanner; empty where it counts."""
    ours: Status | None = None
    """Our verdict; None where we have none."""
    controls: tuple[str, ...] = ()
    """Our controls that its check is equivalent to."""
    hipaa: tuple[str, ...] = ()
    """The citations of these controls."""
    findings: tuple[str, ...] = ()
    """The fingerprints of our findings on the same resource by these controls."""
    stops: Severity | None = None
    """The severity by which the gate counts it; None where it never stops a pipeline."""
    resource: str = ""
    """The name for people; empty where the scanner names none."""
    account: str | None = None
    region: str | None = None
    location: Location | None = None
    fingerprint: str = ""
    """64 hexadecimal digits; the same after lines have moved."""
    new: bool | None = None
    """Whether the baseline lacks it; None without a baseline, or where it does not know the scanner."""


@dataclass(frozen=True, slots=True)
class PeerUse:
    """Another scanner that was to run beside ours, and what it said."""

    name: str
    """As in ``--peers``."""
    tool: str
    """The name for people."""
    version: str = ""
    """Empty where it does not tell."""
    failure: str = ""
    """Why it gave no result, in a predicate; empty where it gave one."""
    read: int = 0
    """Number of its results."""
    left_out: int = 0
    """Number of results whose controls were left out on request."""
    relations: Mapping[Relation, int] = field(default_factory=dict)
    """Number of the other results by relation, every relation present where it gave a result."""
    results: tuple[PeerResult, ...] = ()
    """Its failures, what the user silenced in it, and the results that contradict ours; worst first."""

    @property
    def stopping(self) -> tuple[PeerResult, ...]:
        """Its failures that may stop a pipeline."""
        return tuple(each for each in self.results if each.stops is not None)

    def related(self, relation: Relation) -> tuple[PeerResult, ...]:
        """Its results of one relation."""
        return tuple(each for each in self.results if each.relation is relation)
