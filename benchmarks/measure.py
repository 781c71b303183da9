"""One command, run as a process of its own and measured whole."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 1800.0
"""Seconds after which a run is ended and counts as failed."""
_MEBIBYTE = 2**20 if sys.platform == "darwin" else 2**10
"""In the unit of ``ru_maxrss``."""


@dataclass(frozen=True)
class Run:
    """What one run took, everything that the process waited for included."""

    wall: float
    cpu: float
    memory: float
    exit_code: int


@dataclass(frozen=True)
class Best:
    """Several runs of one command. The least is what the machine can do; the median tells how noisy it was."""

    wall: float
    median: float
    cpu: float
    memory: float


def run(command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command with its standard output in a file, and its complaints beside it; in this environment, if given.

    The peak memory that Linux tells of a process is at least that of the one that started it: keep this one small.
    """
    with output.open("wb") as out, output.with_suffix(".err").open("wb") as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=complaints, cwd=output.parent, env=environment
        )
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MEBIBYTE, process.returncode)


def best(runs: Sequence[Run]) -> Best:
    """The least of several runs; of memory the most."""
    walls = [each.wall for each in runs]
    return Best(min(walls), statistics.median(walls), min(e.cpu for e in runs), max(e.memory for e in runs))


def judged(sentence: str, met: bool) -> str:
    """A budget as the last lines of a comparison say it."""
    return f"- {sentence}: {'met' if met else 'not met'}"
