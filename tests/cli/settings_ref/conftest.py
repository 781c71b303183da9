"""A repository whose commit has strict settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.hostile import SETTINGS, commit, git, project
from tests.cli.settings_ref.scans import STRICT


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose base, main, has settings; the work tree is that of a pull request."""
    made = project(tmp_path)
    (made / SETTINGS).write_text(STRICT)
    commit(made, "settings")
    git(made, "checkout", "-qb", "change")
    monkeypatch.chdir(made)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795910400")  # 2026-11-29
    return made
