"""Classes for Terraform's lists, sets and maps. A plain Python list is a tuple, a plain dictionary an object.

The difference matters in two places: where values are converted to one type (the arms of a conditional, the elements
of a collection), and in ``==``, for which a list and a tuple of the same elements differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value

from .unknowns import elements, is_text

Type = tuple[Any, ...]
"""``("string",)``, ``("list", type)``, ``("tuple", types)``, ``("object", ((name, type), ...))``."""

ANY: Type = ("any",)
"""The type of null and of unknown values: it fits any other."""

TEXT: Type = ("string",)
NUMBER: Type = ("number",)
BOOL: Type = ("bool",)
_PRIMITIVES = frozenset({"string", "number", "bool"})


class List(list[Value]):
    """A list: all elements have one type."""

    __slots__ = ()


class Set(list[Value]):
    """A set, without duplicates and in Terraform's order. Its elements are their own keys."""

    __slots__ = ()


class Map(dict[str, Value]):
    """A map: all values have one type."""

    __slots__ = ()


class UntypedList(list[Value]):
    """A list, set or tuple in an attribute of a resource. The schema, which is not read, says which."""

    __slots__ = ()


class UntypedMap(dict[str, Value]):
    """A map or an object in an attribute of a resource."""

    __slots__ = ()


def loosened(value: Value) -> Value:
    """The collection without its type, so that it may be converted to any other."""
    if type(value) in (list, dict):
        return UntypedList(value) if isinstance(value, list) else UntypedMap(value)
    return value


_NAMES: dict[type, str] = {list: "tuple", List: "list", Set: "set", dict: "object", Map: "map"}


def structure(value: Value) -> str | None:
    """``list``, ``set``, ``tuple``, ``map`` or ``object``; None where the type is not known, and for other values."""
    return _NAMES.get(type(value))


def type_of(value: Value) -> Type:
    """The type of a value, `ANY` where it is not known."""
    if isinstance(value, str):
        return TEXT
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, Unknown):
        return TEXT if is_text(value) else ANY
    if isinstance(value, Incomplete):
        return ("list", _together(map(type_of, elements(value))) or ANY)
    match structure(value):
        case "tuple":
            return ("tuple", tuple(map(type_of, value)))
        case "object":
            return ("object", tuple((name, type_of(value[name])) for name in sorted(value)))
        case "map":
            return ("map", _together(map(type_of, value.values())) or ANY)
        case str(name):
            return (name, _together(map(type_of, value)) or ANY)
    return ANY


def one_type(types: Iterable[Type]) -> Type | None:
    """The type that Terraform converts all of these types to; None where there is none."""
    return _together(types)


def _together(types: Iterable[Type]) -> Type | None:
    known = set(types) - {ANY}
    if len(known) < 2:
        return known.pop() if known else ANY
    names = {one[0] for one in known}
    if names <= _PRIMITIVES:
        return TEXT if "string" in names else None
    for wanted, fitting in _UNIFIED:
        if names <= fitting and wanted in names:
            return _RULES[wanted](sorted(known, key=repr))
    return None


# Kinds of types, and the kind that they are unified to: the first row that fits counts.
_UNIFIED = (
    ("map", frozenset({"map", "object"})),
    ("list", frozenset({"list", "tuple"})),
    ("list", frozenset({"list", "set", "tuple"})),
    ("set", frozenset({"set", "tuple"})),
    ("object", frozenset({"object"})),
    ("tuple", frozenset({"tuple"})),
)


def _collection(name: str, types: list[Type]) -> Type | None:
    element = _together(part for one in types for part in _parts(one))
    if element is None and ("map", ANY) in types:
        element = ANY  # an empty map has no type of values yet: values without a common type then stay as they are
    return None if element is None else (name, element)


def _objects(types: list[Type]) -> Type | None:
    names = [tuple(name for name, _ in one[1]) for one in types]
    if len(set(names)) == 1:
        columns = [_together(column) for column in zip(*map(_parts, types), strict=True)]
        if None not in columns:
            return ("object", tuple(zip(names[0], columns, strict=True)))
    return _collection("map", types)


def _tuples(types: list[Type]) -> Type | None:
    if len({len(one[1]) for one in types}) == 1:
        columns = [_together(column) for column in zip(*map(_parts, types), strict=True)]
        if None not in columns:
            return ("tuple", tuple(columns))
    return _collection("list", types)


_RULES = {
    "map": lambda types: _collection("map", types),
    "list": lambda types: _collection("list", types),
    "set": lambda types: _collection("set", types),
    "object": _objects,
    "tuple": _tuples,
}


def _parts(one: Type) -> tuple[Type, ...]:
    if one[0] == "tuple":
        return tuple(one[1])
    return tuple(part for _, part in one[1]) if one[0] == "object" else (one[1],)
