"""What the tests of the baseline share: two buckets, what protects them, and scans of a repository of git."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, label

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
ON, OFF, UNKNOWN = (KEEPS.replace("STATUS", text) for text in ('"Enabled"', '"Suspended"', "terraform.workspace"))


def new(assessment: Assessment) -> dict[str, bool | None]:
    return {label(f): f.new for f in assessment.findings}


def git(directory: Path, *arguments: str) -> str:
    settings = (
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
    )
    result = subprocess.run(
        ["git", "-C", str(directory), *settings, *arguments], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def at_ref(path: Path, ref: str, **more: Any) -> Assessment:
    return scan_terraform(
        TerraformTarget(path, baseline_ref=ref, **more), Options(only=(VERSIONING,), fail_on_new=True)
    )
