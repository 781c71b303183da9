"""Terraform's regular expressions, by the C++ library RE2: it has the patterns of Go's and finds the same matches.

A scanned tree may be hostile, and thirty characters can keep Python's own matcher busy for years. The time of RE2 is
proportional to the pattern times the text; the limits here bound both, and the number of searches.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.functions.budget import ELEMENT, spend, walked

from .errors import FunctionError, FunctionLimitReached
from .unknowns import MAX_LIST, MAX_TEXT

MAX_PATTERN = 20_000
MAX_GROUPS = 200
MAX_MEMORY = 1 << 21
"""Maximum bytes for one pattern: for its program and RE2's memory of a search."""
MAX_WORK = 100_000_000
"""Maximum steps of the program times bytes of the text: about a second in RE2's slowest search."""
_WORK_OF_ELEMENT = 200
"""The part of this work that takes as long as a look at one element of a list."""

MAX_SECONDS = 1.0
"""Maximum processor time of all searches of one call."""

TOKEN = re.compile(
    r"\\Q.*?(?:\\E|\Z)"
    r"|\\(?P<escaped>.)"
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^]\\])*+\]"
    r"|(?P<group>\((?:(?!\?)|\?P?<(?P<name>\w+)>))",
    re.DOTALL,
)
"""The tokens of a pattern that matter for finding its groups."""
REFERENCE = r"\$(?:(\$)|([\pL\p{Nd}_]+)|\{([\pL\p{Nd}_]+)\})"
NUMBER = re.compile(r"0|[1-9][0-9]{0,7}")
SURROGATE = re.compile("[\ud800-\udfff]")
PROPERTY = re.compile(r"invalid character class range: \\[pP]\{")

Spans = list[tuple[int, int]]
"""Start and end of the match and of each group, -1 for a group that took no part."""


class MatchBudget:
    """The processor time that is left for one call."""

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self.end = time.thread_time() + seconds

    def check(self) -> None:
        """Make sure that time is left.

        Raises:
            FunctionLimitReached: no time is left.

        """
        if time.thread_time() > self.end:
            raise FunctionLimitReached("the search for a regular expression")


class Program:
    """A compiled pattern; ``names`` holds the names of its groups, None for those without."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise FunctionLimitReached(f"a regular expression of more than {MAX_PATTERN:,} characters")
        if pattern.count("(") > MAX_GROUPS:
            raise FunctionLimitReached(f"a regular expression with more than {MAX_GROUPS} groups")
        self._compiled = _compiled(encodable(pattern))
        tokens = list(TOKEN.finditer(pattern))
        escaped = {token["escaped"] for token in tokens}
        if "C" in escaped:  # RE2 has it, Go does not
            raise FunctionError(r"invalid regexp pattern: invalid escape sequence: \C")
        self._only_ascii = "B" in escaped
        # Of several groups with one name, RE2 names only the first.
        self.names: list[str | None] = [token["name"] for token in tokens if token["group"]]
        if len(self.names) != self._compiled.groups:
            raise FunctionLimitReached("a regular expression with groups like these")
        if not all(name is None or name.isascii() for name in self.names):
            raise FunctionError("invalid regexp pattern: invalid named capture")

    def search(self, text: str, budget: MatchBudget) -> bool:
        """Whether some part of a text matches."""
        return next(self.matches(text, budget), None) is not None

    def matches(self, text: str, budget: MatchBudget) -> Iterator[Spans]:
        """All matches that do not overlap, without empty ones right behind another match."""
        if self._only_ascii and not text.isascii():  # RE2 also finds \B between the bytes of one character
            raise FunctionLimitReached(r"\B in a text with letters beyond ASCII")
        searched = encodable(text)
        if len(searched.encode()) * self._compiled.programsize > MAX_WORK:
            raise FunctionLimitReached("the search for a regular expression")
        walked(len(searched) * self._compiled.programsize // _WORK_OF_ELEMENT)
        budget.check()
        last_end = -1
        for count, found in enumerate(self._compiled.finditer(searched)):
            budget.check()
            if count > MAX_LIST:
                raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
            start, end = found.span()
            if end > start or start != last_end:
                yield [found.span(number) for number in range(len(self.names) + 1)]
            last_end = end


def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0].decode(errors="replace")
    if why.startswith("pattern too large"):
        raise FunctionLimitReached(f"a regular expression of more than {MAX_MEMORY:,} bytes")
    if PROPERTY.match(why):  # newer versions of Go have more properties
        raise FunctionLimitReached("a Unicode property like this in a regular expression")
    raise FunctionError(f"invalid regexp pattern: {why}")


def encodable(text: str) -> str:
    """The text with Unicode's replacement character in the place of each surrogate."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Program:
    """The program of a pattern."""
    return Program(pattern)


def regex(pattern: str, text: str) -> Value:
    """The first match: its text, or the texts of its groups."""
    shape = result_shape(pattern)
    for found in compiled(pattern).matches(text, MatchBudget()):
        return captured(shape, text, found)
    raise FunctionError("pattern did not match any part of the given string")


def regexall(pattern: str, text: str) -> Value:
    """All matches."""
    shape = result_shape(pattern)
    return [captured(shape, text, found) for found in compiled(pattern).matches(text, MatchBudget())]


def replaced(text: str, pattern: str, replacement: str) -> str:
    """The text with each match replaced; ``$1`` and ``${name}`` stand for groups."""
    program, budget = compiled(pattern), MatchBudget()
    template = parts_of_replacement(replacement, program.names, budget)
    pieces: list[str] = []
    length = position = 0
    for found in program.matches(text, budget):
        pieces.append(text[position : found[0][0]])
        position = found[0][1]
        for part in template:
            piece = part if isinstance(part, str) else _first(part, text, found)
            pieces.append(piece)
            length += len(piece) + 1
            if length > MAX_TEXT * 4:
                raise FunctionLimitReached(f"a text of more than {MAX_TEXT:,} characters")
    return "".join([*pieces, text[position:]])


def parts_of_replacement(replacement: str, names: list[str | None], budget: MatchBudget) -> list[str | list[int]]:
    """The texts of a replacement and, for each reference between them, the numbers of the groups that it may mean."""
    parts: list[str | list[int]] = []
    position = 0
    for reference in _compiled(REFERENCE).finditer(encodable(replacement)):
        budget.check()
        parts.append(replacement[position : reference.start()])
        position = reference.end()
        name = reference[2] or reference[3]
        if name is None:
            parts.append("$")
        elif NUMBER.fullmatch(name):
            parts.append([int(name)] if int(name) <= len(names) else [])
        else:
            parts.append([number for number, other in enumerate(names, 1) if other == name])
    return [part for part in [*parts, replacement[position:]] if part]


def _first(numbers: list[int], text: str, found: Spans) -> str:
    """The text of the first of these groups that took part in a match."""
    return next((text[start:end] for start, end in (found[number] for number in numbers) if start >= 0), "")


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
    spend(sum(end - start for start, end in found) * (1 if text.isascii() else 4) + ELEMENT * 2 * len(found))
    whole, *groups = (text[start:end] if start >= 0 else None for start, end in found)
    if not names:
        return whole
    named = {name: group for name, group in zip(names, groups, strict=True) if name is not None}
    return named or groups
