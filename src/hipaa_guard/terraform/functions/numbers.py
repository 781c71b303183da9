"""Numbers as Terraform calculates with them: binary fractions of 512 bits.

Most numbers are an ``int`` or a ``float``, which stands for the decimal number in its ``repr``. A number without such a
form, such as 1/3, is a `Precise`.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

Number = int | float

PRECISION = 512
_MOST_DIGITS = 160
"""Decimal digits that distinguish any two numbers of that precision."""


class Precise(float):
    """A number that no ``float`` stands for. It equals no ``int`` and no plain ``float``."""

    __slots__ = ("exact",)
    exact: Fraction

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Precise) and self.exact == other.exact

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.exact)

    def __lt__(self, other: Number) -> bool:
        return self.exact < exact(other)

    def __le__(self, other: Number) -> bool:
        return self.exact <= exact(other)

    def __gt__(self, other: Number) -> bool:
        return self.exact > exact(other)

    def __ge__(self, other: Number) -> bool:
        return self.exact >= exact(other)

    def __neg__(self) -> float:
        return _precise(-self.exact)

    def __abs__(self) -> float:
        return _precise(abs(self.exact))

    def __floor__(self) -> int:
        return self.exact.__floor__()

    def __ceil__(self) -> int:
        return self.exact.__ceil__()

    def is_integer(self) -> bool:
        """Never: whole numbers are of type ``int``."""
        return False

    def __repr__(self) -> str:
        return _shortest(self.exact)


def _shortest(value: Fraction) -> str:
    """The fewest decimal digits that identify a number of Terraform's precision."""
    few, many = 0, _MOST_DIGITS
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if rounded(Fraction(_digits(value, middle))) == value else (middle, many)
    return _digits(value, many)


def _digits(value: Fraction, count: int) -> str:
    return str(Context(prec=count).divide(Decimal(value.numerator), Decimal(value.denominator)))


def _precise(value: Fraction) -> Precise:
    number = Precise(value)
    number.exact = value
    return number


def exact(number: Number) -> Fraction:
    """The exact number that Terraform has for one of ours."""
    if isinstance(number, Precise):
        return number.exact
    return rounded(Fraction(number if isinstance(number, int) else repr(number)))


def rounded(value: Fraction) -> Fraction:
    """The closest number of 512 bits; of two equally close ones, the even one."""
    size = value.numerator.bit_length() - value.denominator.bit_length()
    shift = PRECISION - size
    if shift >= 0 and value.denominator.bit_count() == 1 and value.numerator.bit_length() <= PRECISION:
        return value
    scale = Fraction(2) ** shift
    mantissa = round(value * scale)
    if mantissa.bit_length() > PRECISION:
        scale /= 2
        mantissa = round(value * scale)
    return mantissa / scale


def number(value: Fraction) -> Number:
    """The closest number of Terraform's precision.

    Raises:
        OverflowError: it is too large.

    """
    value = rounded(value)
    if value.denominator == 1:
        exactly = value.numerator.bit_length() <= PRECISION
        return value.numerator if exactly else int(Decimal(_shortest(value)))
    close = float(value)
    return close if rounded(Fraction(repr(close))) == value else _precise(value)
