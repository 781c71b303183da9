"""What the tests of settings of a commit share: strict and lax settings, and scans with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.cli.main import run
from tests.lifecycle.register_text import VERSIONING, entry, register

CLEAN, GAPS, USAGE = 0, 1, 2
STRICT = f"control: {VERSIONING}\nterraform: {{path: infra}}\n"
LAX = "warn-only: true\nterraform: {path: infra}\n"
MARK = "# hipaa-guard: exception EX-1\n"
Captured = pytest.CaptureFixture[str]


def accepted(*entries: dict[str, Any]) -> str:
    return register(*(entries or (entry(),)))


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def scan(*more: str) -> int:
    return run(["scan", "terraform", "-q", *more])


def result(capsys: Captured, *more: str) -> dict[str, Any]:
    capsys.readouterr()
    scan(*more, "-o", "json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def changes(told: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {each["what"]: (each["added"], each["removed"], each["changed"]) for each in told["settings_changes"]}
