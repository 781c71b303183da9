"""How long the command line takes: ``python -m benchmarks.startup [DIRECTORY]...``.

Each command runs in a process of its own, in turn with the others, and the best of several runs is shown beside that of
a bare ``python -c pass`` of the same run: the ratio is what can be compared between machines.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import write

RUNS = 7
HERE = Path(__file__).parents[1]


def once(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=HERE)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return wall, cpu


def main(directories: list[str]) -> int:
    guard = [sys.executable, "-m", "hipaa_guard"]
    with tempfile.TemporaryDirectory() as temporary:
        corpora = {f"{size}-resources": write(Path(temporary) / str(size), size).directory for size in (64, 5000)}
        commands = {"python -c pass": [sys.executable, "-c", "pass"], "--version": [*guard, "--version"]}
        corpora |= {path.name: path for path in (HERE / "examples" / "telehealth", *map(Path, directories))}
        for label, directory in corpora.items():
            commands[f"scan {label}"] = [*guard, "scan", "terraform", str(directory), "-o", f"json={os.devnull}"]
        best: dict[str, tuple[float, float]] = {}
        for _ in range(RUNS):
            for label, command in commands.items():
                wall, cpu = once(command)
                known = best.get(label, (wall, cpu))
                best[label] = (min(wall, known[0]), min(cpu, known[1]))
    floor = best["python -c pass"][0]
    print(f"{'command':<34} {'wall s':>8} {'cpu s':>8} {'x python':>9}")
    for label, (wall, cpu) in best.items():
        print(f"{label:<34} {wall:8.3f} {cpu:8.3f} {wall / floor:9.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
