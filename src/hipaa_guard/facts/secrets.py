"""Sensitive values: judged where that tells nothing, never printed.

A text marked sensitive is a `SecretText`. To whoever reads it, it is an unknown value that is set, so that no message,
name or key can hold it: code that does not think of secrets is safe. What looks at a value without telling it (a
comparison, a function that gives a boolean, the search for credentials) opens it with `revealed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hipaa_guard.facts.values import Cause, Incomplete, PartialJson, PartialText, Unknown, Value

_REASON = "it is a sensitive value"


class SecretText(Unknown):
    """A value that is known and may not be shown.

    ``written`` is whether source code holds it; a plan or state also holds what was made or handed in later.
    """

    __slots__ = ("_hidden", "written")

    def __init__(
        self, hidden: Value, reason: str = _REASON, references: tuple[str, ...] = (), *, written: bool = True
    ) -> None:
        super().__init__(reason, Cause.SENSITIVE, references=references, is_set=True)
        self._hidden = hidden
        self.written = written

    def conceal(self, value: Value) -> Value:
        """Something made from what is hidden, concealed as it is."""
        return concealed(value, self.reason, self.references, written=self.written)

    def reveal(self) -> Value:
        """What is hidden, which may hold further secrets. Never print what this gives."""
        return self._hidden


def concealed(value: Value, reason: str = _REASON, references: tuple[str, ...] = (), *, written: bool = True) -> Value:
    """The value as a `SecretText`.

    What tells nothing stays as it is, so that it can be judged: booleans, numbers, null and what is empty. Of a text
    that is known in part the known parts are hidden; what is not known holds no secret.
    """
    if isinstance(value, PartialText):
        return PartialText(
            SecretText(part, reason, references, written=written) if isinstance(part, str) else part
            for part in value.parts
        )
    if isinstance(value, Incomplete | PartialJson) or (isinstance(value, str | list | dict) and value):
        return SecretText(value, reason, references, written=written)
    return value


def revealed(value: Value) -> Value:
    """The value with all secrets in it opened. Never print what this gives."""
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
        elif isinstance(part, list | dict | PartialText | PartialJson) and id(part) not in visited:
            visited.add(id(part))
            waiting += _parts(part)


def _parts(value: Value) -> Iterable[Value]:
    if isinstance(value, PartialText):
        return value.parts
    if isinstance(value, PartialJson):
        return (value.document,)
    if isinstance(value, Incomplete):
        return value.seen
    return value.values() if isinstance(value, dict) else value


def _opened(value: Value, done: dict[int, Value]) -> Value:
    """As `revealed`; what a structure shares is opened once."""
    if isinstance(value, SecretText):
        return _opened(value.reveal(), done)
    if isinstance(value, PartialText):
        parts = [_opened(part, done) for part in value.parts]
        known = all(isinstance(part, str) for part in parts)
        return "".join(parts) if known else PartialText(part for part in parts if isinstance(part, str | Unknown))
    if isinstance(value, PartialJson):
        return PartialJson(_opened(value.document, done), value)
    if not isinstance(value, list | dict):
        return value
    if id(value) not in done:
        done[id(value)] = _opened_collection(value, done)
    return done[id(value)]


def _opened_collection(value: list[Value] | dict[str, Value], done: dict[int, Value]) -> Value:
    if isinstance(value, Incomplete):
        return Incomplete([_opened(part, done) for part in value.seen], value.unknown)
    if isinstance(value, list):
        return type(value)(_opened(part, done) for part in value)
    return {key: _opened(part, done) for key, part in value.items()}
