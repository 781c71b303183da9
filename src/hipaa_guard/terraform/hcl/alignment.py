"""Drafts of a changed file: which of its lines are new, and these aligned as ``terraform fmt`` aligns them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.functions.graphemes import graphemes
from hipaa_guard.terraform.hcl.lexer import real
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock, SourceFile

Change = tuple[int, int, str]
"""Start and end offset of a part of a text, and its replacement."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text under change. ``new`` are its lines, from 1, that the file does not have: only these may be aligned."""

    text: str
    new: frozenset[int] = frozenset()

    def changed(self, change: Change) -> Draft:
        """The draft with a change. A change inside of one line makes no new line."""
        start, end, replacement = change
        after = self.text[:start] + replacement + self.text[end:]
        first = self.text.count("\n", 0, start) + 1
        until = first + self.text.count("\n", start, end)
        more = replacement.count("\n") - (until - first)
        if not more and first == until:
            return Draft(after, self.new)
        old = self.text.split("\n")[first - 1 : until]
        made = after.split("\n")[first - 1 : until + more]
        above = _same(old, made)
        below = min(_same(old[::-1], made[::-1]), len(old) - above, len(made) - above)
        written = range(first + above, first + len(made) - below)
        kept = (
            line if line < first + above else line + more
            for line in self.new
            if not above <= line - first < len(old) - below
        )
        return Draft(after, frozenset({*kept, *written}))


def _same(one: list[str], other: list[str]) -> int:
    """How many lines two lists begin with in common."""
    for number, (ours, theirs) in enumerate(zip(one, other, strict=False)):
        if ours != theirs:
            return number
    return min(len(one), len(other))


class _Line(NamedTuple):
    """An argument whose value does not go over several lines, except by a heredoc, and its first and last line."""

    first: int
    last: int
    attribute: Attribute


def tidied(draft: Draft) -> str:
    """The text with its new lines aligned as ``terraform fmt`` aligns them. All other lines stay byte for byte.

    New arguments take the column of the arguments that they follow. Where their names are too long for it, an empty
    line parts them from these, which ``terraform fmt`` would move otherwise.
    """
    if not draft.new:
        return draft.text
    pending = [parse("", draft.text.encode("latin-1")).root]
    changes: list[Change] = []
    while pending:
        block = pending.pop()
        pending.extend(block.blocks)
        for chain in _chains(block):
            changes += _tidied(block.source, chain, draft.new)
    return _changed(draft.text, changes)


def _changed(text: str, changes: list[Change]) -> str:
    """The text with changes that do not overlap."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _chains(block: HclBlock) -> list[list[_Line]]:
    """Arguments that follow each other directly. A value of several lines ends a chain, except a heredoc."""
    chains: list[list[_Line]] = []
    source = block.source
    for attribute in sorted(block.attributes.values(), key=lambda each: each.start):
        value = source.text[attribute.value_start : attribute.value_end].rstrip()
        if "\n" in value and not value.startswith("<<"):
            continue
        first = source.line(attribute.start)
        line = _Line(first, source.line(attribute.value_start + len(value) - 1), attribute)
        if chains and chains[-1][-1].last == first - 1:
            chains[-1].append(line)
        else:
            chains.append([line])
    return chains


def _tidied(source: SourceFile, chain: list[_Line], new: frozenset[int]) -> Iterator[Change]:
    """The changes of the new lines of a chain."""
    ours = [line for line in chain if line.first in new]
    theirs = [line for line in chain if line.first not in new]
    if not ours or any(_is_change(source, change) for change in _equals(source, theirs, _column(source, theirs))):
        return  # nothing is new, or nobody aligns this file
    column = _column(source, theirs)
    if not theirs or _column(source, ours) <= column:
        yield from _equals(source, ours, max(column, _column(source, ours)))
        return
    for is_new, alike in groupby(chain, key=lambda line: line.first in new):
        run = list(alike)
        if is_new:
            yield from _equals(source, run, _column(source, run))
            yield from (_empty_line(source, run[0].first) for _ in range(run[0] is not chain[0]))
            yield from (_empty_line(source, run[-1].last + 1) for _ in range(run[-1] is not chain[-1]))


def _is_change(source: SourceFile, change: Change) -> bool:
    start, end, text = change
    return source.text[start:end] != text


def _equals(source: SourceFile, lines: list[_Line], column: int) -> Iterator[Change]:
    """What puts the equals signs of lines behind a column."""
    for line in lines:
        start, end, width = _name(source, line.attribute)
        yield start, end, " " * (column - width + 1)


def _column(source: SourceFile, lines: list[_Line]) -> int:
    """The width of the longest name, indentation included; 0 without lines."""
    return max((_name(source, line.attribute)[2] for line in lines), default=0)


def _name(source: SourceFile, attribute: Attribute) -> tuple[int, int, int]:
    """The offsets behind a name and of its equals sign, and the width of the line up to there."""
    equals = source.text.rindex("=", attribute.start, attribute.value_start)
    end = len(source.text[:equals].rstrip(" \t"))
    return end, equals, width(source.text[source.text.rfind("\n", 0, attribute.start) + 1 : end])


def _empty_line(source: SourceFile, line: int) -> Change:
    """An empty line above a line."""
    at = source.start_of(line)
    return at, at, "\r\n" if source.text[max(0, at - 2) : at] == "\r\n" else "\n"


def width(text: str) -> int:
    """How many characters of a `view` people see."""
    return len(text) if text.isascii() else len(list(graphemes(real(text))))
