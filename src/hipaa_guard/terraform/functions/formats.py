"""The verbs of ``format`` and ``formatlist``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Context, Decimal

from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.functions.budget import outer_size, spend

from .conversion import kind, to_bool, to_number, to_text
from .errors import FunctionError, FunctionLimitReached
from .graphemes import graphemes
from .json_text import json_text, quoted
from .numbers import Number
from .unknowns import MAX_LIST, MAX_TEXT, derived, is_text, parts_of, text_of

VERB = regex(
    r"%(?:(?P<percent>%)|(?P<flags>[0#+ -]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<argument>[1-9][0-9]*)\])?(?P<mode>[a-zA-Z]))"
)
INTEGERS = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}
PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}
LONGEST_NUMBER = 1000
PLAIN_EXPONENTS = range(-4, 6)
"""Exponents of numbers that are written without an exponent."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of a format: ``%-10s``."""

    text: str
    flags: str
    width: int
    precision: int | None
    argument: int
    mode: str

    @property
    def bare(self) -> bool:
        """Whether the verb inserts a text unchanged."""
        return self.mode in "sv" and not self.width and not self.precision and "#" not in self.flags


def formatted(template: str, values: list[Value]) -> str | Unknown:
    """The template with its verbs replaced; a partial text where values are not known."""
    parts = list(parsed(template))
    used = max((part.argument for part in parts if isinstance(part, Verb)), default=0)
    if used < len(values):
        raise FunctionError(f"too many arguments: {used} used by the format string, {len(values)} given")
    return text_of([part if isinstance(part, str) else _replaced(part, values) for part in parts])


def formatted_list(template: str, values: list[Value]) -> Value:
    """One text for each position of the lists among the values; other values are the same in each text."""
    if any(isinstance(value, SecretText) for value in values):  # the caller opens it
        return derived(parts_of(values))
    lists = [value for value in values if isinstance(value, list) and not isinstance(value, Incomplete)]
    unsure = [value for value in values if isinstance(value, Unknown | Incomplete) and not _is_no_list(value)]
    if unsure and not lists:
        return _of_unknown_length(template, values, unsure)
    values = [_element_of(value) for value in values]  # Terraform refuses lists of different lengths
    if len({len(value) for value in lists}) > 1:
        raise FunctionError("the lists have different lengths")
    count = len(lists[0]) if lists else 1
    if count * (len(values) + 1) > MAX_LIST * 10:
        raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    rows = ([value[row] if isinstance(value, list) else value for value in values] for row in range(count))
    return [_counted(formatted(template, row)) for row in rows]


def _of_unknown_length(template: str, values: list[Value], unsure: list[Value]) -> Value:
    """The texts for lists of unknown length: those of the known elements of a sole list, and how all others read."""
    sole = unsure[0]
    if len(unsure) == 1 and isinstance(sole, Incomplete):
        return mapped(
            lambda item: _counted(formatted(template, [item if one is sole else one for one in values])), sole
        )
    possible = formatted(template, [_element_of(value) for value in values])
    return Incomplete([], derived(parts_of(unsure)), [possible])


def _element_of(value: Value) -> Value:
    """An element at any position of a list that is not known; a value that is certainly no list stays."""
    if isinstance(value, Incomplete):
        return derived([value.unknown])
    return derived([value]) if isinstance(value, Unknown) and not is_text(value) else value


def _is_no_list(value: Value) -> bool:
    return isinstance(value, Unknown) and is_text(value)


def _counted(text: str | Unknown) -> str | Unknown:
    """A text, counted before the next one is made, as each may have the greatest length."""
    spend(outer_size(text))
    return text


def parsed(template: str) -> Iterator[str | Verb]:
    """The texts and verbs of a format string."""
    position, following = 0, 1
    while position < len(template):
        start = template.find("%", position)
        if start != position:
            yield template[position : start if start >= 0 else len(template)]
        if start < 0:
            return
        found = VERB.match(template, start)
        if not found:
            raise FunctionError(f"invalid format string starting at offset {start}")
        position = found.end()
        if found["percent"]:
            yield "%"
            continue
        verb = _verb(found, following)
        following = verb.argument + 1
        yield verb


def _verb(found: re.Match[str], following: int) -> Verb:
    sizes = [int((found[name] or "0")[:9]) for name in ("width", "precision", "argument")]
    if max(sizes) > MAX_TEXT:
        raise FunctionLimitReached(f"a text of more than {MAX_TEXT:,} characters")
    precision = sizes[1] if found["precision"] is not None else None
    return Verb(found[0], found["flags"], sizes[0], precision, sizes[2] or following, found["mode"])


