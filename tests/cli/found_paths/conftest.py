"""A project of which the file of settings was only found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.hostile import project


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = project(tmp_path)
    monkeypatch.chdir(made)
    return made
