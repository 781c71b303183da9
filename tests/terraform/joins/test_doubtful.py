"""Split resources that may belong to a main one."""

from __future__ import annotations

from pathlib import Path

from tests.terraform.joins.given import VERSIONED
from tests.terraform.kinds import at, hcl, why


def test_an_unknown_argument_may_hide_a_join(tmp_path: Path) -> None:
    """Only of what it may be made from: a value from outside is none of what is declared here."""
    found = hcl(
        tmp_path,
        f"""
        variable "name" {{}}
        resource "aws_s3_bucket" "a" {{ bucket = "records" }}
        resource "aws_s3_bucket" "b" {{}}
        resource "aws_s3_bucket" "c" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = coalesce(var.name, aws_s3_bucket.a.bucket)
          {VERSIONED}
        }}
        resource "aws_s3_bucket_versioning" "w" {{
          bucket = aws_s3_bucket.b.id
          {VERSIONED}
        }}
        """,
    )
    reason = why(at(found, "aws_s3_bucket.a"), "versioning")
    assert reason.startswith("aws_s3_bucket_versioning.v may apply: its bucket is not known (")
    assert "var.name" in reason
    assert at(found, "aws_s3_bucket.b").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.c").versioning is None


def test_the_same_unknown_name_is_the_same_bucket(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        variable "prefix" {{}}
        resource "aws_s3_bucket" "a" {{ bucket = "${{var.prefix}}-records" }}
        resource "aws_s3_bucket" "b" {{ bucket = "${{var.prefix}}-logs" }}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = "${{var.prefix}}-records"
          {VERSIONED}
        }}
        """,
    )
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_a_half_known_name_joins_only_what_fits(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        variable "stage" {{}}
        resource "aws_s3_bucket" "a" {{ bucket = "clinic-records" }}
        resource "aws_s3_bucket" "b" {{ bucket = "public-site" }}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = "clinic-${{var.stage}}"
          {VERSIONED}
        }}
        """,
    )
    assert "may apply" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_a_literal_may_be_a_name_that_is_known_in_part(tmp_path: Path) -> None:
    """A name of which nothing is known comes from outside, and is taken to be another one."""
    found = hcl(
        tmp_path,
        f"""
        variable "name" {{}}
        resource "aws_s3_bucket" "a" {{ bucket = "${{var.name}}cords" }}
        resource "aws_s3_bucket" "d" {{ bucket = var.name }}
        resource "aws_s3_bucket" "b" {{ bucket = "other" }}
        resource "aws_s3_bucket" "c" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = "records"
          {VERSIONED}
        }}
        """,
    )
    assert "'records'" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert at(found, "aws_s3_bucket.b").versioning is None
    assert at(found, "aws_s3_bucket.c").versioning is None
    assert at(found, "aws_s3_bucket.d").versioning is None


def test_two_that_disagree_are_unknown(tmp_path: Path) -> None:
    found = hcl(
        tmp_path,
        f"""
        resource "aws_s3_bucket" "a" {{}}
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = aws_s3_bucket.a.id
          {VERSIONED}
        }}
        resource "aws_s3_bucket_versioning" "w" {{
          bucket = aws_s3_bucket.a.id
          versioning_configuration {{ status = "Suspended" }}
        }}
        """,
    )
    assert "do not say the same" in why(at(found, "aws_s3_bucket.a"), "versioning")
