"""Dynamic blocks, and attributes that are written as blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, Unknown, Value
from tests.terraform.hcl_expansion.configurations import configuration


def test_dynamic_blocks_stand_beside_static_ones_and_inside_each_other(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "it" {
          rule {
            port = 1
          }
          dynamic "rule" {
            for_each = { b = 3, a = 2 }
            content {
              port = rule.value
              name = rule.key
              dynamic "inner" {
                for_each = toset(["x", "y"])
                iterator = each_one
                content {
                  value = "${rule.key}${each_one.key}${each_one.value}"
                }
              }
            }
          }
          rule {
            port = 4
          }
          dynamic "none" {
            for_each = []
            content {}
          }
        }
        """,
    )
    it = found.instances[0]
    rules = it.get("rule")
    assert [rule["port"] for rule in rules] == [1, 2, 3, 4]
    assert [inner["value"] for inner in rules[2]["inner"]] == ["bxx", "byy"]
    assert it.get("none") is None


def test_a_dynamic_block_over_an_unknown_value_leaves_an_incomplete_list(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "rules" {}
        resource "test_a" "it" {
          rule {
            port = 1
          }
          dynamic "rule" {
            for_each = var.rules
            content {
              port = rule.value
            }
          }
        }
        """,
    )
    rules = found.instances[0].get("rule")
    assert isinstance(rules, Incomplete)
    assert rules.seen == [{"port": 1}]
    assert rules.unknown.cause is Cause.VARIABLE


def test_attributes_written_as_blocks_have_the_same_shape(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "blocks" {
          ingress {
            port = 1
          }
        }
        resource "test_a" "attribute" {
          ingress = [{ port = 1 }]
        }
        """,
    )
    first, second = found.instances
    assert first.get("ingress") == second.get("ingress") == [{"port": 1}]


@pytest.mark.parametrize(("content", "known"), [("port = 443", [443]), ("port = r.value", None), ("", [None])])
def test_blocks_whose_number_is_not_known_have_the_content_that_is_written(
    tmp_path: Path, content: str, known: list[Value] | None
) -> None:
    found = configuration(
        tmp_path,
        'variable "u" {}\nresource "test_a" "it" {\n rule {\n  port = 22\n }\n dynamic "rule" {\n  for_each = var.u\n'
        f"  iterator = r\n  content {{\n {content}\n  }}\n }}\n}}\n",
    )
    rules = found.instances[0].get("rule")
    assert isinstance(rules, Incomplete)
    assert [rule.get("port") for rule in rules.seen] == [22]
    assert rules.candidates is not None
    ports = [rule.get("port") for rule in rules.candidates]
    assert ports == known if known else isinstance(ports[0], Unknown)
