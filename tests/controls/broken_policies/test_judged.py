"""A policy of one's own that is broken breaks alone, by name, with its file and line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.controls.loading import load
from hipaa_guard.testing import ACCOUNT
from tests.controls.broken import FILES, JUDGING, NAME, ROWS, Row
from tests.controls.broken_policies.configuration import HCL, INCOMPLETE, USAGE, each_row, wanted


def told_of(row: Row, place: str, result: dict[str, Any]) -> None:
    """What is said of a scan in which all is known but what the row breaks."""
    said = {
        gap["subject"]: gap["reason"] for gap in result["coverage"]["gaps"] if gap["kind"] == "policy cannot be used"
    }
    statuses = {finding["control_id"]: finding for finding in result["findings"]}
    if row.judging:
        finding = statuses.pop(NAME)
        assert (finding["status"], finding["cause"]) == ("unknown", "policy of one's own failed")
        assert f"({place})" in finding["message"]
        assert row.says in finding["message"]
        assert "Traceback" in finding["error"]
        assert said == {}
    else:
        assert tuple(sorted(said)) == tuple(sorted(row.names or [place]))
        assert all(row.says in reason for reason in said.values())
        assert all(place in f"{subject} {reason}" for subject, reason in said.items())
    assert {id: finding["status"] for id, finding in statuses.items() if id.startswith("own")} == dict.fromkeys(
        {*row.beside, "own_other"}, "pass"
    )
    assert result["gate"]["exit_code"] == INCOMPLETE
    assert result["gate"]["reasons"][0].startswith("The scan is incomplete: ")
    assert not result["gate"]["passed"]


@each_row
def test_in_a_scan_of_source_it_is_unknown_and_all_else_is_judged(
    here: Path, capsys: pytest.CaptureFixture[str], row: Row
) -> None:
    place = row.write(here / "policies")
    code = run(["scan", "terraform", "tf", "--policies", "policies", "-q", "-o", "json", *wanted(row)])
    out, err = capsys.readouterr()
    assert code == INCOMPLETE
    told_of(row, place, json.loads(out))
    assert "Traceback" not in err
    assert row.judging or place in err


@each_row
def test_in_a_scan_of_an_account_it_is_unknown_and_all_else_is_judged(
    here: Path, account: Path, capsys: pytest.CaptureFixture[str], row: Row
) -> None:
    place = row.write(here / "policies")
    code = run(["scan", "aws", "--replay", str(account), "--policies", "policies", "-q", "-o", "json", *wanted(row)])
    out, err = capsys.readouterr()
    assert code == INCOMPLETE
    result = json.loads(out)
    assert result["scan"]["account"] == ACCOUNT
    told_of(row, place, result)
    assert "Traceback" not in err


TABLE = """from pathlib import Path
from hipaa_guard.testing import PASS, UNKNOWN, Case, cases
HCL = {hcl!r}
test_all = cases(
    *(Case(id, "fine", PASS, terraform=HCL) for id in {passing!r}),
    *(Case(id, "not known", UNKNOWN, terraform=HCL.replace("true", "var.x") + 'variable "x" {{}}') for id in {passing!r}),
    Case({broken!r}, "not known", UNKNOWN, terraform=HCL),
    policies=[Path(__file__).parent],
)
"""


@each_row
def test_policies_test_names_it_as_an_error_and_tests_all_else(
    here: Path, capsys: pytest.CaptureFixture[str], row: Row
) -> None:
    place = row.write(here / "policies")
    passing = [each for each in (*row.beside, "own_other") if each not in (*row.names, "own_family", NAME)]
    broken = NAME if row.judging else (row.names or ("own_lost",))[0]
    (here / "policies" / "test_all.py").write_text(TABLE.format(hcl=HCL, passing=passing, broken=broken))
    code = run(["policies", "test", "policies", "-v"])
    out, err = capsys.readouterr()
    assert "INTERNAL" not in err
    if row.judging:
        assert code == 1
        (fault,) = [line for line in err.splitlines() if line.startswith(f"terraform - {NAME}")]
        assert "the control broke" in fault
    else:
        assert code == USAGE
        said = [line for line in err.splitlines() if line.startswith("error: ")]
        (fault, *_) = [line for line in said if place in line]
        assert all(any(f": {name}: " in line for line in said) for name in row.names)
    assert place in fault
    assert row.says in fault
    for id in passing:
        assert f"ok      terraform - {id}: fine" in out
        assert f"ok      terraform - {id}: not known" in out


def test_pytest_runs_the_cases_of_all_else(here: Path) -> None:
    place = ROWS[0].write(here / "policies")
    passing = ["own_before", "own_after", "own_other"]
    (here / "policies" / "test_all.py").write_text(TABLE.format(hcl=HCL, passing=passing, broken=NAME))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", "temporary", "policies"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=here)
    assert "1 failed, 6 passed" in told.stdout, told.stdout
    assert f"ControlError: {place}: {NAME}: severity 'hihg' is none" in told.stdout


@each_row
def test_controls_list_names_it_and_lists_all_else(here: Path, capsys: pytest.CaptureFixture[str], row: Row) -> None:
    place = row.write(here / "policies")
    code = run(["controls", "list", "--json", "--policies", "policies"])
    out, err = capsys.readouterr()
    ids = {each["id"] for each in json.loads(out)}
    assert ids >= {*row.beside, "own_other", *(each.id for each in load())}
    assert (NAME in ids) is (row.judging or NAME in row.beside)
    assert code == (0 if row.judging else INCOMPLETE)
    assert row.judging or (place in err and row.says in err)


@each_row
def test_a_scan_without_it_is_whole(here: Path, row: Row) -> None:
    row.write(here / "policies")
    arguments = ["scan", "terraform", "tf", "--policies", "policies", "-q", "-o", "json=out.json"]
    left_out = [word for name in {*row.names, *([NAME] if row.judging else [])} for word in ("--skip-control", name)]
    run([*arguments, *left_out])
    result = json.loads((here / "out.json").read_text())
    policies = [gap for gap in result["coverage"]["gaps"] if gap["kind"] == "policy cannot be used"]
    assert len(policies) == (1 if row in FILES and not row.names else 0)
    assert not any(finding["error"] for finding in result["findings"])


@each_row
def test_a_scan_by_another_control_does_not_ask_for_it(here: Path, row: Row) -> None:
    row.write(here / "policies")
    assert run(["scan", "terraform", "tf", "--policies", "policies", "-q", "-c", "own_other", "-o", "json=o"]) == (
        INCOMPLETE if "own_other" in row.names else 0
    )


def test_the_gate_fails_on_a_gap_before_it_is_incomplete(here: Path) -> None:
    JUDGING[0].write(here / "policies")
    (here / "tf" / "main.tf").write_text(HCL.replace("true", "false"))
    assert run(["scan", "terraform", "tf", "--policies", "policies", "-q", "-c", NAME, "-c", "own_before"]) == 1


@pytest.mark.parametrize("row", [ROWS[0], FILES[0]], ids=lambda row: row.id)
def test_the_row_is_told_to_people(here: Path, capsys: pytest.CaptureFixture[str], row: Row) -> None:
    place = row.write(here / "policies")
    run(["scan", "terraform", "tf", "--policies", "policies", "-q", *wanted(row)])
    told = capsys.readouterr().out
    assert "policy cannot be used" in told
    assert place in " ".join(told.split())


def test_an_accepted_risk_covers_no_broken_policy(here: Path) -> None:
    JUDGING[0].write(here / "policies")
    (here / ".hipaa-guard").mkdir()
    (here / ".hipaa-guard" / "exceptions.yaml").write_text(
        f"version: 1\nexceptions:\n  - id: EX-1\n    control: {NAME}\n    scope: {{address: aws_ebs_volume.phi, root: tf}}\n"
        "    justification: The volume holds no records.\n    compensating_control: Each night a copy is made.\n"
        "    owner: a\n    approver: b\n    approved_on: 2026-11-01\n    expires_on: 2027-06-01\n"
    )
    arguments = ["scan", "terraform", "tf", "--policies", "policies", "-q", "-c", NAME, "-o", "json=o"]
    assert run([*arguments, "--repository-root", "."]) == INCOMPLETE
    (finding,) = json.loads((here / "o").read_text())["findings"]
    assert finding["exception"] is not None
