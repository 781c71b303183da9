"""Type conversion functions, and those that only change what Terraform knows about a value."""

from __future__ import annotations

from hipaa_guard.facts.values import Cause, Unknown, Value

from .context import Function
from .conversion import as_set, kind, to_bool, to_number, to_text, unified
from .errors import FunctionError
from .signatures import ANY, Parameter, anything, call
from .unknowns import derived, elements, is_text, relisted, unseen


def tolist(value: Value) -> Value:
    """A list whose elements have one type."""
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        raise FunctionError(f"cannot convert {kind(value)} to list of any single type")
    return relisted(unified(elements(value)), unseen(value))


def toset(value: Value) -> Value:
    """The elements of a list without repetitions."""
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        raise FunctionError(f"cannot convert {kind(value)} to set of any single type")
    return as_set(unified(elements(value)), unseen(value))


def tomap(value: Value) -> Value:
    """A map whose values have one type."""
    if value is None or isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise FunctionError(f"cannot convert {kind(value)} to map of any single type")
    return dict(zip(value, unified(list(value.values())), strict=True))


def issensitive(value: Value) -> Value:  # noqa: ARG001 - the mark is not part of our values
    """Whether a value is marked as sensitive, which is not followed."""
    return Unknown("whether a value is sensitive is not followed", Cause.EXPRESSION)


def untexted(value: Value) -> Value:
    """A converted value. A text that is not known is none any more, and might not be convertible."""
    return derived([value], is_set=True) if isinstance(value, Unknown) and is_text(value) else value


def _converting(parameter: Parameter) -> Function:
    return call(anything, parameter.open.or_null)


FUNCTIONS: dict[str, Function] = {
    "ephemeralasnull": _converting(ANY),
    "issensitive": call(issensitive, ANY.open.or_null),
    "nonsensitive": _converting(ANY),
    "sensitive": _converting(ANY),
    "tobool": call(untexted, Parameter(to_bool).open.or_null),
    "tolist": call(tolist, ANY.open.or_null),
    "tomap": call(tomap, ANY.open.or_null),
    "tonumber": call(untexted, Parameter(to_number).open.or_null),
    "toset": call(toset, ANY.open.or_null),
    "tostring": _converting(Parameter(to_text)),
}
