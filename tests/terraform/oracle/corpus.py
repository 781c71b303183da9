"""The generated corpus: which cases a seed gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.terraform.oracle.cases import Case, valued
from tests.terraform.oracle.configurations import configurations
from tests.terraform.oracle.generator import Generator, Grammar
from tests.terraform.oracle.grammar.branches import BRANCHES
from tests.terraform.oracle.grammar.leaves import LEAVES, UNKNOWN_LEAVES
from tests.terraform.oracle.grammar.preludes import PRELUDE, UNKNOWN_PRELUDE
from tests.terraform.oracle.typed import conversions

KINDS = ("number", "text", "text", "bool", "numbers", "texts", "set", "mapping", "labels", "object", "tuple")


def expressions(seed: int, count: int) -> list[Case]:
    """Expressions over values that are all known."""
    return _generated("expressions", LEAVES, seed, count)


def unknowns(seed: int, count: int) -> list[Case]:
    """Expressions over values of which some are known only after apply."""
    return _generated("unknowns", UNKNOWN_LEAVES, seed, count)


def _generated(category: str, leaves: Grammar, seed: int, count: int) -> list[Case]:
    random = Random(f"{category} {seed}")
    generator = Generator(random, leaves, BRANCHES)
    return [
        valued(f"c{number}", category, generator.text(KINDS[number % len(KINDS)], random.choice((1, 2, 2, 3))))
        for number in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of cases: how to make them, what they stand beside, and whether they are to be applied."""

    cases: Callable[[int, int], list[Case]]
    prelude: str
    apply: bool = False


CATEGORIES = {
    "expressions": Category(expressions, PRELUDE),
    "conversions": Category(conversions, PRELUDE),
    "unknowns": Category(unknowns, UNKNOWN_PRELUDE, apply=True),
    "configurations": Category(configurations, UNKNOWN_PRELUDE, apply=True),
}

RECORDED_SIZES = {"expressions": 2000, "conversions": 500, "unknowns": 800, "configurations": 160}
"""How many cases of each category are kept with Terraform's answers."""
