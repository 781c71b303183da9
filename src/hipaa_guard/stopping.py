"""Signals that stop the program: SIGTERM and SIGHUP end it as Ctrl-C does, so that temporary files are removed.

Each becomes an exception in the main thread, and so every `finally` runs.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_by: signal.Signals | None = None


class Stopped(KeyboardInterrupt):
    """Somebody asked the program to end."""


def stopped_by() -> signal.Signals | None:
    """The first signal that asked the program to end, even where somebody swallowed the exception."""
    return _by


def exit_code() -> int:
    """128 plus the number of that signal, as shells have it; the code of Ctrl-C where there was no signal."""
    return 128 + (_by or signal.SIGINT)


@contextmanager
def stoppable() -> Iterator[None]:
    """Handle the signals while the block runs. A signal that is ignored, as under `nohup`, stays ignored."""
    global _by  # noqa: PLW0603 - signals are those of the process
    _by = None
    ordinary = (signal.SIG_DFL, signal.default_int_handler)
    taken = [number for number in _SIGNALS if signal.getsignal(number) in ordinary]
    before = {number: signal.signal(number, _stop) for number in taken}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: FrameType | None) -> None:
    global _by  # noqa: PLW0603 - as above
    if _by is not None and number != signal.SIGINT:
        return  # temporary files are being removed; only a second Ctrl-C breaks that off
    _by = _by or signal.Signals(number)
    raise Stopped(_by.name)
