"""A plan or state that is read with its source beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.read import read
from tests.terraform.plans import block, change, plan, refs


def write(directory: Path, files: Mapping[str, str]) -> Path:
    """The files of a source tree."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    return directory


def beside(directory: Path, document: Mapping[str, Any], source: str | Mapping[str, str], **more: Any) -> Configuration:
    """The configuration of a document whose source is `source` (main.tf, or files by name)."""
    tree = write(directory / "source", {"main.tf": source} if isinstance(source, str) else source)
    path = directory / "document.json"
    path.write_text(json.dumps(document))
    (found,) = read(path, source=tree, **more)
    return found


def one(configuration: Configuration, address: str) -> ResourceInstance:
    return next(each for each in configuration.instances if each.address == address)


BUCKET = change("aws_s3_bucket.b", {"bucket": "records"}, {"id": True, "arn": True})
POLICY = """
locals { bucket = aws_s3_bucket.b.id }
resource "aws_s3_bucket" "b" {
  bucket = "records"
}
resource "aws_s3_bucket_policy" "p" { # who may read
  bucket = local.bucket
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Resource = aws_s3_bucket.b.arn }] })
}
"""


def policy_plan(references: dict[str, Any] = refs("aws_s3_bucket.b.arn")) -> dict[str, Any]:  # noqa: B008
    pointer = change("aws_s3_bucket_policy.p", {}, {"bucket": True, "policy": True})
    written = {"bucket": refs("local.bucket"), "policy": references}
    return plan([BUCKET, pointer], [block("aws_s3_bucket.b", {}), block("aws_s3_bucket_policy.p", written)])
