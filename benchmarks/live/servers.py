"""The simulated AWS and the proxy before it, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from benchmarks.live.cloud import CREDENTIALS
from benchmarks.live.proxy import HOST, OWN, Delays

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 600.0
"""Seconds in which a server has to be ready, and then to answer."""


class NotReadyError(Exception):
    """A server ended, or took too long, before it could serve."""


@dataclass(frozen=True)
class Simulated:
    """A simulated account, reached through the proxy."""

    port: int
    resources: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of a scanner that is to read this account and nothing else."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        # Some operations put a word before the host's name, which an address cannot have: those services get a name,
        # and go to the same proxy as clients go to any.
        named = {f"AWS_ENDPOINT_URL_{service}": "http://named.test" for service in ("S3_CONTROL", "OMICS")}
        ways = {"HTTP_PROXY": self.address, "http_proxy": self.address, "NO_PROXY": HOST, "no_proxy": HOST}
        return {**kept, **CREDENTIALS, **named, **ways, "AWS_ENDPOINT_URL": self.address}

    def next(self, delays: Delays) -> None:
        """Begin to count anew, with these delays."""
        self._asked(Request(self.address + OWN + "next", json.dumps(asdict(delays)).encode(), method="POST"))

    def counts(self) -> dict[str, Any]:
        """What was called since: ``calls`` by operation, ``passed_on`` and ``peak_in_flight``."""
        return self._asked(Request(self.address + OWN + "counts"))

    @staticmethod
    def _asked(request: Request) -> dict[str, Any]:
        with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@contextmanager
def simulated(work: Path, *, each: int, buckets: int, core: int | None) -> Iterator[Simulated]:
    """A seeded account behind a fresh proxy.

    Raises:
        NotReadyError: one of the servers does not come up. The message has what it said.

    """
    where = [] if core is None else ["--core", str(core)]
    size = ["--each", str(each), "--buckets", str(buckets)]
    with server("cloud", work / f"cloud-{each}-{buckets}", [*size, *where]) as cloud:
        told = json.loads(cloud)
        with server("proxy", work / f"proxy-{each}-{buckets}", [*where, str(told["port"])]) as proxy:
            yield Simulated(int(proxy), told["resources"])


@contextmanager
def server(module: str, file: Path, options: list[str]) -> Iterator[str]:
    """A server, and what it wrote to its file when it was ready."""
    command = [sys.executable, "-m", f"benchmarks.live.{module}", *options, str(file)]
    log = file.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    try:
        yield _ready(process, file, log)
    finally:
        process.terminate()
        process.wait()
        file.unlink(missing_ok=True)


def _ready(process: subprocess.Popen[bytes], file: Path, log: Path) -> str:
    until = time.monotonic() + PATIENCE
    while not file.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise NotReadyError(log.read_text(errors="replace")[-2000:])
        time.sleep(0.1)
    return file.read_text()
