"""``scan --brief``: what fails the gate, a line each, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.patience import HANGS

KEY = 'resource "aws_kms_key" "phi" {\n  description = "é"\n  enable_key_rotation = false\n}\n'
PUBLIC = 'resource "aws_s3_bucket" "phi" {\n  acl = "public-read"\n}\n'
ONE = ("-c", "kms_key_rotation_enabled")


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    return tmp_path / "infra"


def brief(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str], str]:
    """The exit code, the lines on stdout, and stderr."""
    capfd.readouterr()
    code = run(["scan", "terraform", "infra", "--brief", *words])
    out, err = capfd.readouterr()
    return code, out.splitlines(), err


def test_a_gap_is_a_line_as_compilers_write_it(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY)
    code, lines, err = brief(capfd, *ONE)
    assert (code, err) == (1, "")
    (line,) = lines
    assert re.fullmatch(r"infra/main\.tf:3:3: medium: aws_kms_key\.phi .+ \[kms_key_rotation_enabled\]", line)


def test_nothing_is_said_where_nothing_stops(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY.replace("false", "true"))
    assert brief(capfd, *ONE) == (0, [], "")
    (infra / "main.tf").write_text(KEY)
    assert brief(capfd, *ONE, "--fail-on", "high") == (0, [], "")
    assert brief(capfd, *ONE, "--warn-only") == (0, [], "")


@pytest.mark.parametrize("least", ["critical", "high", "medium", "low"])
def test_there_are_as_many_lines_as_the_gate_counts(least: str, infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY + PUBLIC)
    code, lines, _ = brief(capfd, "--fail-on", least)
    run(["scan", "terraform", "infra", "-q", "-o", "csv=out.csv", "--fail-on", least])
    said = re.search(r"hipaa-guard: ([\d,]+) findings? fails?", capfd.readouterr().err)
    assert len(lines) == (int(said[1].replace(",", "")) if said else 0)
    assert code == (1 if lines else 0)


def test_only_new_gaps_stop_where_the_baseline_says_so(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY)
    assert run(["baseline", "write", "infra", "-o", "base.json"]) == 0
    only_new = ("--baseline", "base.json", "--fail-on-new", *ONE)
    assert brief(capfd, *only_new) == (0, [], "")
    (infra / "more.tf").write_text(KEY.replace("phi", "new"))
    code, lines, _ = brief(capfd, *only_new)
    assert code == 1
    assert ["aws_kms_key.new" in line for line in lines] == [True]


def test_why_a_scan_is_incomplete_is_told(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY.replace("false", "true") + "\nresource {\n")
    code, lines, err = brief(capfd, *ONE)
    assert (code, err) == (3, "")
    assert lines[0].startswith("The scan is incomplete: ")
    assert any(line.startswith("infra/main.tf:") and "file not read" in line for line in lines[1:]), lines


def test_unknown_verdicts_are_told_where_they_decide(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text('variable "on" {}\n' + KEY.replace("false", "var.on"))
    assert brief(capfd, *ONE) == (0, [], "")
    code, lines, _ = brief(capfd, *ONE, "--max-unknown", "0")
    assert (code, lines) == (3, ["1 verdict is unknown and at most 0 may be."])


def test_a_gap_and_an_incomplete_scan_are_both_told(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY)
    (infra / "broken.tf").write_text("resource {\n")
    code, lines, _ = brief(capfd, *ONE)
    assert code == 1
    assert "[kms_key_rotation_enabled]" in lines[0]
    assert lines[1].startswith("The scan is incomplete: 1 file could not be read")


def test_files_are_written_as_well(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").write_text(KEY)
    code, lines, _ = brief(capfd, *ONE, "-o", "terminal", "-o", "sarif=out.sarif")
    assert (code, len(lines)) == (1, 1)
    assert "kms_key_rotation_enabled" in Path("out.sarif").read_text()
    code, lines, err = brief(capfd, *ONE, "-o", "json")
    assert (code, lines) == (2, [])
    assert "json and --brief cannot share the standard output: give one a file" in err


def test_bad_usage_is_told(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, lines, err = brief(capfd, "-c", "no_such_control")
    assert (code, lines) == (2, [])
    assert "no_such_control" in err


def test_no_text_of_the_tree_acts(infra: Path) -> None:
    name = "::error::x ##[error]y \x1b[31m"
    (infra / "main.tf").write_text(f'resource "aws_kms_key" "{name}" {{}}\n')
    (infra / "##vso[task.x]y.tf").write_text(KEY)
    command = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", "infra", "--brief", *ONE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=HANGS)
    assert done.stdout.count("[kms_key_rotation_enabled]") >= 1
    for part in ("\x1b", "##[", "##vso["):
        assert part not in done.stdout + done.stderr
    assert not re.search(r"(?m)^\s*::", done.stdout + done.stderr)
