"""Two results beside each other: what became of each finding, and how it is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.assessment.diff import Change, Comparison, compare
from hipaa_guard.outputs.comparison.difference import as_json, as_text
from hipaa_guard.outputs.json.writing import parse, render
from tests.lifecycle.diff.results import LOGS, ON, PHI, UNKNOWN, changes, two
from tests.lifecycle.register_text import entry, scan, tree


@pytest.mark.parametrize(
    "before, after, change, stops",
    [
        ("", PHI, Change.NEW, True),
        (PHI + UNKNOWN, PHI, Change.NEW, True),
        (PHI + ON, PHI, Change.REGRESSED, True),
        (PHI, PHI, Change.UNCHANGED, False),
        (PHI + UNKNOWN, PHI + UNKNOWN, Change.UNCHANGED, False),
        (PHI, PHI + ON, Change.FIXED, False),
        (PHI + UNKNOWN, PHI + ON, Change.SETTLED, False),
        (PHI, PHI + UNKNOWN, Change.NOT_EVALUATED, False),
        (PHI + ON, PHI + UNKNOWN, Change.NOT_EVALUATED, False),
        ("", PHI + UNKNOWN, Change.NEW, False),
        (PHI, "# nothing is left\n", Change.GONE, False),
    ],
)
def test_what_became_of_a_finding(before: str, after: str, change: Change, stops: bool, tmp_path: Path) -> None:
    comparison = two(tmp_path, before or "# nothing yet\n", after)
    (difference,) = comparison.differences
    assert (difference.change, difference.stops) == (change, stops)
    assert comparison.counts()[change] == 1


def test_what_passes_in_both_is_not_told(tmp_path: Path) -> None:
    assert two(tmp_path, PHI + ON, PHI + ON).differences == ()
    assert two(tmp_path, PHI + ON, "# gone\n").differences == ()


# --- exceptions ----------------------------------------------------------------------------------------------------


def test_exceptions_that_were_added_and_that_ended(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main=PHI)
    plain, covered = scan(directory), scan(directory, entry())
    for before, after, added, ended in ((plain, covered, 1, 0), (covered, plain, 0, 1), (covered, covered, 0, 0)):
        comparison = compare(before, after)
        assert (len(comparison.accepted), len(comparison.ended)) == (added, ended)
        assert changes(comparison) == {"aws_s3_bucket.phi": Change.UNCHANGED}


def test_a_new_gap_under_an_exception_does_not_stop(tmp_path: Path) -> None:
    comparison = compare(
        scan(tree(tmp_path / "was", main=LOGS)), scan(tree(tmp_path / "now", main=LOGS + PHI), entry())
    )
    (difference,) = (d for d in comparison.differences if d.change is Change.NEW)
    assert not difference.stops
    assert comparison.accepted == (difference.after,)


# --- outputs -------------------------------------------------------------------------------------------------------


def test_in_words(comparison: Comparison) -> None:
    text = as_text(comparison)
    heads = [
        line.partition(":")[0] for line in text.splitlines() if line.isupper() or line.startswith(("GONE", "FIXED"))
    ]
    assert heads == ["NEW", "FIXED", "GONE", "EXCEPTION ADDED"]
    assert text.splitlines()[-1] == "1 new failure; 1 finding was fixed."
    assert "1 new, 0 regressed, 1 fixed, 0 settled, 1 gone, 0 no longer evaluated, 1 unchanged." in text
    assert "[exception EX-1]" in text


def test_as_json(comparison: Comparison) -> None:
    document = json.loads(as_json(comparison))
    assert document["diff_version"] == "1.0"
    assert (
        document["summary"] | {"new": 1, "fixed": 1, "gone": 1, "unchanged": 1, "new_failures": 1}
        == document["summary"]
    )
    assert document["summary"]["exceptions_added"] == 1
    rows = {row["resource"]["address"]: row for row in document["findings"]}
    assert (rows["aws_s3_bucket.phi"]["before"], rows["aws_s3_bucket.phi"]["after"]) == ("fail", "pass")
    assert rows["aws_s3_bucket.old"]["after"] is None
    assert rows["aws_s3_bucket.logs"]["exception"] == "EX-1"
    assert as_json(comparison) == as_json(comparison)


def test_results_that_were_saved_compare_alike(comparison: Comparison) -> None:
    again = compare(*(parse(render(each)) for each in (comparison.before, comparison.after)))
    assert as_json(again) == as_json(comparison)
    assert as_text(again) == as_text(comparison)


def test_hostile_names_are_harmless(tmp_path: Path) -> None:
    key = 'resource "aws_s3_bucket" "x" {\n  for_each = toset(["\\u001b[31m\\u202e"])\n}\n'
    comparison = two(tmp_path, "# nothing\n", key)
    for text in (as_text(comparison), as_json(comparison)):
        assert not any(sign in text for sign in ("\x1b", "\u202e"))
