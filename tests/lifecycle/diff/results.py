"""What the tests of two results share: buckets, what protects them, and what changed between two scans."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.assessment.diff import Change, Comparison, compare
from tests.lifecycle.register_text import label, scan, tree

PHI = 'resource "aws_s3_bucket" "phi" {}\n'
LOGS = 'resource "aws_s3_bucket" "logs" {}\n'
KEEPS = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = STATUS
  }
}
"""
ON, UNKNOWN = (KEEPS.replace("STATUS", text) for text in ('"Enabled"', "terraform.workspace"))


def changes(comparison: Comparison) -> dict[str, Change]:
    return {label(d.finding): d.change for d in comparison.differences}


def reasons(comparison: Comparison) -> str:
    return "\n".join(d.reason for d in comparison.differences)


def two(tmp_path: Path, before: str, after: str) -> Comparison:
    was, is_now = (scan(tree(tmp_path / name, main=text)) for name, text in (("was", before), ("now", after)))
    return compare(was, is_now)
