"""Progress of long work, drawn on a terminal. Nothing is drawn where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO, cast

from hipaa_guard.outputs.wording.harmless_text import shortened, visible

_PATIENCE = 0.4
"""Seconds before anything is drawn: most scans end earlier."""
_EVERY = 0.1


class Progress(Protocol):
    """Called during the work with the amount done, the total (None where not known), and the next step."""

    def __call__(self, done: int, total: int | None, text: str) -> None: ...


def silent(done: int, total: int | None, text: str) -> None:
    """Draws nothing."""


@contextmanager
def shown(stream: TextIO | None = None, *, wanted: bool = True) -> Iterator[Progress]:
    """Progress drawn on a terminal while the block runs and wiped away after it; `silent` where it is no terminal."""
    if stream is None:  # a bar is made of control characters, which the guarded stream would write as codes
        stream = cast("TextIO", getattr(sys.stderr, "unguarded", sys.stderr))
    if not (wanted and stream.isatty()):
        yield silent
        return
    bar = _Bar(stream)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """A bar drawn by rich, which is imported only when the work takes long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._started = self._drawn = time.monotonic()
        self._bar: _Drawing | None = None

    def __call__(self, done: int, total: int | None, text: str) -> None:
        now = time.monotonic()
        if now - self._started < _PATIENCE or now - self._drawn < _EVERY:
            return
        self._drawn = now
        if self._bar is None:
            self._bar = _Drawing(self._stream)
        self._bar.update(done, total, shortened(visible(text), 50))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Drawing:
    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(30), MofNCompleteColumn())
        self._progress = Progress(
            *columns, TimeElapsedColumn(), console=Console(file=stream), transient=True, auto_refresh=False
        )
        self._progress.start()
        self._task = self._progress.add_task("", total=None)

    def update(self, done: int, total: int | None, text: str) -> None:
        self._progress.update(self._task, completed=done, total=total, description=text)
        self._progress.refresh()

    def close(self) -> None:
        self._progress.stop()
