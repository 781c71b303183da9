"""Functions of maps and objects."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import OpenMap
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Unknown, Value

from .context import Function
from .conversion import converted, list_of, map_of, to_text
from .errors import FunctionError
from .signatures import ANY, LIST, MAP, TEXT, TEXTS, Parameter, call
from .structures import ANY as ANY_TYPE
from .structures import Map, one_type, type_of
from .unknowns import derived, one_of_these, parts_of


def keys(mapping: dict[str, Value] | Unknown) -> Value:
    """The keys in order."""
    if isinstance(mapping, Unknown):
        return Incomplete(sorted(mapping.known), mapping) if isinstance(mapping, OpenMap) else derived([mapping])
    return sorted(mapping)


def values(mapping: dict[str, Value] | Unknown) -> Value:
    """The values in the order of their keys."""
    if isinstance(mapping, OpenMap):
        return Incomplete([mapping.known[key] for key in sorted(mapping.known)], mapping)
    if isinstance(mapping, Unknown):
        return derived([mapping])
    return [mapping[key] for key in sorted(mapping)]


def lookup(mapping: dict[str, Value] | Unknown, key: str | Unknown, *default: Value) -> Value:
    """The value at a key, or the default where there is none."""
    if len(default) > 1:
        raise FunctionError(f"lookup() takes two or three arguments, got {len(default) + 2}")
    if isinstance(mapping, OpenMap) and isinstance(key, str) and key in mapping.known:
        return mapping.known[key]
    if isinstance(mapping, Unknown):
        return derived(parts_of([mapping, key]))
    if isinstance(key, Unknown):
        return one_of_these([*mapping.values(), *default], derived(parts_of([key, list(mapping.values())])))
    if key in mapping:
        return mapping[key]
    if default:
        return _like_values(mapping, default[0])
    raise FunctionError(f"lookup failed to find key {key!r}")


def _like_values(mapping: dict[str, Value], default: Value) -> Value:
    """The default of a look-up, converted to the type of the map's values."""
    wanted = type_of(mapping)[1] if isinstance(mapping, Map) else ANY_TYPE
    return converted(default, wanted) if one_type((wanted, type_of(default))) == wanted else default


def merge(*maps: dict[str, Value] | Unknown | None) -> Value:
    """One map of all maps; later ones win. Null counts as an empty map. A later unknown one may replace any value."""
    if any(isinstance(mapping, SecretText) for mapping in maps):  # the caller opens it
        return derived(parts_of(list(maps)))
    merged: dict[str, Value] = {}
    missing: list[Unknown] = []
    for mapping in maps:
        known = mapping.known if isinstance(mapping, OpenMap) else {} if isinstance(mapping, Unknown) else mapping or {}
        if isinstance(mapping, Unknown):
            missing.append(mapping)
            merged = {key: derived([mapping, *parts_of(value)]) for key, value in merged.items()}
        merged.update(known)
    if not missing:
        return merged
    why = derived(missing)
    return OpenMap(merged, why) if merged else why


def transpose(mapping: dict[str, Value]) -> Value:
    """A map of lists turned around: from each text to the keys that held it."""
    turned: dict[str, list[Value]] = {}
    for key in sorted(mapping):
        for text in mapping[key]:
            if text is None:
                raise FunctionError("input must not contain null values")
            turned.setdefault(text, []).append(key)
    return turned


def zipmap(names: list[Value], items: list[Value]) -> Value:
    """A map from a list of keys and a list of values."""
    if None in names:
        raise FunctionError("keys list has a null value")
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    if len(names) != len(items):
        raise FunctionError(f"number of keys ({len(names)}) does not match number of values ({len(items)})")
    return dict(zip(names, items, strict=True))


LISTS_OF_TEXTS = Parameter(map_of(list_of(to_text)))

FUNCTIONS: dict[str, Function] = {
    "keys": call(keys, MAP.may_be_unknown),
    "lookup": call(lookup, MAP.may_be_unknown, TEXT.may_be_unknown, rest=ANY.may_be_unknown.or_null),
    "merge": call(merge, rest=MAP.may_be_unknown.or_null),
    "transpose": call(transpose, LISTS_OF_TEXTS),
    "values": call(values, MAP.may_be_unknown),
    "zipmap": call(zipmap, TEXTS, LIST.parts_may_be_unknown),
}
