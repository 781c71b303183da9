"""What the tests of imported results share: a project, its results, and both laid beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.loading import load
from hipaa_guard.peers.merge import Merged, MergedRow, merge
from hipaa_guard.peers.reading import read
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING

CLEAN, GAPS, USAGE = 0, 1, 2
BLOCKED = "s3_bucket_public_access_blocked"
SSH, RDP = "sg_no_public_ingress_ssh", "sg_no_public_ingress_rdp"
PASSWORD = "iam_password_policy_min_length_14"
MAIN = """resource "aws_s3_bucket" "phi" {
}

resource "aws_s3_bucket" "notes" {
  versioning {
    enabled = true
  }
}

resource "aws_s3_bucket_public_access_block" "phi" {
  bucket                  = aws_s3_bucket.phi.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

module "store" {
  source   = "./store"
  for_each = toset(["charts", "scans"])
}

resource "aws_security_group" "door" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
STORE = 'resource "aws_s3_bucket" "this" {\n}\n'
PHI, NOTES = "aws_s3_bucket.phi", "aws_s3_bucket.notes"


def merged(work: Path, *documents: Any, scan: Assessment | None = None) -> Merged:
    """What the documents tell, beside a scan of ours."""
    read_ = []
    for number, document in enumerate(documents):
        file = work / f"{number}.json"
        file.write_text(json.dumps(document))
        read_.append(read(file))
    return merge(read_, load(()), scan)


def ours(work: Path, *only: str) -> Assessment:
    return scan_terraform(TerraformTarget(work), Options(only=only or (VERSIONING,)))


def row(found: Merged, control: str, label: str) -> MergedRow:
    (one,) = [each for each in found.rows if each.label == label and control in {c.id for c in each.controls}]
    return one


def said(one: MergedRow) -> list[tuple[str, str, Status]]:
    return [(opinion.tool, opinion.check, opinion.status) for opinion in one.opinions]
