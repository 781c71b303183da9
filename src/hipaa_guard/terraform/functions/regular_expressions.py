"""Terraform's regular expressions, matched in time that grows with the pattern times the text, whatever the pattern.

A scanned tree is hostile, and Python's own matcher can be kept busy for years by thirty characters. This one tries
alternatives in the same order, but never the same step of the pattern twice at the same place of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hipaa_guard.facts.values import Value

from .errors import FunctionError, LimitReached
from .re2_syntax import Characters, Choice, Group, Node, Parser, Place, Repeat, Sequence

MAX_STEPS = 500_000
MAX_PROGRAM = 20_000
MAX_GROUPS = 100
REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")

Spans = tuple[int, ...]
"""Start and end of the match and of each group, -1 for a group that took no part."""


@dataclass(frozen=True, slots=True)
class Step:
    """Take one character of a set (or None: an end), go on at either of two steps, note a position, check a place."""

    kind: str
    characters: Characters | None = None
    first: int = 0
    second: int = 0
    place: str = ""


class Program:
    """A pattern turned into steps."""

    def __init__(self, pattern: str) -> None:
        parser = Parser(pattern)
        tree = parser.parse()
        self.names = parser.names
        if len(self.names) > MAX_GROUPS:
            raise LimitReached(f"a regular expression with more than {MAX_GROUPS} groups")
        self.steps: list[Step] = []
        self._add(Group(tree, 0))
        self.steps.append(Step("match"))

    def search(self, text: str, start: int, budget: Budget) -> Spans | None:
        """The leftmost match at or after a position."""
        tried: set[tuple[int, int]] = set()
        nothing = (-1,) * (2 * len(self.names) + 2)
        for position in range(start, len(text) + 1):
            found = self._match(text, position, nothing, tried, budget)
            if found is not None:
                return found
        return None

    def _match(
        self, text: str, start: int, nothing: Spans, tried: set[tuple[int, int]], budget: Budget
    ) -> Spans | None:
        waiting = [(0, start, nothing)]
        while waiting:
            number, position, spans = waiting.pop()
            while True:
                budget.spend()
                step = self.steps[number]
                if step.kind == "take":
                    if position == len(text) or text[position] not in (step.characters or ()):
                        break
                    position += 1
                elif step.kind == "either":
                    if (number, position) in tried:
                        break
                    tried.add((number, position))
                    waiting.append((step.second, position, spans))
                    number = step.first
                    continue
                elif step.kind == "note":
                    spans = (*spans[: step.first], position, *spans[step.first + 1 :])
                elif step.kind == "place":
                    if not holds(step.place, text, position):
                        break
                elif step.kind == "go":
                    number = step.first
                    continue
                else:
                    return spans
                number += 1
        return None

    def _add(self, node: Node) -> None:
        if len(self.steps) > MAX_PROGRAM:
            raise LimitReached(f"a regular expression of more than {MAX_PROGRAM:,} steps")
        if isinstance(node, Characters):
            self.steps.append(Step("take", node))
        elif isinstance(node, Place):
            self.steps.append(Step("place", place=node.kind))
        elif isinstance(node, Sequence):
            for part in node.nodes:
                self._add(part)
        elif isinstance(node, Group):
            self.steps.append(Step("note", first=2 * node.number))
            self._add(node.node)
            self.steps.append(Step("note", first=2 * node.number + 1))
        elif isinstance(node, Choice):
            self._add_choice(node)
        else:
            self._add_repeat(node)

    def _add_choice(self, choice: Choice) -> None:
        ends = []
        for branch in choice.nodes[:-1]:
            fork = self._reserve()
            self._add(branch)
            ends.append(self._reserve())
            self.steps[fork] = Step("either", first=fork + 1, second=len(self.steps))
        self._add(choice.nodes[-1])
        for end in ends:
            self.steps[end] = Step("go", first=len(self.steps))

    def _add_repeat(self, repeat: Repeat) -> None:
        for _ in range(repeat.least if repeat.most is not None else repeat.least - 1):
            self._add(repeat.node)
        if repeat.most is None:
            self._add_endless(repeat)
            return
        forks = []
        for _ in range(repeat.most - repeat.least):
            forks.append(self._reserve())
            self._add(repeat.node)
        for fork in forks:
            self.steps[fork] = self._fork(fork + 1, len(self.steps), greedy=repeat.greedy)

    def _add_endless(self, repeat: Repeat) -> None:
        """One or more times; skipped altogether where none is enough."""
        skip = self._reserve() if repeat.least == 0 else None
        start = len(self.steps)
        self._add(repeat.node)
        self.steps.append(self._fork(start, len(self.steps) + 1, greedy=repeat.greedy))
        if skip is not None:
            self.steps[skip] = self._fork(start, len(self.steps), greedy=repeat.greedy)

    def _fork(self, again: int, onward: int, *, greedy: bool) -> Step:
        return Step("either", first=again if greedy else onward, second=onward if greedy else again)

    def _reserve(self) -> int:
        self.steps.append(Step("go"))
        return len(self.steps) - 1


class Budget:
    """Steps that one call may still take."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.steps = steps

    def spend(self) -> None:
        """Count one step.

        Raises:
            LimitReached: there are none left.

        """
        self.steps -= 1
        if self.steps < 0:
            raise LimitReached("the search for a regular expression")


