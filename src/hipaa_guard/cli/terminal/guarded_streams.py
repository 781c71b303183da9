"""The streams of the command line: no text that is written to them acts on a terminal or in a log.

Messages name files, resources and errors of others. The code that writes a message need not care: all text for standard
output and standard error passes through here. Formats for machines and our own colours bypass it: the code that makes
them makes them harmless.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from hipaa_guard.lean import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

_ORDINARY = regex(r"[\w .,;'\"()/=<>!?%]*\n?", re.ASCII)
"""A line in which nothing can act. Most lines match and need no further check."""


@contextmanager
def guarded() -> Iterator[None]:
    """While the block runs, text on the standard streams does not act on a terminal or in a log."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_guarded, streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _guarded(stream: Any) -> Any:
    """The guarded stream; None where the stream was closed before the start."""
    return None if stream is None else Guarded(stream)


class Guarded:
    """A text stream. Characters that act become codes, and marks of CI systems are broken; line ends and tabs stay.

    ``unguarded`` is the stream itself, for text that is already harmless. Each ``write`` is checked by itself: a mark
    that is written in two parts is not found.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream
        self._line_begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)

    @property
    def encoding(self) -> str:
        """The encoding of the stream, but UTF-8 instead of ASCII: click would bypass an ASCII stream."""
        return self.unguarded.encoding if not _is_ascii(self.unguarded) else "utf-8"

    def write(self, text: str) -> int:
        """Write a text, made harmless."""
        shown = text if _ORDINARY.fullmatch(text) else self._harmless(text)
        if _is_ascii(self.unguarded):
            shown = shown.encode("ascii", "backslashreplace").decode("ascii")
        self.unguarded.write(shown)
        if text:
            self._line_begun = bool(text.rpartition("\n")[2].strip())
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        """Write several texts."""
        for text in texts:
            self.write(text)

    def _harmless(self, text: str) -> str:
        from hipaa_guard.outputs.wording.harmless_text import in_log, visible

        lines = ("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))
        joined = "\n".join(lines)
        # A letter in front keeps the first line, which continues another one, from looking like a new line.
        return in_log(f"x{joined}")[1:] if self._line_begun else in_log(joined)


def _is_ascii(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("_", "-") in ("ascii", "us-ascii", "ansi-x3.4-1968", "646")
