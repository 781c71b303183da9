"""Override files, held against Terraform itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.source import read_directory

TERRAFORM = shutil.which("terraform")

FILES = {
    "main.tf": """
        variable "typed" {
          type    = string
          default = 1
        }
        variable "kept" {
          type    = list(string)
          default = ["base"]
        }
        locals {
          one = "base"
          two = "base ${local.one}"
        }
        resource "terraform_data" "it" {
          input            = [var.typed, var.kept, local.one, local.two, module.m.o]
          triggers_replace = "base"
          lifecycle {
            ignore_changes = [input]
          }
        }
        resource "terraform_data" "many" {
          count = 1
          input = "base ${count.index}"
        }
        module "m" {
          source = "./m"
          v      = "base"
          w      = "base"
        }
    """,
    "a_override.tf": """
        variable "typed" {
          default = true
        }
        locals {
          one = "a"
        }
        resource "terraform_data" "it" {
          triggers_replace = "a"
          lifecycle {
            create_before_destroy = true
          }
        }
        module "m" {
          w = "a"
        }
    """,
    "b_override.tf.json": json.dumps(
        {
            "variable": {"kept": {"default": [1, 2]}},
            "resource": {"terraform_data": {"many": {"count": 2}}},
            "locals": {"two": "b ${local.one}"},
        }
    ),
    "override.tf": """
        resource "terraform_data" "it" {
          triggers_replace = "last"
        }
        output "added" {
          value = 1
        }
    """,
    "outputs.tf": 'output "added" {\n  value = 0\n}\n',
    "m/main.tf": 'variable "v" {}\nvariable "w" {}\noutput "o" {\n  value = "${var.v} ${var.w}"\n}\n',
}
EXPECTED: dict[str, dict[str, Value]] = {
    "terraform_data.it": {"input": ["true", ["1", "2"], "a", "b a", "base a"], "triggers_replace": "last"},
    "terraform_data.many[0]": {"input": "base 0", "triggers_replace": None},
    "terraform_data.many[1]": {"input": "base 1", "triggers_replace": None},
}


def write(directory: Path, files: dict[str, str]) -> None:
    """Files of a tree."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(directory: Path, files: dict[str, str]) -> Configuration:
    """The one configuration of a tree."""
    write(directory, files)
    (found,) = read_directory(directory)
    return found


def test_arguments_are_overridden_one_by_one_and_file_by_file(tmp_path: Path) -> None:
    found = read(tmp_path, FILES)
    values = {one.address: {name: one.get(name) for name in EXPECTED[one.address]} for one in found.instances}
    assert values == EXPECTED
    assert not found.gaps


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_terraform_says_the_same(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    run = [str(TERRAFORM), f"-chdir={tmp_path}"]
    for command in (["init", "-backend=false"], ["plan", "-refresh=false", "-out=it.plan"]):
        subprocess.run([*run, *command], check=True, capture_output=True)
    shown = subprocess.run([*run, "show", "-json", "it.plan"], check=True, capture_output=True)
    planned = json.loads(shown.stdout)["planned_values"]["root_module"]["resources"]
    values = {one["address"]: {name: one["values"].get(name) for name in EXPECTED[one["address"]]} for one in planned}
    assert values == EXPECTED


RULES = """
resource "aws_a" "it" {
  rule {
    n = 1
  }
  dynamic "rule" {
    for_each = [2]
    content {
      n = rule.value
    }
  }
  other {
    n = 3
  }
}
"""


@pytest.mark.parametrize(
    ("override", "rules"),
    [
        ("rule {\n n = 9\n}", [{"n": 9}]),
        ('dynamic "rule" {\n for_each = [7, 8]\n content {\n  n = rule.value\n }\n}', [{"n": 7}, {"n": 8}]),
        ("more {\n n = 9\n}", [{"n": 1}, {"n": 2}]),
    ],
)
def test_nested_blocks_are_replaced_by_type_also_the_dynamic_ones(tmp_path: Path, override: str, rules: Value) -> None:
    found = read(tmp_path, {"main.tf": RULES, "x_override.tf": f'resource "aws_a" "it" {{\n{override}\n}}\n'})
    assert found.instances[0].get("rule") == rules
    assert found.instances[0].get("other") == [{"n": 3}]


def test_providers_are_overridden_by_alias(tmp_path: Path) -> None:
    files = {
        "main.tf": 'provider "aws" {\n region = "a"\n}\nprovider "aws" {\n alias = "w"\n region = "b"\n'
        ' default_tags {\n  tags = { base = "1" }\n }\n}\n'
        'resource "aws_a" "one" {}\nresource "aws_a" "two" {\n provider = aws.w\n}\n',
        "override.tf": 'provider "aws" {\n alias = "w"\n default_tags {\n  tags = { over = "2" }\n }\n}\n',
    }
    one, two = read(tmp_path, files).instances
    assert (one.region, one.get("tags_all")) == ("a", None)
    assert (two.region, two.get("tags_all")) == ("b", {"over": "2"})


@pytest.mark.parametrize(
    "text",
    [
        'resource "a" "b" {}',
        'variable "v" {}',
        "locals {\n v = 1\n}",
        'provider "aws" {\n alias = "x"\n}',
        'output "o" {}',
    ],
)
def test_an_override_of_nothing_is_told(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, {"main.tf": 'resource "a" "other" {}\n', "override.tf": text + "\n"})
    assert [(gap.reason, gap.incomplete) for gap in found.gaps if gap.kind is not GapKind.UNCALLED] == [
        ("an override file changes it, but nothing declares it", False)
    ]
