"""count, for_each and dynamic blocks over other resources, modules and collections that are known in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.controls.loading import load, select
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.source import read_directory


def configuration(directory: Path, text: str, **modules: str) -> Configuration:
    """The one configuration of a main.tf and modules beside it."""
    (directory / "main.tf").write_text(text)
    for name, content in modules.items():
        (directory / name).mkdir()
        (directory / name / "main.tf").write_text(content)
    (found,) = read_directory(directory)
    return found


def by_address(found: Configuration) -> dict[str, ResourceInstance]:
    """Instances by their addresses."""
    return {one.address: one for one in found.instances}


def verdicts(directory: Path, text: str, control: str, **modules: str) -> dict[str | None, Status]:
    """What a shipped control says of each resource."""
    controls = select(load(), [control])
    inventory = build_inventory(configuration(directory, text, **modules), kinds_of(controls))
    return {finding.resource.address: finding.status for finding in judge(controls, inventory)}


def test_for_each_over_a_resource_chains_its_instances(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "first" {
          for_each = { p = "1", q = "2" }
          name     = "n${each.value}"
        }
        resource "test_b" "second" {
          for_each = test_a.first
          name     = each.value.name
          target   = each.value.id
        }
        resource "test_c" "third" {
          for_each = test_b.second
          target   = each.value.target
          key      = each.key
        }
        """,
    )
    third = by_address(found)['test_c.third["q"]']
    assert third.get("key") == "q"
    assert third.get("target").address == 'test_a.first["q"]'
    assert by_address(found)['test_b.second["p"]'].get("name") == "n1"


def test_for_each_over_the_instances_of_a_module(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        module "m" {
          source   = "./m"
          for_each = toset(["x", "y"])
          name     = each.key
        }
        resource "test_b" "it" {
          for_each = module.m
          name     = each.value.name
          target   = each.value.id
        }
        """,
        m='variable "name" {}\nresource "test_a" "a" {\n  name = var.name\n}\n'
        'output "name" {\n  value = test_a.a.name\n}\noutput "id" {\n  value = test_a.a.id\n}\n',
    )
    it = by_address(found)['test_b.it["y"]']
    assert it.get("name") == "y"
    assert it.get("target").address == 'module.m["y"].test_a.a'


def test_for_each_over_a_map_with_one_unknown_key_keeps_the_values(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "more" {}
        resource "test_a" "it" {
          for_each = { for name in ["x", var.more] : name => "10.0.0.0/8" }
          cidr     = each.value
        }
        resource "test_a" "merged" {
          for_each = merge({ x = "known" }, var.more)
          cidr     = each.value
        }
        """,
    )
    instances = by_address(found)
    assert all(one.get("cidr") == "10.0.0.0/8" for one in instances.values() if one.address == 'test_a.it["x"]')
    assert isinstance(instances['test_a.merged["x"]'].get("cidr"), Unknown)  # var.more may have another value
    assert "test_a.it[?]" in instances
    assert "test_a.merged[?]" in instances


@pytest.mark.parametrize("count", ["var.on ? 1 : 0", "length(var.on)", "var.on"])
def test_an_uncertain_resource_can_fail_but_passes_nothing(tmp_path: Path, count: str) -> None:
    text = f"""
    variable "on" {{}}
    resource "aws_s3_bucket" "phi" {{ bucket = "phi" }}
    resource "aws_s3_bucket_versioning" "phi" {{
      count  = {count}
      bucket = aws_s3_bucket.phi.id
      versioning_configuration {{ status = "Enabled" }}
    }}
    resource "aws_s3_bucket" "perhaps" {{
      count  = {count}
      bucket = "perhaps"
    }}
    """
    assert verdicts(tmp_path, text, "s3_bucket_versioning_enabled") == {
        "aws_s3_bucket.phi": Status.UNKNOWN,
        "aws_s3_bucket.perhaps[?]": Status.FAIL,
    }


def test_dynamic_blocks_take_iterators_labels_sets_maps_and_resources(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        resource "test_a" "each" {
          for_each = toset(["p", "q"])
          name     = each.key
        }
        resource "test_b" "it" {
          dynamic "of_set" {
            for_each = toset(["b", "a"])
            iterator = one
            content { value = "${one.key}${one.value}" }
          }
          dynamic "of_map" {
            for_each = { z = 1, y = 2 }
            labels   = [of_map.key]
            content { value = of_map.value }
          }
          dynamic "of_list" {
            for_each = ["u", "v"]
            content { value = "${of_list.key}${of_list.value}" }
          }
          dynamic "of_resource" {
            for_each = test_a.each
            content {
              name = of_resource.value.name
              id   = of_resource.value.id
            }
          }
        }
        """,
    )
    it = by_address(found)["test_b.it"]
    assert [block["value"] for block in it.get("of_set")] == ["aa", "bb"]
    assert [block["value"] for block in it.get("of_map")] == [2, 1]
    assert [block["value"] for block in it.get("of_list")] == ["0u", "1v"]
    assert [block["name"] for block in it.get("of_resource")] == ["p", "q"]
    assert [block["id"].address for block in it.get("of_resource")] == ['test_a.each["p"]', 'test_a.each["q"]']


def test_a_dynamic_block_inside_another_sees_the_outer_iterator(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        """
        variable "unset" {}
        resource "test_a" "it" {
          dynamic "outer" {
            for_each = { a = ["1", "2"], b = [] }
            iterator = o
            content {
              dynamic "inner" {
                for_each = o.value
                content { value = "${o.key}${inner.value}" }
              }
              dynamic "perhaps" {
                for_each = var.unset
                content { value = o.key }
              }
            }
          }
        }
        """,
    )
    first, second = by_address(found)["test_a.it"].get("outer")
    assert [inner["value"] for inner in first["inner"]] == ["a1", "a2"]
    assert "inner" not in second
    assert isinstance(first["perhaps"], Incomplete)


OPEN = 'ingress {\n  from_port = 22\n  to_port = 22\n  protocol = "tcp"\n  cidr_blocks = ["0.0.0.0/0"]\n}\n'
CLOSED = OPEN.replace("0.0.0.0/0", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("blocks", "status"),
    [
        (OPEN, Status.FAIL),
        (CLOSED, Status.PASS),
        (f"{OPEN}DYNAMIC", Status.FAIL),
        (f"DYNAMIC{OPEN}", Status.FAIL),
        (f"{CLOSED}DYNAMIC", Status.UNKNOWN),
        ("DYNAMIC", Status.UNKNOWN),
    ],
)
def test_an_unknown_dynamic_block_hides_no_certain_rule_and_passes_nothing(
    tmp_path: Path, blocks: str, status: Status
) -> None:
    dynamic = (
        'dynamic "ingress" {\n  for_each = var.rules\n  content {\n    from_port = ingress.value\n'
        '    to_port = ingress.value\n    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
    )
    text = (
        'variable "rules" {}\nresource "aws_security_group" "phi" {\n'
        + blocks.replace("DYNAMIC", dynamic)
        + "egress = []\n}\n"
    )
    found = verdicts(tmp_path, text, "sg_no_public_ingress_ssh")
    assert found == {"aws_security_group.phi": status}


def test_an_expansion_over_a_module_that_is_not_there_is_uncertain(tmp_path: Path) -> None:
    found = configuration(
        tmp_path,
        'module "m" {\n  source = "registry/x/aws"\n}\nresource "test_a" "it" {\n  for_each = module.m.names\n  name = each.value\n}\n',
    )
    (it,) = found.instances
    assert it.address == "test_a.it[?]"
    assert isinstance(it.get("name"), Unknown)
