"""Blocks and attributes of a file: a light tree with byte offsets, made from tree-sitter's.

Expressions are read when they are first needed (`Attribute.node`). A file with a syntax error keeps those blocks that
are certainly what they seem; a `Problem` names the line of each error.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from hipaa_guard.facts.places import Location
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.comments import comment_spans
from hipaa_guard.terraform.errors import EvaluationError, LimitReached, SyntaxProblem, TooLarge
from hipaa_guard.terraform.grammar import first_problem, parse_view
from hipaa_guard.terraform.lexer import real
from hipaa_guard.terraform.nodes import GetAttribute, Literal, Node, Root

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode
    from tree_sitter import Parser

BLOCK_TYPES = frozenset(
    {"resource", "data", "variable", "locals", "module", "output", "provider", "terraform"}
    | {"moved", "removed", "import", "check", "ephemeral", "action"}
)

MARK = "hipaa-guard:"
"""How a comment begins that speaks to us."""

_BARE_EXPONENT = regex(rb"(?<![\w.])(\d+)[eE]([+-]?)(\d+)")
_HEAD = regex(rf'^(?:{"|".join(sorted(BLOCK_TYPES))})\b[ \t]*(?:"[^"\n]*"[ \t]*|[\w-]+[ \t]*){{0,2}}\{{', re.MULTILINE)
_HIDING = regex(r"/\*.*?\*/|<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n.*?^[ \t]*\1[ \t]*\r?$", re.DOTALL | re.MULTILINE)
"""Comments and heredocs, which may hold what looks like a block."""

_COMMENT_LINE = regex(r"[ \t]*(?:#|//|/\*)")
_SIMPLE = regex(
    r"""(?:"(?P<text>[^"\\$%\n]*)"|(?P<number>\d{1,15})|(?P<constant>true|false|null)"""
    r"""|(?P<names>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+))\Z""",
    re.ASCII,
)
"""Expressions that most arguments consist of; reading them without the parser halves its time."""

