"""What expressions keep of values that are known in part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value
from hipaa_guard.terraform.source import read_directory

UNKNOWN = "?"
"""Stands for what is not known; in a list at its end, for what may follow."""

DECLARED = """
variable "u" {}
locals {
  list = ["a", var.u]
  map  = { a = 1, b = var.u }
}
"""


def value_of(directory: Path, expression: str) -> Value:
    """The value of an expression."""
    (directory / "main.tf").write_text(f'{DECLARED}resource "test_a" "it" {{\n  v = {expression}\n}}\n')
    (found,) = read_directory(directory)
    return found.instances[0].get("v")


def told(value: Value) -> Value:
    """The value with marks for what is not known."""
    if isinstance(value, PartialText):
        return "".join(part if isinstance(part, str) else UNKNOWN for part in value.parts)
    if isinstance(value, PartialJson):
        return told(value.document)
    if isinstance(value, Unknown):
        assert "var.u" in value.references
        return UNKNOWN
    if isinstance(value, Incomplete):
        return [*map(told, value.seen), "..."]
    if isinstance(value, dict):
        return {key: told(part) for key, part in value.items()}
    return [told(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('coalesce(null, "a", var.u)', "a"),
        ('coalesce(var.u, "a")', "?"),
        ('lookup(local.map, "a", 0)', 1),
        ('lookup(local.map, "c", 0)', 0),
        ("lookup(local.map, var.u, 0)", "?"),
        ("merge(local.map, { c = 3 })", {"a": 1, "b": "?", "c": 3}),
        ("merge(var.u, { c = 3 })", "?"),
        ('concat(local.list, ["c"])', ["a", "?", "c"]),
        ("flatten([local.list, [[3]]])", ["a", 3, "..."]),
        ("length(local.list)", 2),
        ("length(local.map)", 2),
        ("length(var.u)", "?"),
        ('contains(local.list, "a")', True),
        ('contains(local.list, "b")', "?"),
        ('contains(["x"], var.u)', "?"),
        ("keys(local.map)", ["a", "b"]),
        ("values(local.map)", [1, "?"]),
        ("try(local.map.a, 0)", 1),
        ("try(local.map.c, 0)", 0),
        ("try(var.u.x, 0)", "?"),
        ("can(local.map.c)", False),
        ("can(local.map.b)", True),
        ("can(var.u.x)", "?"),
        ("var.u && false", False),
        ("false && var.u", False),
        ("var.u && true", "?"),
        ("var.u || true", True),
        ("true || var.u", True),
        ("var.u || false", "?"),
        ("!var.u", "?"),
        ("var.u ? 1 : 1", 1),
        ("var.u ? 1 : 2", "?"),
        ("var.u ? { a = 1, b = 2 } : { a = 1, b = 3 }", {"a": 1, "b": "?"}),
        ("var.u ? [1, 2] : [1, 3]", [1, "?"]),
        ("var.u == null ? local.nowhere : 1", "?"),
        ("[for x in local.list : x]", ["a", "?"]),
        ('[for x in local.list : x if x == "a"]', ["a", "..."]),
        ("[for x in [1, 2] : x if var.u]", ["..."]),
        ("[for x in var.u : 1]", ["..."]),
        ('concat(["a"], var.u)', ["a", "..."]),
        ('sort(concat(["a"], var.u))', ["a", "..."]),
        ('formatlist("%s/0", concat(["a"], var.u))', ["a/0", "..."]),
        ('var.u ? ["a", "b"] : ["b"]', ["b", "..."]),
        ('concat(["a"], var.u ? ["b"] : [])', ["a", "..."]),
        ('contains(concat(["a"], var.u ? ["b"] : []), "c")', False),
        ('contains(concat(["a"], var.u ? ["b"] : []), "b")', "?"),
        ('contains(concat(["a"], [for x in var.u : "p-${x}"]), "c")', False),
        ('contains(flatten(["a", [for x in var.u : "p-${x}"]]), "c")', False),
        ('contains(setunion(["a"], var.u ? ["b"] : []), "c")', False),
        ('contains(compact(["a", var.u ? "b" : ""]), "c")', False),
        ('contains(compact(["a", var.u ? "b" : ""]), "b")', "?"),
        ('(var.u ? "a" : "b") == "c"', False),
        ('(var.u ? "a" : "b") == "b"', "?"),
        ("keys(merge(var.u, { a = 1 }))", ["a", "..."]),
        ("values(merge(var.u, { a = 1 }))", [1, "..."]),
        ("keys(var.u)", "?"),
        ("merge(var.u, { a = 1 }).a", 1),
        ("merge({ a = 1 }, var.u).a", "?"),
        ("merge({ a = 1 }, var.u, { a = 2 }).a", 2),
        ('merge(var.u, { a = 1 })["a"]', 1),
        ("merge(var.u, { a = 1 }).b", "?"),
        ('lookup(merge(var.u, { a = 1 }), "a", 2)', 1),
        ('lookup(merge(var.u, { a = 1 }), "b", 2)', "?"),
        ("try(merge(var.u, { a = 1 }).a, 2)", 1),
        ("try(merge(var.u, { a = 1 }).b, 2)", "?"),
        ("{ for k, v in merge(var.u, { a = 1 }) : k => v }.a", 1),
        ("{ a = 1, b = 1 }[var.u]", 1),
        ("{ a = 1, b = 2 }[var.u]", "?"),
        ("{ a = true, b = 1 }[var.u]", "?"),
        ("coalesce(var.u, 1)", "?"),
        ("coalesce(1, var.u)", 1),
        ("try(var.u.a, 1)", "?"),
        ("{ for k, v in local.map : k => v }", {"a": 1, "b": "?"}),
        ("{ for x in local.list : x => 1 }", "?"),
        ("{ (var.u) = 1 }", "?"),
        ("local.list[*]", ["a", "?"]),
        ("var.u[*].id", "?"),
        ("[{ id = 1 }, { id = var.u }][*].id", [1, "?"]),
        ("local.list[0]", "a"),
        ("local.list[var.u]", "?"),
        ("var.u[0]", "?"),
        ('local.map["b"]', "?"),
        ("jsonencode(local.map)", {"a": 1, "b": "?"}),
        ("jsondecode(jsonencode(local.map)).a", 1),
        ('"p-${var.u}-s"', "p-?-s"),
        ('format("p-%s-s", var.u)', "p-?-s"),
        ('join("/", ["a", var.u])', "a/?"),
        ('upper("a${var.u}")', "A?"),
        ("var.u + 1", "?"),
        ("var.u == var.u", "?"),
        ('"a-${var.u}" == "b"', False),
        ('"%{ for v in concat([for v in ["a"] : v if v != var.u], ["b"]) }${v},%{ endfor }"', "?"),
        ("toset(local.list)", ["a", "?", "..."]),
        ("element(local.list, 0)", "a"),
        ("slice(local.list, 0, 1)", ["a"]),
        ("reverse(local.list)", ["?", "a"]),
        ('zipmap(["k"], [var.u])', {"k": "?"}),
        ("one([var.u])", "?"),
        ("tobool(var.u)", "?"),
    ],
)  # fmt: skip
def test_what_is_known_stays(tmp_path: Path, expression: str, value: Value) -> None:
    assert told(value_of(tmp_path, expression)) == value


def test_policy_documents_keep_their_known_statements(tmp_path: Path) -> None:
    text = """
        variable "u" {}
        data "aws_iam_policy_document" "p" {
          source_policy_documents = [jsonencode({ Statement = [{ Effect = "Deny", Action = "s3:*" }] })]
          statement {
            actions   = ["s3:GetObject", var.u]
            resources = ["arn:aws:s3:::${var.u}/*"]
          }
          dynamic "statement" {
            for_each = var.u
            content {
              actions = [statement.value]
            }
          }
        }
        resource "test_a" "it" {
          v = data.aws_iam_policy_document.p.json
        }
    """
    (tmp_path / "main.tf").write_text(text)
    (found,) = read_directory(tmp_path)
    assert told(found.instances[0].get("v")) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Deny", "Action": "s3:*"},
            {"Effect": "Allow", "Action": ["s3:GetObject", "?"], "Resource": "arn:aws:s3:::?/*"},
            "...",
        ],
    }


def test_a_document_that_is_known_is_plain_text(tmp_path: Path) -> None:
    assert json.loads(value_of(tmp_path, 'jsonencode({ a = [1, "x"] })')) == {"a": [1, "x"]}
