"""JSON texts with unknown parts, opened into their values with the names that these have there."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hipaa_guard.facts.credentials.assignments import with_gaps
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import PartialMap, map_of
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value
from hipaa_guard.lean import regex

_NUMBER = 7301946002800000
"""Stands for the first unknown part of a JSON text, and the numbers after it for the others, quoted or not."""
_NUMBERS = regex(r"73019460028\d{5}")


def leaves_of(document: Value, name: str = "", last: str = "") -> Iterator[tuple[str, str, Value]]:
    """The values of a document, each with its path and its last key. Documents in its texts are opened too."""
    if isinstance(document, dict):
        if isinstance(document.get("name"), str) and "value" in document:
            document = {document["name"]: document["value"]}
        for key, part in document.items():
            yield from leaves_of(part, f"{name}_{key}" if name else str(key), str(key))
        return
    if isinstance(document, PartialMap):
        certain = document.certain()
        for written, part in certain:
            key = written if isinstance(written, str) else with_gaps(written)
            yield from leaves_of(part, f"{name}_{key}" if name else key, key)
        if len(certain) < len(document.entries) or any(map(_may_name_a_secret, certain)):
            yield name, last, Unknown(document.reason, document.cause)
        return
    if isinstance(document, list):
        for part in list.__iter__(document):
            yield from leaves_of(part, name, last)
        if isinstance(document, Incomplete):
            yield name, last, document.unknown
        return
    inner = document_of(document)
    if inner is None:
        yield name, last, document
    else:
        yield from leaves_of(inner, name, last)


def document_of(value: Value) -> Value:
    """The structure of a JSON text, with its unknown parts; None for any other value."""
    if isinstance(value, PartialJson):
        inner = value.document
        return inner if isinstance(inner, dict | list | PartialMap) else None
    if isinstance(value, dict | list | PartialMap):
        return value
    parts = value.parts if isinstance(value, PartialText) else (value,)
    if not isinstance(value, str | PartialText):
        return None
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    numbers = iter(range(_NUMBER, _NUMBER + len(unknowns)))
    text = "".join(part if isinstance(part, str) else str(next(numbers)) for part in parts)
    try:
        found = json.loads(text) if text.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None
    return _restored(found, unknowns) if isinstance(found, dict | list) else None


def _restored(value: Value, unknowns: list[Unknown]) -> Value:
    """A structure with its unknown parts in the place of their numbers."""
    if isinstance(value, dict):
        return map_of([(_key(_restored(key, unknowns)), _restored(part, unknowns)) for key, part in value.items()])
    if isinstance(value, list):
        return [_restored(part, unknowns) for part in value]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return value
    text, end = str(value), 0
    parts: list[str | Unknown] = []
    for number in _NUMBERS.finditer(text):
        index = int(number[0]) - _NUMBER
        if index < len(unknowns):
            parts += [text[end : number.start()], unknowns[index]]
            end = number.end()
    parts = [part for part in [*parts, text[end:]] if isinstance(part, Unknown) or part]
    if not any(isinstance(part, Unknown) for part in parts):
        return value
    only = parts[0] if len(parts) == 1 else None
    return only if isinstance(only, Unknown) else PartialText(parts)


def _key(restored: Value) -> str | PartialText:
    """A key of a structure; one that is not known at all as a text of one part."""
    if isinstance(restored, PartialText):
        return restored
    return PartialText((restored,)) if isinstance(restored, Unknown) else str(restored)


def _may_name_a_secret(entry: tuple[str | PartialText, Value]) -> bool:
    """Whether a text stands under a key of which the end, which says what it is, is not known."""
    key, value = entry
    return isinstance(key, PartialText) and isinstance(key.parts[-1], Unknown) and isinstance(value, str | PartialText)
