"""Numeric functions."""

from __future__ import annotations

import math

from hipaa_guard.facts.values import Value

from .context import Function
from .conversion import MAX_DIGITS, whole, whole_number
from .errors import FunctionError, FunctionLimitReached
from .numbers import Number
from .signatures import ANY, NUMBER, call

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CASELESS_BASES = 36


def log(number: Number, base: Number) -> Value:
    """The logarithm of a number in a base."""
    try:
        return whole(math.log(number) / math.log(base))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise FunctionLimitReached("an infinite logarithm") from None


def parseint(text: Value, base: Number) -> Value:
    """The whole number that a text spells in a base from 2 to 62."""
    radix = whole_number(base, "base")
    if not isinstance(text, str):
        raise FunctionError("first argument must be a string")
    if not 2 <= radix <= len(DIGITS):
        raise FunctionError("base must be a whole number between 2 and 62 inclusive")
    figures = text[1:] if text.startswith(("+", "-")) else text
    figures = figures.lower() if radix <= CASELESS_BASES else figures
    if not figures or any(figure not in DIGITS[:radix] for figure in figures):
        raise FunctionError(f"cannot parse {text[:40]!r} as a base {radix} integer")
    if len(figures) > MAX_DIGITS:
        raise FunctionLimitReached(f"a number of more than {MAX_DIGITS} digits")
    number = 0
    for figure in figures:
        number = number * radix + DIGITS.index(figure)
    return whole(-number if text.startswith("-") else number)


def power(number: Number, exponent: Number) -> Value:
    """A number raised to a power, in the precision of ordinary floating point, as in Terraform."""
    try:
        result = math.pow(number, exponent)
    except (ValueError, OverflowError):
        raise FunctionLimitReached("a power without a finite value") from None
    return int(result) if result.is_integer() else result


def signum(number: Number) -> Value:
    """-1, 0 or 1."""
    count = whole_number(number)
    return (count > 0) - (count < 0)


def largest(*numbers: Number) -> Value:
    """The largest of the numbers."""
    return max(numbers)


def smallest(*numbers: Number) -> Value:
    """The smallest of the numbers."""
    return min(numbers)


FUNCTIONS: dict[str, Function] = {
    "abs": call(abs, NUMBER),
    "ceil": call(math.ceil, NUMBER),
    "floor": call(math.floor, NUMBER),
    "log": call(log, NUMBER, NUMBER),
    "max": call(largest, rest=NUMBER, least=1),
    "min": call(smallest, rest=NUMBER, least=1),
    "parseint": call(parseint, ANY, NUMBER),
    "pow": call(power, NUMBER, NUMBER),
    "signum": call(signum, NUMBER),
}
