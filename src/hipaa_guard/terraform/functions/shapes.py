"""Functions that return a list, a set or a map instead of a tuple or an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, PartialText, Unknown, Value

from .context import CallContext, Function
from .conversion import as_set, unified
from .structures import List, Map, Set, structure, type_of

Shape = Callable[[Any, list[Value]], Value]
"""From the raw result and the arguments of a function to its typed result."""


def _as_list(result: Any, _arguments: list[Value]) -> Value:
    return List(result)


def _as_set(result: Any, _arguments: list[Value]) -> Value:
    return Set(result)


def _as_map(result: Any, _arguments: list[Value]) -> Value:
    return Map(result)


def _lists(result: Any, _arguments: list[Value]) -> Value:
    return List(map(_of_list, result))


def _of_list(value: Value) -> Value:
    return List(value) if structure(value) == "tuple" else value


def _map_of_lists(result: Any, _arguments: list[Value]) -> Value:
    return Map({key: List(value) for key, value in result.items()})


def _like_first(result: Any, arguments: list[Value]) -> Value:
    return List(result) if isinstance(arguments[0], List | Set) else result


def _of_mapping(result: Any, arguments: list[Value]) -> Value:
    return List(result) if isinstance(arguments[0], Map) else result


def _of_lists(result: Any, arguments: list[Value]) -> Value:
    return List(unified(result)) if all(isinstance(argument, List) for argument in arguments) else result


def _of_maps(result: Any, arguments: list[Value]) -> Value:
    same = all(isinstance(argument, Map) for argument in arguments) and len(set(map(type_of, arguments))) == 1
    return Map(result) if same else result


def _of_keys_and_list(result: Any, arguments: list[Value]) -> Value:
    return Map(result) if isinstance(arguments[1], List) else result


def _product(result: Any, arguments: list[Value]) -> Value:
    if not any(isinstance(argument, Set) for argument in arguments):
        return List(result)
    found = as_set(result)
    return found if isinstance(found, Incomplete) else Set(found)


SHAPES: dict[str, Shape] = {
    **dict.fromkeys(
        [
            "cidrsubnets",
            "compact",
            "csvdecode",
            "distinct",
            "formatlist",
            "matchkeys",
            "range",
            "regexall",
            "sort",
            "split",
            "tolist",
        ],
        _as_list,
    ),
    **dict.fromkeys(["fileset", "setunion", "setintersection", "setsubtract", "toset"], _as_set),
    **dict.fromkeys(("reverse", "slice"), _like_first),
    **dict.fromkeys(("keys", "values"), _of_mapping),
    "chunklist": _lists,
    "concat": _of_lists,
    "merge": _of_maps,
    "setproduct": _product,
    "tomap": _as_map,
    "transpose": _map_of_lists,
    "zipmap": _of_keys_and_list,
}


TEXTS = frozenset(
    {
        *("base64decode", "base64encode", "chomp", "cidrhost", "cidrnetmask", "cidrsubnet", "format", "formatdate"),
        *("indent", "join", "lower", "md5", "replace", "sha1", "sha256", "sha512", "strrev", "substr", "templatefile"),
        *("templatestring", "timeadd", "title", "trim", "trimprefix", "trimspace", "trimsuffix", "upper", "urlencode"),
    }
)
"""Functions that return a text, known or unknown."""


def _texted(function: Function) -> Function:
    def called(arguments: list[Value], context: CallContext) -> Value:
        result = function(arguments, context)
        plain = type(result) is Unknown and result.cause is not Cause.LIMIT
        return PartialText((result,)) if plain else result

    return called


def shaped(name: str, function: Function) -> Function:
    """A function with results of Terraform's types. Unknown and incomplete results stay as they are."""
    shape = SHAPES.get(name)
    if name in TEXTS:
        return _texted(function)
    if shape is None:
        return function

    def called(arguments: list[Value], context: CallContext) -> Value:
        result = function(arguments, context)
        if result is None or isinstance(result, Unknown | Incomplete):
            return result
        return shape(result, arguments)

    return called
