"""Alignment of equals signs and comments as in ``terraform fmt``, around changed lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hipaa_guard.terraform.functions.graphemes import graphemes
from hipaa_guard.terraform.hcl.comments import comment_spans
from hipaa_guard.terraform.hcl.lexer import real
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock, SourceFile

Change = tuple[int, int, str]
"""Start and end offset of a part of a text, and its replacement."""


def changed(text: str, changes: list[Change]) -> str:
    """The text with changes that do not overlap."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def aligned(text: str, find: Callable[[str], HclBlock], first: int, last: int) -> str:
    """The text with equals signs and comments aligned around some of its lines. The number of lines stays the same.

    ``find`` returns the block around the lines.
    """
    block = find(text)
    chains = [chain for chain in _chains(block) if chain[0][0] <= last and chain[-1][1] >= first]
    if chains:
        first = min(first, chains[0][0][0])
        last = max(last, chains[-1][-1][1])
    text = changed(text, [change for chain in chains for change in _equals(block.source, chain)])
    return changed(text, list(_comments(SourceFile("", text), first - 1, last + 1)))


def _chains(block: HclBlock) -> list[list[tuple[int, int, Attribute]]]:
    """First line, last line and attribute, grouped by attributes that follow each other directly.

    A value of several lines ends a group, except a heredoc.
    """
    chains: list[list[tuple[int, int, Attribute]]] = []
    source = block.source
    for attribute in sorted(block.attributes.values(), key=lambda each: each.start):
        value = source.text[attribute.value_start : attribute.value_end].rstrip()
        if "\n" in value and not value.startswith("<<"):
            continue
        first = source.line(attribute.start)
        last = source.line(attribute.value_start + len(value) - 1)
        if chains and chains[-1][-1][1] == first - 1:
            chains[-1].append((first, last, attribute))
        else:
            chains.append([(first, last, attribute)])
    return chains


def _equals(source: SourceFile, chain: list[tuple[int, int, Attribute]]) -> Iterator[Change]:
    ends: list[tuple[int, int, int]] = []
    for _, _, attribute in chain:
        equals = source.text.rindex("=", attribute.start, attribute.value_start)
        name_end = len(source.text[:equals].rstrip(" \t"))
        start = source.text.rfind("\n", 0, attribute.start) + 1
        ends.append((name_end, equals, _width(source.text[start:name_end])))
    column = max(width for _, _, width in ends)
    for name_end, equals, width in ends:
        yield name_end, equals, " " * (column - width + 1)


def _comments(source: SourceFile, first: int, last: int) -> Iterator[Change]:
    """Changes that align the comments behind code, in runs of lines that include or touch the given ones."""
    behind: dict[int, tuple[int, int, int]] = {}
    for start, _ in comment_spans(source.text):
        before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
        code = before.rstrip(" \t")
        if code and source.text[start : start + 2] != "/*":
            behind[source.line(start)] = (start - len(before) + len(code), start, _width(code))
    for run in _runs(sorted(behind)):
        if run[0] <= last and run[-1] >= first:
            column = max(behind[line][2] for line in run)
            for line in run:
                code_end, start, width = behind[line]
                yield code_end, start, " " * (column - width + 1)


def _runs(lines: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for line in lines:
        if run and line != run[-1] + 1:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(list(graphemes(real(text))))
