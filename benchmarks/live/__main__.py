"""Scans of live accounts beside Prowler's: ``python -m benchmarks.live``.

The account is simulated on this machine. All scanners read it through one proxy, which counts their calls, delays each
as distance does, and keeps the answers: every scanner runs once before it is measured, so that what is measured is the
scanner and not the simulation. Prowler is installed in a virtual environment of its own; where it is not to be had that
is said.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.live.proxy import Delays
from benchmarks.live.results import HEAD, Measured, budgets, row
from benchmarks.live.scanners import Shared, installed_prowler, ours, prowler, shared
from benchmarks.live.servers import Simulated, simulated
from benchmarks.measure import run
from benchmarks.tools import Missing, Tool, cache

TWO = ("us-east-1", "eu-west-1")
SEVENTEEN = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
"""Those that every account has enabled."""


@dataclass(frozen=True)
class Scenario:
    """An account, and how it is scanned. ``both``: also by what both scanners judge, and nothing else."""

    label: str
    each: int
    buckets: int
    regions: tuple[str, ...]
    delays: Delays
    both: bool = False


SCENARIOS: Mapping[str, Scenario] = {
    "estate": Scenario("600 resources, 2 regions", 10, 0, TWO, Delays(0.03, 0.08), both=True),
    "regions": Scenario("600 resources, 17 regions", 10, 0, SEVENTEEN, Delays(0.03, 0.08)),
    "buckets": Scenario("1,000 buckets, 17 regions", 1, 1000, SEVENTEEN, Delays(0.06, 0.06)),
}


@dataclass
class _Peer:
    """Prowler, if it is to be had."""

    program: Path | None = None
    name: str = ""
    both: Shared = field(default_factory=lambda: Shared((), ()))


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 where hipaa-guard itself failed in some scenario, whatever became of Prowler."""
    options = _options(arguments)
    core = _pinned()
    results: dict[str, list[Measured]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        peer = _peer(options.peers.resolve(), wanted=not options.without_peers)
        print(HEAD, flush=True)
        for name in options.scenarios:
            scenario = SCENARIOS[name]
            work = Path(temporary) / name
            work.mkdir()
            with simulated(work, each=scenario.each, buckets=scenario.buckets, core=core) as account:
                results[name] = compare(scenario, _tools(scenario, peer), account, work, options.runs)
            print("\n".join(row(scenario.label, each, results[name][0]) for each in results[name]), flush=True)
    print("\n" + "\n".join(budgets(results)))
    return int(any(measured[0].best is None for measured in results.values()))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "scenarios", nargs="*", default=list(SCENARIOS), metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}"
    )
    parser.add_argument("--runs", type=int, default=2, help="measured, of each scanner (default: 2)")
    parser.add_argument("--peers", type=Path, default=cache(), help="where they are installed (default: %(default)s)")
    parser.add_argument("--without-peers", action="store_true", help="hipaa-guard alone")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"no scenario is called {unknown[0]}: there are {', '.join(SCENARIOS)}")
    return options


def _pinned() -> int | None:
    """Keep this process and its scanners on one processor; the one for the simulation, if there is another."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    first, *others = sorted(os.sched_getaffinity(0))
    if not others:
        return None
    os.sched_setaffinity(0, {first})
    return others[0]


def _peer(directory: Path, *, wanted: bool) -> _Peer:
    if not wanted:
        return _Peer()
    try:
        program, version = installed_prowler(directory)
        return _Peer(program, f"Prowler {version}", shared(program))
    except (Missing, OSError, subprocess.CalledProcessError) as error:
        print(f"Prowler is missing: {error}\n")
        return _Peer()


def _tools(scenario: Scenario, peer: _Peer) -> Iterator[Tool]:
    """Ours first."""
    yield ours(scenario.regions)
    if peer.program is None:
        return
    yield prowler(peer.program, scenario.regions, label=f"{peer.name}, HIPAA")
    if scenario.both:
        yield ours(scenario.regions, peer.both.controls, label="hipaa-guard, what both judge")
        yield prowler(peer.program, scenario.regions, peer.both.checks, label=f"{peer.name}, what both judge")


def compare(scenario: Scenario, tools: Iterator[Tool], account: Simulated, work: Path, runs: int) -> list[Measured]:
    """All scanners on one account, in turn: the first round fills the proxy's memory, the others are measured."""
    measured = [Measured(tool, work / str(at) / "report.ocsf.json") for at, tool in enumerate(tools)]
    for turn in range(runs + 1):
        for each in measured:
            if each.failed:  # what failed once is not waited for again
                continue
            shutil.rmtree(each.report.parent, ignore_errors=True)  # Prowler adds to a report that is there
            each.report.parent.mkdir()
            account.next(scenario.delays if turn else Delays())
            taken = run(each.tool.command(each.report), each.report.parent / "said.txt", account.environment())
            each.add(taken, account.counts(), counts=bool(turn))
    return measured


if __name__ == "__main__":
    sys.exit(main())
