"""Unknown parts of arguments, and the limits that keep hostile configurations small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from unicodedata import normalize

from hipaa_guard.facts.values import Cause, Incomplete, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.functions.budget import walked

from .errors import FunctionLimitReached

MAX_TEXT = 1 << 20
"""Characters in one text."""

MAX_LIST = 100_000
"""Elements in one list."""

MAX_PARTS = 1_000_000
"""Values inside one argument, counted as often as they are written."""

UNKNOWN_LENGTH = 100
"""Characters that an unknown part of a text counts as."""

MAX_REFERENCES = 100
"""Addresses that one derived unknown remembers."""

_AT_ONCE = 500
"""How many elements are looked at before they are counted."""

TEXT_ATTRIBUTES = ("id", "arn", "name", "json")
"""Attributes with these names, or ending in ``_id`` and so on, hold a text in every Terraform provider."""


class Unread(Unknown):
    """What a call on a file gives that is there, or may be, and is not read."""

    __slots__ = ()


def parts_of(value: Value) -> Iterator[Unknown]:
    """All unknown parts inside `value`; a structure that is shared is looked into once."""
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
    """The elements of a list as far as they were seen."""
    return value.seen if isinstance(value, Incomplete) else value


def unseen(value: list[Value]) -> Unknown | None:
    """Why a list is incomplete, or None where all of it was seen."""
    return value.unknown if isinstance(value, Incomplete) else None


def relisted(items: list[Value], *sources: Unknown | None) -> list[Value]:
    """A list of these items, incomplete if one of the lists it was made from was."""
    missing = [source for source in sources if source is not None]
    if len(items) > MAX_LIST:
        raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    return Incomplete(items, missing[0]) if missing else items


def derived(unknowns: Iterable[Unknown], *, is_set: bool = False) -> Unknown:
    """The unknown result of a call on unknown values: why it is not known, and all that it was made from."""
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
    """Parts put together: a text when all are known; one unknown part alone stays what it is."""
    kept = _within(parts)
    if len(kept) == 1:  # "${x}" is x
        return kept[0]
    if all(isinstance(part, str) for part in kept):
        return "".join(part for part in kept if isinstance(part, str))
    joined = PartialText(kept)
    only = joined.parts[0]
    return only if len(joined.parts) == 1 and isinstance(only, Unknown) else joined


def normal(text: str) -> str:
    """A text in the form that Terraform brings all texts to: letters with their accents are one character."""
    return text if text.isascii() else normalize("NFC", text)


def bounded(value: Value) -> Value:
    """A result as it is, or unknown where it is too large to be carried on."""
    if isinstance(value, str):
        return normal(value) if len(value) <= MAX_TEXT else beyond_limit(f"a text of more than {MAX_TEXT:,} characters")
    if isinstance(value, list) and list.__len__(value) > MAX_LIST:
        return beyond_limit(f"a list of more than {MAX_LIST:,} elements")
    return value


def require_small(value: Value) -> None:
    """Refuse a structure that shares its parts so often that walking through it would not end.

    Raises:
        LimitReached: it holds more than `MAX_PARTS` values.

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
    """What a part of a text counts towards its length. Unknown parts weigh more: each is an object of its own."""
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
