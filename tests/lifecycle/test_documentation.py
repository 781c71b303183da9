"""The documentation tells what is so: its register is sound, and its worked example works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from hipaa_guard.assessment.exceptions import fault_of
from hipaa_guard.assessment.register import parse
from hipaa_guard.cli.main import run
from hipaa_guard.testing import all_controls
from tests.lifecycle.register_text import VERSIONING, tree

TEXT = (Path(__file__).parents[2] / "docs" / "exceptions.md").read_text(encoding="utf-8")


def test_the_register_that_is_shown_is_sound() -> None:
    shown = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert shown is not None
    (entry,) = parse(shown[1], "docs/exceptions.md")
    assert fault_of(entry, all_controls()) == ""


def test_the_worked_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tree(tmp_path / "infra", main='resource "aws_s3_bucket" "logs" {}\n')
    (tmp_path / ".git").mkdir()
    (tmp_path / "out").mkdir()
    scan = ["scan", "terraform", "infra", "-q", "-c", VERSIONING]
    assert run([*scan, "-o", "json=out/scan.json", "-o", "terminal"]) == 1
    assert "Gate failed (exit code 1): 1 finding fails: 1 medium." in capsys.readouterr().out
    command = re.search(r"   hipaa-guard (exceptions add --finding f860fce5 .*?)\n   ```", TEXT, re.DOTALL)
    assert command is not None
    approved = ["--approved-on", "2026-11-22"]
    assert run([*shlex.split(command[1].replace("\\\n", " ")), *approved]) == 0
    capsys.readouterr()
    run(["exceptions", "list", "--on", "2026-11-22"])
    assert "EX-1     active" in capsys.readouterr().out
