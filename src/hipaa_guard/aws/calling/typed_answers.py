"""Checks that each member of an answer has the type that its operation declares, while botocore parses it.

botocore accepts a number as a text, and reads any word but "true" as false. AWS never sends a member of another type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError

Shape = Any
"""A shape of botocore's model."""

Handler = Callable[[Shape, Any], Any]

_IN_HEADERS = ("header", "headers", "statusCode")


class TypedParsers:
    """Creates botocore's parsers, with checks that raise `SpoiltAnswerError` for a member of a wrong type."""

    def __init__(self, factory: Any) -> None:
        self._factory = factory

    def create_parser(self, protocol: str) -> Any:
        """The parser of a protocol (botocore's name)."""
        parser = self._factory.create_parser(protocol)
        if protocol in ("query", "ec2", "rest-xml"):
            parser._handle_boolean, parser._handle_string = _truth, _text  # noqa: SLF001 - no other way in
            return parser
        for type_name, fits in _FITS.items():
            name = f"_handle_{type_name}"
            setattr(parser, name, _typed(type_name, fits, getattr(parser, name, parser._default_handle)))  # noqa: SLF001
        return parser


def _typed(type_name: str, fits: Callable[[Any], bool], ordinary: Handler) -> Handler:
    def handle(shape: Shape, value: Any) -> Any:
        if value is None or shape.serialization.get("location") in _IN_HEADERS:
            return ordinary(shape, value)
        if not fits(value):
            raise SpoiltAnswerError(f"a {type_name} of the answer ({shape.name}) is {_described(value)}")
        if type_name == "string" and not value.isascii():
            # Half of a surrogate pair is not a character, and cannot be encoded.
            value = value.encode("utf-8", "replace").decode("utf-8")
        return ordinary(shape, value)

    return handle


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "list": lambda value: isinstance(value, list),
    **dict.fromkeys(("integer", "long", "float", "double"), _is_number),
}


def _described(value: Any) -> str:
    return {bool: "true or false", str: "a text", list: "a list", dict: "an object"}.get(type(value), "a number")


def _truth(shape: Shape, value: Any) -> bool:
    text = _text(shape, value)
    if text not in ("true", "false"):
        raise SpoiltAnswerError(f"a boolean of the answer ({shape.name}) is neither true nor false")
    return text == "true"


def _text(shape: Shape, value: Any) -> str:
    """The text of an XML element or a header; several elements of one name arrive as a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) or len(value):
        raise SpoiltAnswerError(f"a {shape.type_name} of the answer ({shape.name}) is several")
    return str(value.text or "")
