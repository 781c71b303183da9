"""Dotted paths through the values of one instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.facts.alternatives import EitherList
from hipaa_guard.facts.lists import Incomplete, first_unknown
from hipaa_guard.facts.values import Unknown, Value


def walk(value: Value, steps: Sequence[str]) -> Value:
    """The value at a path below `value`, through the first of several nested blocks. None where there is none."""
    for step in steps:
        value = _step(first_of(value), step)
        if value is None:
            return None
    return value


def first_of(value: Value) -> Value:
    """The first of several nested blocks; any other value as it is."""
    if isinstance(value, EitherList):  # what both have need not come first
        return value.unknown
    if isinstance(value, Incomplete):
        seen = value.seen
        return seen[0] if seen else value.unknown
    if isinstance(value, list):
        return value[0] if value else None
    return value


def every_value(value: Value, steps: Sequence[str]) -> Iterator[Value]:
    """All values at a path below `value`, through every nested block and list; unknown parts stay as they are."""
    if isinstance(value, Incomplete):
        yield value.unknown
        value = value.seen
    if isinstance(value, Unknown):
        yield _below(value) if steps else value
    elif isinstance(value, list):
        for item in value:
            yield from every_value(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, dict):
        yield from every_value(value.get(steps[0]), steps[1:])


def same(one: Value, other: Value) -> bool:
    """Whether both are certainly the same value."""
    if first_unknown(one) is not None or first_unknown(other) is not None:
        return False
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _step(value: Value, step: str) -> Value:
    if isinstance(value, Unknown):
        return _below(value)
    if isinstance(value, dict):
        return value.get(step)
    return None


def _below(value: Unknown) -> Unknown:
    """A part of an unknown value: it may be absent even where the whole is set."""
    return Unknown(value.reason, value.cause, references=value.references, action=value.action)
