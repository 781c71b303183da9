"""The values that a fact can have: what AWS and the provider take, and what AWS answers."""

from __future__ import annotations

from hipaa_guard.facts.values import Cause, Incomplete, Unknown, Value, mapped
from hipaa_guard.lean import dataclass

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Domain:
    """All values of a fact, or of a field of a record, that are known to exist.

    Any other is not known: in source the provider or AWS refuses it, and what AWS answers beyond it is newer than this
    program. ``fold`` says that the provider takes texts in either case; AWS is sent those that stand here.
    """

    values: tuple[str, ...] | tuple[int, ...] | range
    fold: bool = False

    def admit(self, value: Value) -> Value:
        """The value where it is one of these, as it stands here; else an `Unknown` that says so. A list element by
        element. What is not known, or not set, stays as it is.
        """
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, list):
            return mapped(self.admit, value) if isinstance(value, Incomplete) else [self.admit(each) for each in value]
        if self.fold and isinstance(value, str):
            value = next((each for each in self.values if str(each).lower() == value.lower()), value)
        if isinstance(value, bool) or value not in self.values:
            return Unknown(f"{_short(value)} is none of the values that are known: {self}", Cause.REFUSED)
        return value

    def __str__(self) -> str:
        if isinstance(self.values, range):
            return f"{self.values[0]} to {self.values[-1]}"
        shown = ", ".join(map(str, self.values[:_SHOWN]))
        return shown if len(self.values) <= _SHOWN else f"{shown} and {len(self.values) - _SHOWN} more"


def one_of(*texts: str, fold: bool = False) -> Domain:
    """The texts that a fact can be."""
    return Domain(texts, fold)


def numbers(*values: int) -> Domain:
    """The numbers that a fact can be."""
    return Domain(values)


def between(least: int, most: int) -> Domain:
    """All whole numbers from one to another, both included."""
    return Domain(range(least, most + 1))


def _short(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
