"""`exceptions list` before there is a register, and `fix` where many gaps are left for few reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES, USAGE
from hipaa_guard.cli.main import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    text = "".join(f'resource "aws_s3_bucket" "{name}" {{ bucket = "{name}" }}\n' for name in ("phi", "logs"))
    (tmp_path / "main.tf").write_text(text)
    monkeypatch.chdir(tmp_path)


def test_without_a_register_there_are_no_exceptions_yet(capsys: Captured) -> None:
    assert run(["exceptions", "list"]) == CLEAN
    out = capsys.readouterr().out
    assert "no exceptions yet" in out
    assert "hipaa-guard exceptions add" in out
    assert run(["exceptions", "list", "--json"]) == CLEAN
    assert capsys.readouterr().out == "[]\n"


def test_a_named_register_and_a_link_to_nothing_are_faults() -> None:
    assert run(["exceptions", "list", "--exceptions", "other.yaml"]) == USAGE
    Path(".hipaa-guard").mkdir()
    Path(".hipaa-guard/exceptions.yaml").symlink_to("nothing.yaml")
    assert run(["exceptions", "list"]) == USAGE


def test_fix_counts_what_is_left_by_reason(capsys: Captured) -> None:
    assert run(["fix"]) == FAILURES
    brief = capsys.readouterr().err.splitlines()
    assert run(["fix", "--all"]) == FAILURES
    told = [line.split(": ") for line in brief if line.startswith("not fixed: ")]
    reasons = [reason for _, _, reason, _ in told]
    assert reasons
    assert len(reasons) == len(set(reasons))
    assert "    aws_s3_bucket." not in brief[len(told)]
    assert "--all" in brief[len(told)]
    left, control = [], ""
    for line in capsys.readouterr().err.splitlines():
        control = line.split(": ")[1] if line.startswith("not fixed: ") else control if line.startswith(" ") else ""
        if control and line.startswith("    aws_s3_bucket."):
            left.append(control)
    assert sum(int(number) for _, number, _, _ in told) == len(left)
    named = ", ".join(controls for _, _, _, controls in told).split(", ")
    assert sorted(named) == sorted(f"{control} {left.count(control)}" for control in set(left))
