"""What the runs of a scanner took, as rows of a table, and which budgets are met by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measure import Best, Run, best, judged
from benchmarks.tools import Tool, read_apart

_COLUMNS = (
    *("account", "scanner", "calls", "in flight", "wall s, min / median", "cpu s", "peak MiB"),
    *("x ours, calls / wall", "failing", "resources"),
)
HEAD = f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|"
SECONDS = {"estate": 3.0, "regions": 5.0, "buckets": 15.0}
MEBIBYTES = {"estate": 250, "regions": 250}
"""What a scan may take on a quiet machine, by the name of its scenario."""
TIMES_FASTER = 8
TIMES_FEWER_CALLS = 5
"""Than Prowler's HIPAA run, for the facts that both read."""


@dataclass
class Measured:
    """One scanner on one account. Counts are those of the run that made the most calls."""

    tool: Tool
    report: Path
    runs: list[Run] = field(default_factory=list)
    calls: Mapping[str, int] = field(default_factory=dict)
    in_flight: int = 0
    passed_on: int = 0
    exit_code: int = 0

    def add(self, taken: Run, told: Mapping[str, Any], *, counts: bool) -> None:
        """Note a run and what the proxy told of it; one that does not count only for its exit code."""
        self.exit_code = taken.exit_code
        if not counts:
            return
        self.runs.append(taken)
        self.in_flight = max(self.in_flight, told["peak_in_flight"])
        self.passed_on = max(self.passed_on, told["passed_on"])
        self.calls = max(self.calls, told["calls"], key=lambda calls: sum(calls.values()))

    @property
    def failed(self) -> bool:
        return self.exit_code not in self.tool.fine

    @property
    def best(self) -> Best | None:
        return None if self.failed or not self.runs else best(self.runs)

    @property
    def total(self) -> int:
        """All calls of a run."""
        return sum(self.calls.values())


def row(label: str, measured: Measured, own: Measured) -> str:
    return f"| {label} | {measured.tool.name} | {' | '.join(_cells(measured, own))} |"


def _cells(measured: Measured, own: Measured) -> list[str]:
    took = measured.best
    if took is None:
        return [f"failed, exit code {measured.exit_code}", *("–" * 7)]
    seen = read_apart(measured.tool.seen, measured.report)
    return [
        f"{measured.total:,}",
        str(measured.in_flight),
        f"{took.wall:.1f} / {took.median:.1f}",
        f"{took.cpu:.1f}",
        f"{took.memory:.0f}",
        f"{measured.total / own.total:.1f} / {took.wall / own.best.wall:.1f}" if own.best else "–",
        "–" if seen is None else f"{seen.failing:,}",
        "–" if seen is None or seen.resources is None else f"{seen.resources:,}",
    ]


def budgets(results: Mapping[str, Sequence[Measured]]) -> Iterator[str]:
    """What was aimed at on a quiet machine, and whether this run shows it."""
    for name, measured in results.items():
        own = measured[0].best
        if own is None:
            continue
        yield judged(f"{name}: {own.wall:.1f} s of {SECONDS[name]:.0f} s", own.wall <= SECONDS[name])
        if name in MEBIBYTES:
            yield judged(f"{name}: {own.memory:.0f} MiB of {MEBIBYTES[name]} MiB", own.memory <= MEBIBYTES[name])
        if len(measured) > 2:
            _, hipaa, common, same = measured
            yield from _beside(f"{name}, for what both judge, than {hipaa.tool.name}", common, hipaa)
            yield from _beside(f"{name}, for what both judge, than {same.tool.name}", common, same)


def _beside(label: str, own: Measured, peer: Measured) -> Iterator[str]:
    if own.best is None or peer.best is None:
        return
    faster, fewer = peer.best.wall / own.best.wall, peer.total / own.total
    yield judged(f"{label}: {faster:.1f} times faster", faster >= TIMES_FASTER)
    yield judged(f"{label}: {fewer:.1f} times fewer calls", fewer >= TIMES_FEWER_CALLS)
