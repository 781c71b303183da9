"""The command line as a process of its own: how it is run, its exit codes, and a good and a bad bucket."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.patience import HANGS

ROOT = Path(__file__).parents[3]
CLEAN, GAPS, USAGE, INCOMPLETE, BROKEN = range(5)
GOOD = """
resource "aws_sqs_queue" "phi" {
  name                    = "reminders"
  sqs_managed_sse_enabled = true
}
"""
BAD = 'resource "aws_s3_bucket" "phi" { bucket = "phi-records" }\n'
VERSIONING = "s3_bucket_versioning_enabled"


def run(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    import os

    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HIPAA_GUARD_"))}
    clean |= {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "NO_COLOR": "1"}
    clean |= {"AWS_SHARED_CREDENTIALS_FILE": os.devnull, **env}
    return subprocess.run(
        [sys.executable, "-m", "hipaa_guard", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env=clean,
        timeout=HANGS,
        check=False,
    )


def one_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """What was said on stderr, which must be short and no traceback."""
    assert "Traceback" not in result.stderr + result.stdout
    assert 0 < len(result.stderr.strip().splitlines()) <= 5, result.stderr
    return result.stderr


UNSET = (
    BAD
    + """
variable "status" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration { status = var.status }
}
"""
)