def holds(place: str, text: str, position: int) -> bool:
    """Whether an empty match of that kind is possible at a position."""
    before = text[position - 1] if position else ""
    after = text[position] if position < len(text) else ""
    if place in ("^", "A"):
        return not before
    if place in ("$", "z"):
        return not after
    if place == "(^":
        return before in ("", "\n")
    if place == "($":
        return after in ("", "\n")
    return (is_word(before) is not is_word(after)) is (place == "b")


def is_word(character: str) -> bool:
    """Whether a character is an ASCII letter, digit or underscore."""
    return character.isascii() and (character.isalnum() or character == "_")


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Program:
    """The program of a pattern."""
    return Program(pattern)


def matches(pattern: str, text: str) -> Iterator[Spans]:
    """All matches that do not overlap; none empty right behind another."""
    program, budget = compiled(pattern), Budget()
    position, last_end = 0, -1
    while position <= len(text):
        found = program.search(text, position, budget)
        if found is None:
            return
        if found[1] > found[0] or found[0] != last_end:
            yield found
        last_end = found[1]
        position = max(found[1], position + 1)


def regex(pattern: str, text: str) -> Value:
    """The first match: its text, or the texts of its groups."""
    shape = result_shape(pattern)
    for found in matches(pattern, text):
        return captured(shape, text, found)
    raise FunctionError("pattern did not match any part of the given string")


def regexall(pattern: str, text: str) -> Value:
    """All matches."""
    shape = result_shape(pattern)
    return [captured(shape, text, found) for found in matches(pattern, text)]


def replaced(text: str, pattern: str, replacement: str) -> str:
    """The text with each match replaced; ``$1`` and ``${name}`` stand for groups."""
    names = compiled(pattern).names
    pieces, position = [], 0
    for found in matches(pattern, text):
        pieces += [text[position : found[0]], expanded(replacement, names, text, found)]
        position = found[1]
    return "".join([*pieces, text[position:]])


def expanded(replacement: str, names: list[str | None], text: str, found: Spans) -> str:
    """The replacement for one match."""

    def group(reference: re.Match[str]) -> str:
        name = reference[2] or reference[3]
        if name is None:
            return "$"
        number = int(name) if name.isdecimal() and len(name) < len("1000") else -1
        if number < 0 and name in names:
            number = names.index(name) + 1
        if not 0 <= number <= len(names) or found[2 * number] < 0:
            return ""
        return text[found[2 * number] : found[2 * number + 1]]

    return REFERENCE.sub(group, replacement)


def result_shape(pattern: str) -> list[str | None]:
    """The names of the groups.

    Raises:
        FunctionError: some have names and others do not.

    """
    names = compiled(pattern).names
    if len({name is None for name in names}) > 1:
        raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups")
    return names


def captured(names: list[str | None], text: str, found: Spans) -> Value:
    """One match as Terraform gives it: a text, a list or a map."""
    spans = zip(found[2::2], found[3::2], strict=True)
    groups = [text[start:end] if start >= 0 else None for start, end in spans]
    if not names:
        return text[found[0] : found[1]]
    named = {name: group for name, group in zip(names, groups, strict=True) if name is not None}
    return named or groups
