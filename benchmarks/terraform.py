"""Terraform scans beside other scanners: ``python -m benchmarks.terraform [DIRECTORY or PLAN.json]...``.

Whole processes, in turn (A B C A B C ...), on estates that `benchmarks.corpus` writes and on what is given. Peers are
installed in virtual environments of their own; one that is not to be had is said to be missing. ``--growth`` measures
hipaa-guard alone on 500, 5,000 and 50,000 resources.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Best, Run, best, judged, run
from benchmarks.tools import Missing, Tool, cache, checkov, ours, read_apart, trivy

HERE = Path(__file__).parents[1]
PEERS: Mapping[str, Callable[[Path], Tool]] = {"Checkov": checkov, "Trivy": trivy}
SECONDS = {"64 resources": 0.4, "5000 resources": 2.0, "5000 resources, plan": 1.5}
MEBIBYTES = {"5000 resources": 150}
"""What a scan may take on two quiet cores."""
TIMES_FASTER = 10
"""Than Checkov, on every corpus; and with less memory."""
HEAD = """| corpus | scanner | wall s, min / median | cpu s | peak MiB | x ours, wall / cpu | failing | resources |
|---|---|---|---|---|---|---|---|"""
GROWTH = (500, 5_000, 50_000)


@dataclass(frozen=True)
class Measured:
    """One tool on one corpus. ``best`` is None where it failed, and ``exit_code`` then tells how."""

    tool: Tool
    output: Path
    best: Best | None
    exit_code: int


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 where hipaa-guard itself failed on some corpus, whatever became of the peers."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        work = Path(temporary)
        if options.growth:
            return _growth(work, options.runs)
        tools = [ours(), *_peers(options.peers, wanted=not options.without_peers)]
        corpora = _corpora(work, options.sizes, plan=options.plan)
        corpora |= {each.name: each.resolve() for each in options.targets}
        print(HEAD)
        results = {}
        for label, target in corpora.items():
            results[label] = _compare(tools, target, work, options.runs)
            print("\n".join(_rows(label, results[label])), flush=True)  # the next corpus may take long
        print("\n" + "\n".join(_budgets(results)))
    return int(any(measured[0].best is None for measured in results.values()))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.terraform", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", type=Path, nargs="*", metavar="TARGET", help="directories or plans of your own")
    parser.add_argument("--sizes", type=_sizes, default=(64, 500, 5000), help="of the estates, such as 64,500")
    parser.add_argument("--plan", action="store_true", help="also scan the estates as plans")
    parser.add_argument("--growth", action="store_true", help="hipaa-guard alone, up to 50,000 resources")
    parser.add_argument("--runs", type=int, default=3, help="of each tool on each corpus (default: 3)")
    parser.add_argument("--peers", type=Path, default=cache(), help="where they are installed (default: %(default)s)")
    parser.add_argument("--without-peers", action="store_true", help="hipaa-guard alone")
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


def _peers(directory: Path, *, wanted: bool) -> Iterator[Tool]:
    for name, prepare in PEERS.items() if wanted else ():
        try:
            yield prepare(directory.resolve())
        except (Missing, OSError, subprocess.CalledProcessError) as error:
            print(f"{name} is missing: {error}\n")


def _corpora(work: Path, sizes: Sequence[int], *, plan: bool) -> dict[str, Path]:
    """Write the estates, each by a process of its own: see `benchmarks.measure.run`."""
    corpora = {}
    for size in sizes:
        directory = work / f"estate-{size}"
        command = [sys.executable, "-m", "benchmarks.corpus", str(directory), "--resources", str(size)]
        subprocess.run(command, check=True, cwd=HERE)
        corpora[f"{size} resources"] = directory / "hcl"
        if plan:
            corpora[f"{size} resources, plan"] = directory / "plan.json"
    return corpora


def _compare(tools: Sequence[Tool], target: Path, work: Path, runs: int) -> list[Measured]:
    """All tools on one corpus, in turn."""
    outputs = [Path(tempfile.mkdtemp(dir=work)) / "out.json" for _ in tools]
    taken: list[list[Run]] = [[] for _ in tools]
    for _ in range(runs):
        for tool, output, own in zip(tools, outputs, taken, strict=True):
            if all(each.exit_code in tool.fine for each in own):  # what failed once is not waited for again
                own.append(run(tool.command(target), output))
    return [
        Measured(tool, output, best(own) if own[-1].exit_code in tool.fine else None, own[-1].exit_code)
        for tool, output, own in zip(tools, outputs, taken, strict=True)
    ]


def _rows(label: str, measured: Sequence[Measured]) -> Iterator[str]:
    own = measured[0].best
    for each in measured:
        yield f"| {label} | {each.tool.name} | {' | '.join(_cells(each, own))} |"


def _cells(measured: Measured, own: Best | None) -> list[str]:
    took = measured.best
    if took is None:
        return [f"failed, exit code {measured.exit_code}", *("–" * 5)]
    seen = read_apart(measured.tool.seen, measured.output)
    return [
        f"{took.wall:.2f} / {took.median:.2f}",
        f"{took.cpu:.2f}",
        f"{took.memory:.0f}",
        f"{took.wall / own.wall:.1f} / {took.cpu / own.cpu:.1f}" if own else "–",
        "–" if seen is None else f"{seen.failing:,}",
        "–" if seen is None or seen.resources is None else f"{seen.resources:,}",
    ]


def _budgets(results: Mapping[str, Sequence[Measured]]) -> Iterator[str]:
    """What was aimed at on a quiet machine, and whether this run shows it."""
    for label, measured in results.items():
        own = measured[0].best
        if own is None:
            continue
        if label in SECONDS:
            yield judged(f"{label}: {own.wall:.2f} s of {SECONDS[label]} s", own.wall <= SECONDS[label])
        if label in MEBIBYTES:
            yield judged(f"{label}: {own.memory:.0f} MiB of {MEBIBYTES[label]} MiB", own.memory <= MEBIBYTES[label])
        for peer in measured[1:]:
            if peer.best is not None and peer.tool.name.startswith("Checkov"):
                times = min(peer.best.wall / own.wall, peer.best.cpu / own.cpu)
                yield judged(f"{label}: {times:.1f} times faster than Checkov", times >= TIMES_FASTER)
                yield judged(f"{label}: less memory than Checkov", own.memory < peer.best.memory)


def _growth(work: Path, runs: int) -> int:
    """What each thousand resources costs, at sizes far apart: the same at all of them if growth is linear."""
    print("| resources | cpu s | peak MiB | cpu s per 1,000 | MiB per 1,000 |\n|---|---|---|---|---|")
    for label, target in _corpora(work, GROWTH, plan=False).items():
        took = _compare([ours()], target, work, runs)[0].best
        if took is None:
            print(f"| {label} | failed | – | – | – |")
            return 1
        thousands = int(label.partition(" ")[0]) / 1000
        share = f"{took.cpu / thousands:.2f} | {took.memory / thousands:.1f}"
        print(f"| {thousands * 1000:,.0f} | {took.cpu:.2f} | {took.memory:.0f} | {share} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
