"""A directory with a bad bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line.running import BAD


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(BAD)
    return tmp_path
