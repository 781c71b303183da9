"""A policy of one's own that is broken breaks alone, by name, with its file and line, whatever is done with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.authoring import DeclarationError, Verdict, control, passed
from hipaa_guard.cli.main import run
from hipaa_guard.controls.loading import load, load_all
from hipaa_guard.controls.policy_files import PolicyFileError
from hipaa_guard.testing import ACCOUNT, Aws, aws_account
from tests.controls.broken import FILES, GOOD, HEAD, JUDGING, NAME, ROWS, Row, declared

USAGE, INCOMPLETE = 2, 3
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
HCL = 'resource "aws_ebs_volume" "phi" {\n  availability_zone = "a"\n  encrypted = true\n}\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tf").mkdir()
    (tmp_path / "tf" / "main.tf").write_text(HCL)
    return tmp_path


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a scan of a simulated account with one encrypted volume stored."""
    directory = tmp_path_factory.mktemp("account")
    (directory / "policies").mkdir()
    (directory / "policies" / "good.py").write_text(HEAD + GOOD.format(id="own_good"))
    with aws_account():
        Aws().ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)
        assert run(["scan", "aws", "--regions", "us-east-1", "-q", "--policies", str(directory / "policies"),
                    "-c", "own_good", "--evidence", str(directory / "evidence"), "-o", f"json={directory / 'x'}"]) == 0  # fmt: skip
    return directory / "evidence"


def wanted(row: Row) -> list[str]:
    """Options that ask for all that the policies would hold if they were sound."""
    names = dict.fromkeys(("own_before", "own_after", "own_other", *row.names, *row.beside, NAME))
    if NAME not in (*row.names, *row.beside) and not row.id.startswith(("another", "not UTF")):
        names.pop(NAME)
    return [word for name in names for word in ("-c", name)]


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
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "policies"]
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


# --- at the declaration ---------------------------------------------------------------------------------------------


def test_every_fault_of_a_declaration_is_told_at_once() -> None:
    with pytest.raises(DeclarationError) as caught:

        @control(title="", severity="hihg", hipaa=("164.999",), why="", fix=None)  # type: ignore[arg-type]
        def own_thing(thing: int) -> Verdict:
            return passed(f"is {thing}")

    assert len(caught.value.faults) == 6
    assert isinstance(caught.value, TypeError)


def test_a_wrong_declaration_of_ours_is_loud(here: Path) -> None:
    # The shipped policies are imported as any module, where the decorator raises.
    row = declared("", "", severity='"hihg"')
    row.write(here / "policies")
    with pytest.raises(DeclarationError, match="did you mean HIGH"):
        exec((here / "policies" / "mine.py").read_text(), {"__name__": "hipaa_guard.policies.mine"})


def test_policies_that_are_named_twice_are_loaded_once(here: Path) -> None:
    (here / "policies" / "more").mkdir(parents=True)
    (here / "policies" / "more" / "mine.py").write_text(HEAD + GOOD.format(id="own_more"))
    loaded = load_all([here / "policies", Path("policies"), here / "policies" / "more"])
    assert not loaded.broken
    assert "own_more" in {each.id for each in loaded.controls}


def test_controls_are_found_wherever_their_names_end_up(here: Path) -> None:
    (here / "policies").mkdir()
    text = GOOD.format(id="own_wrapped").replace("@control", "@(lambda made: [made])\n@control")
    listed = GOOD.format(id="own_listed") + "\nSOME = {'a': own_listed}\ndel own_listed\n"
    (here / "policies" / "mine.py").write_text(HEAD + text + listed)
    assert {"own_wrapped", "own_listed"} <= {each.id for each in load([here / "policies"])}


def test_a_policy_file_is_run_as_python_runs_it(here: Path) -> None:
    (here / "policies").mkdir()
    text = '"""What it is for."""\nfrom __future__ import annotations\n' + HEAD
    text += 'x: int = 5\n"no docstring"\nassert __doc__ == "What it is for." and __annotations__ == {"x": "int"}\n'
    text += 'assert __file__.endswith("mine.py") and __name__ == "hipaa_guard_own_policies.mine"\n'
    (here / "policies" / "mine.py").write_text(text + GOOD.format(id="own_future"))
    assert "own_future" in {each.id for each in load([here / "policies"])}
    assert not (here / "policies" / "__pycache__").exists()


def test_the_error_of_a_file_is_an_import_error() -> None:
    assert issubclass(PolicyFileError, ImportError)
