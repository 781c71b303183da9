"""A tree to scan, and the command line on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hipaa_guard.cli.main import run

MAIN = """resource "aws_s3_bucket" "phi" {
}

resource "aws_s3_bucket" "notes" {
  versioning {
    enabled = true
  }
}
"""


class Scanned(NamedTuple):
    """What a scan gave."""

    code: int
    result: dict[str, Any]
    """The JSON; empty where the scan did not begin."""
    said: str
    """What it wrote to stderr."""

    @property
    def peer(self) -> dict[str, Any]:
        (only,) = self.result["peers"]
        assert isinstance(only, dict)
        return only

    def of(self, relation: str) -> list[tuple[str, str]]:
        """The check and the resource of its results of one relation."""
        return [(each["check"], each["resource"]) for each in self.peer["results"] if each["relation"] == relation]

    @property
    def missing(self) -> list[str]:
        """The reasons of the rows of other scanners under "not looked at"."""
        return [each["reason"] for each in self.result["coverage"]["gaps"] if each["kind"] == "other scanner"]


Scan = Callable[..., Scanned]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with two buckets; the working directory is beside it."""
    found = tmp_path / "tree"
    found.mkdir()
    (found / "main.tf").write_text(MAIN)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return found


@pytest.fixture
def scan(tree: Path, capsys: pytest.CaptureFixture[str]) -> Scan:
    """Scans the tree with these further arguments, by the controls of versioning alone unless others are given."""

    def scanned(*arguments: str, source: tuple[str, ...] = ("terraform", str(tree))) -> Scanned:
        capsys.readouterr()
        code = run(["scan", *source, "-o", "json", *arguments])
        told = capsys.readouterr()
        return Scanned(code, json.loads(told.out) if told.out else {}, told.err)

    return scanned
