"""Conversion of known raw values by the annotation of a fact, for facts without a ``parse`` function."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Unknown, Value


def _to_bool(value: Value) -> bool:
    """A boolean; Terraform and AWS both also write it as text."""
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise ValueError(value)


def _to_int(value: Value) -> int:
    if isinstance(value, bool):
        raise TypeError(value)
    number = int(value)
    if isinstance(value, float) and value != number:  # Terraform refuses it, and a rounded value may pass
        raise ValueError(value)
    return number


def _to_str(value: Value) -> str:
    if isinstance(value, list | dict):
        raise TypeError(value)
    return value if isinstance(value, str) else in_words(value)


def _to_texts(value: Value) -> list[Value]:
    """A list of texts; unknown and unseen elements stay as they are."""
    if not isinstance(value, list):
        raise TypeError(value)
    seen = value.seen if isinstance(value, Incomplete) else value
    if all(isinstance(item, str | Unknown) for item in seen):
        return value
    texts = [item if isinstance(item, Unknown) else _to_str(item) for item in seen if item is not None]
    return Incomplete(texts, value.unknown, value.candidates) if isinstance(value, Incomplete) else texts


def whole_number(value: Value) -> Value:
    """A whole number from an argument or answer; None and unknown values stay as they are.

    Raises:
        ValueError: it is no whole number.

    """
    return value if value is None or isinstance(value, Unknown) else _to_int(value)


CONVERSIONS: dict[str, Callable[[Value], Value]] = {
    "bool": _to_bool,
    "int": _to_int,
    "float": float,
    "str": _to_str,
    "list[str]": _to_texts,
}
"""By annotation, without ``| None``. Each raises one of `facts.resource.READING_ERRORS` for another shape."""
