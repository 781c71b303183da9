"""Module calls: each is evaluated with its own values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Reference, Unknown
from hipaa_guard.terraform.source import read_directory
from tests.terraform.hcl_modules.given import by_address, only, write

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
