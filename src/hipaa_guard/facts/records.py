"""Parts of facts with fields of their own, and values in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hipaa_guard.facts.allowed_values import Domain
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Reference, Undecided, Unknown, Value


def in_words(value: Value, limit: int = 200) -> str:
    """A value for people to read, shortened; never the text of a policy or other long document."""
    if isinstance(value, Reference):
        return f"{value.address}.{value.attribute}, decided at apply"
    if isinstance(value, Unknown):
        return f"unknown: {value.reason}"
    if isinstance(value, Incomplete):
        return f"{len(value.seen)} seen, more unknown: {value.unknown.reason}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "not set"
    if isinstance(value, list):
        text = ", ".join(in_words(item, 60) for item in value[:5]) + (f", ... ({len(value)})" if len(value) > 5 else "")
        text = text or "none"
    else:
        text = str(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


class Record:
    """A part of a fact that has fields of its own (one rule of a security group). Fields may be unknown.

    Subclasses list their fields in ``__slots__``, and in ``allowed`` the domains of fields with few values. Reading an
    unknown field raises `Undecided`.
    """

    __slots__: tuple[str, ...] = ("_unknown",)
    allowed: ClassVar[Mapping[str, Domain]] = {}

    def __init__(self, **fields: Value) -> None:
        # The slot of an unknown field stays empty, so that reading the other fields costs nothing.
        unknown = {}
        for name in type(self).__slots__:
            value = fields[name]
            if name in self.allowed:
                value = self.allowed[name].admit(value)
            if isinstance(value, Unknown) and not value.is_set:
                unknown[name] = value
            else:
                object.__setattr__(self, name, value)
        object.__setattr__(self, "_unknown", unknown)

    def __getattr__(self, name: str) -> Any:
        """Raise for an empty slot: the field is unknown, or does not exist."""
        unknown = object.__getattribute__(self, "_unknown").get(name)
        if unknown is None:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}")
        raise Undecided(unknown, name)

    def peek(self, name: str) -> Value:
        """The value of a field; an `Unknown` where it is not known."""
        return self._unknown[name] if name in self._unknown else getattr(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={in_words(self.peek(name), 60)}" for name in type(self).__slots__)
        return f"{type(self).__name__}({fields})"
