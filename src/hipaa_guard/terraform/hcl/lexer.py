"""Tokens of HCL expressions.

Text is a string with one character for each byte (`view`), so that character offsets are byte offsets. Only finished
strings are decoded as UTF-8 (`real`). Newlines end an expression except inside brackets, so the parser switches them on
and off.
"""

from __future__ import annotations

import re
from typing import Final

from hipaa_guard.terraform.hcl.errors import SyntaxProblem

IDENTIFIER: Final = r"[A-Za-z_\x80-\xff][\w\x80-\xff-]*"

_TOKENS: Final = rf"""
    (?P<name>{IDENTIFIER}(?:::{IDENTIFIER})*)
  | (?P<plain>"[^"\\$%\n]*")
  | (?P<quote>")
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<heredoc><<-?{IDENTIFIER}[ \t]*\r?\n)
  | (?P<comment>(?:\#|//)[^\n]*|/\*(?s:.*?)\*/)
  | (?P<mark>&&|\|\||==|!=|<=|>=|=>|\.\.\.|\[\*\]|\.\*|[-+*/%!<>?:.,=()\[\]{{}}~])
"""
_IN_LINE: Final = re.compile(rf"[ \t\r]*(?:{_TOKENS}  | (?P<line>\n))", re.VERBOSE)
_ANYWHERE: Final = re.compile(rf"[ \t\r\n]*(?:{_TOKENS})", re.VERBOSE)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_SPACE_IN_LINE: Final = re.compile(r"[ \t\r]*")

_DOTTED: Final = re.compile(rf"(?:\.{IDENTIFIER})+")

END: Final = "end"
LINE: Final = "line"


def view(text: str) -> str:
    """`text` with one character for each of its UTF-8 bytes."""
    return text if text.isascii() else text.encode().decode("latin-1")


def real(text: str) -> str:
    """The text of a piece of a `view`, decoded."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


_CALLED = {END: "the end", LINE: "the end of the line", "plain": "a text", "quote": "a text", "heredoc": "a heredoc"}
"""Names for tokens whose text is not shown, as it may be a secret."""


class Lexer:
    """One token at a time: ``kind`` and ``text`` of the current one, which lies between ``start`` and ``stop``.

    The kind of a name, string, number or heredoc is its group in `_TOKENS`; the kind of a mark is its own text.
    """

    __slots__ = ("end", "kind", "lines", "source", "start", "stop", "text")

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.end = len(source) if end is None else end
        self.lines = False
        self.kind = self.text = ""
        self.start = self.stop = start

    def advance(self) -> None:
        """Read the next token.

        Raises:
            SyntaxProblem: a character that begins no token.

        """
        self.goto(self.stop)

    def goto(self, position: int) -> None:
        """Read the token at `position`.

        Raises:
            SyntaxProblem: a character that begins no token.

        """
        grammar = _IN_LINE if self.lines else _ANYWHERE
        source, end = self.source, self.end
        while (found := grammar.match(source, position, end)) is not None:
            kind = found.lastgroup
            if kind == "comment":
                position = found.end()
                continue
            self.start, self.stop = found.span(kind)  # type: ignore[arg-type]
            self.text = text = source[self.start : self.stop]
            self.kind = text if kind == "mark" else kind  # type: ignore[assignment]
            return
        space = (_SPACE_IN_LINE if self.lines else _SPACE).match(source, position, end)
        self.start = self.stop = space.end() if space else position
        if self.start < end:
            raise SyntaxProblem(f"unexpected character {source[self.start]!r}", self.start)
        self.kind, self.text = END, ""

    def dotted_names(self) -> list[str]:
        """The names of ``.a.b.c`` right behind the current token, which the lexer skips."""
        found = _DOTTED.match(self.source, self.stop, self.end)
        if found is None:
            self.goto(self.stop)
            return []
        self.goto(found.end())
        return found.group()[1:].split(".")

    def skip_lines(self) -> None:
        """Skip newlines, where these are tokens."""
        while self.kind == LINE:
            self.advance()

    def expect(self, kind: str) -> None:
        """Skip a token of that kind.

        Raises:
            SyntaxProblem: the token is of another kind.

        """
        if self.kind != kind:
            found = _CALLED.get(self.kind) or repr(self.text.strip())
            raise SyntaxProblem(f"expected {kind!r}, found {found}", self.start)
        self.advance()