def _replaced(verb: Verb, values: list[Value]) -> str | Unknown:
    if verb.argument > len(values):
        raise FunctionError(f"not enough arguments for {verb.text!r}: {len(values)} given")
    value = values[verb.argument - 1]
    unknown = next(parts_of(value), None)
    if verb.mode not in "vtbdoxXeEfgGsq":
        raise FunctionError(f"unsupported format verb {verb.text!r}")
    if unknown is not None:
        return value if verb.bare and isinstance(value, Unknown) else derived(parts_of(value), is_set=True)
    if verb.mode == "v":
        return _padded(verb, _as_is(verb, value))
    if value is None:
        raise FunctionError(f"unsupported value for {verb.text!r}: null value cannot be formatted")
    try:
        return _converted(verb, value)
    except FunctionError as error:
        raise FunctionError(f"unsupported value for {verb.text!r}: {error}") from None


def _converted(verb: Verb, value: Value) -> str:
    if verb.mode == "t":
        return str(to_text(to_bool(value)))
    if verb.mode in "sq":
        text = str(to_text(value))
        if verb.precision:
            text = "".join(graphemes(text)[: verb.precision])
        return _padded(verb, quoted(text) if verb.mode == "q" else text)
    number = to_number(value)
    if isinstance(number, Unknown) or number is None:
        raise FunctionError("a number is required")
    return _integer(verb, number) if verb.mode in INTEGERS else _decimal(verb, number)


def _as_is(verb: Verb, value: Value) -> str:
    if "#" not in verb.flags and isinstance(value, str):
        return value
    if "#" not in verb.flags and kind(value) == "number":
        return _shortest(value, "e")
    return json_text(value)


def _padded(verb: Verb, text: str) -> str:
    missing = verb.width - len(graphemes(text))
    if missing <= 0:
        return text
    padding = ("0" if "0" in verb.flags else " ") * missing
    return text + padding if "-" in verb.flags else padding + text


def _integer(verb: Verb, number: Number) -> str:
    if not isinstance(number, int):
        raise FunctionError("an integer is required")
    digits = format(abs(number), INTEGERS[verb.mode])
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0") if number or verb.precision else ""
    prefix = PREFIXES.get(verb.mode, "") if "#" in verb.flags else ""
    return _signed(verb, number < 0, prefix, digits, zeros=verb.precision is None)


def _decimal(verb: Verb, number: Number) -> str:
    decimal = abs(Decimal(repr(number))) or Decimal("0.0")
    precision = 6 if verb.precision is None else verb.precision
    if precision > LONGEST_NUMBER:
        raise FunctionLimitReached(f"a number of more than {LONGEST_NUMBER} digits")
    if verb.mode in "gG":
        if verb.precision is not None:
            decimal = Context(prec=max(precision, 1)).create_decimal(decimal)
        digits = _shortest(
            decimal, "e" if verb.mode == "g" else "E", range(-4, 6 if verb.precision is None else max(precision, 1))
        )
    elif decimal:
        digits = _exponent(format(decimal, f".{precision}{verb.mode}"))
    else:
        digits = _exponent(format(0.0, f".{precision}{verb.mode}"))
    return _signed(verb, number < 0, "", digits, zeros=True)


def _shortest(number: Number | Decimal, letter: str, plain: range = PLAIN_EXPONENTS) -> str:
    """The fewest digits that identify the number, with an exponent outside of a range."""
    decimal = number if isinstance(number, Decimal) else Decimal(repr(number))
    if not decimal:
        return "0"
    sign, figures, _ = decimal.as_tuple()
    exponent = decimal.adjusted()
    if exponent in plain:
        text = format(decimal, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = "".join(map(str, figures)).rstrip("0")
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}{letter}{exponent:+03d}"


def _exponent(text: str) -> str:
    """The text with an exponent of at least two digits, as in Go."""
    return re.sub(r"([eE][+-])(\d)$", r"\g<1>0\2", text)


def _signed(verb: Verb, negative: bool, prefix: str, digits: str, *, zeros: bool) -> str:
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    missing = verb.width - len(sign) - len(prefix) - len(digits)
    if missing > 0 and "-" in verb.flags:
        return f"{sign}{prefix}{digits}{' ' * missing}"
    if missing > 0 and "0" in verb.flags and zeros:
        return f"{sign}{prefix}{'0' * missing}{digits}"
    return f"{' ' * max(missing, 0)}{sign}{prefix}{digits}"
