"""Arguments that are one of a few values: which choices they leave open, and how they read once these are made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hipaa_guard.facts.alternatives import Alternatives, Choice, Choices, EitherList
from hipaa_guard.facts.lists import Incomplete, first_unknown
from hipaa_guard.facts.partial_maps import PartialMap
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value
from hipaa_guard.terraform.functions.conversion import to_text
from hipaa_guard.terraform.functions.unknowns import text_of
from hipaa_guard.terraform.hcl.access import WrittenBlock

_DEPTH = 20
"""How deep a value is searched: an argument of AWS is not nested deeper."""


def choice_of(value: Alternatives | EitherList) -> Choice:
    """The chooser among the values: those with equal choices take the value at the same position."""
    return id(value) if value.choice is None else (value.choice, len(value.values))


def open_choices(value: Value, depth: int = _DEPTH) -> Iterator[tuple[Choice, int]]:
    """The choices in a value, each with the number of its possible values."""
    if depth == 0:
        return
    if isinstance(value, Alternatives | EitherList):
        yield choice_of(value), len(value.values)
        inner: Any = value.values
    elif isinstance(value, PartialText):
        inner = value.parts
    elif isinstance(value, PartialJson):
        inner = (value.document,)
    elif isinstance(value, PartialMap):
        inner = (each for _, each in value.entries)
    elif isinstance(value, Incomplete):
        inner = value.seen
    elif isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
    else:
        return
    for each in inner:
        yield from open_choices(each, depth - 1)


def chosen(value: Value, choices: Choices) -> Value:
    """The value with these choices made, anywhere inside it. A value that holds none of them is the same object."""
    made = any(choice in choices for choice, _ in open_choices(value))
    return _chosen(value, choices, _DEPTH) if made else value


def _chosen(value: Value, choices: Choices, depth: int) -> Value:
    if depth == 0:
        return value

    def inside(each: Value) -> Value:
        return _chosen(each, choices, depth - 1)

    if isinstance(value, Alternatives | EitherList):
        position = choices.get(choice_of(value))
        return value if position is None else inside(value.values[position])
    if isinstance(value, PartialText):
        return _text(value, inside)
    if isinstance(value, PartialJson):
        document = inside(value.document)
        unknown = first_unknown(document)
        return json.dumps(document) if unknown is None else PartialJson(document, unknown)
    if isinstance(value, PartialMap):
        return PartialMap([(key, inside(each)) for key, each in value.entries], value)
    if isinstance(value, Incomplete):
        return Incomplete([inside(each) for each in value.seen], value.unknown, value.candidates)
    if isinstance(value, WrittenBlock):
        return WrittenBlock({key: inside(each) for key, each in value.items()}, value.absent, value.place)
    if isinstance(value, dict):
        return {key: inside(each) for key, each in value.items()}
    return [inside(each) for each in value] if isinstance(value, list) else value


def _text(value: PartialText, inside: Callable[[Value], Value]) -> Value:
    parts: list[str | Unknown] = []
    for part in value.parts:
        text = to_text(inside(part))
        if text is None:  # Terraform refuses a null in a text
            return value
        parts.append(text)
    return text_of(parts)
