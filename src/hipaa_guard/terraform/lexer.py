"""Tokens of HCL expressions.

Text is held as Latin-1 (`view`), so that character offsets are byte offsets; only finished strings are turned back into
UTF-8 (`real`). Newlines end an expression except inside brackets, so the reader switches them on and off.
"""

from __future__ import annotations

import re
from typing import Final

from hipaa_guard.terraform.errors import SyntaxProblem

IDENTIFIER: Final = r"[A-Za-z_\x80-\xff][\w\x80-\xff-]*"

_TOKEN: Final = re.compile(
    rf"""
    (?P<name>{IDENTIFIER}(?:::{IDENTIFIER})*)
  | (?P<plain>"[^"\\$%\n]*")
  | (?P<quote>")
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<heredoc><<-?{IDENTIFIER}[ \t]*\r?\n)
  | (?P<mark>&&|\|\||==|!=|<=|>=|=>|\.\.\.|\[\*\]|\.\*|[-+*/%!<>?:.,=()\[\]{{}}~])
    """,
    re.VERBOSE,
)
_COMMENT: Final = r"(?:\#|//)[^\n]*|/\*.*?\*/"
_SPACE: Final = re.compile(rf"(?:[ \t\r]|{_COMMENT})+", re.DOTALL)
_SPACE_AND_LINES: Final = re.compile(rf"(?:[ \t\r\n]|{_COMMENT})+", re.DOTALL)

END: Final = "end"
LINE: Final = "line"


def view(text: str) -> str:
    """`text` with one character for each of its UTF-8 bytes."""
    return text if text.isascii() else text.encode().decode("latin-1")


def real(text: str) -> str:
    """The text that a piece of a `view` stands for."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


class Lexer:
    """One token at a time: ``kind`` and ``text`` of the current one, which lies between ``start`` and ``stop``.

    The kind of a name, string, number or heredoc is its group in the grammar above; that of a mark is its own text.
    """

    __slots__ = ("end", "kind", "lines", "source", "start", "stop", "text")

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.end = len(source) if end is None else end
        self.lines = False
        self.kind = self.text = ""
        self.start = self.stop = start

    def advance(self) -> None:
        """Go to the next token.

        Raises:
            SyntaxProblem: a character that begins no token.

        """
        self.goto(self.stop)

    def goto(self, position: int) -> None:
        """Read the token at `position`.

        Raises:
            SyntaxProblem: a character that begins no token.

        """
        space = (_SPACE if self.lines else _SPACE_AND_LINES).match(self.source, position, self.end)
        self.start = space.end() if space else position
        if self.start >= self.end:
            self.kind, self.text, self.stop = END, "", self.start
            return
        found = _TOKEN.match(self.source, self.start, self.end)
        if found:
            self.text = found.group()
            self.kind = self.text if found.lastgroup == "mark" else str(found.lastgroup)
            self.stop = found.end()
        elif self.source[self.start] == "\n":
            self.kind, self.text, self.stop = LINE, "\n", self.start + 1
        else:
            raise SyntaxProblem(f"unexpected character {self.source[self.start]!r}", self.start)

    def skip_lines(self) -> None:
        """Pass over newlines, where these are tokens."""
        while self.kind == LINE:
            self.advance()

    def expect(self, kind: str) -> None:
        """Pass over a token of that kind.

        Raises:
            SyntaxProblem: something else is there.

        """
        if self.kind != kind:
            found = {END: "the end", LINE: "the end of the line"}.get(self.kind, repr(self.text.strip()))
            raise SyntaxProblem(f"expected {kind!r}, found {found}", self.start)
        self.advance()
