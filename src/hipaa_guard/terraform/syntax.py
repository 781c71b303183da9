"""Blocks and attributes of a file: a light tree with byte offsets, made from tree-sitter's.

Expressions are read when they are first needed (`Attribute.node`). A file with a syntax error keeps those blocks that
are certainly what they seem; a `Problem` names the line of each error.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hipaa_guard.facts.places import Location
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.errors import EvaluationError, SyntaxProblem
from hipaa_guard.terraform.grammar import parse_view
from hipaa_guard.terraform.lexer import real
from hipaa_guard.terraform.nodes import Literal, Node

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode
    from tree_sitter import Parser

BLOCK_TYPES = frozenset(
    [
        "resource",
        "data",
        "variable",
        "locals",
        "module",
        "output",
        "provider",
        "terraform",
        "moved",
        "removed",
        "import",
        "check",
        "ephemeral",
        "action",
    ]
)

_BARE_EXPONENT = re.compile(rb"(?<![\w.])(\d+)[eE]([+-]?)(\d+)")
_COMMENT_LINE = re.compile(r"[ \t]*(?:#|//|/\*)")
_PLAIN = re.compile(r'"[^"\\$%\n]*"\Z')


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read."""

    message: str
    line: int


class Source:
    """The text of one file, as a `view`, and its lines. ``path`` is what reports show."""

    __slots__ = ("_comments", "_starts", "path", "text")

    def __init__(self, path: str, text: str, *, has_comments: bool = True) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None
        self._comments: list[tuple[int, int, str]] | None = None if has_comments else []

    def line(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return bisect_right(self._starts, offset)

    def location(self, start: int, end: int, calls: tuple[Location, ...] = ()) -> Location:
        """The lines from one offset to another."""
        return Location(self.path, self.line(start), self.line(max(start, end - 1)), calls)

    def is_alone(self, line: int) -> bool:
        """Whether nothing but a comment begins on a line."""
        self.line(0)
        assert self._starts is not None
        return _COMMENT_LINE.match(self.text, self._starts[line - 1]) is not None

    def comments(self) -> list[tuple[int, int, str]]:
        """First line, last line and text of all comments, in order."""
        if self._comments is None:
            self._comments = []
            if "#" in self.text or "//" in self.text or "/*" in self.text:
                for start, end in _comment_spans(self.text):
                    text = real(self.text[start:end])
                    self._comments.append((self.line(start), self.line(end - 1), text))
        return self._comments


class Attribute:
    """``name = expression``. ``node`` is read at first use."""

    __slots__ = ("_node", "end", "name", "source", "start", "value_end", "value_start")

    def __init__(self, source: Source, name: str, start: int, value_start: int, value_end: int) -> None:
        self.source = source
        self.name = name
        self.start = start
        self.value_start = value_start
        self.value_end = value_end
        self._node: Node | None = None

    @property
    def node(self) -> Node:
        """The expression.

        Raises:
            EvaluationError: its text is no expression.

        """
        if self._node is None:
            text = self.source.text
            if _PLAIN.match(text, self.value_start, self.value_end):
                self._node = Literal(real(text[self.value_start + 1 : self.value_end - 1]))
                return self._node
            try:
                self._node = parse_view(self.source.text, self.value_start, self.value_end)
            except SyntaxProblem as problem:
                line = self.source.line(problem.offset)
                raise EvaluationError(f"syntax error in line {line}: {problem.message}") from None
        return self._node

    def replace(self, node: Node) -> None:
        """Give the attribute an expression that is not read from text."""
        self._node = node

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines."""
        return self.source.location(self.start, self.value_end, calls)


class Block:
    """``type "label" { ... }``: attributes by name, nested blocks in order."""

    __slots__ = ("attributes", "blocks", "end", "labels", "source", "start", "type")

    def __init__(self, source: Source, kind: str, labels: tuple[str, ...], start: int, end: int) -> None:
        self.source = source
        self.type = kind
        self.labels = labels
        self.start = start
        self.end = end
        self.attributes: dict[str, Attribute] = {}
        self.blocks: list[Block] = []

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines, from the first word to the closing brace."""
        return self.source.location(self.start, self.end, calls)

    def nested(self, kind: str) -> Iterator[Block]:
        """Blocks of a type directly inside, the content of dynamic ones included."""
        for block in self.blocks:
            if block.type == kind:
                yield block
            elif block.type == "dynamic" and block.labels == (kind,):
                yield from (inner for inner in block.blocks if inner.type == "content")


class Redefined(Exception):  # noqa: N818 - a finding about the file, carried to the one who reports it
    """An attribute that is set twice in one block."""


@dataclass(slots=True)
class Body:
    """What one file holds."""

    source: Source
    root: Block
    problems: list[Problem]
    duplicates: list[Attribute]


def parse(path: str, data: bytes) -> Body:
    """The blocks of a file of HCL."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    source = Source(path, data.decode("latin-1"))
    builder = _Builder(source)
    tree = _parser().parse(data)
    if tree.root_node.has_error and _BARE_EXPONENT.search(data):  # 1e5 is two tokens to tree-sitter
        data = _BARE_EXPONENT.sub(lambda found: b"0" * len(found[0]), data)
        tree = _parser().parse(data)
    builder.build(tree.root_node)
    return Body(source, builder.root, builder.problems, builder.duplicates)


@cache
def _parser() -> Parser:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


class _Builder:
    """Walks the tree of tree-sitter as far as blocks and attributes go."""

    __slots__ = ("duplicates", "problems", "root", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root = Block(source, "", (), 0, len(source.text))
        self.problems: list[Problem] = []
        self.duplicates: list[Attribute] = []

    def build(self, tree: TreeNode) -> None:
        broken = tree.has_error
        if broken:
            self._report(tree)
        for child in tree.children:
            if child.type == "body":
                self._body(child, self.root, 0, top_of_broken=broken)
            elif child.type == "ERROR":
                self._rescue(child)

    def _rescue(self, error: TreeNode) -> None:
        """Whole blocks inside a stretch that could not be read."""
        for child in error.children:
            if child.type == "body":
                self._body(child, self.root, 0, top_of_broken=True)
            elif child.type == "block":
                self._item(child, self.root, 0, top_of_broken=True)

    def _body(self, body: TreeNode, into: Block, depth: int, *, top_of_broken: bool = False) -> None:
        previous = -1
        for child in body.children:
            kind = child.type
            if kind in ("attribute", "block"):
                if previous >= 0 and "\n" not in self.source.text[previous : child.start_byte]:
                    line = self.source.line(child.start_byte)
                    self.problems.append(Problem("missing newline between two definitions", line))
                self._item(child, into, depth, top_of_broken=top_of_broken)
                previous = child.end_byte
            elif kind == "ERROR" and top_of_broken:
                self._rescue(child)

    def _item(self, child: TreeNode, into: Block, depth: int, *, top_of_broken: bool) -> None:
        if top_of_broken and not self._unambiguous(child):
            return
        if child.type == "attribute":
            self._attribute(child, into)
        elif child.type == "block":
            self._block(child, into, depth)

    def _unambiguous(self, child: TreeNode) -> bool:
        """Whether a block of a broken file is certainly what it seems: at the start of a line, without error."""
        if child.has_error or child.type != "block":
            return False
        start = child.start_byte
        text = self.source.text
        kind = text[start : child.children[0].end_byte]
        return kind in BLOCK_TYPES and (start == 0 or text[start - 1] == "\n")

    def _attribute(self, node: TreeNode, into: Block) -> None:
        children = node.children
        name_node, value = children[0], children[-1]
        name = real(self.source.text[name_node.start_byte : name_node.end_byte])
        attribute = Attribute(self.source, name, node.start_byte, value.start_byte, value.end_byte)
        if name in into.attributes:
            self.duplicates.append(attribute)
            attribute.replace(_Twice(name))
        into.attributes[name] = attribute

    def _block(self, node: TreeNode, into: Block, depth: int) -> None:
        if depth > limits.NESTING // 4:
            line = self.source.line(node.start_byte)
            self.problems.append(Problem(f"blocks nested more than {limits.NESTING // 4} levels deep", line))
            return
        labels: list[str] = []
        body: TreeNode | None = None
        children = node.children
        for child in children[1:]:
            kind = child.type
            if kind == "string_lit":
                labels.append(real(self.source.text[child.start_byte + 1 : child.end_byte - 1]))
            elif kind == "identifier":
                labels.append(real(self.source.text[child.start_byte : child.end_byte]))
            elif kind == "body":
                body = child
        kind = self.source.text[children[0].start_byte : children[0].end_byte]
        block = Block(self.source, kind, tuple(labels), node.start_byte, node.end_byte)
        if body is not None:
            self._body(body, block, depth + 1)
        into.blocks.append(block)

    def _report(self, tree: TreeNode) -> None:
        """The lines of the errors, the innermost ones only, without recursion: hostile trees are deep."""
        waiting = [tree]
        lines: dict[int, str] = {}
        while waiting and len(lines) < 20:
            node = waiting.pop()
            if node.is_missing:
                lines.setdefault(self.source.line(node.start_byte), f"{node.type!r} is missing")
            elif node.is_error:
                text = real(self.source.text[node.start_byte : node.end_byte]).strip().split("\n")[0][:40]
                lines.setdefault(self.source.line(node.start_byte), f"unexpected {text!r}" if text else "syntax error")
            elif node.has_error:
                waiting.extend(reversed(node.children))
        self.problems.extend(Problem(message, line) for line, message in sorted(lines.items()))
        if not lines:
            self.problems.append(Problem("syntax error", 1))


class _Twice(Node):
    """The value of an attribute that is set twice: Terraform refuses it, so neither value is the right one."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def evaluate(self, scope: object) -> object:  # noqa: ARG002 - the protocol of nodes
        raise EvaluationError(f"{self.name[:60]!r} is set twice in one block")


def _comment_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of comments; strings are passed over, and heredocs by their own end."""
    position = 0
    heredoc = re.compile(r"<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n")
    token = re.compile(r'"|<<|#|//|/\*')
    while (found := token.search(text, position)) is not None:
        start = found.start()
        position = found.end()
        match found.group():
            case "<<":
                opening = heredoc.match(text, start)
                if opening:
                    closing = re.compile(rf"^[ \t]*{re.escape(opening[1])}[ \t]*\r?$", re.MULTILINE)
                    end = closing.search(text, opening.end())
                    position = end.end() if end else len(text)
            case '"':
                position = _string_end(text, position)
            case "/*":
                closed = text.find("*/", position)
                position = closed + 2 if closed >= 0 else len(text)
                yield start, position
            case _:
                line_end = text.find("\n", position)
                position = line_end if line_end >= 0 else len(text)
                yield start, position


def _string_end(text: str, position: int) -> int:
    """The offset behind a quoted string; strings inside ``${ }`` are followed."""
    depth = 0
    mark = re.compile(r'\\.|[$%]\{|\$\$\{|[{}"\n]')
    while (found := mark.search(text, position)) is not None:
        position = found.end()
        sign = found.group()
        if sign == "\n" and not depth:
            return position
        if sign in ("${", "%{") or (sign == "{" and depth):
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
        elif sign == '"':
            if not depth:
                return position
            position = _string_end(text, position)
    return len(text)
