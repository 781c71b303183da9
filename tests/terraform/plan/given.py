"""What the tests of this folder share."""

from __future__ import annotations

from typing import Any

from tests.terraform.plans import block, change, const

ENABLED = [{"status": "Enabled", "mfa": None}]


def bucket(key: str = "", **more: Any) -> dict[str, Any]:
    unknown = {"id": True, "arn": True, "acl": True, "versioning": True, "tags_all": {}}
    return change(f"aws_s3_bucket.b{key}", {"bucket": None, "tags": None, "lifecycle_rule": []}, unknown, **more)


def versioning(key: str = "", **more: Any) -> dict[str, Any]:
    unknown = {"id": True, "bucket": True, "versioning_configuration": [{"mfa_delete": True}]}
    return change(f"aws_s3_bucket_versioning.v{key}", {"versioning_configuration": ENABLED}, unknown, **more)


def versioning_block(bucket: dict[str, Any], **more: Any) -> dict[str, Any]:
    expressions = {"bucket": bucket, "versioning_configuration": [{"status": const("Enabled")}]}
    return block("aws_s3_bucket_versioning.v", expressions, **more)
