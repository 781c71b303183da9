"""Changing the text of an HCL file: set an argument or add a block, and leave every other line as it is.

Drafts hold `view`s without a byte order mark, as `syntax` reads them. A text that is not plainly understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hipaa_guard.terraform.hcl.alignment import Draft, width
from hipaa_guard.terraform.hcl.comments import comment_spans
from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.nodes import Literal
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

Place = tuple[tuple[str, int], ...]
"""The path to a nested block: at each step, its type and its position among blocks of the type."""

_COMMENT_BEHIND = re.compile(r"( +)(?:#|//)")
_STEP = "  "
_META = frozenset({"count", "for_each", "provider"})


class CannotEdit(Exception):  # noqa: N818 - it is an answer
    """The text is not changed. The message says why, as a clause about the resource."""


def resource_in(text: str, type: str, name: str) -> HclBlock:
    """The block of a resource.

    Raises:
        CannotEdit: the file has errors, or not exactly one such block.

    """
    body = parse("", text.encode("latin-1"))
    if body.problems or body.duplicates:
        raise CannotEdit("its file has errors")
    blocks = [block for block in body.root.blocks if block.type == "resource" and block.labels == (type, name)]
    if len(blocks) != 1:
        raise CannotEdit("it is not declared exactly once in its file")
    return blocks[0]


def with_argument(draft: Draft, type: str, name: str, path: Sequence[str], value: str, *, each: bool = False) -> Draft:
    """The draft with an argument of a resource set to ``value`` (HCL of one line), also in nested blocks.

    Missing nested blocks are added. ``each`` sets the argument in all blocks of the type and adds none.

    Raises:
        CannotEdit: the place or the form of the change is not plain.

    """
    places = _places(resource_in(draft.text, type, name), path[:-1], each=each)
    if not places:
        raise CannotEdit(f"it has no {'.'.join(path[:-1])} block")
    for place in places:
        draft = _with_argument_at(draft, _BlockFinder(type, name, place), path, value)
    return draft


def with_resource_after(draft: Draft, type: str, name: str, added: str) -> Draft:
    """The draft with a top-level block added behind a resource. ``added`` has no line end behind its last line.

    Raises:
        CannotEdit: the place is not plain.

    """
    text = draft.text
    block = resource_in(text, type, name)
    newline = _newline(text, block.start)
    end = _line_end(text, block.end)
    rest = text[block.end : end].strip()
    if _in_comment(text, end) or (rest and not rest.startswith(("#", "//"))):
        raise CannotEdit("something follows it in its last line")
    lines = newline + newline + added.replace("\n", newline)
    following = text[end:].split("\n", 2)[1:2]
    if following and following[0].strip():
        lines += newline
    return draft.changed((end, end, lines))


@dataclass(frozen=True, slots=True)
class _BlockFinder:
    """Finds a block again after its file was changed."""

    type: str
    name: str
    place: Place

    def __call__(self, text: str) -> HclBlock:
        block = resource_in(text, self.type, self.name)
        for kind, number in self.place:
            block = [inner for inner in block.blocks if inner.type == kind][number]
        return block


def _places(block: HclBlock, steps: Sequence[str], *, each: bool) -> list[Place]:
    """The places of the nested blocks on a path, as far as they exist."""
    if not steps:
        return [()]
    kind = steps[0]
    if kind in block.attributes:
        raise CannotEdit(f"its {kind} is written as an argument")
    if any(inner.type == "dynamic" and inner.labels == (kind,) for inner in block.blocks):
        raise CannotEdit(f"its {kind} blocks are made by a dynamic block")
    inside = [inner for inner in block.blocks if inner.type == kind]
    if not inside:
        return [] if each else [()]
    if len(inside) > 1 and not each:
        raise CannotEdit(f"it has several {kind} blocks")
    return [
        ((kind, number), *rest) for number, inner in enumerate(inside) for rest in _places(inner, steps[1:], each=each)
    ]


def _with_argument_at(draft: Draft, find: _BlockFinder, path: Sequence[str], value: str) -> Draft:
    block = find(draft.text)
    missing = path[len(find.place) : -1]
    if missing:
        return _with_block(draft, find, missing, path[-1], value)
    attribute = block.attributes.get(path[-1])
    if attribute is None:
        if any(_type_of(inner) == path[-1] for inner in block.blocks):
            raise CannotEdit(f"its {path[-1]} is written as a block")
        return _with_new(draft, find, path[-1], value)
    return _with_value(draft, attribute, value)


def _value_end(attribute: Attribute) -> int:
    """The offset behind a value, without the line ends behind a heredoc."""
    written = attribute.source.text[attribute.value_start : attribute.value_end]
    return attribute.value_start + len(written.rstrip())


def _type_of(block: HclBlock) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _with_value(draft: Draft, attribute: Attribute, value: str) -> Draft:
    """The draft with the literal value of an argument replaced."""
    written = attribute.text
    try:
        literal = isinstance(attribute.node, Literal)
    except FAILURES:
        literal = False
    if written.startswith("<<"):
        raise CannotEdit(f"its {attribute.name} is a heredoc")
    if not literal and written != "[]":
        raise CannotEdit(f"its {attribute.name} comes from an expression")
    if "\n" in written:
        raise CannotEdit(f"its {attribute.name} is written over several lines")
    if written == value:
        return draft
    start, end = attribute.value_start, _value_end(attribute)
    space = _space_behind(draft.text, end)
    if space and _lines_up(draft.text, end + space):
        kept = max(1, space + width(draft.text[start:end]) - width(value))
        return draft.changed((start, end + space, value + " " * kept))
    return draft.changed((start, end, value))


def _space_behind(text: str, offset: int) -> int:
    """The number of spaces between an offset and the comment behind it; 0 where none follows in the line."""
    found = _COMMENT_BEHIND.match(text, offset)
    return len(found[1]) if found else 0


def _lines_up(text: str, offset: int) -> bool:
    """Whether the comment at an offset begins in the column of one in the line above or below."""
    lines, number = text.split("\n"), text.count("\n", 0, offset)
    column = _comment_column(lines[number])
    beside = lines[max(0, number - 1) : number] + lines[number + 1 : number + 2]
    return any(_comment_column(line) == column for line in beside)


def _comment_column(line: str) -> int:
    """The column of the comment behind the code of a line; 0 without one."""
    start = next((start for start, _ in comment_spans(line) if line[start : start + 2] != "/*"), 0)
    return width(line[:start])


def _with_new(draft: Draft, find: _BlockFinder, name: str, value: str) -> Draft:
    """The draft with an argument added to a block."""
    draft = _opened(draft, find)
    text = draft.text
    block = find(text)
    newline = _newline(text, block.start)
    before = _last_of(block)
    offset = _line_end(text, _opening(block) if before is None else _value_end(before))
    if _in_comment(text, offset):
        raise CannotEdit("a comment goes on where the argument would stand")
    line = block.source.line(offset)
    added = f"{newline}{_indent_inside(text, block)}{name} = {value}"
    if before is None and line + 1 < block.source.line(block.end - 1) and text.split("\n", line + 1)[line].strip():
        added += newline
    return draft.changed((offset, offset, added))


def _with_block(draft: Draft, find: _BlockFinder, kinds: Sequence[str], name: str, value: str) -> Draft:
    """The draft with nested blocks added, the innermost of them with one argument."""
    text = draft.text
    block = find(text)
    indent = _indent_inside(text, block)
    lines = [f"{indent}{_STEP * depth}{kind} {{" for depth, kind in enumerate(kinds)]
    lines.append(f"{indent}{_STEP * len(kinds)}{name} = {value}")
    lines.extend(f"{indent}{_STEP * depth}}}" for depth in reversed(range(len(kinds))))
    newline = _newline(text, block.start)
    opening, closing = _opening(block), block.end - 1
    if "\n" not in text[opening:closing]:
        inside = _inside(text, opening, closing)
        start = [f"{indent}{inside}", ""] if inside else []
        new = newline.join(["", *start, *lines, _indent(text, block.start)])
        return draft.changed((opening, closing, new))
    at = text.rfind("\n", 0, closing) + 1
    if text[at:closing].strip(" \t"):
        raise CannotEdit("its closing brace does not stand alone")
    body = text[opening:at]
    gap = [""] if body.strip() and body[:-1].rpartition("\n")[2].strip() else []
    return draft.changed((at, at, newline.join([*gap, *lines, ""])))


def _opened(draft: Draft, find: _BlockFinder) -> Draft:
    """The draft with a block of one line rewritten in several lines."""
    text = draft.text
    block = find(text)
    opening, closing = _opening(block), block.end - 1
    if "\n" in text[opening:closing]:
        return draft
    inside = _inside(text, opening, closing)
    newline, indent = _newline(text, block.start), _indent(text, block.start)
    lines = f"{newline}{indent}{_STEP}{inside}" if inside else ""
    new = f"{lines}{newline}{indent}"
    return draft.changed((opening, closing, new))


def _inside(text: str, opening: int, closing: int) -> str:
    """The content of a block of one line."""
    if any(opening <= start < closing for start, _ in comment_spans(text)):
        raise CannotEdit("a comment stands inside a block of one line")
    return text[opening:closing].strip()


def _last_of(block: HclBlock) -> Attribute | None:
    """The argument behind which a new one is added: the last one of one line that is not a meta-argument."""
    every = sorted(block.attributes.values(), key=lambda each: each.start)
    short = [each for each in every if "\n" not in each.text and each.name not in _META]
    return next(reversed(short or every), None)


def _opening(block: HclBlock) -> int:
    """The offset behind the brace that opens a block."""
    opening = block.opening()
    if opening is None:
        raise CannotEdit("its first line is not plain")
    return opening


def _indent(text: str, offset: int) -> str:
    start = text.rfind("\n", 0, offset) + 1
    before = text[start:offset]
    return before[: len(before) - len(before.lstrip(" \t"))]


def _indent_inside(text: str, block: HclBlock) -> str:
    """The indentation of a new line in a block: that of its other lines."""
    starts = [each.start for each in block.attributes.values()] + [inner.start for inner in block.blocks]
    own = [start for start in starts if block.source.line(start) != block.source.line(block.start)]
    return _indent(text, min(own)) if own else _indent(text, block.start) + _STEP


def _newline(text: str, offset: int) -> str:
    """The line end at an offset; at the end of the file, that of its first line."""
    end = text.find("\n", offset)
    if end < 0:
        end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _line_end(text: str, offset: int) -> int:
    """The offset of the end of the line, before its line end."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1] == "\r" and end - 1 >= offset else end


def _in_comment(text: str, offset: int) -> bool:
    return any(start < offset < end for start, end in comment_spans(text) if text[start : start + 2] == "/*")
