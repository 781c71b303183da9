"""A directory with the buckets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lifecycle.exceptions.buckets import BUCKETS
from tests.lifecycle.register_text import tree


@pytest.fixture
def buckets(tmp_path: Path) -> Path:
    return tree(tmp_path / "infra", main=BUCKETS)
