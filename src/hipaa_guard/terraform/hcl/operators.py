"""Operators and conditionals in three-valued logic.

A result is known if no value of the unknown parts could change it. Otherwise it is unknown, with references to its
sources.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from hipaa_guard.facts.alternatives import Alternatives, EitherList
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.secrets import revealed
from hipaa_guard.facts.values import PartialText, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.conversion import converted, equal, to_bool, to_number, whole
from hipaa_guard.terraform.functions.numbers import Number, exact, number, rounded
from hipaa_guard.terraform.functions.structures import ANY, loosened, one_type, type_of
from hipaa_guard.terraform.functions.unknowns import MAX_ALTERNATIVES, derived, normal, parts_of, size_of
from hipaa_guard.terraform.hcl.access import OuterReference, UncertainList
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError, LimitReached

_WHOLE: dict[str, Callable[[int, int], int]] = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
_EXACT = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__}

_COMPARED = 100
"""Maximum number of elements of two lists that are compared, to keep those that both have."""

MERGED_PARTS = 10_000
"""Largest collection whose two possible values are merged part by part."""


def same(left: Value, right: Value) -> Value:
    """``left == right``."""
    answer = equal(left, right)
    if answer is None:
        answer = equal(revealed(left), revealed(right))
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
    except LIMITS:
        raise
    except FAILURES:
        if isinstance(one, Unknown):  # Terraform may not evaluate the right side
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
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return derived([part for part in (one, other) if isinstance(part, Unknown)], is_set=True)
    try:
        return _calculate(operator, one, other)
    except (OverflowError, ValueError):
        raise LimitReached("a number too large to calculate with") from None


def negative(value: Value) -> Value:
    """``-value``."""
    found = to_number(value)
    if found is None:
        raise EvaluationError("a number is required for -, not null")
    return derived([found], is_set=True) if isinstance(found, Unknown) else -found


def _calculate(operator: str, one: Number, other: Number) -> Value:
    match operator:
        case "<":
            return one < other
        case ">":
            return one > other
        case "<=":
            return one <= other
        case ">=":
            return one >= other
        case "/" | "%":
            return _divided(operator, one, other)
    if isinstance(one, int) and isinstance(other, int):
        return whole(_WHOLE[operator](one, other))
    return number(_EXACT[operator](exact(one), exact(other)))


def _divided(operator: str, one: Number, other: Number) -> Value:
    if other == 0:
        if one == 0:
            raise EvaluationError("division of zero by zero")
        if operator == "/":
            raise LimitReached("a division by zero, which is infinity to Terraform")
        return one
    if isinstance(one, int) and isinstance(other, int):
        if operator == "%":
            rest = abs(one) % abs(other)
            return -rest if one < 0 else rest
        if one % other == 0:
            return one // other
    quotient = rounded(exact(one) / exact(other))
    if operator == "/":
        return number(quotient)
    return number(exact(one) - rounded(exact(other) * math.trunc(quotient)))


def of_one_type(then: Value, otherwise: Value) -> tuple[Value, Value]:
    """The two arms of a conditional converted to one type.

    Raises:
        EvaluationError: no type fits both.

    """
    types = type_of(then), type_of(otherwise)
    if types[0] == types[1]:
        return then, otherwise
    if ANY in types and then is not None and otherwise is not None:
        return loosened(then), loosened(otherwise)  # the unknown one may be of any type
    common = one_type(types)
    if common is None:
        raise EvaluationError("the two results of a conditional must have one type")
    return converted(then, common), converted(otherwise, common)


def chosen(test: Unknown, then: Value, otherwise: Value, choice: str | None = None) -> Value:
    """The value of a conditional with an unknown test: known where both arms agree. For ``choice``: `Alternatives`."""
    return _merged(test, then, otherwise, choice, [MERGED_PARTS])


def choice_by(test: Unknown) -> str | None:
    """The name of a test that has one result wherever it is written; None where that is not known."""
    return test.path if isinstance(test, OuterReference) else None


def _merged(test: Unknown, then: Value, otherwise: Value, choice: str | None, budget: list[int]) -> Value:
    budget[0] -= 1
    if budget[0] > 0:
        if equal(then, otherwise) is True:
            return then
        if isinstance(then, dict) and isinstance(otherwise, dict) and then.keys() == otherwise.keys():
            return {key: _merged(test, value, otherwise[key], choice, budget) for key, value in then.items()}
        if _same_length(then, otherwise):
            return [_merged(test, one, other, choice, budget) for one, other in zip(then, otherwise, strict=True)]
    parts = [part for part in (then, otherwise) if isinstance(part, Unknown)]
    for collection in (then, otherwise):
        if isinstance(collection, dict | list):
            parts.extend(part for _, part in zip(range(100), parts_of(collection), strict=False))
    is_set = all(part is not None and (not isinstance(part, Unknown) or part.is_set) for part in (then, otherwise))
    unknown = derived([test, *parts], is_set=is_set)
    if isinstance(then, list) and isinstance(otherwise, list):
        return _either_list(then, otherwise, unknown, choice)
    values = (*_alternatives(then), *_alternatives(otherwise))
    if len(values) > MAX_ALTERNATIVES or any(isinstance(value, list | dict) for value in values):
        return unknown
    return Alternatives(values, unknown, choice if len(values) == len((then, otherwise)) else None)


def _either_list(then: list[Value], otherwise: list[Value], unknown: Unknown, choice: str | None) -> Value:
    sizes = list.__len__(then), list.__len__(otherwise)
    if max(sizes) > _COMPARED or any(isinstance(each, UncertainList) for each in (then, otherwise)):
        return unknown
    return EitherList((then, otherwise), unknown, lambda one, other: equal(one, other) is True, choice)


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
        return normal("".join(part for part in parts if isinstance(part, str)))
    if sum(map(size_of, parts)) > limits.TEXT_LENGTH:
        raise LimitReached(f"a text of more than {limits.TEXT_LENGTH:,} characters")
    return PartialText(parts)
