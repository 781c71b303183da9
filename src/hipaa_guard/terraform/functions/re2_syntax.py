"""The syntax of Terraform's regular expressions (RE2, as Go implements it), read into a tree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NoReturn

from .errors import FunctionError, LimitReached

LAST = 0x10FFFF
MAX_REPEAT = 1000
MAX_NESTING = 200

Range = tuple[int, int]


@dataclass(slots=True)
class Characters:
    """A set of characters; membership is remembered, for a search asks for the same few again and again."""

    ranges: list[Range]
    tests: list[Callable[[str], bool]] = field(default_factory=list)
    negated: bool = False
    folded: bool = False
    remembered: dict[str, bool] = field(default_factory=dict)

    def __contains__(self, character: str) -> bool:
        known = self.remembered.get(character)
        if known is None:
            known = self.remembered[character] = self._holds(character) is not self.negated
        return known

    def _holds(self, character: str) -> bool:
        spellings = {character, character.lower(), character.upper()} if self.folded else {character}
        return any(
            any(low <= ord(one) <= high for low, high in self.ranges) or any(test(one) for test in self.tests)
            for one in spellings
            if len(one) == 1
        )


@dataclass(frozen=True, slots=True)
class Sequence:
    """Nodes one after the other."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first node that leads to a match."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node repeated; ``most`` is None for any number."""

    node: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A node whose text is captured."""

    node: Node
    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """An empty match at certain positions: ``^ $ A z b B`` and, for lines, ``(^ ($``."""

    kind: str


