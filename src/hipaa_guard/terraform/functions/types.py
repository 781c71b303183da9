"""Type conversion functions, and functions of the marks of a value."""

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
    """An unknown value: marks of sensitive values are not followed."""
    return Unknown("whether a value is sensitive is not followed", Cause.EXPRESSION)


def untexted(value: Value) -> Value:
    """A converted value. For an unknown text, an unknown value that is no text and may not be convertible."""
    return derived([value], is_set=True) if isinstance(value, Unknown) and is_text(value) else value


def _converting(parameter: Parameter) -> Function:
    return call(anything, parameter.may_be_unknown.or_null)


FUNCTIONS: dict[str, Function] = {
    "ephemeralasnull": _converting(ANY),
    "issensitive": call(issensitive, ANY.may_be_unknown.or_null),
    "nonsensitive": _converting(ANY),
    "sensitive": _converting(ANY),
    "tobool": call(untexted, Parameter(to_bool).may_be_unknown.or_null),
    "tolist": call(tolist, ANY.may_be_unknown.or_null),
    "tomap": call(tomap, ANY.may_be_unknown.or_null),
    "tonumber": call(untexted, Parameter(to_number).may_be_unknown.or_null),
    "toset": call(toset, ANY.may_be_unknown.or_null),
    "tostring": _converting(Parameter(to_text)),
}
