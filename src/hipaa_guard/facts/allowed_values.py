"""The possible values of a fact: those that AWS and the provider accept, and those that AWS answers."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.lean import dataclass

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Domain:
    """All known values of a fact or of a field of a record.

    Any other value becomes an `Unknown`: in source the provider or AWS refuses it; in an answer of AWS it is newer than
    this program. ``fold`` says that the provider accepts texts in either case and sends AWS those in ``values``.
    """

    values: tuple[str, ...] | tuple[int, ...] | range
    fold: bool = False

    def admit(self, value: Value) -> Value:
        """The value as it is spelt here; an `Unknown` where it is none of these. A list is checked element by element.
        Values that are unknown or not set stay as they are.
        """
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, list):
            return mapped(self.admit, value) if isinstance(value, Incomplete) else [self.admit(each) for each in value]
        if self.fold and isinstance(value, str):
            value = next((each for each in self.values if str(each).lower() == value.lower()), value)
        if isinstance(value, bool) or value not in self.values:
            return Unknown(f"{_short(value)} is not one of the known values: {self}", Cause.REFUSED)
        return value

    def __str__(self) -> str:
        if isinstance(self.values, range):
            return f"{self.values[0]} to {self.values[-1]}"
        shown = ", ".join(map(str, self.values[:_SHOWN]))
        return shown if len(self.values) <= _SHOWN else f"{shown} and {len(self.values) - _SHOWN} more"


def one_of(*texts: str, fold: bool = False) -> Domain:
    """The domain of these texts."""
    return Domain(texts, fold)


def numbers(*values: int) -> Domain:
    """The domain of these numbers."""
    return Domain(values)


def between(least: int, most: int) -> Domain:
    """The domain of all whole numbers from ``least`` to ``most``, both included."""
    return Domain(range(least, most + 1))


def _short(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