Node = Characters | Sequence | Choice | Repeat | Group | Place


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags in force: ``(?imsU)``."""

    i: bool = False
    m: bool = False
    s: bool = False
    U: bool = False


DIGITS: list[Range] = [(48, 57)]
WORD: list[Range] = [(48, 57), (65, 90), (95, 95), (97, 122)]
SPACE: list[Range] = [(9, 10), (12, 13), (32, 32)]
PERL = {"d": DIGITS, "w": WORD, "s": SPACE}
POSIX: dict[str, list[Range]] = {
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "alpha": [(65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": DIGITS,
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": WORD,
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
CONTROLS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
COUNT = re.compile(r"\{(\d{1,9})(?:(,)(\d{1,9})?)?\}", re.ASCII)
GROUP_OPENING = re.compile(r"\(\?(?:P?<(?P<name>\w+)>|(?P<on>[imsU]*)(?:-(?P<off>[imsU]+))?(?P<end>[:)]))", re.ASCII)
POSIX_CLASS = re.compile(r"\[:(\^?)(\w+):\]")
PROPERTY = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|(\w))")
CATEGORIES = re.compile(r"[CLMNPSZ][a-z]?")
HEXADECIMAL = re.compile(r"x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))")
OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")


def complement(ranges: Iterable[Range]) -> list[Range]:
    """All characters outside of sorted ranges."""
    gaps, start = [], 0
    for low, high in ranges:
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return [*gaps, (start, LAST)]


class Parser:
    """Reads one pattern; ``names`` holds the names of its groups, None for those without."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.depth = 0
        self.flags = Flags()
        self.names: list[str | None] = []

    def parse(self) -> Node:
        """The tree of the whole pattern.

        Raises:
            FunctionError: Terraform would refuse the pattern.

        """
        tree = self._choice()
        if self.position < len(self.pattern):
            self._refuse("unexpected )")
        return tree

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        nodes: list[Node] = []
        while self.position < len(self.pattern) and self.pattern[self.position] not in "|)":
            if self._take("\\Q"):
                end = self.pattern.find("\\E", self.position)
                end = len(self.pattern) if end < 0 else end
                nodes.extend(self._literal(ord(character)) for character in self.pattern[self.position : end])
                self.position = end + 2
                continue
            counts = self._counts()
            if counts is not None:
                if not nodes:
                    self._refuse("missing argument to repetition operator")
                nodes[-1] = self._repeated(nodes[-1], *counts)
                continue
            node = self._atom()
            if node is not None:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else Sequence(tuple(nodes))

    def _repeated(self, node: Node, least: int, most: int | None) -> Node:
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            self._refuse("invalid repeat count")
        greedy = not self._take("?") is not self.flags.U
        if self._counts() is not None:
            self._refuse("invalid nested repetition operator")
        return Repeat(node, least, most, greedy)

    def _counts(self) -> tuple[int, int | None] | None:
        for symbol, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(symbol):
                return counts
        found = COUNT.match(self.pattern, self.position)
        if not found:
            return None
        self.position = found.end()
        least = int(found[1])
        return least, int(found[3]) if found[3] else None if found[2] else least

    def _atom(self) -> Node | None:
        character = self.pattern[self.position]
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        self.position += 1
        if character == ".":
            return Characters([(0, LAST)] if self.flags.s else [(0, 9), (11, LAST)])
        if character in "^$":
            return Place(f"({character}" if self.flags.m else character)
        if character == "\\":
            return self._escape()
        return self._literal(ord(character))

    def _group(self) -> Node | None:
        outer = self.flags
        number: int | None = None
        if self.pattern.startswith("(?", self.position):
            found = GROUP_OPENING.match(self.pattern, self.position)
            if not found:
                self._refuse("invalid or unsupported Perl syntax")
            self.position = found.end()
            if found["name"]:
                number = self._named(found["name"])
            else:
                self._set_flags(found)
                if found["end"] == ")":
                    return None
        else:
            self.position += 1
            number = self._named(None)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise LimitReached(f"a regular expression with more than {MAX_NESTING} nested groups")
        inner = self._choice()
        self.depth -= 1
        if not self._take(")"):
            self._refuse("missing closing )")
        self.flags = outer
        return inner if number is None else Group(inner, number)

    def _named(self, name: str | None) -> int:
        self.names.append(name)
        return len(self.names)

    def _set_flags(self, found: re.Match[str]) -> None:
        changes = dict.fromkeys(found["on"], True) | dict.fromkeys(found["off"] or "", False)
        self.flags = replace(self.flags, **changes)

    def _escape(self) -> Node:
        if self.position >= len(self.pattern):
            self._refuse("trailing backslash at end of expression")
        character = self.pattern[self.position]
        if character in "AzbB":
            self.position += 1
            return Place(character)
        ranges, tests = self._shorthand()
        if ranges or tests:
            return Characters(ranges, tests)
        return self._literal(self._escaped())

    def _shorthand(self) -> tuple[list[Range], list[Callable[[str], bool]]]:
        """What an escape of several characters stands for; nothing where it is one character."""
        letter = self.pattern[self.position]
        if letter.lower() in PERL:
            self.position += 1
            ranges = PERL[letter.lower()]
            return (ranges if letter.islower() else complement(ranges)), []
        found = PROPERTY.match(self.pattern, self.position)
        if not found:
            return [], []
        self.position = found.end()
        name = found[3] or found[4]
        if name == "Any":
            return [(0, LAST)], []
        if not CATEGORIES.fullmatch(name):
            if len(name) == 1:
                self._refuse("invalid character class range")
            raise LimitReached(f"the Unicode property {name} in a regular expression")
        wanted = (found[1] == "p") is not bool(found[2])
        return [], [lambda one: unicodedata.category(one).startswith(name) is wanted]

    def _escaped(self) -> int:
        """The one character that an escape stands for."""
        letter = self.pattern[self.position]
        for expression, base in ((HEXADECIMAL, 16), (OCTAL, 8)):
            found = expression.match(self.pattern, self.position)
            if found:
                self.position = found.end()
                code = int(found[1] or found[2] if base == 16 else found[0], base)
                return code if code <= LAST else self._refuse("invalid escape sequence")
        if letter in CONTROLS:
            self.position += 1
            return CONTROLS[letter]
        if letter.isascii() and not letter.isalnum():
            self.position += 1
            return ord(letter)
        return self._refuse(f"invalid escape sequence \\{letter}")

    def _class(self) -> Node:
        self.position += 1
        negated = self._take("^")
        ranges: list[Range] = []
        tests: list[Callable[[str], bool]] = []
        first = True
        while first or not self.pattern.startswith("]", self.position):
            if self.position >= len(self.pattern):
                self._refuse("missing closing ]")
            self._class_item(ranges, tests)
            first = False
        self.position += 1
        return Characters(ranges, tests, negated, self.flags.i)

    def _class_item(self, ranges: list[Range], tests: list[Callable[[str], bool]]) -> None:
        found = POSIX_CLASS.match(self.pattern, self.position)
        if found:
            if found[2] not in POSIX:
                self._refuse("invalid character class range")
            self.position = found.end()
            ranges.extend(complement(POSIX[found[2]]) if found[1] else POSIX[found[2]])
            return
        if self.pattern.startswith("\\", self.position) and self.position + 1 < len(self.pattern):
            self.position += 1
            more_ranges, more_tests = self._shorthand()
            if more_ranges or more_tests:
                ranges.extend(more_ranges)
                tests.extend(more_tests)
                return
            self.position -= 1
        low = high = self._class_character()
        following = self.pattern[self.position : self.position + 2]
        if following.startswith("-") and following not in ("-", "-]"):
            self.position += 1
            high = self._class_character()
            if high < low:
                self._refuse("invalid character class range")
        ranges.append((low, high))

    def _class_character(self) -> int:
        if self.position >= len(self.pattern):
            self._refuse("missing closing ]")
        if self._take("\\"):
            if self.position >= len(self.pattern):
                self._refuse("missing closing ]")
            return self._escaped()
        self.position += 1
        return ord(self.pattern[self.position - 1])

    def _literal(self, code: int) -> Characters:
        return Characters([(code, code)], folded=self.flags.i)

    def _take(self, text: str) -> bool:
        if not self.pattern.startswith(text, self.position):
            return False
        self.position += len(text)
        return True

    def _refuse(self, why: str) -> NoReturn:
        raise FunctionError(f"invalid regexp pattern: {why}")
