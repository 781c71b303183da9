"""Broken policies outside of a judgement: what they print, how they are shown, and what comes before and after a scan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.testing import aws_account
from tests.controls.broken import GOOD, HEAD, NAME, Row, declared
from tests.controls.broken_policies.configuration import HCL, INCOMPLETE, USAGE

# --- what is printed ------------------------------------------------------------------------------------------------

PRINTING = "print('loaded')\n" + GOOD.format(id="own_prints").replace("    return", "    print('judging')\n    return")


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "terraform", "tf", "-q", "-o", "json", "-c", "own_prints"],
        ["controls", "list", "--json"],
        ["iam-policy", "-c", "own_prints"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_a_policy_prints_stands_on_stderr(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (here / "policies").mkdir()
    (here / "policies" / "mine.py").write_text(HEAD + PRINTING)
    assert run([*arguments, "--policies", "policies"]) == 0
    out, err = capsys.readouterr()
    json.loads(out)
    assert "loaded" in err
    assert ("judging" in err) is (arguments[0] == "scan")


def test_an_interrupt_that_a_policy_raises_stops_the_scan(here: Path) -> None:
    row = Row("", "x = 1  # here", "")
    row.write(here / "policies")
    mine = here / "policies" / "mine.py"
    mine.write_text(mine.read_text().replace("    return", "    raise KeyboardInterrupt\n    return", 1))
    assert run(["scan", "terraform", "tf", "--policies", "policies", "-q", "-c", "own_before"]) == 130


# --- one control that is asked for ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [["explain"], ["controls", "show"]], ids=" ".join)
def test_one_that_is_shown_is_named_with_its_place(
    here: Path, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    place = declared("", "", severity='"hihg"').write(here / "policies")
    assert run([*verb, NAME, "--policies", "policies"]) == USAGE
    assert f"{place}: {NAME}: severity 'hihg'" in capsys.readouterr().err
    assert run([*verb, "own_before", "--policies", "policies"]) == 0


def test_its_id_is_not_given_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    declared("", "", severity='"hihg"').write(here / "policies")
    assert run(["policies", "new", NAME, "--kind", "ebs.Volume", "--directory", "policies"]) == USAGE
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--dry-run", "--preflight"])
def test_what_comes_before_a_scan_says_it(here: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    place = declared("", "", severity='"hihg"').write(here / "policies")
    with aws_account():
        code = run(
            ["scan", "aws", option, "--regions", "us-east-1", "--policies", "policies", "-c", "own_before", "-c", NAME]
        )
    assert code == INCOMPLETE
    assert place in capsys.readouterr().err


def test_the_policy_of_iam_says_that_its_actions_are_missing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = declared("", "", severity='"hihg"').write(here / "policies")
    assert run(["iam-policy", "--policies", "policies"]) == INCOMPLETE
    out, err = capsys.readouterr()
    assert place in err
    assert json.loads(out)["Statement"]


def test_a_gap_is_not_gone_because_its_control_broke(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "tf" / "main.tf").write_text(HCL.replace("true", "false"))
    row = declared("", "")
    row.write(here / "policies")
    mine = here / "policies" / "mine.py"
    mine.write_text(mine.read_text().replace("return passed('is fine')", "return failed('is bad')"))
    scan = ["scan", "terraform", "tf", "--policies", "policies", "-q", "-c", NAME, "-o"]
    assert run([*scan, "json=before.json"]) == 1
    mine.write_text(mine.read_text().replace("return failed('is bad')", "x"))
    assert run([*scan, "json=judging.json"]) == INCOMPLETE
    mine.write_text(mine.read_text().replace("HIGH, hipaa", "'hihg', hipaa", 2))
    assert run([*scan, "json=declared.json"]) == INCOMPLETE
    for after in ("judging.json", "declared.json"):
        capsys.readouterr()
        run(["diff", "before.json", after, "-o", "json"])
        (change,) = json.loads(capsys.readouterr().out)["findings"]
        assert change["change"] == "no longer evaluated"
