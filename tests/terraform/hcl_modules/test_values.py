"""Values of variables, providers and the files of a module."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.source import VariableFileError, read_directory
from tests.terraform.hcl_modules.given import by_address, only, write


def test_values_of_variables_come_in_terraforms_order(tmp_path: Path) -> None:
    declared = "".join(f'variable "{name}" {{\n  default = "default"\n}}\n' for name in "abcdef")
    values = ", ".join(f"var.{name}" for name in "abcdef")
    files = {
        "main.tf": f'{declared}resource "test_a" "it" {{\n  values = [{values}]\n}}\n',
        "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\ne = "tfvars"\nf = "tfvars"\n',
        "terraform.tfvars.json": '{"c": "json", "d": "json", "e": "json", "f": "json"}',
        "z.auto.tfvars": 'd = "auto"\ne = "auto"\nf = "auto"\n',
        "named": 'e = "file"\nf = "file"\n',
    }
    write(tmp_path, files)
    (found,) = read_directory(tmp_path, PlanInputs(var_files=[tmp_path / "named"], variables={"f": "var"}))
    assert found.instances[0].get("values") == ["default", "tfvars", "json", "auto", "file", "var"]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("string", "5", "5"),
        ("number", '"5"', 5),
        ("bool", '"true"', True),
        ("list(string)", "[1, true]", ["1", "true"]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(number)", '{ a = "1" }', {"a": 1}),
        ("tuple([string, number])", '[1, "2"]', ["1", 2]),
        ("object({ a = string, b = optional(number, 3), c = optional(string) })", "{ a = 1, d = 4 }",
         {"a": "1", "b": 3, "c": None}),
        ("list(object({ on = optional(bool, true) }))", "[{}]", [{"on": True}]),
        ("any", "{ a = 1 }", {"a": 1}),
        ('"string"', "5", "5"),
        ("map", "{ a = 1 }", {"a": 1}),
    ],
)  # fmt: skip
def test_values_are_converted_to_the_type_of_their_variable(
    tmp_path: Path, kind: str, given: str, value: object
) -> None:
    text = f'variable "v" {{\n  type = {kind}\n  default = {given}\n}}\nresource "test_a" "it" {{\n  v = var.v\n}}\n'
    assert only(tmp_path, {"main.tf": text}).instances[0].get("v") == value


def test_a_value_of_the_wrong_type_is_unknown_and_reported(tmp_path: Path) -> None:
    text = 'variable "v" {\n  type = list(string)\n  default = 5\n}\nresource "test_a" "it" {\n  v = var.v\n}\n'
    found = only(tmp_path, {"main.tf": text})
    assert isinstance(found.instances[0].get("v"), Unknown)
    assert found.gaps[0].subject == "var.v"


def test_null_takes_the_default_where_a_variable_is_not_nullable(tmp_path: Path) -> None:
    module = (
        'variable "a" {\n  default = "d"\n  nullable = false\n}\nvariable "b" {\n  default = "d"\n}\n'
        'resource "test_a" "it" {\n  a = var.a\n  b = var.b\n}\n'
    )
    files = {"main.tf": 'module "m" {\n  source = "./m"\n  a = null\n  b = null\n}\n', "m/main.tf": module}
    it = only(tmp_path, files).instances[0]
    assert it.get("a") == "d"
    assert it.get("b") is None


@pytest.mark.parametrize(("text", "message"), [("a = ", "syntax error"), ("a = local.x", "cannot refer")])
def test_a_named_variable_file_must_be_readable(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, {"main.tf": "", "x.tfvars": text})
    with pytest.raises(VariableFileError, match=message):
        read_directory(tmp_path, PlanInputs(var_files=[tmp_path / "x.tfvars"]))
    with pytest.raises(VariableFileError, match="opened"):
        read_directory(tmp_path, PlanInputs(var_files=[tmp_path / "nowhere.tfvars"]))


def test_values_of_the_command_line_are_texts_or_expressions(tmp_path: Path) -> None:
    text = (
        'variable "s" {\n  type = string\n}\nvariable "l" {\n  type = list(number)\n}\n'
        'resource "test_a" "it" {\n  s = var.s\n  l = var.l\n}\n'
    )
    write(tmp_path, {"main.tf": text})
    (found,) = read_directory(tmp_path, PlanInputs(variables={"s": "[1]", "l": "[1, 2]"}))
    assert found.instances[0].get("s") == "[1]"
    assert found.instances[0].get("l") == [1, 2]
    with pytest.raises(VariableFileError):
        read_directory(tmp_path, PlanInputs(variables={"l": "[1, "}))


def test_providers_give_region_and_default_tags(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        {
            "main.tf": """
                variable "unset" {}
                provider "aws" {
                  region = "us-east-1"
                  default_tags {
                    tags = { Owner = "clinic", Level = "low" }
                  }
                }
                provider "aws" {
                  alias  = "west"
                  region = "us-west-2"
                }
                provider "aws" {
                  alias  = "lost"
                  region = var.unset
                }
                resource "aws_a" "home" {
                  tags = { Level = "high" }
                }
                resource "aws_a" "west" {
                  provider = aws.west
                }
                resource "aws_a" "lost" {
                  provider = aws.lost
                }
                resource "aws_a" "own" {
                  region = "eu-west-1"
                }
                module "inherits" {
                  source = "./m"
                }
                module "mapped" {
                  source    = "./m"
                  providers = { aws = aws.west, aws.other = aws }
                }
            """,
            "m/main.tf": 'resource "aws_a" "it" {}\nresource "aws_a" "other" {\n  provider = aws.other\n}\n',
        },
    )
    instances = by_address(found)
    assert instances["aws_a.home"].region == "us-east-1"
    assert instances["aws_a.home"].get("tags") == {"Level": "high"}
    assert instances["aws_a.home"].get("tags_all") == {"Owner": "clinic", "Level": "high"}
    assert instances["aws_a.west"].region == "us-west-2"
    assert instances["aws_a.west"].get("tags_all") is None
    assert isinstance(instances["aws_a.lost"].region, Unknown)
    assert instances["aws_a.own"].region == "eu-west-1"
    assert instances["module.inherits.aws_a.it"].region == "us-east-1"
    assert instances["module.mapped.aws_a.it"].region == "us-west-2"
    assert instances["module.mapped.aws_a.other"].region == "us-east-1"


def test_override_files_change_arguments_and_replace_blocks(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        {
            "main.tf": 'resource "test_a" "it" {\n  a = 1\n  b = 1\n  rule {\n    n = 1\n  }\n  rule {\n    n = 2\n  }\n}\n'
            "locals {\n  x = 1\n}\n",
            "it_override.tf": 'resource "test_a" "it" {\n  b = local.x\n  rule {\n    n = 3\n  }\n}\nlocals {\n  x = 2\n}\n',
        },
    )
    it = found.instances[0]
    assert (it.get("a"), it.get("b"), it.get("rule")) == (1, 2, [{"n": 3}])
    assert not found.gaps


def test_json_files_are_read_like_native_ones(tmp_path: Path) -> None:
    document = {
        "//": "a comment",
        "variable": {"name": {"type": "string", "default": "phi"}},
        "locals": {"upper": "${upper(var.name)}"},
        "resource": {
            "aws_s3_bucket": {
                "b": {
                    "for_each": '${toset(["x"])}',
                    "bucket": "${local.upper}-${each.key}",
                    "tags": {"A": "1"},
                    "versioning": {"enabled": True},
                    "dynamic": {"rule": {"for_each": [1], "content": {"n": "${rule.value}"}}},
                }
            }
        },
        "output": {"o": {"value": "x"}},
    }
    found = only(tmp_path, {"main.tf.json": json.dumps(document, indent=1)})
    (bucket,) = found.instances
    assert bucket.address == 'aws_s3_bucket.b["x"]'
    assert bucket.get("bucket") == "PHI-x"
    assert bucket.get("tags") == {"A": "1"}
    assert bucket.get("versioning") == [{"enabled": True}]
    assert bucket.get("rule") == [{"n": 1}]
    assert bucket.location.line_start == 14
    place = bucket.locate("versioning.enabled")
    assert place is not None
    assert place.line_start == 21
    assert not found.gaps


def test_opentofu_files_take_the_place_of_terraform_ones(tmp_path: Path) -> None:
    files = {
        "main.tf": 'resource "test_a" "it" {\n  n = 1\n}\n',
        "main.tofu": 'resource "test_a" "it" {\n  n = 2\n}\n',
        "more.tofu": 'resource "test_a" "more" {}\n',
    }
    found = only(tmp_path, files)
    assert [(one.name, one.get("n")) for one in found.instances] == [("it", 2), ("more", None)]


def test_declaring_an_address_twice_is_reported_and_both_are_kept(tmp_path: Path) -> None:
    text = 'resource "test_a" "it" {\n  n = 1\n}\nresource "test_a" "it" {\n  n = 2\n}\n'
    found = only(tmp_path, {"main.tf": text})
    assert [one.get("n") for one in found.instances] == [1, 2]
    (gap,) = found.gaps
    assert gap.kind is GapKind.DUPLICATE
    assert str(gap.location) == "main.tf:4"


@pytest.mark.parametrize(
    "own",
    ['provider "aws" {\n  region = "eu-west-1"\n}', 'terraform {\n  backend "s3" {}\n}', "terraform {\n  cloud {}\n}"],
)
def test_a_root_that_waits_for_values_is_no_module_that_nobody_calls(tmp_path: Path, own: str) -> None:
    write(tmp_path, {"main.tf": f'variable "name" {{}}\n{own}\n'})
    (found,) = read_directory(tmp_path)
    assert [gap for gap in found.gaps if gap.kind is GapKind.UNCALLED] == []
