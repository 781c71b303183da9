"""Modules, variables, providers and files: what belongs to a configuration and where its values come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Reference, Unknown
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.source import VariableFileError, read_directory


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def only(directory: Path, files: Mapping[str, str]) -> Configuration:
    """The one configuration of a tree."""
    write(directory, files)
    (found,) = read_directory(directory)
    return found


def by_address(found: Configuration) -> dict[str, ResourceInstance]:
    """Instances by their addresses."""
    return {one.address: one for one in found.instances}


BUCKET = """
variable "name" {}
resource "aws_s3_bucket" "b" {
  bucket = var.name
}
output "id" {
  value = aws_s3_bucket.b.id
}
output "name" {
  value = aws_s3_bucket.b.bucket
}
"""


def test_modules_are_evaluated_for_each_call_and_instance(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        {
            "main.tf": """
                module "one" {
                  source = "./modules/bucket"
                  name   = "phi"
                }
                module "many" {
                  source   = "./modules/bucket"
                  for_each = { a = "x", b = "y" }
                  name     = each.value
                }
                module "counted" {
                  source = "./modules/bucket"
                  count  = 1
                  name   = "n${count.index}"
                }
                resource "test_a" "it" {
                  one     = module.one.id
                  many    = module.many["a"].name
                  all     = [for m in module.many : m.id]
                  counted = module.counted[0].name
                  splat   = module.counted[*].name
                  whole   = jsonencode(module.one)
                }
            """,
            "modules/bucket/main.tf": BUCKET,
        },
    )
    instances = by_address(found)
    assert list(instances) == [
        "test_a.it",
        "module.one.aws_s3_bucket.b",
        'module.many["a"].aws_s3_bucket.b',
        'module.many["b"].aws_s3_bucket.b',
        "module.counted[0].aws_s3_bucket.b",
    ]
    it = instances["test_a.it"]
    assert it.get("one").address == "module.one.aws_s3_bucket.b"
    assert it.get("many") == "x"
    assert [one.address for one in it.get("all")] == list(instances)[2:4]
    assert it.get("counted") == "n0"
    assert it.get("splat") == ["n0"]
    assert it.get("whole").document["name"] == "phi"
    bucket = instances['module.many["b"].aws_s3_bucket.b']
    assert bucket.module == 'module.many["b"]'
    assert str(bucket.location) == "modules/bucket/main.tf:3"
    assert [str(call) for call in bucket.location.calls] == ["main.tf:6"]
    assert found.files == 2


@pytest.mark.parametrize("number", [33, 100, 1000])
def test_any_number_of_calls_is_evaluated(tmp_path: Path, number: int) -> None:
    calls = "".join(f'module "m{n}" {{\n  source = "./m"\n  name   = "n{n}"\n}}\n' for n in range(number))
    found = only(tmp_path, {"main.tf": calls, "m/main.tf": BUCKET})
    assert [one.get("bucket") for one in found.instances] == [f"n{n}" for n in range(number)]


def test_references_go_through_modules_in_both_directions(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        {
            "main.tf": """
                resource "aws_kms_key" "k" {}
                module "m" {
                  source = "./m"
                  name   = aws_kms_key.k.arn
                }
                resource "test_a" "it" {
                  name = module.m.name
                }
            """,
            "m/main.tf": BUCKET,
        },
    )
    instances = by_address(found)
    for value in (instances["module.m.aws_s3_bucket.b"].get("bucket"), instances["test_a.it"].get("name")):
        assert isinstance(value, Reference)
        assert (value.address, value.attribute) == ("aws_kms_key.k", "arn")


def test_uncertain_calls_make_uncertain_instances(tmp_path: Path) -> None:
    files = {
        "main.tf": 'variable "on" {}\nmodule "m" {\n  source = "./m"\n  count = var.on\n  name = "x"\n}\n'
        'resource "test_a" "it" {\n  id = module.m[0].id\n}\n',
        "m/main.tf": BUCKET,
    }
    instances = by_address(only(tmp_path, files))
    bucket = instances["module.m[?].aws_s3_bucket.b"]
    assert bucket.uncertain is not None
    assert bucket.get("bucket") == "x"
    assert instances["test_a.it"].get("id").address == "module.m[?].aws_s3_bucket.b"


def test_cycles_of_modules_end_with_a_gap(tmp_path: Path) -> None:
    files = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\nresource "test_a" "a" {}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "test_a" "b" {}\n',
        "self/main.tf": 'module "self" {\n  source = "./"\n}\nresource "test_a" "s" {}\n',
    }
    write(tmp_path, files)
    found = {one.root: one for one in read_directory(tmp_path)}
    assert sorted(found) == ["a", "self"]
    assert [one.address for one in found["a"].instances] == ["test_a.a", "module.b.test_a.b"]
    assert found["a"].gaps[0].kind is GapKind.MODULE
    assert found["self"].gaps[0].incomplete


def test_modules_that_are_not_there_are_gaps_and_their_outputs_unknown(tmp_path: Path) -> None:
    found = only(
        tmp_path,
        {
            "main.tf": """
                module "registry" {
                  source  = "terraform-aws-modules/vpc/aws"
                  version = "5.0"
                }
                module "lost" {
                  source = "./lost"
                }
                resource "test_a" "it" {
                  vpc  = module.registry.vpc_id
                  lost = module.lost.list[0].x
                }
            """
        },
    )
    assert [(gap.kind, gap.subject, gap.incomplete) for gap in found.gaps] == [
        (GapKind.MODULE, "module.registry", True),
        (GapKind.MODULE, "module.lost", True),
    ]
    assert "terraform init" in found.gaps[0].hint
    for name in ("vpc", "lost"):
        value = found.instances[0].get(name)
        assert isinstance(value, Unknown)
        assert value.cause is Cause.MODULE


def test_installed_modules_are_found_through_the_manifest(tmp_path: Path) -> None:
    manifest = {
        "Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "net", "Source": "registry/x/aws", "Dir": ".terraform/modules/net"},
            {"Key": "net.deep", "Source": "git::y", "Dir": ".terraform/modules/net.deep"},
        ]
    }
    found = only(
        tmp_path,
        {
            "main.tf": 'module "net" {\n  source = "registry/x/aws"\n}\n',
            ".terraform/modules/modules.json": json.dumps(manifest),
            ".terraform/modules/net/main.tf": 'module "deep" {\n  source = "git::y"\n}\n',
            ".terraform/modules/net.deep/main.tf": 'resource "test_a" "it" {}\n',
        },
    )
    assert [one.address for one in found.instances] == ["module.net.module.deep.test_a.it"]
    assert not found.gaps


def test_roots_are_what_nobody_calls(tmp_path: Path) -> None:
    files = {
        "envs/prod/main.tf": 'module "m" {\n  source = "../../modules/called"\n  name = "p"\n}\n',
        "modules/called/main.tf": BUCKET,
        "modules/lonely/main.tf": BUCKET,
        ".hidden/main.tf": BUCKET,
        "empty/readme.md": "",
    }
    write(tmp_path, files)
    found = read_directory(tmp_path)
    assert [one.root for one in found] == ["envs/prod", "modules/lonely"]


def test_a_module_that_nobody_calls_is_marked(tmp_path: Path) -> None:
    files = {
        "lonely/main.tf": 'module "below" {\n  source = "../below"\n  name = var.name\n}\n' + BUCKET,
        "below/main.tf": BUCKET,
        "root/main.tf": 'variable "name" {\n  default = "phi"\n}\n',
    }
    write(tmp_path, files)
    lonely, root = read_directory(tmp_path)
    assert [one.address for one in lonely.instances] == ["aws_s3_bucket.b", "module.below.aws_s3_bucket.b"]
    (row,) = lonely.gaps
    assert (row.kind, row.subject, row.incomplete) == (GapKind.UNCALLED, "lonely", False)
    assert row.reason.endswith("without a value: name")
    assert not root.gaps


def test_a_module_that_its_examples_call_is_judged_as_they_call_it(tmp_path: Path) -> None:
    files = {"main.tf": BUCKET, "examples/full/main.tf": 'module "it" {\n  source = "../.."\n  name = "phi"\n}\n'}
    write(tmp_path, files)
    (found,) = read_directory(tmp_path)
    assert found.root == "examples/full"
    assert [(one.address, one.get("bucket")) for one in found.instances] == [("module.it.aws_s3_bucket.b", "phi")]
    assert not found.gaps


def test_a_directory_with_values_of_its_own_is_a_root_whoever_calls_it(tmp_path: Path) -> None:
    files = {
        "prod/main.tf": BUCKET,
        "prod/terraform.tfvars": 'name = "phi"\n',
        "trial/main.tf": 'module "it" {\n  source = "../prod"\n  name = "trial"\n}\n',
    }
    write(tmp_path, files)
    found = {one.root: [instance.get("bucket") for instance in one.instances] for one in read_directory(tmp_path)}
    assert found == {"prod": ["phi"], "trial": ["trial"]}


def test_an_installed_module_calls_what_lies_below_it_and_what_was_installed_for_it(tmp_path: Path) -> None:
    installed = ".terraform/modules"
    entries = [("", "."), ("x", f"{installed}/x"), ("x.y", f"{installed}/x/modules/y"), ("x.z", f"{installed}/x.z")]
    found = only(
        tmp_path,
        {
            "main.tf": 'module "x" {\n  source = "registry/x/aws"\n}\n',
            f"{installed}/modules.json": json.dumps({"Modules": [{"Key": key, "Dir": path} for key, path in entries]}),
            f"{installed}/x/main.tf": "".join(
                f'module "{name}" {{\n  source = "{source}"\n}}\n'
                for name, source in (("y", "./modules/y"), ("z", "git::z"), ("w", "git::w"))
            ),
            f"{installed}/x/modules/y/main.tf": 'resource "test_a" "y" {}\n',
            f"{installed}/x.z/main.tf": 'resource "test_a" "z" {}\n',
        },
    )
    assert [one.address for one in found.instances] == ["module.x.module.y.test_a.y", "module.x.module.z.test_a.z"]
    assert [(gap.kind, gap.subject) for gap in found.gaps] == [(GapKind.MODULE, "module.x.module.w")]


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
