"""JSON as Terraform writes it: sorted keys, no spaces, special characters of HTML escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hipaa_guard.facts.values import Value

from .conversion import number_text
from .errors import FunctionError, FunctionLimitReached
from .unknowns import MAX_TEXT

ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
        "\x7f": "\x7f",
    }
)


def json_text(value: Value) -> str:
    """The JSON document of a known value.

    Raises:
        FunctionLimitReached: the text would be longer than `MAX_TEXT`.

    """
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_TEXT:
            raise FunctionLimitReached(f"a document of more than {MAX_TEXT:,} characters")
    return "".join(pieces)


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return json.dumps(text, ensure_ascii=False).translate(ESCAPES)


def _pieces(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for position, key in enumerate(sorted(value)):
            yield f"{',' if position else ''}{quoted(key)}:"
            yield from _pieces(value[key])
        yield "}"
    elif isinstance(value, list):
        yield "["
        for position, element in enumerate(value):
            if position:
                yield ","
            yield from _pieces(element)
        yield "]"
    else:
        yield _scalar(value)


def _scalar(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise FunctionError("cannot write infinity as JSON")
    return number_text(value)
