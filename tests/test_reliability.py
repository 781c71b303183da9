"""The page of figures tells of the tables as they are."""

from __future__ import annotations

import re

from tests import reliability


def test_the_page_tells_what_is_tried() -> None:
    # How many operations there were is measured: with each service there are more, tried by the tests all the same.
    page = re.sub(r"\d+ operations|\d+ of them", "N", reliability.PAGE.read_text(encoding="utf-8"))
    for line in reliability.facts():
        assert f"- {re.sub(r'[0-9]+ operations|[0-9]+ of them', 'N', line)}\n" in page, (
            "run `python -m tests.reliability`"
        )


def test_the_page_tells_of_every_suite_and_target_and_that_nothing_was_lost() -> None:
    page = reliability.PAGE.read_text(encoding="utf-8")
    for what in (*reliability.SUITES.values(), *reliability.TARGETS.values()):
        line = next(line for line in page.splitlines() if line.startswith("|") and what in line)
        assert line.endswith("| 0 |"), line
        assert "| 0 | 0 |" not in line, "nothing was tried"
