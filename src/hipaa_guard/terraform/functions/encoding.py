"""Encoding functions."""

from __future__ import annotations

from hipaa_guard.facts.values import PartialJson, Value

from .context import Function
from .json_text import json_text
from .signatures import ANY, call
from .unknowns import parts_of


def jsonencode(value: Value) -> Value:
    """The value as JSON; where parts are unknown, the structure itself, to be looked into."""
    unknown = next(parts_of(value), None)
    return json_text(value) if unknown is None else PartialJson(value, unknown)


FUNCTIONS: dict[str, Function] = {
    "jsonencode": call(jsonencode, ANY.open.or_null),
}
