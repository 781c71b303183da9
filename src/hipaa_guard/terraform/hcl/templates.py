"""Templates: quoted strings, heredocs and template files, read the way HCL reads them.

A template is first cut into flat pieces, one for each line of literal text: strip markers and the indentation of
``<<-`` apply to these. The pieces are then combined to `Template`, `TemplateIf` and `TemplateFor`.
"""

from __future__ import annotations

import re
from typing import Protocol

from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.functions.unknowns import normal
from hipaa_guard.terraform.hcl.errors import SyntaxProblem
from hipaa_guard.terraform.hcl.lexer import IDENTIFIER, Lexer, real
from hipaa_guard.terraform.hcl.loops import TemplateFor
from hipaa_guard.terraform.hcl.nodes import Literal, Node, Template, TemplateIf

_QUOTED = regex(r'[^"\\$%\n]+|\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|\$\$\{|%%\{|[$%]\{~?|[$%]|"')
_RAW = regex(r"[^$%\n]*\n|[^$%\n]+|\$\$\{|%%\{|[$%]\{~?|[$%]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = regex(rf"<<(-?)({IDENTIFIER})[ \t]*\r?\n")


@dataclass(slots=True)
class _Piece:
    """Literal text, an interpolation (``node``) or a directive (``word``)."""

    text: str = ""
    node: Node | None = None
    word: str = ""
    names: tuple[str | None, str] = (None, "")
    offset: int = 0

    @property
    def literal(self) -> bool:
        return self.node is None and not self.word


class ExpressionParser(Protocol):
    """The parser of expressions (`grammar.Parser`): templates hold expressions, which hold templates again."""

    lexer: Lexer

    def expression(self) -> Node:
        """The expression at the lexer's position."""


def read_all(parser: ExpressionParser) -> Node:
    """The template that is all of the parser's text, as in a template file."""
    reader = _Reader(parser, raw=True)
    reader.read(0, len(parser.lexer.source))
    return reader.finished()


def read_quoted(parser: ExpressionParser) -> Node:
    """The quoted template at the lexer's opening quote."""
    lexer = parser.lexer
    reader = _Reader(parser, raw=False)
    stop = reader.read(lexer.stop, lexer.end)
    lexer.goto(stop)
    return reader.finished()


def read_heredoc(parser: ExpressionParser) -> Node:
    """The heredoc at the lexer's ``<<``."""
    lexer = parser.lexer
    opening = _HEREDOC.match(lexer.source, lexer.start)
    if opening is None:  # pragma: no cover - the lexer found it
        raise SyntaxProblem("broken heredoc", lexer.start)
    closing = re.compile(rf"^[ \t]*{re.escape(opening[2])}[ \t]*(?=\r?$)", re.MULTILINE)
    end = closing.search(lexer.source, lexer.stop, lexer.end)
    if end is None:
        raise SyntaxProblem(f"the heredoc {opening[2]} has no end", lexer.start)
    reader = _Reader(parser, raw=True)
    reader.read(lexer.stop, end.start())
    if opening[1]:
        reader.unindent()
    lexer.goto(end.end())
    return reader.finished()


class _Reader:
    """Cuts one template into pieces and combines them."""

    __slots__ = ("parser", "pieces", "position", "raw", "trim")

    def __init__(self, parser: ExpressionParser, *, raw: bool) -> None:
        self.parser = parser
        self.raw = raw
        self.pieces: list[_Piece] = []
        self.trim = False
        self.position = 0

    def read(self, start: int, end: int) -> int:
        """Collect pieces. Returns the offset behind the template, closing quote included."""
        source = self.parser.lexer.source
        grammar = _RAW if self.raw else _QUOTED
        text = ""
        position = start
        while position < end:
            found = grammar.match(source, position, end)
            if found is None:
                raise SyntaxProblem("the string has no closing quote on its line", start)
            piece = found.group()
            position = found.end()
            if piece == '"' and not self.raw:
                self._literal(text)
                return position
            if piece[0] in "$%" and "{" in piece and piece[1] == "{":
                self._literal(text)
                text = ""
                position = self._sequence(piece, position, end)
                continue
            text += _unescaped(piece, self.raw, position)
            if self.raw and piece.endswith("\n"):
                self._literal(text)
                text = ""
        if not self.raw:
            raise SyntaxProblem("the string has no closing quote", start)
        self._literal(text)
        return position

    def _literal(self, text: str) -> None:
        if text:
            text = real(text) if self.raw else text
            self.pieces.append(_Piece(text.lstrip() if self.trim else text))
            self.trim = False

    def _sequence(self, opening: str, position: int, end: int) -> int:
        if opening.endswith("~") and self.pieces and self.pieces[-1].literal:
            self.pieces[-1].text = self.pieces[-1].text.rstrip()
        lexer = self.parser.lexer
        saved = lexer.end, lexer.lines
        lexer.lines, lexer.end = False, end
        lexer.goto(position)
        piece = _Piece(offset=position)
        if opening[0] == "$":
            piece.node = self.parser.expression()
        else:
            self._directive(piece)
        self.trim = lexer.kind == "~"
        if self.trim:
            lexer.advance()
        if lexer.kind != "}":
            lexer.expect("}")
        stop = lexer.stop
        lexer.end, lexer.lines = saved
        self.pieces.append(piece)
        return stop

    def _directive(self, piece: _Piece) -> None:
        lexer = self.parser.lexer
        piece.word = lexer.text
        if piece.word not in ("if", "else", "endif", "for", "endfor"):
            raise SyntaxProblem(f"unknown template directive {piece.word[:20]!r}", lexer.start)
        lexer.advance()
        if piece.word == "if":
            piece.node = self.parser.expression()
        elif piece.word == "for":
            names = [lexer.text]
            lexer.expect("name")
            if lexer.kind == ",":
                lexer.advance()
                names.append(lexer.text)
                lexer.expect("name")
            if lexer.text != "in":
                lexer.expect("in")
            lexer.advance()
            piece.node = self.parser.expression()
            piece.names = (names[0], names[1]) if len(names) > 1 else (None, names[0])

    def unindent(self) -> None:
        """Remove the indentation that all lines share (``<<-``)."""
        least: int | None = None
        adjust: list[_Piece] = []
        newline = True
        for piece in self.pieces:
            if newline:
                newline = False
                spaces = 0
                if piece.literal:
                    trimmed = piece.text.lstrip()
                    if not trimmed and piece.text.endswith("\n"):
                        newline = True
                        continue
                    spaces = len(piece.text) - len(trimmed)
                    adjust.append(piece)
                least = spaces if least is None else min(least, spaces)
            newline = piece.literal and piece.text.endswith("\n")
        for piece in adjust:
            piece.text = piece.text[least or 0 :]

    def finished(self) -> Node:
        """The node of the whole template."""
        if all(piece.literal for piece in self.pieces):
            return Literal(normal("".join(piece.text for piece in self.pieces)))
        if len(self.pieces) == 1 and not self.pieces[0].word and self.pieces[0].node is not None:
            return self.pieces[0].node  # "${x}" alone is the value of x, not its text
        parts = self._parts(())
        if self.position < len(self.pieces):
            piece = self.pieces[self.position]
            raise SyntaxProblem(f"unexpected template directive {piece.word!r}", piece.offset)
        return Template(parts)

    def _parts(self, closings: tuple[str, ...]) -> tuple[Node, ...]:
        parts: list[Node] = []
        while self.position < len(self.pieces):
            piece = self.pieces[self.position]
            if piece.word in closings and piece.word:
                break
            if piece.word in ("else", "endif", "endfor"):
                break
            self.position += 1
            if piece.literal:
                parts.append(Literal(piece.text))
            elif piece.word == "if":
                parts.append(self._if(piece))
            elif piece.word == "for":
                parts.append(self._for(piece))
            elif piece.node is not None:
                parts.append(piece.node)
        return tuple(parts)

    def _if(self, opening: _Piece) -> Node:
        assert opening.node is not None
        then = self._parts(("else", "endif"))
        otherwise: tuple[Node, ...] = ()
        if self._word() == "else":
            self.position += 1
            otherwise = self._parts(("endif",))
        self._end(opening, "endif")
        return TemplateIf(opening.node, Template(then), Template(otherwise))

    def _for(self, opening: _Piece) -> Node:
        assert opening.node is not None
        body = self._parts(("endfor",))
        self._end(opening, "endfor")
        return TemplateFor(opening.names, opening.node, Template(body))

    def _word(self) -> str:
        return self.pieces[self.position].word if self.position < len(self.pieces) else ""

    def _end(self, opening: _Piece, word: str) -> None:
        if self._word() != word:
            raise SyntaxProblem(f"template directive {opening.word!r} without {word!r}", opening.offset)
        self.position += 1


def _unescaped(token: str, raw: bool, position: int) -> str:
    if token in ("$${", "%%{"):
        return token[1:]
    if raw:
        return token
    if token[0] != "\\":
        return real(token)
    letter = token[1]
    if letter in "uU" and len(token) > 2:
        number = int(token[2:], base=16)  # noqa: FURB166 - the prefix is HCL's, not Python's
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise SyntaxProblem(f"no such character: {token}", position)
        return chr(number)
    if letter not in _ESCAPES:
        raise SyntaxProblem(f"unknown escape sequence {token}", position)
    return _ESCAPES[letter]
