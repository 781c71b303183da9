"""A pager, as git uses one: only where the standard output is a terminal, chosen by the environment alone.

``HIPAA_GUARD_PAGER`` names it, else ``PAGER``, else it is ``less``; an empty value or ``cat`` is none. No file of
settings can name one: it is a command.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

_DEFAULTS = {"LESS": "FRX", "LV": "-c"}
"""What git sets where the user sets nothing: ``less`` and ``lv`` leave a short text on the screen and show colours."""
_NOT_STARTED = (126, 127)
"""The exit codes of a shell that cannot start a command."""


class Screen(io.StringIO):
    """A text that is kept to be shown on the terminal that the standard output is."""

    def __init__(self) -> None:
        super().__init__()
        self._encoding = sys.stdout.encoding or "utf-8"

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the terminal."""
        return self._encoding

    def isatty(self) -> bool:
        """Whether the text will be shown on a terminal: always."""
        return True


@contextmanager
def paged(*, wanted: bool = True) -> Iterator[TextIO | None]:
    """A stream whose text the pager shows when the block ends; None where there is no pager."""
    command = pager_command(os.environ) if wanted and sys.stdout.isatty() else ""
    if not command:
        yield None
        return
    screen = Screen()
    yield screen
    show(screen.getvalue(), command)


@contextmanager
def paged_stdout(*, wanted: bool = True) -> Iterator[None]:
    """While the block runs, the standard output is what the pager shows when it ends."""
    from hipaa_guard.cli.terminal.guarded_streams import Guarded

    with paged(wanted=wanted) as screen:
        if screen is None:
            yield
            return
        before, sys.stdout = sys.stdout, Guarded(screen)
        try:
            yield
        finally:
            sys.stdout = before


def pager_command(environ: Mapping[str, str]) -> str:
    """The command of the pager; empty where there is none."""
    import shutil

    for name in ("HIPAA_GUARD_PAGER", "PAGER"):
        if name in environ:
            return "" if environ[name].strip() == "cat" else environ[name].strip()
    return "less" if shutil.which("less") else ""


def show(text: str, command: str) -> None:
    """Show a text in a pager; where it cannot be started, print it."""
    import subprocess

    stream = getattr(sys.stdout, "unguarded", sys.stdout)
    data = text.encode(stream.encoding or "utf-8", "backslashreplace")
    stream.flush()
    before = signal.getsignal(signal.SIGINT)
    try:
        started = subprocess.Popen(  # noqa: S602 - the user's own command, as git runs it
            command, shell=True, stdin=subprocess.PIPE, env={**_DEFAULTS, **os.environ}
        )
        # Ctrl-C is for the pager from now on: it breaks off a search there, and the pager stays.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        started.communicate(data)
    except OSError:
        code = _NOT_STARTED[0]
    else:
        code = started.returncode
    finally:
        signal.signal(signal.SIGINT, before)
    if code in _NOT_STARTED:
        stream.write(data.decode(stream.encoding or "utf-8", "replace"))
        stream.flush()
