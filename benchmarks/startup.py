"""How long the command line takes: ``python -m benchmarks.startup [DIRECTORY]...``.

Each command runs in a process of its own, in turn with the others, and the best of several runs is shown beside that of
a bare ``python -c pass`` of the same run: the ratio is what can be compared between machines. Modules are compiled
before, whatever the environment says of bytecode: an installation has them compiled.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import write
from benchmarks.measure import judged

RUNS = 7
ROOTS = 50
HERE = Path(__file__).parents[1]
GUARD = [sys.executable, "-m", "hipaa_guard"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
BUDGETS = {"--version": 3, "scan 64-resources": 10, "scan 5000-resources": 60}
"""How many times as long as a bare interpreter a command may take."""
CHANGED = f"one changed file of {ROOTS} roots"
ASKED = "one changed file, as git tells"
SMALL = "one changed file of telehealth, as git tells"
SECONDS = {ASKED: 0.3, SMALL: 0.3}
"""How many seconds a command may take: somebody waits for it in an editor."""


def once(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    null = subprocess.DEVNULL
    subprocess.run(command, stdout=null, stderr=null, check=False, cwd=HERE, env=ENVIRONMENT)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return wall, cpu


def scanned(directory: Path) -> list[str]:
    """The command that scans a directory."""
    return [*GUARD, "scan", "terraform", str(directory), "-o", f"json={os.devnull}"]


def roots(repository: Path) -> Path:
    """A repository of 5,000 resources in many root modules, each with a module of its own."""
    for number in range(ROOTS):
        write(repository / f"root{number}", 5000 // ROOTS, seed=number)
    return repository


def changed(repository: Path) -> Path:
    """One file of it, in a module that one root calls."""
    return repository / "root7" / "hcl" / "modules" / "unit1" / "part0.tf"


def committed(repository: Path, file: Path) -> Path:
    """A repository with all of its files in a commit, and one of them changed after it."""
    who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(["git", "-C", str(repository), *arguments], check=True)
    with file.open("a") as text:
        text.write("# changed\n")
    return repository


def telehealth(directory: Path) -> Path:
    """A copy of the example without the modules and states that Terraform keeps beside it."""
    ignored = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    return Path(shutil.copytree(HERE / "examples" / "telehealth", directory, ignore=ignored))


def main(directories: list[str]) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        corpora = {f"{size}-resources": write(Path(temporary) / str(size), size).directory for size in (64, 5000)}
        commands = {"python -c pass": [sys.executable, "-c", "pass"], "--version": [*GUARD, "--version"]}
        # A program that is not there would be measured as a fast one.
        subprocess.run(commands["--version"], check=True, cwd=HERE, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        corpora |= {path.name: path for path in (HERE / "examples" / "telehealth", *map(Path, directories))}
        for label, directory in corpora.items():
            commands[f"scan {label}"] = scanned(directory)
        repository = roots(Path(temporary) / "repository")
        commands[CHANGED] = [*scanned(repository), "--changed", str(changed(repository))]
        commands[ASKED] = [*scanned(committed(repository, changed(repository))), "--changed"]
        small = telehealth(Path(temporary) / "telehealth")
        commands[SMALL] = [*scanned(committed(small, small / "data.tf")), "--changed"]
        best: dict[str, tuple[float, float]] = {}
        for command in commands.values():
            once(command)
        for _ in range(RUNS):
            for label, command in commands.items():
                wall, cpu = once(command)
                known = best.get(label, (wall, cpu))
                best[label] = (min(wall, known[0]), min(cpu, known[1]))
    floor = best["python -c pass"][0]
    print(f"{'command':<44} {'wall s':>8} {'cpu s':>8} {'x python':>9}")
    for label, (wall, cpu) in best.items():
        print(f"{label:<44} {wall:8.3f} {cpu:8.3f} {wall / floor:9.1f}")
    for label, times in BUDGETS.items():
        print(judged(f"{label} within {times} times python -c pass", best[label][0] <= times * floor))
    for label, seconds in SECONDS.items():
        print(judged(f"{label} within {seconds} s", best[label][0] <= seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
