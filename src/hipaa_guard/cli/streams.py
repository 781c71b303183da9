"""The standard streams. A result that cannot be written is an error; a remark on stderr that cannot be is none.

Python would end with its own exit code 120 and a remark of its own where stdout cannot be flushed at the end, and has
no stream at all where one is closed. So both are rebuilt over a raw stream that tells whose writing failed.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class StdoutError(Exception):
    """The standard output cannot be written. ``reader_left`` says that it is a pipe which nobody reads any more."""

    def __init__(self, error: OSError) -> None:
        self.reader_left = error.errno == errno.EPIPE
        self.told = False
        """Whether it was said on stderr."""
        closed = error.errno == errno.EBADF
        super().__init__("it is closed" if closed else error.strerror or str(error))


class _Stdout(io.FileIO):
    """Tells once that nothing can be written; what is written after that goes nowhere."""

    def __init__(self, descriptor: int, *, closed: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._is_closed = closed
        self.lost: StdoutError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """See `io.RawIOBase`.

        Raises:
            StdoutError: it is not written.

        """
        if self.lost is not None:
            return memoryview(data).nbytes
        if self._is_closed:
            self.lost = StdoutError(OSError(errno.EBADF, os.strerror(errno.EBADF)))
            raise self.lost
        try:
            return super().write(data)
        except OSError as error:
            self.lost = StdoutError(error)
            raise self.lost from None


class _Stderr(io.FileIO):
    """What cannot be written is lost."""

    def write(self, data: ReadableBuffer, /) -> int:
        """See `io.RawIOBase`."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def guard() -> None:
    """Rebuild both streams. What is closed is opened to lead nowhere: no file that is opened later takes its place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.__stdout__ = _text(_Stdout(1, closed=sys.stdout is None), sys.stdout)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(_Stderr(2, "w", closefd=False), sys.stderr)  # type: ignore[misc]


def lost() -> StdoutError | None:
    """Why something was not written to stdout, also where somebody swallowed the error."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.lost if isinstance(raw, _Stdout) else None


def _text(raw: io.FileIO, like: TextIO | None) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding if like is not None else "utf-8",
        errors=like.errors if like is not None else "backslashreplace",
        line_buffering=raw.isatty() or isinstance(raw, _Stderr),
    )
