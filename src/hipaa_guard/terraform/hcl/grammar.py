"""HCL expressions: text -> `Node`. The grammar is that of HCL's native syntax, newline rules included.

tree-sitter finds the blocks and attributes of a file; this parser reads the expression of an attribute when it is first
needed. The expression trees of tree-sitter do not serve: it nests ``a ? b : c ? d : e`` the wrong way round, misreads
``1e5`` and newlines before ``(``, and loses the spaces of heredocs.
"""

from __future__ import annotations

import re

from hipaa_guard.lean import regex
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.conversion import parse_number
from hipaa_guard.terraform.functions.errors import FunctionError
from hipaa_guard.terraform.functions.unknowns import normal
from hipaa_guard.terraform.hcl.call_nodes import FunctionCall
from hipaa_guard.terraform.hcl.errors import LIMITS, SyntaxProblem, TooLarge
from hipaa_guard.terraform.hcl.lexer import END, LINE, Lexer, real, view
from hipaa_guard.terraform.hcl.loops import ForList, ForMap
from hipaa_guard.terraform.hcl.nodes import (
    Binary,
    Conditional,
    GetAttribute,
    Index,
    ListNode,
    Literal,
    MapExpression,
    MapKey,
    Node,
    Root,
    Splat,
    SplatItem,
    Unary,
)
from hipaa_guard.terraform.hcl.templates import read_all, read_heredoc, read_quoted

_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_BINDING = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_ARGUMENT = regex(r"^[ \t]*[\w-]+[ \t]*=(?![=>])", re.MULTILINE)
_FEW_DIGITS = 100
"""A whole number of fewer digits is exact."""

_CONSTANTS = {"true": True, "false": False, "null": None}


def parse_expression(text: str) -> Node:
    """The expression that is all of `text`.

    Raises:
        SyntaxProblem: it is not one expression.

    """
    return parse_view(view(text))


def parse_view(source: str, start: int = 0, end: int | None = None) -> Node:
    """The expression between two offsets of a `view`.

    Raises:
        SyntaxProblem: it is not one expression.

    """
    try:
        parser = Parser(source, start, end)
        parser.lexer.lines = True
        parser.lexer.advance()
        node = parser.expression()
        parser.lexer.skip_lines()
        parser.lexer.expect(END)
    except RecursionError:
        raise TooLarge("nested too deeply", start) from None
    return node


def first_problem(source: str, start: int, end: int) -> SyntaxProblem | None:
    """The problem of the first argument between two offsets whose expression is broken; None where none is."""
    position = start
    while (found := _ARGUMENT.search(source, position, end)) is not None:
        parser = Parser(source, found.end(), end)
        parser.lexer.lines = True
        try:
            parser.lexer.advance()
            parser.expression()
            if parser.lexer.kind not in (LINE, END, "}"):
                parser.lexer.expect("end of line")
        except SyntaxProblem as problem:
            return problem
        except RecursionError:
            return TooLarge("nested too deeply", found.end())
        position = max(parser.lexer.start, found.end())
    return None


def parse_template(text: str) -> Node:
    """The template that is all of `text`, as in a template file.

    Raises:
        SyntaxProblem: a sequence of the template is broken.

    """
    return read_all(Parser(view(text)))


