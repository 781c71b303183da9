"""The JSON that aws_iam_policy_document stands for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.source import read_directory


def document_of(directory: Path, body: str, declarations: str = "") -> Value:
    """The value of ``json`` of a policy document."""
    (directory / "main.tf").write_text(
        f'variable "unset" {{}}\n{declarations}\ndata "aws_iam_policy_document" "it" {{\n{body}\n}}\n'
        'resource "test_a" "it" {\n  policy = data.aws_iam_policy_document.it.json\n}\n'
    )
    return next(one for one in read_directory(directory)[0].instances if one.type == "test_a").get("policy")


def statements(value: Value) -> list[dict[str, Any]]:
    """The statements of a document that is wholly known."""
    found: list[dict[str, Any]] = json.loads(value)["Statement"]
    return found


def test_a_known_document_is_the_text_that_the_provider_makes(tmp_path: Path) -> None:
    value = document_of(
        tmp_path,
        """
        policy_id = "p"
        statement {
          sid       = "Tls"
          effect    = "Deny"
          actions   = ["s3:*"]
          resources = ["arn:aws:s3:::phi", "arn:aws:s3:::phi/&{aws:username}"]
          principals {
            type        = "*"
            identifiers = ["*"]
          }
          condition {
            test     = "Bool"
            variable = "aws:SecureTransport"
            values   = ["false"]
          }
        }
        statement {
          not_actions   = ["iam:*"]
          not_resources = ["*"]
          principals {
            type        = "AWS"
            identifiers = ["b", "a"]
          }
          principals {
            type        = "Service"
            identifiers = ["s"]
          }
        }
        """,
    )
    assert json.loads(value) == {
        "Version": "2012-10-17",
        "Id": "p",
        "Statement": [
            {
                "Sid": "Tls",
                "Effect": "Deny",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::phi", "arn:aws:s3:::phi/${aws:username}"],
                "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Effect": "Allow",
                "NotAction": "iam:*",
                "NotResource": "*",
                "Principal": {"AWS": ["b", "a"], "Service": "s"},
            },
        ],
    }


def test_unknown_parts_stay_inside_the_document(tmp_path: Path) -> None:
    value = document_of(
        tmp_path,
        'statement {\n actions = ["s3:*"]\n resources = ["${aws_s3_bucket.b.arn}/*"]\n}',
        'resource "aws_s3_bucket" "b" {}',
    )
    assert isinstance(value, PartialJson)
    (statement,) = value.document["Statement"]
    assert statement["Effect"] == "Allow"
    assert isinstance(statement["Resource"], PartialText)
    assert value.references == ("aws_s3_bucket.b.arn",)


def test_documents_are_merged_by_their_sids(tmp_path: Path) -> None:
    other = """
    data "aws_iam_policy_document" "source" {
      statement {
        sid = "A"
        actions = ["a:source"]
      }
      statement {
        actions = ["none:source"]
      }
    }
    data "aws_iam_policy_document" "override" {
      statement {
        sid = "A"
        actions = ["a:override"]
      }
    }
    """
    value = document_of(
        tmp_path,
        """
        source_policy_documents   = [data.aws_iam_policy_document.source.json]
        override_policy_documents = [data.aws_iam_policy_document.override.json]
        statement {
          sid     = "B"
          actions = ["b:own"]
        }
        """,
        other,
    )
    assert [one["Action"] for one in statements(value)] == ["a:override", "none:source", "b:own"]


def test_a_source_that_is_not_known_leaves_the_statements_incomplete(tmp_path: Path) -> None:
    value = document_of(
        tmp_path, 'source_policy_documents = [var.unset]\nstatement {\n effect = "Deny"\n actions = ["s3:*"]\n}'
    )
    assert isinstance(value, PartialJson)
    found = value.document["Statement"]
    assert isinstance(found, Incomplete)
    assert [one["Effect"] for one in found.seen] == ["Deny"]


def test_statements_and_principals_may_come_from_dynamic_blocks(tmp_path: Path) -> None:
    value = document_of(
        tmp_path,
        """
        dynamic "statement" {
          for_each = ["a", "b"]
          content {
            actions = ["s3:${statement.value}"]
            dynamic "principals" {
              for_each = [statement.value]
              content {
                type        = "AWS"
                identifiers = [principals.value]
              }
            }
          }
        }
        """,
    )
    assert [(one["Action"], one["Principal"]) for one in statements(value)] == [
        ("s3:a", {"AWS": "a"}),
        ("s3:b", {"AWS": "b"}),
    ]


def test_an_unknown_condition_is_not_left_out(tmp_path: Path) -> None:
    value = document_of(
        tmp_path,
        'statement {\n actions = ["*"]\n dynamic "condition" {\n for_each = var.unset\n content {\n'
        ' test = "Bool"\n variable = "x"\n values = ["y"]\n }\n }\n}',
    )
    assert isinstance(value, PartialJson)
    assert isinstance(value.document["Statement"][0]["Condition"], Unknown)


def test_placeholders_of_a_document_are_replaced_by_names_that_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        """
        resource "aws_s3_bucket" "b" {}
        data "aws_iam_policy_document" "it" {
          statement {
            actions   = ["s3:*"]
            resources = ["_ARN_", "_ARN_/*"]
          }
        }
        resource "test_a" "it" {
          policy = replace(data.aws_iam_policy_document.it.json, "_ARN_", aws_s3_bucket.b.arn)
        }
        """
    )
    value = next(one for one in read_directory(tmp_path)[0].instances if one.type == "test_a").get("policy")
    assert isinstance(value, PartialJson)
    first, second = value.document["Statement"][0]["Resource"]
    assert isinstance(first, Reference)
    assert first.address == "aws_s3_bucket.b"
    assert second.parts[1] == "/*"


def test_a_source_document_may_be_a_text_with_unknown_parts(tmp_path: Path) -> None:
    value = document_of(
        tmp_path,
        'source_policy_documents = [<<EOT\n{"Statement": {"Effect": "Deny", "Resource": "${var.unset}/*"}}\nEOT\n]',
    )
    assert isinstance(value, PartialJson)
    (statement,) = value.document["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"].parts[1] == "/*"
