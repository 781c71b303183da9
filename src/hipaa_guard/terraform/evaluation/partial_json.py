"""JSON texts with unknown parts: Terraform's functions on them, which keep the structure of the document.

Modules build a policy with placeholders and put the real names in by ``replace``; these names are often known only
after apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete, first_unknown, mapped
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.terraform.functions.unknowns import text_of

_HOLE = "\ue010{}\ue011"
_HOLES = regex("\ue010(\\d+)\ue011")
_PLAIN = regex(r"[\w.:@-]+")


def json_call(name: str, arguments: list[Value]) -> Value:
    """The result of a function on a partly known JSON text; None for any other call."""
    if name == "jsondecode" and len(arguments) == 1:
        return document_of(arguments[0]) if isinstance(arguments[0], PartialJson | PartialText) else None
    if name == "replace" and len(arguments) == 3:
        return _replaced(*arguments)
    return None


def document_of(text: Value) -> Value:
    """The structure of a JSON text that may be partly known; None where the text is no JSON."""
    if isinstance(text, PartialJson):
        return text.document
    if isinstance(text, PartialText):
        holes = [part for part in text.parts if isinstance(part, Unknown)]
        numbers = iter(range(len(holes)))
        filled = "".join(part if isinstance(part, str) else _HOLE.format(next(numbers)) for part in text.parts)
        document = _loaded(filled)
        return None if document is None else _mapped(document, lambda one: _opened(one, holes))
    return _loaded(text) if isinstance(text, str) else None


def _loaded(text: str) -> Value:
    try:
        return json.loads(text) if text.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None


def _replaced(text: Value, search: Value, replacement: Value) -> Value:
    """``replace`` with a literal search text, in every string of a document."""
    if not isinstance(search, str) or not _PLAIN.fullmatch(search):
        return None
    if not isinstance(replacement, str | Unknown):
        return None
    if not isinstance(text, PartialJson) and not isinstance(replacement, Unknown):
        return None
    document = document_of(text)
    if document is None:
        return None
    document = _mapped(document, lambda one: _with(one, search, replacement))
    unknown = first_unknown(document)
    return json.dumps(document) if unknown is None else PartialJson(document, unknown)


def _mapped(value: Value, change: Callable[[str | PartialText], Value]) -> Value:
    """A document with ``change`` applied to every known and partly known string."""
    if isinstance(value, str | PartialText):
        return change(value)
    if isinstance(value, Incomplete):
        return mapped(lambda one: _mapped(one, change), value)
    if isinstance(value, list):
        return [_mapped(one, change) for one in value]
    if isinstance(value, dict):
        return {key: _mapped(one, change) for key, one in value.items()}
    return value


def _with(text: str | PartialText, search: str, replacement: str | Unknown) -> Value:
    parts: list[str | Unknown] = []
    for part in text.parts if isinstance(text, PartialText) else (text,):
        if not isinstance(part, str):
            parts.append(part)
            continue
        first, *others = part.split(search)
        parts.append(first)
        for other in others:
            parts += [replacement, other]
    return text_of(parts)


def _opened(text: str | PartialText, holes: list[Unknown]) -> Value:
    if not isinstance(text, str):
        return text
    pieces = _HOLES.split(text)
    return text_of(holes[int(piece)] if position % 2 else piece for position, piece in enumerate(pieces))