class Parser:
    """Recursive descent over one `Lexer`."""

    __slots__ = ("depth", "lexer")

    def __init__(self, source: str, start: int = 0, end: int | None = None, depth: int = 0) -> None:
        self.lexer = Lexer(source, start, end)
        self.depth = depth

    def expression(self) -> Node:
        """A conditional or anything that binds tighter. Afterwards, the lexer is behind it."""
        self.depth += 1
        if self.depth > limits.NESTING:
            raise SyntaxProblem(f"nested more than {limits.NESTING} levels deep", self.lexer.start)
        node = self._operation(0)
        lexer = self.lexer
        if lexer.kind == "?":
            lexer.advance()
            then = self.expression()
            lexer.expect(":")
            node = Conditional(node, then, self.expression())
        self.depth -= 1
        return node

    def _operation(self, level: int) -> Node:
        left = self._term()
        lexer = self.lexer
        while (binding := _BINDING.get(lexer.kind, -1)) >= level:
            operator = lexer.kind
            lexer.advance()
            left = Binary(operator, left, self._operation(binding + 1))
        return left

    def _term(self) -> Node:
        lexer = self.lexer
        if lexer.kind in ("-", "!"):
            operator = lexer.kind
            self.depth += 1
            if self.depth > limits.NESTING:
                raise SyntaxProblem(f"nested more than {limits.NESTING} levels deep", lexer.start)
            lexer.advance()
            node: Node = Unary(operator, self._term())
            self.depth -= 1
            return node
        return self._steps(self._primary())

    def _steps(self, node: Node) -> Node:
        """The term with its accesses: ``.name``, ``[index]``, ``[*]``, ``.*``, ``.0``."""
        lexer = self.lexer
        while True:
            kind = lexer.kind
            if kind == ".":
                node = self._dotted(node)
            elif kind == "[":
                node = self._indexed(node)
            elif kind == "[*]":
                lexer.advance()
                return Splat(node, self._steps(SplatItem()))
            elif kind == ".*":
                lexer.advance()
                each: Node = SplatItem()
                while lexer.kind == ".":
                    each = self._dotted(each)
                node = Splat(node, each)
            else:
                return node

    def _dotted(self, node: Node) -> Node:
        lexer = self.lexer
        stop = lexer.stop
        lexer.advance()
        if lexer.kind == "name":
            node = GetAttribute(node, real(lexer.text))
            lexer.advance()
        elif lexer.kind == "number":
            digits = re.split(r"[.eE]", lexer.text, maxsplit=1)[0][:18]  # x.0.1 has two indices, not the number 0.1
            node = Index(node, Literal(int(digits)))
            lexer.goto(lexer.start + len(digits))
        else:
            raise SyntaxProblem("expected an attribute name after '.'", stop)
        return node

    def _indexed(self, node: Node) -> Node:
        return Index(node, self._within("]"))

    def _within(self, closing: str) -> Node:
        """An expression up to a closing mark, across newlines."""
        lexer = self.lexer
        lines, lexer.lines = lexer.lines, False
        lexer.advance()
        node = self.expression()
        self._close(closing, lines)
        return node

    def _close(self, closing: str, lines: bool) -> None:
        lexer = self.lexer
        if lexer.kind != closing:
            lexer.expect(closing)
        lexer.lines = lines
        lexer.advance()

    def _primary(self) -> Node:
        lexer = self.lexer
        kind, text = lexer.kind, lexer.text
        if kind == "name":
            return self._name(text)
        if kind == "plain":
            lexer.advance()
            return Literal(normal(real(text[1:-1])))
        if kind == "number":
            lexer.advance()
            return Literal(_number(text))
        if kind in ("quote", "heredoc"):
            return read_quoted(self) if kind == "quote" else read_heredoc(self)
        if kind == "(":
            return self._within(")")
        if kind == "[":
            return self._list()
        if kind == "{":
            return self._map()
        lexer.expect("expression")
        raise AssertionError  # pragma: no cover - no token is of that kind

    def _name(self, name: str) -> Node:
        lexer = self.lexer
        names = lexer.dotted_names()
        if not names:
            if lexer.kind == "(":
                return self._call(name)
            if name in _CONSTANTS:
                return Literal(_CONSTANTS[name])
        node: Node = Root(real(name))
        for attribute in names:
            node = GetAttribute(node, real(attribute))
        return node

    def _call(self, name: str) -> Node:
        lexer = self.lexer
        lines, lexer.lines = lexer.lines, False
        lexer.advance()
        arguments: list[Node] = []
        expanded = False
        while lexer.kind != ")":
            arguments.append(self.expression())
            if lexer.kind == "...":
                expanded = True
                lexer.advance()
                if lexer.kind == ",":
                    lexer.advance()
                break
            if lexer.kind != ",":
                break
            lexer.advance()
        self._close(")", lines)
        return FunctionCall(name, tuple(arguments), expanded)

    def _list(self) -> Node:
        lexer = self.lexer
        lines, lexer.lines = lexer.lines, False
        lexer.advance()
        if lexer.kind == "name" and lexer.text == "for":
            return self._for("]", lines)
        items: list[Node] = []
        while lexer.kind != "]":
            items.append(self.expression())
            if lexer.kind != ",":
                break
            lexer.advance()
        self._close("]", lines)
        return ListNode(tuple(items))

    def _map(self) -> Node:
        lexer = self.lexer
        lines, lexer.lines = lexer.lines, True
        lexer.advance()
        lexer.skip_lines()
        if lexer.kind == "name" and lexer.text == "for":
            return self._for("}", lines)
        items: list[tuple[Node, Node]] = []
        while lexer.kind != "}":
            items.append(self._map_item())
            if lexer.kind not in (",", LINE):
                break
            if lexer.kind == ",":
                lexer.advance()
            lexer.skip_lines()
        self._close("}", lines)
        return MapExpression(tuple(items))

    def _map_item(self) -> tuple[Node, Node]:
        lexer = self.lexer
        parenthesised = lexer.kind == "("
        key = self.expression()
        if isinstance(key, Root) and not parenthesised:
            key = Literal(key.name)
        elif isinstance(key, Literal) and isinstance(key.value, bool | None):
            key = Literal(_spelled(key.value)) if not parenthesised else key
        if lexer.kind not in ("=", ":"):
            lexer.expect("=")
        lexer.advance()
        lexer.skip_lines()
        return MapKey(key), self.expression()

    def _for(self, closing: str, lines: bool) -> Node:
        lexer = self.lexer
        lexer.lines = False
        lexer.advance()
        names = [self._bare_name()]
        if lexer.kind == ",":
            lexer.advance()
            names.append(self._bare_name())
        if lexer.text != "in":
            lexer.expect("in")
        lexer.advance()
        source = self.expression()
        lexer.expect(":")
        first = self.expression()
        key, value, grouped = None, first, False
        if closing == "}":
            lexer.expect("=>")
            key, value = first, self.expression()
            if lexer.kind == "...":
                grouped = True
                lexer.advance()
        test = None
        if lexer.kind == "name" and lexer.text == "if":
            lexer.advance()
            test = self.expression()
        self._close(closing, lines)
        key_name, value_name = (names[0], names[1]) if len(names) > 1 else (None, names[0])
        if key is None:
            return ForList((key_name, value_name), source, value, test)
        return ForMap((key_name, value_name), source, (key, value), test, grouped=grouped)

    def _bare_name(self) -> str:
        name = self.lexer.text
        self.lexer.expect("name")
        return real(name)


def _number(text: str) -> int | float:
    if text.isdigit() and len(text) < _FEW_DIGITS:
        return int(text)
    try:
        return parse_number(text)
    except (*LIMITS, FunctionError):
        raise TooLarge("number out of range", 0) from None


def _spelled(constant: bool | None) -> str:
    return "null" if constant is None else str(constant).lower()
