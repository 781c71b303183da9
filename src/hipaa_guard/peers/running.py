"""One run of another scanner: a process group of its own, with a limit of time and of output."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.peers.commands import STDOUT, Run
from hipaa_guard.peers.programs import PeerFailedError, Program

MOST_BYTES = 256 * 1024 * 1024
"""The most output of a scanner: a report of 5,000 resources has a tenth of it."""

_STDERR = "stderr"
_STEP = 0.1
"""Seconds between two looks at the time and the output."""
_SHOWN = 300
"""Characters of its last words that a message repeats."""


class Ended(NamedTuple):
    """A run that came to its end."""

    code: int
    said: str
    """The last line that it wrote to its standard error."""


def ended(run: Run, program: Program, out: Path, timeout: float) -> Ended:
    """Run a scanner to its end.

    Raises:
        PeerFailedError: it cannot be started, takes too long, or prints too much. Nothing of it runs on.

    """
    try:
        with (out / STDOUT).open("wb") as stdout, (out / _STDERR).open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - the user named the program, and no text of a tree is an option
                run.command,
                cwd=run.here,
                env=run.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
    except OSError as error:
        raise PeerFailedError(f"could not be started: {error.strerror or error}", program.needs) from None
    with _ending(process):
        _wait(process, out, timeout)
    return Ended(process.returncode, _last_line(out / _STDERR))


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the whole process group at last, also where we are stopped: a terminal's Ctrl-C does not reach it."""
    try:
        yield
    finally:
        # The whole group may have ended: macOS then has the second error.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], out: Path, timeout: float) -> None:
    end = time.monotonic() + timeout
    while True:
        running = False
        try:
            process.wait(_STEP)
        except subprocess.TimeoutExpired:
            running = True
        if sum(file.stat().st_size for file in out.iterdir() if file.is_file()) > MOST_BYTES:
            raise PeerFailedError(
                f"was ended: it wrote more than {MOST_BYTES // 1024**2:,} MiB",
                "Scan a part of the tree, or run it alone and read its results with `hipaa-guard import`.",
            )
        if not running:
            return
        if time.monotonic() > end:
            raise PeerFailedError(
                f"was ended: it took longer than {timeout:g} seconds", "Give it more time with --peers-timeout SECONDS."
            )


def _last_line(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 8192))
        lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip()[:_SHOWN] if lines else ""
