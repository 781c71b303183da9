"""Raw values as the facts have them."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.facts.fact_types import whole_number
from hipaa_guard.facts.values import Unknown


@pytest.mark.parametrize(("value", "number"), [(22, 22), ("22", 22), (22.0, 22), (-1, -1), (None, None)])
def test_a_whole_number_is_taken_as_it_is(value: Any, number: int | None) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize("value", [21.5, "21.5", "ssh", "", True, [], float("inf")])
def test_nothing_is_rounded_to_a_whole_number(value: Any) -> None:
    with pytest.raises((ValueError, TypeError, ArithmeticError)):
        whole_number(value)


def test_a_number_that_is_not_known_stays_unknown() -> None:
    unknown = Unknown("var.port has no value")
    assert whole_number(unknown) is unknown
