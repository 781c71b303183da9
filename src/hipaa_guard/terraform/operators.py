"""Operators and conditionals in three-valued logic.

A result is known as soon as no value of the unknown parts could change it; otherwise it is unknown and remembers what
it was made from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hipaa_guard.facts.values import Incomplete, PartialText, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.access import Alternatives
from hipaa_guard.terraform.errors import FAILURES, EvaluationError, LimitReached
from hipaa_guard.terraform.functions.conversion import equal, to_bool, to_number, whole
from hipaa_guard.terraform.functions.unknowns import derived, parts_of, size_of

_EXACT = {"+": Decimal.__add__, "-": Decimal.__sub__, "*": Decimal.__mul__}
"""Operators that Terraform calculates in decimal: 0.1 + 0.2 is 0.3."""

_ALTERNATIVES = 16
"""How many values a conditional may have before it is no longer kept which."""

MERGED_PARTS = 10_000
"""Largest collection whose two possible values are merged part by part."""


def same(left: Value, right: Value) -> Value:
    """``left == right``."""
    answer = equal(left, right)
    return derived([*parts_of(left), *parts_of(right)], is_set=True) if answer is None else answer


def negated(value: Value) -> Value:
    """``!value``."""
    truth = _truth(value)
    return derived([truth], is_set=True) if isinstance(truth, Unknown) else not truth


def both(left: Value, right: Callable[[], Value]) -> Value:
    """``left && right``."""
    return _shortcut(left, right, decisive=False)


def either(left: Value, right: Callable[[], Value]) -> Value:
    """``left || right``."""
    return _shortcut(left, right, decisive=True)


def _shortcut(left: Value, right: Callable[[], Value], *, decisive: bool) -> Value:
    one = _truth(left)
    if not isinstance(one, Unknown) and one is decisive:
        return decisive
    try:
        other = _truth(right())
    except FAILURES:
        if isinstance(one, Unknown):  # the error may never come to pass
            return derived([one], is_set=True)
        raise
    if not isinstance(other, Unknown) and other is decisive:
        return decisive
    unknowns = [part for part in (one, other) if isinstance(part, Unknown)]
    return derived(unknowns, is_set=True) if unknowns else not decisive


def _truth(value: Value) -> Value:
    truth = to_bool(value)
    if truth is None:
        raise EvaluationError("a bool is required, not null")
    return truth


def test_of(value: Value) -> bool | Unknown:
    """The test of a conditional or of an ``if``."""
    truth: bool | Unknown = _truth(value)
    return truth


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """``+ - * / %`` and the order comparisons."""
    one, other = to_number(left), to_number(right)
    if one is None or other is None:
        raise EvaluationError(f"a number is required for {operator}, not null")
    unknowns = [part for part in (one, other) if isinstance(part, Unknown)]
    if unknowns:
        return derived(unknowns, is_set=True)
    try:
        return _calculate(operator, one, other)
    except (OverflowError, ValueError):
        raise LimitReached("a number too large to calculate with") from None


def negative(value: Value) -> Value:
    """``-value``."""
    number = to_number(value)
    if number is None:
        raise EvaluationError("a number is required for -, not null")
    return derived([number], is_set=True) if isinstance(number, Unknown) else -number


def _calculate(operator: str, one: Any, other: Any) -> Value:
    if operator in _EXACT and (isinstance(one, float) or isinstance(other, float)):
        return whole(float(_EXACT[operator](Decimal(repr(one)), Decimal(repr(other)))))
    match operator:
        case "+":
            return whole(one + other)
        case "-":
            return whole(one - other)
        case "*":
            return whole(one * other)
        case "/" | "%":
            return _divided(operator, one, other)
        case "<":
            return one < other
        case ">":
            return one > other
        case "<=":
            return one <= other
        case _:
            return one >= other


def _divided(operator: str, one: Any, other: Any) -> Value:
    if other == 0:
        raise EvaluationError("division by zero")
    if operator == "%":
        if isinstance(one, int) and isinstance(other, int):
            rest = abs(one) % abs(other)
            return -rest if one < 0 else rest
        return whole(math.fmod(one, other))
    if isinstance(one, int) and isinstance(other, int) and one % other == 0:
        return one // other
    return whole(one / other)


def chosen(test: Unknown, then: Value, otherwise: Value) -> Value:
    """The value of a conditional whose test is not known: what both arms agree on."""
    return _merged(test, then, otherwise, [MERGED_PARTS])


def _merged(test: Unknown, then: Value, otherwise: Value, budget: list[int]) -> Value:
    budget[0] -= 1
    if budget[0] > 0:
        if equal(then, otherwise) is True:
            return then
        if isinstance(then, dict) and isinstance(otherwise, dict) and then.keys() == otherwise.keys():
            return {key: _merged(test, value, otherwise[key], budget) for key, value in then.items()}
        if _same_length(then, otherwise):
            return [_merged(test, one, other, budget) for one, other in zip(then, otherwise, strict=True)]
    parts = [part for part in (then, otherwise) if isinstance(part, Unknown)]
    for collection in (then, otherwise):
        if isinstance(collection, dict | list):
            parts.extend(part for _, part in zip(range(100), parts_of(collection), strict=False))
    is_set = all(part is not None and (not isinstance(part, Unknown) or part.is_set) for part in (then, otherwise))
    unknown = derived([test, *parts], is_set=is_set)
    values = (*_alternatives(then), *_alternatives(otherwise))
    if len(values) > _ALTERNATIVES or any(isinstance(value, list | dict) for value in values):
        return unknown
    return Alternatives(values, unknown)


def _alternatives(value: Value) -> tuple[Value, ...]:
    return value.values if isinstance(value, Alternatives) else (value,)


def _same_length(then: Value, otherwise: Value) -> bool:
    if not isinstance(then, list) or not isinstance(otherwise, list):
        return False
    if isinstance(then, Incomplete) or isinstance(otherwise, Incomplete):
        return False
    return len(then) == len(otherwise)


def joined(parts: list[str | Unknown]) -> Value:
    """The text of a template.

    Raises:
        LimitReached: it has too many unknown parts.

    """
    if all(isinstance(part, str) for part in parts):
        return "".join(part for part in parts if isinstance(part, str))
    if sum(map(size_of, parts)) > limits.TEXT_LENGTH:
        raise LimitReached(f"a text of more than {limits.TEXT_LENGTH:,} characters")
    return PartialText(parts)
