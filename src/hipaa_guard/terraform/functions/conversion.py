"""Terraform's conversions between types, and its equality.

Lists, sets and tuples are all Python lists, maps and objects all dictionaries; `structures` tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import reduce

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.values import PartialText, Reference, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.terraform.functions.budget import spend_elements

from .errors import FunctionError, FunctionLimitReached
from .numbers import PRECISION, Number, exact, rounded
from .numbers import number as number_of
from .structures import ANY, List, Map, Set, Type, one_type, structure, type_of
from .unknowns import derived, normal, nothing_more, parts_of, relisted, require_small

MAX_DIGITS = 400
"""Digits of the largest number: Terraform's own arithmetic is exact up to some 150."""

DECIMAL = regex(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
TRUTH = {"true": True, "1": True, "false": False, "0": False}
SETS_COMPARED = 10_000


def kind(value: Value) -> str:
    """The type of a known value as Terraform's messages name it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "map"


def whole(number: Number) -> Number:
    """An integral number as an ``int``, any other as it is."""
    if isinstance(number, float) and number.is_integer():
        number = int(Decimal(repr(number)))
    if isinstance(number, int) and number.bit_length() > PRECISION:
        number = number_of(Fraction(number))
    if isinstance(number, int) and number.bit_length() > MAX_DIGITS * 3:
        raise FunctionLimitReached(f"a number of more than {MAX_DIGITS} digits")
    return number


def whole_number(number: Number, what: str = "index") -> int:
    """A number that must be integral."""
    if not isinstance(number, int):
        raise FunctionError(f"invalid {what}: value must be a whole number")
    return number


def number_text(number: Number) -> str:
    """A number as Terraform writes it: never with an exponent."""
    if isinstance(number, float):
        return format(Decimal(repr(number)), "f")
    return str(number)


def parse_number(text: str) -> Number:
    """The number that a text spells in decimal."""
    if not DECIMAL.fullmatch(text):
        raise FunctionError(f"cannot convert {text[:40]!r} to number; it must be a decimal representation of a number")
    decimal = Decimal(text)
    if len(text) > MAX_DIGITS or abs(decimal.adjusted()) > MAX_DIGITS:
        raise FunctionLimitReached(f"a number of more than {MAX_DIGITS} digits")
    return number_of(Fraction(decimal))


def to_text(value: Value) -> str | Unknown | None:
    """A primitive value as a text; unknown values and null pass through."""
    if isinstance(value, str):
        return normal(value)
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    raise FunctionError(f"string required, not {kind(value)}")


def to_number(value: Value) -> Number | Unknown | None:
    """A number, or a text that spells one; unknown values and null pass through."""
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return whole(value)
    raise FunctionError(f"number required, not {kind(value)}")


def to_bool(value: Value) -> bool | Unknown | None:
    """A truth value, or a text that spells one; unknown values and null pass through."""
    if value is None or isinstance(value, bool | Unknown):
        return value
    if isinstance(value, str) and value in TRUTH:
        return TRUTH[value]
    raise FunctionError(f"bool required, not {kind(value)}")


def to_list(value: Value) -> Value:
    """Any list, set or tuple."""
    if isinstance(value, list | Unknown):
        return value
    raise FunctionError(f"list required, not {kind(value)}")


def to_map(value: Value) -> Value:
    """Any map or object."""
    if isinstance(value, dict | Unknown):
        return value
    raise FunctionError(f"map required, not {kind(value)}")


def list_of(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """A conversion of every element of a list; elements that are not known stay where they are."""

    def converted(value: Value) -> Value:
        found = to_list(value)
        if isinstance(found, Unknown):
            return found
        spend_elements(list.__len__(found))
        return mapped(convert, found) if isinstance(found, Incomplete) else relisted([*map(convert, found)])

    return converted


def map_of(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """A conversion of every value of a map."""

    def converted(value: Value) -> Value:
        found = to_map(value)
        if isinstance(found, Unknown):
            return found
        spend_elements(2 * len(found))
        return {key: convert(part) for key, part in found.items()}

    return converted


def added(numbers: Iterable[Number]) -> Number:
    """The sum of numbers."""
    return number_of(reduce(lambda total, number: rounded(total + exact(number)), numbers, Fraction(0)))


def as_set(items: Iterable[Value], *missing: Unknown | Incomplete[Value] | None) -> list[Value]:
    """The items as a set: known ones first, then unknown ones. Incomplete where unknown ones may repeat others."""
    known: list[Value] = []
    unknown: list[Value] = []
    for item in items:
        (known if not _has_unknown(item) else unknown).append(item)
    known = sorted_set(known)
    unknown = list(_first_of_same(unknown))
    reasons = [*missing]
    if unknown and not _all_differ(known, unknown):
        reasons.append(nothing_more(derived(parts_of(unknown))))
    return relisted(known + unknown, *reasons)


def sorted_set(items: list[Value]) -> list[Value]:
    """Known items without duplicates, in the order of Terraform's sets where that is defined."""
    unique = list({identity(item): item for item in items if item is not None}.values())
    kinds = {kind(item) for item in unique}
    if kinds <= {"string"} or kinds <= {"number"} or kinds <= {"bool"}:
        unique.sort()
    elif len(kinds) == 1:
        unique.sort(key=_hash_text)
    return [*unique, None] if any(item is None for item in items) else unique


def _hash_text(value: Value) -> str:
    """The key by which Terraform sorts collections within a set."""
    if isinstance(value, Map):
        return f"{{{''.join(f'{_hash_text(key)}:{_hash_text(value[key])};' for key in sorted(value))}}}"
    if isinstance(value, dict):
        return f"<{''.join(f'{_hash_text(value[key])};' for key in sorted(value))}>"
    if isinstance(value, list):
        opening, closing = "<>" if type(value) is list else "[]"
        return f"{opening}{''.join(f'{_hash_text(part)};' for part in value)}{closing}"
    if isinstance(value, bool) or value is None:
        return "~" if value is None else "T" if value else "F"
    return f'"{value}"' if isinstance(value, str) else format(float(value), ".10g")


def identity(value: Value) -> object:
    """A key that is equal for two known values exactly where these are equal to Terraform."""
    if isinstance(value, bool) or value is None:
        return value, "constant"
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value, "text"
    if isinstance(value, list):
        return tuple(identity(element) for element in value)
    return tuple((key, identity(value[key])) for key in sorted(value)), "map"


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None where unknown parts decide it."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknowns(left, right)
    if kind(left) != kind(right) or _of_other_structure(left, right):
        return False
    if isinstance(left, list):
        return _equal_lists(left, right)
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        return all_of(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def _of_other_structure(left: Value, right: Value) -> bool:
    """Whether one is a list and the other a tuple, or the like: to Terraform these are never equal."""
    one, other = structure(left), structure(right)
    return one is not None and other is not None and one != other


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """True if all answers are, False if one is, else None."""
    certain: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            certain = None
    return certain


def unified(values: list[Value]) -> list[Value]:
    """Values converted to their common type, as in a list, a set or a map.

    A number beside an unknown value stays a number, although it would become a text if the unknown value were one.

    Raises:
        FunctionError: they have no common type.

    """
    if all(type(value) is str for value in values):
        return values
    require_small(values)
    common = one_type(map(type_of, values))
    if common is None:
        raise FunctionError("all elements must have the same type")
    return [converted(value, common) for value in values]


def converted(value: Value, wanted: Type) -> Value:
    """A value converted to a type that it fits; unknown parts stay as they are."""
    name = wanted[0]
    if value is None or isinstance(value, Unknown) or wanted is ANY:
        return value
    if name in _TO_PRIMITIVE:
        return _TO_PRIMITIVE[name](value)
    if isinstance(value, Incomplete):
        inner = wanted[1] if name in ("list", "set") else ANY
        return mapped(lambda element: converted(element, inner), value)
    if structure(value) is None:
        return value
    spend_elements(len(value))
    match name:
        case "list":
            return List([converted(element, wanted[1]) for element in value])
        case "set":
            found = as_set([converted(element, wanted[1]) for element in value])
            return found if isinstance(found, Incomplete) else Set(found)
        case "tuple":
            return [converted(element, its) for element, its in zip(value, wanted[1], strict=True)]
        case "map":
            return Map({key: converted(element, wanted[1]) for key, element in value.items()})
        case _:
            types = dict(wanted[1])
            return {key: converted(element, types[key]) for key, element in value.items()}


_TO_PRIMITIVE: dict[str, Callable[[Value], Value]] = {"string": to_text, "number": to_number, "bool": to_bool}


def _equal_lists(left: list[Value], right: list[Value]) -> bool | None:
    if isinstance(left, Incomplete) or isinstance(right, Incomplete):
        return None
    if len(left) != len(right):
        return False
    return all_of(equal(one, other) for one, other in zip(left, right, strict=True))


def _equal_unknowns(left: Value, right: Value) -> bool | None:
    if isinstance(left, Reference) and isinstance(right, Reference):
        if left.same_as(right):
            return True
        return False if left.attribute == right.attribute and left.attribute in ("id", "arn") else None
    if isinstance(right, Alternatives):
        left, right = right, left
    if isinstance(left, Alternatives):
        answers = {equal(each, right) for each in left.values}
        return answers.pop() if len(answers) == 1 else None
    if isinstance(right, PartialText):
        left, right = right, left
    if isinstance(left, PartialText) and isinstance(right, str):
        return None if _may_read(left, right) else False
    if left is None or right is None:
        other = right if left is None else left
        return False if isinstance(other, Unknown) and other.is_set else None
    return None


def _may_read(partial: PartialText, text: str) -> bool:
    last = partial.parts[-1]
    ending = last if isinstance(last, str) else ""
    return len(text) >= len(partial.prefix) + len(ending) and text.startswith(partial.prefix) and text.endswith(ending)


def _has_unknown(value: Value) -> bool:
    return next(parts_of(value), None) is not None


def _first_of_same(items: list[Value]) -> Iterator[Value]:
    kept: list[Value] = []
    for item in items:
        if len(kept) * len(items) > SETS_COMPARED or not any(equal(item, other) for other in kept):
            kept.append(item)
            yield item


def _all_differ(known: list[Value], unknown: list[Value]) -> bool:
    if len(unknown) * (len(known) + len(unknown)) > SETS_COMPARED:
        return False
    return all(
        equal(item, other) is False for position, item in enumerate(unknown) for other in (*known, *unknown[:position])
    )
