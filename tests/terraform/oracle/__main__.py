"""How far our evaluator agrees with Terraform on a generated corpus.

    python -m tests.terraform.oracle --seed 1 --count 2000

prints how many cases of each category came out how, and writes all disagreements to a file. `--record` keeps the cases
and Terraform's answers, for the tests.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from tests.terraform.oracle import recording
from tests.terraform.oracle.cases import Case
from tests.terraform.oracle.comparison import SETTLED, Outcome, ours
from tests.terraform.oracle.corpus import CATEGORIES, RECORDED_SIZES, Category
from tests.terraform.oracle.recording import Judged
from tests.terraform.oracle.terraforms import ask

BATCH = 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.terraform.oracle", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000, help="cases of each category")
    parser.add_argument("--category", choices=sorted(CATEGORIES), action="append")
    parser.add_argument("--write", type=Path, default=Path("disagreements.txt"))
    parser.add_argument("--record", action="store_true", help="keep the answers to a fixed number of cases")
    options = parser.parse_args()
    found: list[Judged] = []
    for category in options.category or CATEGORIES:
        count = RECORDED_SIZES[category] if options.record else options.count
        its = judged(CATEGORIES[category].cases(options.seed, count), CATEGORIES[category])
        tally = Counter(one.outcome for one in its)
        print(f"{category}, seed {options.seed}:")
        for outcome in reversed(Outcome):
            print(f"  {tally[outcome]:6} {outcome}", flush=True)
        found += its
    options.write.write_text("\n".join(sorted(map(told, found))).lstrip("\n"), encoding="utf-8")
    if options.record:
        recording.write(found)


def judged(cases: list[Case], category: Category) -> list[Judged]:
    """Each case with Terraform's answers and ours."""
    found: list[Judged] = []
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        directory = Path(tempfile.mkdtemp())
        try:
            answers = ask(batch, category.prelude, directory / "theirs", apply=category.apply)
            found += recording.judged(batch, answers, ours(batch, category.prelude, directory / "ours"))
        finally:
            shutil.rmtree(directory)
    return found


def told(one: Judged) -> str:
    """A disagreement for people; empty where there is none."""
    if one.outcome in SETTLED:
        return ""
    files = "\n".join(f"--- {name}\n{text}" for name, text in one.case.files.items())
    return f"=== {one.outcome}\n{files}{one.shown}\n{one.why}\n"


if __name__ == "__main__":
    main()
