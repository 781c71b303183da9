"""Texts from a grammar that is plain data: productions with holes, filled at random but the same for the same seed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

Grammar = Mapping[str, Sequence[str]]

_HOLE = re.compile(r"‹(\w+)((?:\+\w+=\w+)*)›")
"""``‹text›`` is any text; ``‹text+x=number›`` is a text in which the name x stands for a number."""


class Generator:
    """Random expressions of a grammar.

    ``leaves`` holds, for each kind of expression, those that end a branch; ``branches`` those with holes. With a
    probability of ``mischief`` a hole is filled with something of another kind, which Terraform may refuse.
    """

    def __init__(self, random: Random, leaves: Grammar, branches: Grammar, *, mischief: float = 0.03) -> None:
        self.random = random
        self.leaves = leaves
        self.branches = branches
        self.mischief = mischief
        self.kinds = sorted(set(leaves) & set(branches))

    def text(self, kind: str, depth: int, names: Mapping[str, str] | None = None) -> str:
        """An expression of a kind, nested at most so deep; ``names`` maps bound names to their kinds."""
        random, bound = self.random, names or {}
        if kind in self.kinds and random.random() < self.mischief:
            kind = random.choice(self.kinds)
        leaves, branches = self.leaves.get(kind, ()), self.branches.get(kind, ())
        own = [name for name, its in bound.items() if its == kind]
        if own and random.random() < 0.4:
            return random.choice(own)
        if leaves and (depth <= 0 or not branches or random.random() < 0.25):
            return random.choice(leaves)
        return self.filled(random.choice(branches), depth - 1, bound)

    def filled(self, production: str, depth: int, names: Mapping[str, str] | None = None) -> str:
        """A production with its holes filled."""

        def fill(hole: re.Match[str]) -> str:
            pairs = ((name, its) for name, _, its in (pair.partition("=") for pair in hole[2].split("+") if pair))
            return self.text(hole[1], depth, {**(names or {}), **dict(pairs)})

        return _HOLE.sub(fill, production)