_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read."""

    message: str
    line: int


class Source:
    """The text of one file, as a `view`, and its lines. ``path`` is what reports show."""

    __slots__ = ("_comments", "_is_marked", "_starts", "path", "text")

    def __init__(self, path: str, text: str, *, has_comments: bool = True) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None
        self._comments: list[tuple[int, int, str]] | None = None if has_comments else []
        self._is_marked: bool | None = None

    @property
    def is_marked(self) -> bool:
        """Whether anything in it may speak to hipaa-guard."""
        if self._is_marked is None:
            self._is_marked = MARK in self.text
        return self._is_marked

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
                for start, end in comment_spans(self.text):
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
            LimitReached: it is one that is not read.

        """
        if self._node is None:
            simple = _SIMPLE.match(self.source.text, self.value_start, self.value_end)
            if simple is not None:
                self._node = _simple_node(simple)
                return self._node
            try:
                self._node = _parsed(self.source.text[self.value_start : self.value_end])
            except SyntaxProblem as problem:
                line = self.source.line(self.value_start + problem.offset)
                if isinstance(problem, TooLarge):
                    raise LimitReached(f"expression in line {line}: {problem.message}") from None
                raise EvaluationError(f"syntax error in line {line}: {problem.message}") from None
        return self._node

    @property
    def text(self) -> str:
        """The expression as it is written."""
        return real(self.source.text[self.value_start : self.value_end]).strip()

    def replace(self, node: Node) -> None:
        """Give the attribute an expression that is not read from text."""
        self._node = node

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines."""
        return self.source.location(self.start, self.value_end, calls)


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> Node:
    """The expression of a text. The same few stand in most modules, and an expression does not change."""
    return parse_view(text)


def _simple_node(found: re.Match[str]) -> Node:
    text = found[found.lastgroup or 0]
    match found.lastgroup:
        case "text":
            return Literal(real(text))
        case "number":
            return Literal(int(text))
        case "constant":
            return Literal(_CONSTANTS[text])
    first, *names = text.split(".")
    node: Node = Root(first)
    for name in names:
        node = GetAttribute(node, name)
    return node


class Block:
    """``type "label" { ... }``: attributes by name, nested blocks in order.

    ``remarks`` are the comments of ``.tf.json``, which are properties of the block, with their lines; ``overrides`` the
    blocks of override files that are merged into it.
    """

    __slots__ = ("_marks", "attributes", "blocks", "end", "labels", "overrides", "remarks", "source", "start", "type")

    def __init__(self, source: Source, kind: str, labels: tuple[str, ...], start: int, end: int) -> None:
        self.source = source
        self.type = kind
        self.labels = labels
        self.start = start
        self.end = end
        self.attributes: dict[str, Attribute] = {}
        self.blocks: list[Block] = []
        self.remarks: tuple[tuple[int, str], ...] = ()
        self.overrides: tuple[Block, ...] = ()
        self._marks: tuple[tuple[Location, str], ...] | None = None

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines, from the first word to the closing brace."""
        return self.source.location(self.start, self.end, calls)

    def notes(self) -> list[tuple[int, str]]:
        """The comments above (without an empty line in between) and inside the block, with their lines."""
        comments = self.source.comments()
        place = self.location()
        first, last = place.line_start, place.line_end
        above: list[tuple[int, str]] = []
        inside: list[tuple[int, str]] = list(reversed(self.remarks))
        expected = first - 1
        # From the last one that begins before the end of the block: files may hold very many of both.
        for index in range(bisect_right(comments, last, key=lambda comment: comment[0]) - 1, -1, -1):
            start, end, text = comments[index]
            if first <= start:
                inside.append((start, text))
            elif end == expected and self.source.is_alone(start):
                above.append((start, text))
                expected = start - 1
            elif end < expected:
                break
        return [*reversed(above), *reversed(inside)]

    def marks(self) -> tuple[tuple[Location, str], ...]:
        """Those of the comments that speak to hipaa-guard, with their places; also those of override files."""
        if self._marks is None:
            path = self.source.path
            notes = self.notes() if self.source.is_marked else ()
            own = tuple((Location(path, line, line), text) for line, text in notes if MARK in text)
            self._marks = own + tuple(mark for block in self.overrides for mark in block.marks())
        return self._marks

    def nested(self, kind: str) -> Iterator[Block]:
        """Blocks of a type directly inside, the content of dynamic ones included."""
        for block in self.blocks:
            if block.type == kind:
                yield block
            elif block.type == "dynamic" and block.labels == (kind,):
                yield from (inner for inner in block.blocks if inner.type == "content")


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
    builder = _Builder(Source(path, data.decode("latin-1")))
    tree = _parser().parse(data)
    if tree.root_node.has_error and _BARE_EXPONENT.search(data):  # 1e5 is two tokens to tree-sitter
        data = _BARE_EXPONENT.sub(lambda found: b"0" * len(found[0]), data)
        tree = _parser().parse(data)
    if tree.root_node.has_error:
        builder.build_in_pieces(data)
    else:
        builder.build(tree.root_node)
    return Body(builder.source, builder.root, builder.problems, builder.duplicates)


@cache
def _parser() -> Parser:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))


