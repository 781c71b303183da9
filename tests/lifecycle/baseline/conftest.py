"""A repository of git whose commit holds one bucket and whose work tree holds two."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lifecycle.baseline.repositories import LOGS, PHI, git
from tests.lifecycle.register_text import tree


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the first has one bucket, the second one more; the work tree has a third."""
    directory = tree(tmp_path / "repository", infra__main=PHI)
    git(directory, "init", "-q")
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "first")
    git(directory, "tag", "first")
    tree(directory, infra__logs=LOGS)
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "second")
    tree(directory, infra__new='resource "aws_s3_bucket" "new" {}\n')
    return directory
