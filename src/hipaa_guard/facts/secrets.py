"""Sensitive values: judged where the result does not reveal them, and never printed.

A text marked sensitive is a `SecretText`. To ordinary code it is an unknown value that is set, so that no message, name
or key can hold it: code without a thought of secrets is safe. Code that looks at a value but does not reveal it (a
comparison, a function with a boolean result, the search for credentials) opens it with `revealed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.partial_maps import OpenMap, PartialMap
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Unknown, Value

_REASON = "it is a sensitive value"


class SecretText(Unknown):
    """A value that is known and may not be shown.

    ``written`` says whether source code holds it: a plan or state also holds values that were generated or given later.
    """

    __slots__ = ("_hidden", "written")

    def __init__(
        self, hidden: Value, reason: str = _REASON, references: tuple[str, ...] = (), *, written: bool = True
    ) -> None:
        super().__init__(reason, Cause.SENSITIVE, references=references, is_set=True)
        self._hidden = hidden
        self.written = written

    def conceal(self, value: Value) -> Value:
        """A value made from the hidden one, concealed in the same way."""
        return concealed(value, self.reason, self.references, written=self.written)

    def reveal(self) -> Value:
        """The hidden value, which may hold further secrets. Never print the result."""
        return self._hidden


def concealed(value: Value, reason: str = _REASON, references: tuple[str, ...] = (), *, written: bool = True) -> Value:
    """The value as a `SecretText`.

    Values that reveal nothing stay as they are, so that they can be judged: booleans, numbers, null and empty values.
    Of a partly known text the known parts are hidden; the unknown parts hold no secret.
    """
    if isinstance(value, PartialText):
        return PartialText(
            SecretText(part, reason, references, written=written) if isinstance(part, str) else part
            for part in value.parts
        )
    if isinstance(value, Alternatives):
        possible = tuple(concealed(each, reason, references, written=written) for each in value.values)
        return Alternatives(possible, value, value.choice)
    if isinstance(value, Incomplete | OpenMap | PartialJson | PartialMap) or (
        isinstance(value, str | list | dict) and value
    ):
        return SecretText(value, reason, references, written=written)
    return value


def revealed(value: Value) -> Value:
    """The value with all secrets in it opened. Never print the result."""
    return _opened(value, {})


def holds_secret(value: Value) -> bool:
    """Whether a part of the value is a `SecretText`."""
    return next(secrets_in(value), None) is not None


def secrets_in(value: Value) -> Iterator[SecretText]:
    """All parts of the value that are a `SecretText`."""
    waiting: list[Value] = [value]
    visited: set[int] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, SecretText):
            yield part
        elif (
            isinstance(part, list | dict | Alternatives | OpenMap | PartialMap | PartialText | PartialJson)
            and id(part) not in visited
        ):
            visited.add(id(part))
            waiting += _parts(part)


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, PartialText):
        return value.parts
    if isinstance(value, PartialJson):
        return (value.document,)
    if isinstance(value, Incomplete):
        return [*value.seen, *(value.candidates or ())]
    if isinstance(value, Alternatives):
        return value.values
    if isinstance(value, OpenMap):
        return value.known.values()
    if isinstance(value, PartialMap):
        return [part for entry in value.entries for part in entry]
    return value.values() if isinstance(value, dict) else value


def _opened(value: Value, done: dict[int, Value]) -> Value:
    """As `revealed`; shared parts of a structure are opened once."""
    if isinstance(value, SecretText):
        return _opened(value.reveal(), done)
    if isinstance(value, PartialText):
        parts = [_opened(part, done) for part in value.parts]
        known = all(isinstance(part, str) for part in parts)
        return "".join(parts) if known else PartialText(part for part in parts if isinstance(part, str | Unknown))
    if isinstance(value, PartialJson):
        return PartialJson(_opened(value.document, done), value)
    if isinstance(value, Alternatives):
        return Alternatives(tuple(_opened(each, done) for each in value.values), value, value.choice)
    if isinstance(value, OpenMap):
        return OpenMap({key: _opened(each, done) for key, each in value.known.items()}, value)
    if isinstance(value, PartialMap):
        return PartialMap([(key, _opened(each, done)) for key, each in value.entries], value)
    if not isinstance(value, list | dict):
        return value
    if id(value) not in done:
        done[id(value)] = _opened_collection(value, done)
    return done[id(value)]


def _opened_collection(value: list[Value] | dict[str, Value], done: dict[int, Value]) -> Value:
    if isinstance(value, Incomplete):
        return mapped(lambda part: _opened(part, done), value)
    if isinstance(value, list):
        return type(value)(_opened(part, done) for part in value)
    return {key: _opened(part, done) for key, part in value.items()}
