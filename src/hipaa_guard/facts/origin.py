"""The identity of a resource, and the places that it and its facts come from."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, NamedTuple

from hipaa_guard.facts.locations import Asked, Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Unknown
from hipaa_guard.lean import dataclass

ACCOUNT_DIGITS = 12
"""Of the id of an account."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The identity of a resource, and where it was found. Parts that a source does not know are None."""

    kind: str
    type: str | None
    name: str | None
    source: Literal["terraform", "aws"]
    address: str | None = None
    arn: str | None = None
    region: str | None = None
    account: str | None = None
    root: str = ""
    location: Location | None = None
    uncertain: Unknown | None = None
    """Why the resource may not exist (a count that is not known); None where it certainly exists."""
    keys: frozenset[str] = frozenset()
    """All known texts that another resource may use to point at this one."""
    part_of: str | None = None
    """In words, the stand-in that this resource sets a part of; its kind is `kind`."""
    inside: str | None = None
    """The address of the outer resource, if this one is nested in a block of it."""
    place: Place | None = field(default=None, compare=False)
    """The account and region that Terraform makes the resource in; None where nothing is recorded of them."""

    @property
    def own_account(self) -> str | None:
        """The account that the resource is in: as its source says it, else that in its ARN."""
        return self.account or account_in(self.arn)

    @property
    def known_name(self) -> str | None:
        """The name by which others may point at the resource; None where `name` is only the label of its block."""
        return self.name if self.name in self.keys else None

    @property
    def block(self) -> str | None:
        """The Terraform address of the block of the resource, or of its outer resource."""
        return self.inside or self.address

    @property
    def label(self) -> str:
        """The name for people: the Terraform address, else the ARN, else the name."""
        return self.address or self.arn or self.name or self.kind


def account_in(arn: str | None) -> str | None:
    """The account in an ARN; None where it has none, as those of buckets."""
    parts = (arn or "").split(":", 5)
    return parts[4] if len(parts) == 6 and len(parts[4]) == ACCOUNT_DIGITS and parts[4].isdigit() else None


class Evidence(NamedTuple):
    """One fact that a judgement read: its value in words, and where it came from."""

    fact: str
    value: str
    source: str
    """``file:line`` or the AWS call; empty where nothing is written and the provider's default holds."""
    location: Location | None = None
    calls: tuple[Asked, ...] = ()
    """The calls to AWS that answered it."""


class Trace(NamedTuple):
    """Where a fact comes from; see `Evidence`."""

    source: str = ""
    location: Location | None = None
    calls: tuple[Asked, ...] = ()
