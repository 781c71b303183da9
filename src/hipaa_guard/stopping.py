"""Being stopped: SIGTERM and SIGHUP end the program as Ctrl-C does, so that what is temporary is removed.

Each becomes an exception in the main thread, which passes through every `finally` on its way out.
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
    """128 and the number of that signal, as shells say; that of Ctrl-C where there was none."""
    return 128 + (_by or signal.SIGINT)


@contextmanager
def stoppable() -> Iterator[None]:
    """Take the signals while the block runs. One that is ignored, as `nohup` has it, stays so."""
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
        return  # what is temporary is being removed; only a person who insists breaks that off
    _by = _by or signal.Signals(number)
    raise Stopped(_by.name)
