"""An accepted risk: a person answers for a gap until a date. It stands with the finding and changes no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from hipaa_guard.facts.locations import Location
from hipaa_guard.lean import dataclass


@dataclass(frozen=True, slots=True)
class ExceptionEntry:
    """One entry of the register of exceptions, as it stands with a finding that it covers."""

    id: str
    justification: str
    compensating_control: str
    owner: str
    approver: str
    approved_on: date
    expires_on: date
    ticket: str = ""
    control: str = ""
    """The id of the control that it is for."""
    scope: str = ""
    """What it covers, in words."""
    risk: str = ""
    """What is left of the risk, as its owner rates it."""


class ExceptionReference(NamedTuple):
    """A comment in source that speaks to hipaa-guard. ``id`` is empty where it names no entry."""

    id: str
    text: str
    place: Location


class SourceComments(NamedTuple):
    """What source says of a resource besides its facts. Only tags whose values are known are there."""

    references: tuple[ExceptionReference, ...] = ()
    tags: Mapping[str, str] = {}
