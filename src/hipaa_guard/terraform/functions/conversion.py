"""Terraform's conversions between types, and its idea of equality.

Lists, sets and tuples are all Python lists here, maps and objects all dictionaries. A set is a list without
duplicates, in the order in which Terraform iterates over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Context, Decimal
from functools import reduce
from typing import Any
from unicodedata import normalize

from hipaa_guard.facts.values import Incomplete, PartialText, Reference, Unknown, Value

from .errors import FunctionError, LimitReached
from .unknowns import derived, elements, is_text, parts_of, relisted, require_small, unseen

Number = int | float

MAX_DIGITS = 400
"""Digits of the largest number: Terraform's own arithmetic is exact up to some 150."""

EXACT = Context(prec=2 * MAX_DIGITS)
DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
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
    if isinstance(number, int) and number.bit_length() > MAX_DIGITS * 3:
        raise LimitReached(f"a number of more than {MAX_DIGITS} digits")
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
        raise LimitReached(f"a number of more than {MAX_DIGITS} digits")
    return int(decimal) if decimal == decimal.to_integral_value() else float(decimal)


def to_text(value: Value) -> str | Unknown | None:
    """A primitive value as a text; unknown values and null pass through."""
    if isinstance(value, str):
        return value if value.isascii() else normalize("NFC", value)
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
        return relisted([convert(element) for element in elements(found)], unseen(found))

    return converted


def map_of(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """A conversion of every value of a map."""

    def converted(value: Value) -> Value:
        found = to_map(value)
        return found if isinstance(found, Unknown) else {key: convert(part) for key, part in found.items()}

    return converted


def added(numbers: Iterable[Number]) -> Number:
    """The sum of numbers, without the noise of binary fractions: 0.1 and 0.2 are 0.3, as in Terraform."""
    total = reduce(EXACT.add, (Decimal(repr(number)) for number in numbers), Decimal(0))
    return whole(int(total)) if total == total.to_integral_value() else float(total)


def as_set(items: Iterable[Value], *missing: Unknown | None) -> list[Value]:
    """These items as a set: known ones first, then unknown ones. It is incomplete where those may repeat others."""
    known: list[Value] = []
    unknown: list[Value] = []
    for item in items:
        (known if not _has_unknown(item) else unknown).append(item)
    known = sorted_set(known)
    unknown = list(_first_of_same(unknown))
    reasons = [*missing]
    if unknown and not _all_differ(known, unknown):
        reasons.append(derived(parts_of(unknown)))
    return relisted(known + unknown, *reasons)


def sorted_set(items: list[Value]) -> list[Value]:
    """Known items without duplicates, in the order of Terraform's sets where that is defined."""
    unique = list({identity(item): item for item in items if item is not None}.values())
    kinds = {kind(item) for item in unique}
    if kinds <= {"string"} or kinds <= {"number"} or kinds <= {"bool"}:
        unique.sort()
    elif len(kinds) == 1:
        keys = {tuple(sorted(item)) for item in unique if isinstance(item, dict)}
        unique.sort(key=lambda item: _hash_text(item, with_keys=len(keys) > 1))
    return [*unique, None] if any(item is None for item in items) else unique


def _hash_text(value: Value, *, with_keys: bool = False) -> str:
    """What Terraform sorts lists and maps within a set by, for want of anything better."""
    if isinstance(value, dict):
        names = {key: f'"{key}":' if with_keys else "" for key in sorted(value)}
        return f"<{''.join(f'{name}{_hash_text(value[key])};' for key, name in names.items())}>"
    if isinstance(value, list):
        return f"[{''.join(f'{_hash_text(part)};' for part in value)}]"
    if isinstance(value, bool) or value is None:
        return "~" if value is None else "T" if value else "F"
    return f'"{value}"' if isinstance(value, str) else format(float(value), ".10g")


def identity(value: Value) -> object:
    """A key that two known values share exactly where Terraform calls them equal."""
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
    """Whether two values are the same; None where unknown parts leave it open."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknowns(left, right)
    if kind(left) != kind(right):
        return False
    if isinstance(left, list):
        return _equal_lists(left, right)
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        return all_of(equal(left[key], right[key]) for key in left)
    return bool(left == right)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """True if all are, False if one is not, None where that is open."""
    certain: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            certain = None
    return certain


def unified(values: list[Value]) -> list[Value]:
    """Values converted to their common type, as in a list, a set or a map.

    A number beside an unknown value stays a number, though it would become a text if the unknown one were a text.
    """
    require_small(values)
    known = [value for value in values if value is not None and not isinstance(value, Unknown)]
    kinds = {kind(value) for value in known}
    if any(isinstance(value, Unknown) and is_text(value) for value in values):
        kinds.add("string")
    if "string" in kinds and kinds <= {"string", "number", "bool"}:
        return [to_text(value) for value in values]
    if len(kinds) > 1:
        raise FunctionError("all elements must have the same type")
    if kinds == {"list"}:
        return _unified_structures(values, _unified_lists, known)
    if kinds == {"map"}:
        return _unified_structures(values, _unified_maps, known)
    return values


def _unified_structures(
    values: list[Value], unify: Callable[[list[Any]], list[Any]], known: list[Value]
) -> list[Value]:
    results = iter(unify(known))
    return [value if value is None or isinstance(value, Unknown) else next(results) for value in values]


def _unified_lists(rows: list[list[Value]]) -> list[list[Value]]:
    if all(not isinstance(row, Incomplete) for row in rows) and len({len(row) for row in rows}) == 1:
        columns = [unified(list(column)) for column in zip(*rows, strict=True)]
        return [list(row) for row in zip(*columns, strict=True)] if columns else rows
    flat = iter(unified([element for row in rows for element in elements(row)]))
    return [relisted([next(flat) for _ in elements(row)], unseen(row)) for row in rows]


def _unified_maps(rows: list[dict[str, Value]]) -> list[dict[str, Value]]:
    keys = rows[0].keys()
    if all(row.keys() == keys for row in rows):
        columns = {key: iter(unified([row[key] for row in rows])) for key in keys}
        return [{key: next(columns[key]) for key in row} for row in rows]
    flat = iter(unified([value for row in rows for value in row.values()]))
    return [{key: next(flat) for key in row} for row in rows]


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
