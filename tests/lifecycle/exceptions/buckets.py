"""What the tests of exceptions share: buckets, and what a scan says of its register."""

from __future__ import annotations

from hipaa_guard.assessment.model import Assessment, ExceptionState

BUCKETS = """
resource "aws_s3_bucket" "phi" {}
resource "aws_s3_bucket" "logs" {}
"""
KEEPS = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = STATUS
  }
}
"""


def warnings(assessment: Assessment) -> str:
    return "\n".join(assessment.exceptions.warnings)


def state(assessment: Assessment) -> ExceptionState:
    (use,) = assessment.exceptions.entries
    return use.state
