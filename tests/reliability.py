"""``python -m tests.reliability``: breaks every operation in every way, damages inputs, and writes down what came of it.

The figures go into ``docs/reliability.md``, between its two marks. Exits 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.aws.faults import BREAKDOWNS
from tests.aws.raw_line import SPOILS
from tests.aws.test_faults import pages, readers

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
MARKS = "<!-- figures -->\n", "<!-- end of figures -->\n"

SUITES = {
    "tests/aws/test_faults.py": "AWS refuses, throttles or breaks off",
    "tests/aws/test_spoilt_answers.py": "something else comes instead of an answer",
    "tests/aws/test_raw_answers.py": "forms that are no answer, before anything is parsed",
    "tests/aws/test_typed_answers.py": "members of a wrong type",
    "tests/aws/test_dropped.py": "a member is missing from whole answers",
    "tests/aws/test_siblings.py": "a bulk call is denied, and what stands in for it",
    "tests/aws/bounds": "bodies, lists and requests without an end",
    "tests/aws/ledger": "damaged, foreign and old ledgers",
}
TARGETS = {
    "trees": "random damage: trees, plans and states",
    "settings": "random damage: settings and registers of exceptions",
    "answers": "random damage: answers of AWS",
    "ledgers": "random damage: ledgers of interrupted scans",
}


def main() -> int:
    """Run everything; with ``--seconds`` so long for each target of the fuzzer."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="for each kind of damaged input")
    parser.add_argument("--seed", type=int, default=1, help="where the damaged inputs begin")
    options = parser.parse_args()
    tried = _cases() | {what: _fuzzed(target, options.seconds, options.seed) for target, what in TARGETS.items()}
    before, _, after = _parts(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(before + "\n".join(_table(tried)) + "\n" + after, encoding="utf-8")
    return 1 if any(broken for _, broken in tried.values()) else 0


def facts() -> list[str]:
    """What is tried, by the tables: lines that stand in the page."""
    paged = sum(1 for paging in pages().values() if paging is not None)
    return [
        f"{len(readers())} operations, all that a scan for all controls made when this was measured; {paged} of them have pages.",
        f"{len(BREAKDOWNS)} ways of being refused: {', '.join(BREAKDOWNS)}.",
        f"{len(SPOILS)} spoilt forms: {', '.join(SPOILS)}.",
    ]


def _table(tried: dict[str, tuple[int, int]]) -> Iterator[str]:
    yield from ("", *(f"- {line}" for line in facts()), "")
    yield "| cases | tried | not as promised |"
    yield "|---|---:|---:|"
    for what, (cases, broken) in tried.items():
        yield f"| {what} | {cases:,} | {broken:,} |"
    yield ""


def _cases() -> dict[str, tuple[int, int]]:
    """What each suite tries -> how many cases were tried, and how many of them did not pass."""
    with TemporaryDirectory() as directory:
        report = Path(directory) / "cases.xml"
        command = [sys.executable, "-m", "pytest", "-n", "auto", f"--junitxml={report}", *SUITES]
        subprocess.run(command, check=False)
        found: dict[str, list[bool]] = {}
        for case in ET.parse(report).iter("testcase"):
            place = Path(f"{case.get('classname', '').replace('.', '/')}.py")
            suite = next((each for each in map(str, (place, *place.parents)) if each in SUITES), str(place))
            found.setdefault(suite, []).append(len(case) == 0)
    missing = [suite for suite in SUITES if not found.get(suite)]
    if missing:
        raise SystemExit(f"no case of {', '.join(missing)} was tried")
    return {f"[{what}](../{suite})": (len(found[suite]), found[suite].count(False)) for suite, what in SUITES.items()}


def _fuzzed(target: str, seconds: float, seed: int) -> tuple[int, int]:
    """How many cases were tried and how many promises broken."""
    command = [sys.executable, "-m", "tests.fuzz", "--target", target, "--seconds", str(seconds), "--seed", str(seed)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(ended.stdout)
    found = re.search(r"(\d+) cases, (\d+) broken promises", ended.stdout)
    if found is None:
        raise SystemExit(f"{' '.join(command)} ended without its figures (exit code {ended.returncode})")
    if not int(found[1]):
        raise SystemExit(f"{' '.join(command)} tried nothing")
    return int(found[1]), int(found[2])


def _parts(page: str) -> tuple[str, str, str]:
    """What stands before the figures, the figures, and what stands after them."""
    before, begin, rest = page.partition(MARKS[0])
    figures, end, after = rest.partition(MARKS[1])
    if not (begin and end):
        raise SystemExit(f"{PAGE} has not both marks: {' and '.join(mark.strip() for mark in MARKS)}")
    return before + begin, figures, end + after


if __name__ == "__main__":
    sys.exit(main())