class _Builder:
    """Walks the tree of tree-sitter as far as blocks and attributes go; ``base`` is where its text starts."""

    __slots__ = ("base", "duplicates", "problems", "root", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.base = 0
        self.root = Block(source, "", (), 0, len(source.text))
        self.problems: list[Problem] = []
        self.duplicates: list[Attribute] = []

    def build(self, tree: TreeNode) -> None:
        """Take all of a file without errors."""
        for child in tree.children:
            if child.type == "body":
                self._body(child, self.root, 0)
            elif child.type == "object":  # tree-sitter takes an expression for a file, Terraform does not
                line = self.source.line(child.start_byte)
                self.problems.append(Problem("an argument or block is expected, not JSON", line))

    def build_in_pieces(self, data: bytes) -> None:
        """Take what is certain of a file with errors.

        One missing bracket makes nonsense of all that follows, so each piece from the head of a top-level block at the
        start of a line to the next such head is read by itself; a block is kept if its piece begins with it, unbroken.
        """
        for start, end in _pieces(self.source.text):
            self.base = start
            tree = _parser().parse(data[start:end]).root_node
            if tree.has_error:
                self._report(tree, end)
            body = next((child for child in tree.children if child.type == "body"), tree)
            for child in body.children:
                if child.type == "block" and not child.has_error and child.start_byte == 0:
                    self._block(child, self.root, 0)
                elif not tree.has_error and child.type == "attribute":
                    self._attribute(child, self.root)
        if not self.problems:
            self.problems.append(Problem("syntax error", 1))

    def _body(self, body: TreeNode, into: Block, depth: int) -> None:
        previous = -1
        base = self.base
        for child in body.children:
            kind = child.type
            if kind in ("attribute", "block"):
                if previous >= 0 and "\n" not in self.source.text[previous : child.start_byte + base]:
                    line = self.source.line(child.start_byte + base)
                    self.problems.append(Problem("missing newline between two definitions", line))
                if kind == "attribute":
                    self._attribute(child, into)
                else:
                    self._block(child, into, depth)
                previous = child.end_byte + base

    def _attribute(self, node: TreeNode, into: Block) -> None:
        children = node.children
        value = children[-1]
        base = self.base
        name = self._text(children[0])
        attribute = Attribute(self.source, name, node.start_byte + base, value.start_byte + base, value.end_byte + base)
        if name in into.attributes:
            self.duplicates.append(attribute)
            attribute.replace(Twice(name))
        into.attributes[name] = attribute

    def _block(self, node: TreeNode, into: Block, depth: int) -> None:
        if depth > limits.NESTING // 4:
            line = self.source.line(node.start_byte + self.base)
            self.problems.append(Problem(f"blocks nested more than {limits.NESTING // 4} levels deep", line))
            return
        labels: list[str] = []
        body: TreeNode | None = None
        children = node.children
        for child in children[1:]:
            kind = child.type
            if kind == "string_lit":
                labels.append(self._text(child)[1:-1])
            elif kind == "identifier":
                labels.append(self._text(child))
            elif kind == "body":
                body = child
        start, end = node.start_byte + self.base, node.end_byte + self.base
        if depth and len(labels) != 1 and self._text(children[0]) == "dynamic":
            self.problems.append(Problem("a dynamic block takes one label", self.source.line(start)))
            return
        block = Block(self.source, self._text(children[0]), tuple(labels), start, end)
        if body is not None:
            self._body(body, block, depth + 1)
        into.blocks.append(block)

    def _report(self, tree: TreeNode, end: int) -> None:
        """Say what is broken: the first argument that is, else what tree-sitter stumbled over."""
        problem = first_problem(self.source.text, self.base, end)
        if problem is not None:
            self.problems.append(Problem(problem.message, self.source.line(problem.offset)))
        else:
            self._report_tree(tree)

    def _report_tree(self, tree: TreeNode) -> None:
        """The lines of the errors, the innermost ones only, without recursion: hostile trees are deep."""
        waiting = [tree]
        lines: dict[int, str] = {}
        while waiting and len(lines) < 20:
            node = waiting.pop()
            if node.is_missing:
                lines.setdefault(self.source.line(node.start_byte + self.base), f"{node.type!r} is missing")
            elif node.is_error:
                text = re.split(r"[\"'\n]", self._text(node).strip())[0].strip()[:40]  # what is quoted may be a secret
                lines.setdefault(
                    self.source.line(node.start_byte + self.base), f"unexpected {text!r}" if text else "syntax error"
                )
            elif node.has_error:
                waiting.extend(reversed(node.children))
        self.problems.extend(Problem(message, line) for line, message in sorted(lines.items()))
        if not lines:
            self.problems.append(Problem("syntax error", self.source.line(self.base)))

    def _text(self, node: TreeNode) -> str:
        return real(self.source.text[node.start_byte + self.base : node.end_byte + self.base])


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a broken file, each from the head of a top-level block to the next."""
    hidden = [found.span() for found in _HIDING.finditer(text)]
    heads = [found.start() for found in _HEAD.finditer(text) if found.start()]
    starts = [0, *(head for head in heads if not any(start <= head < end for start, end in hidden))]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


class Twice(Node):
    """The value of an attribute that is set twice: Terraform refuses it, so neither value is the right one."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def evaluate(self, scope: object) -> object:  # noqa: ARG002 - the protocol of nodes
        raise EvaluationError(f"{self.name[:60]!r} is set twice in one block")
