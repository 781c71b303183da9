"""Unknown parts of arguments, and the limits that keep hostile configurations small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from unicodedata import normalize

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.functions.budget import walked

from .errors import FunctionLimitReached

MAX_TEXT = 1 << 20
"""Maximum number of characters in one text."""

MAX_LIST = 100_000
"""Maximum number of elements in one list."""

MAX_PARTS = 1_000_000
"""Maximum number of values inside one argument; a shared one counts at each place."""

MAX_CANDIDATES = 1_000
"""Maximum number of elements that may be in a list, and are kept beside those that are."""

MAX_ALTERNATIVES = 16
"""Maximum number of possible values that are kept of one value."""

UNKNOWN_LENGTH = 100
"""Characters that an unknown part of a text counts as."""

MAX_REFERENCES = 100
"""Maximum number of references of one derived unknown."""

_AT_ONCE = 500
"""Number of elements that are looked at before they are counted."""

TEXT_ATTRIBUTES = ("id", "arn", "name", "json")
"""Attributes with these names, or ending in ``_id`` and so on, hold a text in every Terraform provider."""


class Unread(Unknown):
    """The result of a call on a file that exists or may exist, but is not read."""

    __slots__ = ()


def parts_of(value: Value) -> Iterator[Unknown]:
    """All unknown parts inside `value`; a shared structure is searched once."""
    waiting: list[Any] = [value]
    visited: set[int] = set()
    looked_at = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, Unknown):
            yield part
        elif isinstance(part, list | dict) and id(part) not in visited:
            visited.add(id(part))
            looked_at += list.__len__(part) if isinstance(part, list) else len(part)
            if looked_at > _AT_ONCE:
                walked(looked_at)
                looked_at = 0
            if isinstance(part, Incomplete):
                waiting.append(part.unknown)
            waiting.extend(reversed(elements(part) if isinstance(part, list) else list(part.values())))


def elements(value: list[Value]) -> list[Value]:
    """The known elements of a list."""
    return value.seen if isinstance(value, Incomplete) else value


def unseen(value: list[Value]) -> Incomplete[Value] | None:
    """The list, if it is incomplete; else None."""
    return value if isinstance(value, Incomplete) else None


def nothing_more(unknown: Unknown) -> Incomplete[Value]:
    """A source for `relisted`: the number or order of the items is not known, but there are no others."""
    return Incomplete([], unknown, [])


def relisted(items: list[Value], *sources: Unknown | Incomplete[Value] | None) -> list[Value]:
    """A list of these items; incomplete if one of ``sources``, the values behind it that are not known, is not None.

    Its candidates are those of the sources, if all are lists that have some.
    """
    if len(items) > MAX_LIST:
        raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    why: Unknown | None = None
    candidates: list[Value] | None = []
    for source in sources:
        if source is None:
            continue
        reason, more = (source.unknown, source.candidates) if isinstance(source, Incomplete) else (source, None)
        candidates = None if candidates is None or more is None else [*candidates, *more]
        why = reason if why is None else why
    if candidates is not None and len(candidates) > MAX_CANDIDATES:
        candidates = None
    return items if why is None else Incomplete(items, why, candidates)


def one_of_these(values: list[Value], unknown: Unknown) -> Value:
    """The value at an unknown key: known where all are one text, number or truth value, else one of the few."""
    plain = all(isinstance(each, str | int | float | Reference) for each in values)
    if not values or len(values) > MAX_ALTERNATIVES or not plain:
        return unknown
    kind = type(values[0])
    # A text that was read from a resource is of another class: those of two resources may be equal.
    if kind in (str, int, float, bool) and all(type(each) is kind and each == values[0] for each in values):
        return values[0]
    return Alternatives(tuple(values), unknown)


def derived(unknowns: Iterable[Unknown], *, is_set: bool = False) -> Unknown:
    """The unknown result of a call on unknown values, with the reason of the first and the references of all."""
    found = iter(unknowns)
    first = next(found)
    references = dict.fromkeys(first.references)
    for unknown in found:
        if len(references) >= MAX_REFERENCES:
            break
        references.update(dict.fromkeys(unknown.references))
    return Unknown(first.reason, first.cause, references=tuple(references), action=first.action, is_set=is_set)


def beyond_limit(what: str) -> Unknown:
    """The result of a call that would be too large or too slow."""
    return Unknown(f"{what} is more than a scan evaluates", Cause.LIMIT)


def is_text(unknown: Unknown) -> bool:
    """Whether an unknown value is certainly a text."""
    if isinstance(unknown, PartialText | PartialJson):
        return True
    if not isinstance(unknown, Reference):
        return False
    last = unknown.attribute.rsplit(".", 1)[-1]
    return last in TEXT_ATTRIBUTES or last.endswith(tuple(f"_{name}" for name in TEXT_ATTRIBUTES))


def text_of(parts: Iterable[str | Unknown]) -> str | Unknown:
    """The parts as one text, a plain one if all are known; a single unknown part stays as it is."""
    kept = _within(parts)
    if len(kept) == 1:  # "${x}" is x
        return kept[0]
    if all(isinstance(part, str) for part in kept):
        return "".join(part for part in kept if isinstance(part, str))
    joined = PartialText(kept)
    only = joined.parts[0]
    return only if len(joined.parts) == 1 and isinstance(only, Unknown) else joined


def normal(text: str) -> str:
    """A text in Unicode's form NFC, as Terraform keeps all texts: a letter with its accent is one character."""
    return text if text.isascii() else normalize("NFC", text)


def bounded(value: Value) -> Value:
    """The result, or an unknown value where it is too large."""
    if isinstance(value, str):
        return normal(value) if len(value) <= MAX_TEXT else beyond_limit(f"a text of more than {MAX_TEXT:,} characters")
    if isinstance(value, list) and list.__len__(value) > MAX_LIST:
        return beyond_limit(f"a list of more than {MAX_LIST:,} elements")
    return value


def require_small(value: Value) -> None:
    """Refuse a structure with so many shared parts that a walk through it would not end.

    Raises:
        FunctionLimitReached: it holds more than `MAX_PARTS` values.

    """
    parts = _size(value, {})
    if parts > MAX_PARTS:
        raise FunctionLimitReached(f"a structure of more than {MAX_PARTS:,} values")
    if parts > _AT_ONCE:
        walked(parts)


def _size(value: Value, sizes: dict[int, int]) -> int:
    if not isinstance(value, list | dict):
        return 1
    if id(value) not in sizes:
        sizes[id(value)] = 1  # a structure cannot hold itself, but a careless one must not loop
        inner = elements(value) if isinstance(value, list) else value.values()
        sizes[id(value)] = 1 + sum(_size(part, sizes) for part in inner)
    return sizes[id(value)]


def size_of(part: str | Unknown) -> int:
    """The length of a part of a text. An unknown part counts as `UNKNOWN_LENGTH`, as it is an object of its own."""
    if isinstance(part, str):
        return len(part)
    return sum(map(size_of, part.parts)) if isinstance(part, PartialText) else UNKNOWN_LENGTH


def _within(parts: Iterable[str | Unknown]) -> list[str | Unknown]:
    kept: list[str | Unknown] = []
    length = 0
    for part in parts:
        kept.append(part)
        length += size_of(part)
        if length > MAX_TEXT:
            raise FunctionLimitReached(f"a text of more than {MAX_TEXT:,} characters")
    return kept
