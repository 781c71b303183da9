"""Blocks and attributes of a file: a light tree with byte offsets, made from tree-sitter's.

Expressions are parsed when they are first needed (`Attribute.node`). Of a file with a syntax error, only the blocks
that are certain are kept; a `Problem` names the line of each error.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from hipaa_guard.facts.locations import Location, Span
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.hcl.comments import comment_spans
from hipaa_guard.terraform.hcl.errors import EvaluationError, LimitReached, SyntaxProblem, TooLarge
from hipaa_guard.terraform.hcl.grammar import parse_view
from hipaa_guard.terraform.hcl.lexer import real
from hipaa_guard.terraform.hcl.nodes import GetAttribute, Literal, Node, Root

BLOCK_TYPES = frozenset(
    {"resource", "data", "variable", "locals", "module", "output", "provider", "terraform"}
    | {"moved", "removed", "import", "check", "ephemeral", "action"}
)

MARK = "hipaa-guard:"
"""The mark of a source comment."""

_COMMENT_LINE = regex(r"[ \t]*(?:#|//|/\*)")
_SIMPLE = regex(
    r"""(?:"(?P<text>[^"\\$%\n]*)"|(?P<number>\d{1,15})|(?P<constant>true|false|null)"""
    r"""|(?P<names>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+))\Z""",
    re.ASCII,
)
"""The expressions of most arguments; reading them without the parser halves its time."""

_HEADER = regex(r'(?:"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|[^"{/\n])*?\{', re.DOTALL)
"""The first line of a block, up to the brace that opens it."""

_CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that could not be read."""

    message: str
    line: int


class SourceFile:
    """The text of one file and its lines. ``path`` is what reports show.

    The text of HCL is a `view`; that of JSON is decoded, and has no comments.
    """

    __slots__ = ("_comments", "_has_source_comments", "_is_json", "_starts", "path", "text")

    def __init__(self, path: str, text: str, *, is_json: bool = False) -> None:
        self.path = path
        self.text = text
        self._is_json = is_json
        self._starts: list[int] | None = None
        self._comments: list[tuple[int, int, str]] | None = [] if is_json else None
        self._has_source_comments: bool | None = None

    @property
    def has_source_comments(self) -> bool:
        """Whether the file may have source comments."""
        if self._has_source_comments is None:
            self._has_source_comments = MARK in self.text
        return self._has_source_comments

    def line(self, offset: int) -> int:
        """The line, from 1, of an offset."""
        return bisect_right(self._lines(), offset)

    def start_of(self, line: int) -> int:
        """The offset at which a line, from 1, begins; the end of the text for a line behind the last."""
        starts = self._lines()
        return starts[line - 1] if line <= len(starts) else len(self.text)

    def _lines(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer("\n", self.text))]
        return self._starts

    def location(self, start: int, end: int, calls: tuple[Location, ...] = (), span: Span | None = None) -> Location:
        """The lines from one offset to another."""
        return Location(self.path, self.line(start), self.line(max(start, end - 1)), calls, span)

    def span(self, start: int, end: int) -> Span:
        """The characters from one offset to another."""
        first, last = self.line(start), self.line(max(start, end - 1))
        return Span(first, self._column(first, start), last, self._column(last, end))

    def _column(self, line: int, offset: int) -> int:
        """The column of an offset in a line, from 1, in UTF-16 code units."""
        before = self.text[self.start_of(line) : offset]
        if before.isascii():
            return len(before) + 1
        return len((before if self._is_json else real(before)).encode("utf-16-le", "surrogatepass")) // 2 + 1

    def is_alone(self, line: int) -> bool:
        """Whether a line begins with a comment."""
        return _COMMENT_LINE.match(self.text, self.start_of(line)) is not None

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

    __slots__ = ("_node", "_span", "end", "name", "source", "start", "value_end", "value_start")

    def __init__(self, source: SourceFile, name: str, start: int, value_start: int, value_end: int) -> None:
        self.source = source
        self.name = name
        self.start = start
        self.value_start = value_start
        self.value_end = value_end
        self._node: Node | None = None
        self._span: Span | None = None

    @property
    def node(self) -> Node:
        """The expression.

        Raises:
            EvaluationError: its text is no expression.
            LimitReached: it is an expression, but too large or too deep to be read.

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
        """Set an expression that does not come from the text."""
        self._node = node

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines; the span is the whole argument, without line ends behind its value."""
        if self._span is None:
            value = self.source.text[self.value_start : self.value_end]
            self._span = self.source.span(self.start, self.value_start + len(value.rstrip()))
        return self.source.location(self.start, self.value_end, calls, self._span)


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> Node:
    """The expression of a text, cached: most modules repeat the same few, and an expression does not change."""
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


class HclBlock:
    """``type "label" { ... }``: attributes by name, nested blocks in order.

    ``remarks`` are the comments of ``.tf.json``, which are properties of the block, with their lines; ``overrides`` the
    blocks of override files that are merged into it.
    """

    __slots__ = (
        "_source_comments",
        "_span",
        "attributes",
        "blocks",
        "end",
        "labels",
        "overrides",
        "remarks",
        "source",
        "start",
        "type",
    )

    def __init__(self, source: SourceFile, kind: str, labels: tuple[str, ...], start: int, end: int) -> None:
        self.source = source
        self.type = kind
        self.labels = labels
        self.start = start
        self.end = end
        self.attributes: dict[str, Attribute] = {}
        self.blocks: list[HclBlock] = []
        self.remarks: tuple[tuple[int, str], ...] = ()
        self.overrides: tuple[HclBlock, ...] = ()
        self._source_comments: tuple[tuple[Location, str], ...] | None = None
        self._span: Span | None = None

    def location(self, calls: tuple[Location, ...] = ()) -> Location:
        """Its lines, from the first word to the closing brace; the span ends with the opening one."""
        if self._span is None:
            opening = self.opening()
            self._span = None if opening is None else self.source.span(self.start, opening)
        return self.source.location(self.start, self.end, calls, self._span)

    def opening(self) -> int | None:
        """The offset behind the brace that opens it; None where its first line is not plain."""
        found = _HEADER.match(self.source.text, self.start, self.end)
        return None if found is None else found.end()

    def comments(self) -> list[tuple[int, str]]:
        """The comments above (without an empty line in between) and inside the block, with their lines."""
        comments = self.source.comments()
        place = self.location()
        first, last = place.line_start, place.line_end
        above: list[tuple[int, str]] = []
        inside: list[tuple[int, str]] = list(reversed(self.remarks))
        expected = first - 1
        # Start at the last comment in the block, as a file may have very many blocks and comments.
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

    def source_comments(self) -> tuple[tuple[Location, str], ...]:
        """The source comments of the block with their places, those of override files included."""
        if self._source_comments is None:
            path = self.source.path
            comments = self.comments() if self.source.has_source_comments else ()
            own = tuple((Location(path, line, line), text) for line, text in comments if MARK in text)
            self._source_comments = own + tuple(each for block in self.overrides for each in block.source_comments())
        return self._source_comments

    def nested(self, kind: str) -> Iterator[HclBlock]:
        """Blocks of a type directly inside, the content of dynamic ones included."""
        for block in self.blocks:
            if block.type == kind:
                yield block
            elif block.type == "dynamic" and block.labels == (kind,):
                yield from (inner for inner in block.blocks if inner.type == "content")


@dataclass(slots=True)
class Body:
    """The content of one file."""

    source: SourceFile
    root: HclBlock
    problems: list[Problem]
    duplicates: list[Attribute]


class Twice(Node):
    """The value of an attribute that is set twice: an error, as in Terraform."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def evaluate(self, scope: object) -> object:  # noqa: ARG002 - the protocol of nodes
        raise EvaluationError(f"{self.name[:60]!r} is set twice in one block")
