"""An accepted risk: a person answers for a gap until a date. It stands with the finding and changes no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
