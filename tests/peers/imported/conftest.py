"""The project, in a directory of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peers.imported.project import MAIN, STORE


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "store").mkdir()
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "store" / "main.tf").write_text(STORE)
    return tmp_path
