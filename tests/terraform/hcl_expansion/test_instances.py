"""count and for_each: which instances there are, and what refers to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Reference, Unknown
from hipaa_guard.terraform.source import read_directory
from tests.terraform.hcl_expansion.configurations import by_address, configuration, targets


def test_count_and_for_each_make_instances_with_terraforms_addresses(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "n" {
          count = 2
          value = count.index
        }
        resource "test_a" "s" {
          for_each = toset(["x", "a.\\"b\\""])
          value    = each.key
          same     = each.value
        }
        resource "test_a" "m" {
          for_each = { k = { v = 1 } }
          value    = each.value.v
        }
        resource "test_a" "none" {
          count = 0
        }
        """,
    )
    instances = by_address(found)
    assert list(instances) == [
        "test_a.n[0]",
        "test_a.n[1]",
        'test_a.s["a.\\"b\\""]',
        'test_a.s["x"]',
        'test_a.m["k"]',
    ]
    assert instances["test_a.n[1]"].get("value") == 1
    assert instances['test_a.s["x"]'].get("same") == "x"
    assert instances['test_a.m["k"]'].get("value") == 1
    assert not found.gaps


def test_an_unknown_number_is_one_uncertain_instance_that_references_reach(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "on" {}
        resource "test_a" "c" {
          count = var.on ? 1 : 0
        }
        resource "test_a" "e" {
          for_each = toset(var.on)
        }
        resource "test_b" "it" {
          index = test_a.c[0].id
          splat = test_a.c[*].id
          old   = test_a.c.*.id
          loop  = [for one in test_a.c : one.id]
          one   = one(test_a.c[*].id)
          join  = join("", test_a.c[*].id)
          try   = try(test_a.c[0].id, null)
          key   = test_a.e["x"].id
          each  = test_a.e[var.on].id
        }
        """,
    )
    instances = by_address(found)
    assert list(instances) == ["test_a.c[?]", "test_a.e[?]", "test_b.it"]
    uncertain = instances["test_a.c[?]"].uncertain
    assert uncertain is not None
    assert uncertain.cause is Cause.EXPANSION
    it = instances["test_b.it"]
    for name in ("index", "one", "join", "try"):
        value = it.get(name)
        assert isinstance(value, Reference), name
        assert value.address == "test_a.c[?]"
    assert not it.get("try").is_set
    for name in ("splat", "old", "loop"):
        value = it.get(name)
        assert isinstance(value, Incomplete), name
        assert targets(value) == ["test_a.c[?]"]
    assert it.get("key").address == "test_a.e[?]"
    assert it.get("each").address == "test_a.e[?]"
    assert [(gap.kind, gap.subject, gap.incomplete) for gap in found.gaps] == [
        (GapKind.UNCALLED, ".", False),
        (GapKind.EXPANSION, "test_a.c", False),
        (GapKind.EXPANSION, "test_a.e", False),
    ]


def test_a_plain_value_of_an_instance_that_may_not_exist_is_not_claimed(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "on" {}
        resource "test_a" "c" {
          count = var.on ? 1 : 0
          cidr  = "0.0.0.0/0"
        }
        resource "test_b" "it" {
          cidrs = test_a.c[*].cidr
        }
        """,
    )
    value = by_address(found)["test_b.it"].get("cidrs")
    assert isinstance(value, Incomplete)
    assert value.seen == []


def test_a_set_that_is_known_in_part_makes_the_known_instances_and_an_uncertain_one(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "more" {}
        resource "test_a" "s" {
          for_each = toset(["x", var.more])
        }
        """,
    )
    assert [one.address for one in found.instances] == ['test_a.s["x"]', "test_a.s[?]"]
    assert found.instances[0].uncertain is None


def test_no_instances_make_try_fall_through(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "none" {
          count = 0
        }
        resource "test_b" "it" {
          tried = try(test_a.none[0].id, "other")
          one   = one(test_a.none[*].id)
          bare  = test_a.none[0].id
        }
        """,
    )
    it = by_address(found)["test_b.it"]
    assert it.get("tried") == "other"
    assert it.get("one") is None
    bare = it.get("bare")
    assert isinstance(bare, Unknown)
    assert bare.cause is Cause.EXPRESSION


