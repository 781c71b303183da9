"""Two results of which each kind of change has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.assessment.diff import Comparison, compare
from tests.lifecycle.diff.results import LOGS, ON, PHI
from tests.lifecycle.register_text import entry, scan, tree


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    before = PHI + LOGS + 'resource "aws_s3_bucket" "old" {}\n'
    after = PHI + LOGS + ON + 'resource "aws_s3_bucket" "new" {}\n'
    logs = entry(scope={"address": "aws_s3_bucket.logs"})
    return compare(scan(tree(tmp_path / "was", main=before)), scan(tree(tmp_path / "now", main=after), logs))
