"""The streams of the command line, on which nothing acts that is written to them.

Messages name files, resources and errors of others. Whoever writes a message need not think of that: all text for
standard output and standard error passes here. Formats for machines and our own colours go around it, since they are
made harmless where they are made.
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
"""One line in which nothing can act, so that most need no further look."""


@contextmanager
def guarded() -> Iterator[None]:
    """While it lasts, what is written to the standard streams does not act on a terminal or in a log."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_guarded, streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _guarded(stream: Any) -> Any:
    """A stream that was closed before the start is None."""
    return None if stream is None else Guarded(stream)


class Guarded:
    """A text stream. Characters that act become codes, and marks of CI systems are broken; line ends and tabs stay.

    ``unguarded`` is the stream itself, for text that is harmless already. Each ``write`` is looked at for itself: a
    mark that is written in two parts is not seen.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream
        self._line_begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)

    @property
    def encoding(self) -> str:
        """The encoding of the stream, UTF-8 where that is ASCII: click would go around such a stream."""
        return self.unguarded.encoding if not _is_ascii(self.unguarded) else "utf-8"

    def write(self, text: str) -> int:
        """Write a text, made harmless."""
        told = text if _ORDINARY.fullmatch(text) else self._harmless(text)
        if _is_ascii(self.unguarded):
            told = told.encode("ascii", "backslashreplace").decode("ascii")
        self.unguarded.write(told)
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
        told = "\n".join(lines)
        # A letter before it hides that the first line is no new one.
        return in_log(f"x{told}")[1:] if self._line_begun else in_log(told)


def _is_ascii(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("_", "-") in ("ascii", "us-ascii", "ansi-x3.4-1968", "646")
