"""The documentation tells what is so: its example gives the patch that is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.fixing.trees import tree

TEXT = (Path(__file__).parents[2] / "docs" / "fix.md").read_text(encoding="utf-8")


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    source, patch = (re.search(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL) for kind in ("hcl", "diff"))
    command = re.search(r"^`hipaa-guard (fix .*)` says$", TEXT, re.MULTILINE)
    assert source
    assert patch
    assert command
    monkeypatch.chdir(tmp_path)
    tree(tmp_path / "infra", source[1])
    assert run(command[1].split()) == 1
    assert capfd.readouterr().out == patch[1]
