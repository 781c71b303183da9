"""A repository with one root, marked as such in each way there is, and a repository with three roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lifecycle.baseline.repositories import PHI
from tests.lifecycle.register_text import tree
from tests.lifecycle.standpoints.repositories import TOPS, with_git


@pytest.fixture(params=TOPS)
def top(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository with one root deep in it."""
    return TOPS[request.param](tree(tmp_path / "repository", terraform__aws__main=PHI))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return with_git(tree(tmp_path / "repository", a__main=PHI, b__main=PHI, main=PHI))
