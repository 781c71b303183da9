"""Places in source, in JSON."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from hipaa_guard.facts.locations import Location, Span
from hipaa_guard.outputs.json.node import JsonNode

_quoted = json.encoder.encode_basestring


def place_of(location: Location | None) -> dict[str, Any] | None:
    """A place as a JSON object. A span and calls are absent where there are none."""
    if location is None:
        return None
    place: dict[str, Any] = {
        "file": location.file,
        "line_start": location.line_start,
        "line_end": location.line_end,
    }
    if location.span is not None:
        place["span"] = location.span._asdict()
    if location.calls:
        place["calls"] = [place_of(call) for call in location.calls]
    return place


def place_text(location: Location | None) -> str:
    """The text of `place_of`, without making the object: a large result has a hundred thousand places."""
    if location is None:
        return "null"
    return (
        f'{{"file": {_quoted(location.file)}, "line_start": {location.line_start}, "line_end": {location.line_end}'
        f"{_span(location.span)}{_calls(location.calls)}}}"
    )


def _span(span: Span | None) -> str:
    if span is None:
        return ""
    return ', "span": {"line_start": %d, "column_start": %d, "line_end": %d, "column_end": %d}' % span  # noqa: UP031


@lru_cache(maxsize=1024)  # everything in a module is reached by the same calls
def _calls(calls: tuple[Location, ...]) -> str:
    return f', "calls": [{", ".join(map(place_text, calls))}]' if calls else ""


def read_place(node: JsonNode) -> Location | None:
    """The place that `place_of` wrote; None where there is none."""
    if node.value is None:
        return None
    calls = node.of("calls")
    found = () if calls.value is None else calls.each(read_place)
    return Location(
        file=node.of("file").text(),
        line_start=node.of("line_start").number(),
        line_end=node.of("line_end").number(),
        calls=tuple(call for call in found if call is not None),
        span=_read_span(node.of("span")),
    )


def _read_span(node: JsonNode) -> Span | None:
    return None if node.value is None else Span(*(node.of(name).number() for name in Span._fields))
