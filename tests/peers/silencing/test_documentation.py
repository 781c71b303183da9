"""docs/migration.md shows what happens."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run

PAGE = (Path(__file__).parents[3] / "docs" / "migration.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def block(kind: str, part: str) -> str:
    (found,) = [text for each, text in BLOCKS if each == kind and part in text]
    return found


def command_of(text: str) -> list[str]:
    words = shlex.split(text.replace("\\\n", " "))
    assert words[0] == "hipaa-guard"
    return words[1:]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")  # 2026-11-22
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/main.tf").write_text(block("hcl", "CKV_AWS_18"))
    finding = {"resource": "aws_s3_bucket.logs", "check_ids": []}
    baseline = {"failed_checks": [{"file": "/main.tf", "findings": [finding]}]}
    (tmp_path / "infra/.checkov.baseline").write_text(json.dumps(baseline))
    return tmp_path


def test_the_three_commands(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, scan, propose = block("sh", "mkdir").splitlines()
    subprocess.run(shlex.split(make), cwd=tree, check=True)
    assert run(command_of(scan)) == 1
    capsys.readouterr()
    assert run(command_of(propose)) == 0
    assert capsys.readouterr().out == block("", "PROPOSED")
    assert (tree / "proposed.yaml").read_text().endswith(block("yaml", "fill in"))
    assert run(["exceptions", "lint", "--exceptions", "proposed.yaml"]) == 2


def test_all_of_it_at_once(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "out").mkdir()
    run(["scan", "terraform", ".", "-q", "-o", "json=out/scan.json"])
    assert run(command_of(block("sh", "--owner"))) == 0
    assert run(["exceptions", "lint"]) == 0
    assert run(["scan", "terraform", ".", "-q", "--control", "s3_bucket_access_logging_enabled"]) == 0


def test_the_names_of_the_json(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "out").mkdir()
    run(["scan", "terraform", ".", "-q", "-o", "json=out/scan.json"])
    capsys.readouterr()
    run(["import", "infra", "--as-exceptions", "proposed.yaml", "-o", "json"])
    told = json.loads(capsys.readouterr().out)
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.partition("### JSON")[2], re.MULTILINE))
    assert list(rows) == list(told)
    for name in ("proposed", "not_proposed"):
        assert set(told[name][0]) <= set(re.findall(r"`(\w+)`", rows[name]))
