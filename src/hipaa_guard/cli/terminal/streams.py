"""The standard streams. A failure to write a result is an error; a failure to write a remark on stderr is none.

Where stdout cannot be flushed at the end, Python would end with its own exit code 120 and its own remark. Where
a stream is closed, it has no stream at all. So both are rebuilt over a raw stream that records which write failed.
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
    """The standard output cannot be written. ``reader_left``: it is a pipe that nobody reads any more."""

    def __init__(self, error: OSError) -> None:
        self.reader_left = error.errno == errno.EPIPE
        self.reported = False
        """Whether the error was reported on stderr."""
        closed = error.errno == errno.EBADF
        super().__init__("it is closed" if closed else error.strerror or str(error))


class _Stdout(io.FileIO):
    """Raises once that it cannot be written, and drops all text after that."""

    def __init__(self, descriptor: int, *, closed: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._is_closed = closed
        self.error: StdoutError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        """See `io.RawIOBase`.

        Raises:
            StdoutError: the data cannot be written.

        """
        if self.error is not None:
            return memoryview(data).nbytes
        if self._is_closed:
            self.error = StdoutError(OSError(errno.EBADF, os.strerror(errno.EBADF)))
            raise self.error
        try:
            return super().write(data)
        except OSError as error:
            self.error = StdoutError(error)
            raise self.error from None


class _Stderr(io.FileIO):
    """Drops text that cannot be written."""

    def write(self, data: ReadableBuffer, /) -> int:
        """See `io.RawIOBase`."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def guard() -> None:
    """Rebuild both streams. A closed one is opened on the null device, so that no later file takes its number."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.__stdout__ = _text(_Stdout(1, closed=sys.stdout is None), sys.stdout)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(_Stderr(2, "w", closefd=False), sys.stderr)  # type: ignore[misc]


def stdout_error() -> StdoutError | None:
    """Why text was not written to stdout, even where the error was swallowed."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.error if isinstance(raw, _Stdout) else None


def _text(raw: io.FileIO, like: TextIO | None) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding if like is not None else "utf-8",
        errors=like.errors if like is not None else "backslashreplace",
        line_buffering=raw.isatty() or isinstance(raw, _Stderr),
    )