def test_whole_resources_are_values(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "m" {
          for_each = toset(["p", "q"])
          name     = "n-${each.key}"
        }
        resource "test_a" "n" {
          count = 2
        }
        resource "test_b" "each" {
          for_each = test_a.m
          id       = each.value.id
          name     = each.value.name
        }
        resource "test_b" "it" {
          splat  = test_a.n[*].id
          values = values(test_a.m)[*].id
          first  = values(test_a.m)[0].id
          map    = { for key, one in test_a.m : key => one.arn }
          list   = [for one in test_a.n : one.arn]
          keys   = keys(test_a.m)
        }
        """,
    )
    instances = by_address(found)
    assert instances['test_b.each["q"]'].get("id").address == 'test_a.m["q"]'
    assert instances['test_b.each["q"]'].get("name") == "n-q"
    it = instances["test_b.it"]
    assert targets(it.get("splat")) == ["test_a.n[0]", "test_a.n[1]"]
    assert targets(it.get("values")) == ['test_a.m["p"]', 'test_a.m["q"]']
    assert it.get("first").address == 'test_a.m["p"]'
    assert it.get("map")["q"].address == 'test_a.m["q"]'
    assert targets(it.get("list")) == ["test_a.n[0]", "test_a.n[1]"]
    assert it.get("keys") == ["p", "q"]


def test_an_uncertain_resource_keeps_its_reference_through_for_each(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "names" {}
        resource "test_a" "m" {
          for_each = toset(var.names)
        }
        resource "test_b" "m" {
          for_each = test_a.m
          target   = each.value.id
        }
        """,
    )
    (other,) = [one for one in found.instances if one.type == "test_b"]
    assert other.address == "test_b.m[?]"
    assert other.get("target").address == "test_a.m[?]"


def test_an_expansion_that_depends_on_itself_is_uncertain(tmp_path: Path) -> None:
    found = configuration(tmp_path, 'resource "test_a" "it" {\n  count = length(test_a.it)\n}\n')
    assert [one.address for one in found.instances] == ["test_a.it[?]"]
    assert found.gaps


def test_too_many_instances_are_cut_and_reported(tmp_path: Path) -> None:
    found = configuration(tmp_path, 'resource "test_a" "it" {\n  count = 1000000\n}\n')
    assert len(found.instances) == 1000
    assert found.gaps[0].kind is GapKind.LIMIT
    assert found.gaps[0].incomplete


def test_why_instances_are_not_known_is_said_once_and_with_a_way_out(tmp_path: Path) -> None:
    text = """
    variable "names" {}
    resource "test_a" "a" { for_each = var.names }
    resource "test_a" "b" { for_each = test_a.a }
    resource "test_a" "c" { count = length(test_a.b) }
    """
    (tmp_path / "main.tf").write_text(text)
    (found,) = read_directory(tmp_path)
    gaps = [gap for gap in found.gaps if gap.kind is GapKind.EXPANSION]
    assert [gap.reason for gap in gaps] == [
        "for_each: var.names has no value",
        "for_each: var.names has no value",
        "count: var.names has no value",
    ]
    assert {gap.hint for gap in gaps} == {"give the value with --var or --var-file, or scan a plan"}


def test_an_instance_tells_how_its_number_is_written(tmp_path: Path) -> None:
    text = """
    variable "on" {}
    resource "test_a" "a" { count = var.on  ? 1 : 0 }
    resource "test_a" "b" { for_each = toset(["x"]) }
    resource "test_a" "c" {}
    """
    (tmp_path / "main.tf").write_text(text)
    (found,) = read_directory(tmp_path)
    assert [getattr(one, "expansion", "") for one in found.instances] == ["var.on  ? 1 : 0", 'toset(["x"])', None]


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("local.n > 3 ? toset(var.u) : []", []),
        ('local.n < 3 ? toset(["a"]) : []', ["a"]),
        ('true ? jsondecode("{\\"a\\":{\\"t\\":[1]},\\"b\\":{\\"y\\":2}}") : tomap({})', ["a", "b"]),
        ('true ? { a = ["x"], b = {} } : tomap({})', ["a", "b"]),
    ],
)
def test_the_arms_of_a_conditional_need_not_be_known_to_give_keys(tmp_path: Path, value: str, keys: list[str]) -> None:
    """As Terraform 1.11 has it: an empty map takes values that have no type in common; an unknown list may be a set."""
    text = f'variable "u" {{}}\nlocals {{\n  n = 2\n}}\nresource "terraform_data" "it" {{\n  for_each = {value}\n}}\n'
    (tmp_path / "main.tf").write_text(text)
    (found,) = read_directory(tmp_path)
    assert [one.address for one in found.instances] == [f'terraform_data.it["{key}"]' for key in keys]
    assert [gap for gap in found.gaps if gap.kind is not GapKind.UNCALLED] == []
