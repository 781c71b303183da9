"""An accepted risk: a person answers for a gap until a date. It is shown with the finding and changes no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from hipaa_guard.facts.locations import Location
from hipaa_guard.lean import dataclass


@dataclass(frozen=True, slots=True)
class ExceptionEntry:
    """One entry of the register of exceptions, as shown with a finding that it covers."""

    id: str
    justification: str
    compensating_control: str
    owner: str
    approver: str
    approved_on: date
    expires_on: date
    ticket: str = ""
    control: str = ""
    """The id of the control that it applies to."""
    scope: str = ""
    """The resources that it covers, in words."""
    risk: str = ""
    """The remaining risk, as its owner rates it."""


class ExceptionReference(NamedTuple):
    """A source comment that refers to an exception. ``id`` is empty if it names no entry."""

    id: str
    text: str
    place: Location


class SourceComments(NamedTuple):
    """References and tags of a resource in source. Only tags with known values are there."""

    references: tuple[ExceptionReference, ...] = ()
    tags: Mapping[str, str] = {}
