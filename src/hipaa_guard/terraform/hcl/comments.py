"""Finding comments in HCL text. tree-sitter takes some lines of heredocs for comments, so it is not used here."""

from __future__ import annotations

import re
from collections.abc import Iterator


def comment_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of comments. Strings and heredocs are skipped."""
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
