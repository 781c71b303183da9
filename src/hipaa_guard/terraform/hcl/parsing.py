"""From the text of an HCL file to its blocks. tree-sitter finds them, even around a syntax error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from hipaa_guard.terraform import limits
from hipaa_guard.terraform.hcl.grammar import first_problem
from hipaa_guard.terraform.hcl.lexer import real
from hipaa_guard.terraform.hcl.syntax import (
    BLOCK_TYPES,
    Attribute,
    Body,
    HclBlock,
    Problem,
    SourceFile,
    Twice,
)

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode
    from tree_sitter import Parser

_BARE_EXPONENT = re.compile(rb"(?<![\w.])(\d+)[eE]([+-]?)(\d+)")
_HEAD = re.compile(
    rf'^(?:{"|".join(sorted(BLOCK_TYPES))})\b[ \t]*(?:"[^"\n]*"[ \t]*|[\w-]+[ \t]*){{0,2}}\{{', re.MULTILINE
)
_HIDING = re.compile(r"/\*.*?\*/|<<-?([A-Za-z_][\w-]*)[ \t]*\r?\n.*?^[ \t]*\1[ \t]*\r?$", re.DOTALL | re.MULTILINE)
"""Comments and heredocs: their text may look like a block."""


def parse(path: str, data: bytes) -> Body:
    """The blocks of a file of HCL."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    builder = _TreeReader(SourceFile(path, data.decode("latin-1")))
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


class _TreeReader:
    """Walks tree-sitter's tree down to blocks and attributes. ``base`` is the offset at which its text starts."""

    __slots__ = ("base", "duplicates", "problems", "root", "source")

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.base = 0
        self.root = HclBlock(source, "", (), 0, len(source.text))
        self.problems: list[Problem] = []
        self.duplicates: list[Attribute] = []

    def build(self, tree: TreeNode) -> None:
        """Read all blocks of a file without errors."""
        for child in tree.children:
            if child.type == "body":
                self._body(child, self.root, 0)
            elif child.type == "object":  # tree-sitter takes an expression for a file, Terraform does not
                line = self.source.line(child.start_byte)
                self.problems.append(Problem("an argument or block is expected, not JSON", line))

    def build_in_pieces(self, data: bytes) -> None:
        """Read the blocks of a file with errors that are certain.

        After a missing bracket, tree-sitter misreads the rest of a file. So each piece from the head of a top-level
        block at the start of a line to the next such head is parsed by itself. A block is kept if its piece begins with
        it and the block has no error.
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

    def _body(self, body: TreeNode, into: HclBlock, depth: int) -> None:
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

    def _attribute(self, node: TreeNode, into: HclBlock) -> None:
        children = node.children
        value = children[-1]
        base = self.base
        name = self._text(children[0])
        attribute = Attribute(self.source, name, node.start_byte + base, value.start_byte + base, value.end_byte + base)
        if name in into.attributes:
            self.duplicates.append(attribute)
            attribute.replace(Twice(name))
        into.attributes[name] = attribute

    def _block(self, node: TreeNode, into: HclBlock, depth: int) -> None:
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
        block = HclBlock(self.source, self._text(children[0]), tuple(labels), start, end)
        if body is not None:
            self._body(body, block, depth + 1)
        into.blocks.append(block)

    def _report(self, tree: TreeNode, end: int) -> None:
        """Report the first broken argument, else the errors of tree-sitter."""
        problem = first_problem(self.source.text, self.base, end)
        if problem is not None:
            self.problems.append(Problem(problem.message, self.source.line(problem.offset)))
        else:
            self._report_tree(tree)

    def _report_tree(self, tree: TreeNode) -> None:
        """Report the lines of the innermost errors, without recursion, as hostile trees are deep."""
        waiting = [tree]
        lines: dict[int, str] = {}
        while waiting and len(lines) < 20:
            node = waiting.pop()
            if node.is_missing:
                lines.setdefault(self.source.line(node.start_byte + self.base), f"{node.type!r} is missing")
            elif node.is_error:
                text = re.split(r"[\"'\n]", self._text(node).strip())[0].strip()[:40]  # quoted text may be a secret
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
    """Offsets of the pieces of a broken file, each from the head of a top-level block to the next head."""
    hidden = [found.span() for found in _HIDING.finditer(text)]
    heads = [found.start() for found in _HEAD.finditer(text) if found.start()]
    starts = [0, *(head for head in heads if not any(start <= head < end for start, end in hidden))]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)
