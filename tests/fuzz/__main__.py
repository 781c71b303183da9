"""``python -m tests.fuzz``: cases until the time is over. Exits 1, with each broken promise and a small case, if any."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from tests.fuzz import answers, ledgers, settings_files
from tests.fuzz.checking import Broken, check
from tests.fuzz.making import Case, make
from tests.fuzz.shrinking import shrunk


def main() -> int:
    """Run cases of consecutive numbers; each number is a case of its own, whatever came before it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1, help="where to begin")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--cases", type=int, default=10**9, help="most cases")
    parser.add_argument("--target", choices=["trees", *TARGETS], default="trees", help="what is damaged")
    parser.add_argument("--print", action="store_true", help="print each case instead of scanning it")
    options = parser.parse_args()
    end = monotonic() + options.seconds
    if options.target != "trees":
        return _others(options, end)
    broken: dict[str, str] = {}
    digest = hashlib.sha256()
    number = options.first
    while number < options.first + options.cases and monotonic() < end:
        case = make(Random(f"{options.seed}/{number}"))
        if options.print:
            _show(case)
        else:
            digest.update(_run(case, f"--seed {options.seed} --first {number} --cases 1", broken).encode())
        number += 1
    print(f"{number - options.first} cases, {len(broken)} broken promises, reports {digest.hexdigest()[:16]}")
    return 1 if broken else 0


def _others(options: argparse.Namespace, end: float) -> int:
    """Cases of another target, as `main`; of a broken promise the numbers are printed that make its case."""
    number = options.first
    broken: set[str] = set()
    with TARGETS[options.target]() as check:
        while number < options.first + options.cases and monotonic() < end:
            try:
                check(Random(f"{options.seed}/{number}"))
            except Broken as error:
                if error.promise not in broken:
                    broken.add(error.promise)
                    print(f"=== --target {options.target} --seed {options.seed} --first {number} --cases 1\n{error}")
            number += 1
    print(f"{number - options.first} cases, {len(broken)} broken promises")
    return 1 if broken else 0


@contextmanager
def _settings() -> Iterator[Callable[[Random], None]]:
    with TemporaryDirectory() as name, chdir(name):
        project = Path(name)
        (project / "infra").mkdir()
        (project / "infra" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
        with Path(os.devnull).open("w") as null, redirect_stdout(null), redirect_stderr(null):
            yield lambda random: settings_files.check(*settings_files.make(random), project)


@contextmanager
def _answers() -> Iterator[Callable[[Random], None]]:
    with answers.hospital() as account:
        yield lambda random: answers.check(random, account)


@contextmanager
def _ledgers() -> Iterator[Callable[[Random], None]]:
    with TemporaryDirectory() as name:
        yield lambda random: ledgers.check(random, Path(name))


TARGETS: dict[str, Callable[[], AbstractContextManager[Callable[[Random], None]]]] = {
    "settings": _settings,
    "answers": _answers,
    "ledgers": _ledgers,
}


def _run(case: Case, how: str, broken: dict[str, str]) -> str:
    """The report of a case; a promise that it is the first to break is explained."""
    try:
        return check(case)
    except Broken as error:
        if error.promise not in broken:
            broken[error.promise] = how
            print(f"=== {how}\n{error}")
            _show(case if case.planted and "secret" in error.promise else shrunk(case, _breaks(error.promise)))
            sys.stdout.flush()
        return error.promise


def _breaks(promise: str) -> Callable[[Case], bool]:
    """Whether a case breaks this promise too."""

    def breaks(case: Case) -> bool:
        try:
            check(case)
        except Broken as error:
            return error.promise == promise
        return False

    return breaks


def _show(case: Case) -> None:
    for name, data in case.files.items():
        print(f"--- {name}\n{data.decode('utf-8', 'backslashreplace')[:4000]}")


if __name__ == "__main__":
    sys.exit(main())
