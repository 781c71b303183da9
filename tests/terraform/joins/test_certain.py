"""Split resources that belong to a main one for certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.joins.given import VERSIONED
from tests.terraform.kinds import at, hcl


def test_a_reference_joins(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        resource "aws_s3_bucket" "a" {{}}
        resource "aws_s3_bucket" "b" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = aws_s3_bucket.a.id
          {VERSIONED}
        }}
        """,
    )
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


@pytest.mark.parametrize("attribute", ["id", "bucket", "arn"])
def test_any_attribute_joins(tmp_path: Path, attribute: str) -> None:
    found = hcl(
        tmp_path,
        f"""
        variable "name" {{}}
        resource "aws_s3_bucket" "a" {{ bucket = var.name }}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = aws_s3_bucket.a.{attribute}
          {VERSIONED}
        }}
        """,
    )
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"


def test_a_literal_joins_by_name(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        resource "aws_s3_bucket" "a" {{ bucket = "records" }}
        resource "aws_s3_bucket" "b" {{ bucket = "records-logs" }}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = "records"
          {VERSIONED}
        }}
        """,
    )
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None
    assert at(found, "aws_s3_bucket.a").origin.keys == {"records"}
    assert at(found, "aws_s3_bucket.a").origin.name == "records"


def test_an_arn_joins_by_the_name_at_its_end(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        """
        resource "aws_sns_topic" "a" { name = "alerts" }
        resource "aws_sns_topic" "b" { name = "other-alerts" }
        resource "aws_sns_topic_policy" "p" {
          arn    = "arn:aws:sns:eu-west-1:123456789012:alerts"
          policy = "{}"
        }
        """,
    )
    assert at(found, "aws_sns_topic.a").policy == "{}"
    assert at(found, "aws_sns_topic.b").policy is None


def test_through_locals_variables_and_outputs(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        """
        locals { name = module.bucket["x"].id }
        module "bucket" {
          source   = "./bucket"
          for_each = toset(["x", "y"])
        }
        module "versioning" {
          source = "./versioning"
          bucket = local.name
        }
        """,
        bucket='resource "aws_s3_bucket" "b" {}\noutput "id" { value = aws_s3_bucket.b.id }',
        versioning=f"""
        variable "bucket" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = var.bucket
          {VERSIONED}
        }}
        """,
    )
    assert at(found, 'module.bucket["x"].aws_s3_bucket.b').versioning == "Enabled"
    assert at(found, 'module.bucket["y"].aws_s3_bucket.b').versioning is None


def test_instances_join_key_by_key(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        resource "aws_s3_bucket" "b" {{ for_each = toset(["a.b", "c", "d"]) }}
        resource "aws_s3_bucket_versioning" "v" {{
          for_each = toset(["a.b", "c"])
          bucket   = aws_s3_bucket.b[each.key].id
          {VERSIONED}
        }}
        resource "aws_s3_bucket" "n" {{ count = 2 }}
        resource "aws_s3_bucket_versioning" "n" {{
          bucket = aws_s3_bucket.n[1].id
          {VERSIONED}
        }}
        """,
    )
    assert at(found, 'aws_s3_bucket.b["a.b"]').versioning == "Enabled"
    assert at(found, 'aws_s3_bucket.b["c"]').versioning == "Enabled"
    assert at(found, 'aws_s3_bucket.b["d"]').versioning is None
    assert at(found, "aws_s3_bucket.n[0]").versioning is None
    assert at(found, "aws_s3_bucket.n[1]").versioning == "Enabled"
