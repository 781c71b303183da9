"""Instances that are given to something that was not read: no split resource of theirs is known to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.resource import all_kinds
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import all_controls
from tests.terraform.kinds import KINDS, at, hcl, told, why

BUCKETS = """
resource "aws_s3_bucket" "a" {
  bucket = "records"
}
resource "aws_s3_bucket" "b" {
  bucket = "other"
}
"""


def calling(arguments: str) -> str:
    """Two buckets, and a call of a module that is not available."""
    return f'{BUCKETS}module "m" {{\n source = "example/versioning/aws"\n {arguments}\n}}\n'


@pytest.mark.parametrize(
    "arguments",
    [
        "bucket = aws_s3_bucket.a.id",
        "bucket = aws_s3_bucket.a.bucket",
        "buckets = [{ name = aws_s3_bucket.a.arn }]",
        'path = "s3://${aws_s3_bucket.a.bucket}/x"',
        "bucket = local.name",
        "bucket = upper(aws_s3_bucket.a.bucket)",
        "bucket = one(aws_s3_bucket.a[*].id)",
        "for_each = { x = aws_s3_bucket.a.id }\n bucket = each.value",
        "count = var.n\n bucket = aws_s3_bucket.a.id",
    ],
)
def test_a_module_that_is_not_available_may_use_what_it_was_given(tmp_path: Path, arguments: str) -> None:
    declared = 'variable "n" {}\nlocals {\n name = aws_s3_bucket.a.bucket\n}\n'
    found = hcl(tmp_path, declared + calling(arguments))
    assert why(at(found, "aws_s3_bucket.a"), "versioning").startswith("module.m was given it and is not available: ")
    assert at(found, "aws_s3_bucket.b").versioning is None


@pytest.mark.parametrize(
    "arguments",
    [
        "bucket = 1",
        "count = 0\n bucket = aws_s3_bucket.a.id",
        "for_each = {}\n bucket = aws_s3_bucket.a.id",
        "policy = jsonencode({ Resource = aws_s3_bucket.a.arn })",
    ],
)
def test_but_nothing_else(tmp_path: Path, arguments: str) -> None:
    assert at(hcl(tmp_path, calling(arguments)), "aws_s3_bucket.a").versioning is None


def test_one_instance_is_given_by_its_key(tmp_path: Path) -> None:
    text = """
    resource "aws_s3_bucket" "a" { for_each = toset(["x", "y"]) }
    module "m" {
      source = "example/versioning/aws"
      bucket = aws_s3_bucket.a["x"].id
    }
    """
    found = hcl(tmp_path, text)
    assert isinstance(told(at(found, 'aws_s3_bucket.a["x"]'), "versioning"), Unknown)
    assert at(found, 'aws_s3_bucket.a["y"]').versioning is None


def test_through_modules_up_and_down(tmp_path: Path) -> None:
    text = """
    module "bucket" {
      source = "./bucket"
    }
    module "use" {
      source = "./use"
      bucket = module.bucket.id
    }
    """
    bucket = 'resource "aws_s3_bucket" "a" {}\noutput "id" { value = aws_s3_bucket.a.id }'
    use = 'variable "bucket" {}\nmodule "m" {\n source = "example/versioning/aws"\n bucket = var.bucket\n}'
    found = hcl(tmp_path, text, bucket=bucket, use=use)
    assert why(at(found, "module.bucket.aws_s3_bucket.a"), "versioning").startswith("module.use.module.m was given it")


def test_what_is_written_is_known_all_the_same(tmp_path: Path) -> None:
    text = calling("bucket = aws_s3_bucket.a.id") + (
        'resource "aws_s3_bucket_versioning" "v" {\n bucket = "records"\n'
        'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    )
    assert at(hcl(tmp_path, text), "aws_s3_bucket.a").versioning == "Enabled"


def test_lists_of_split_resources_are_incomplete(tmp_path: Path) -> None:
    text = (
        'resource "aws_security_group" "g" {}\nmodule "m" {\n source = "a/b/c"\n group = aws_security_group.g.id\n}\n'
    )
    assert "module.m was given it" in why(at(hcl(tmp_path, text), "aws_security_group.g"), "open")


def test_a_file_with_errors_may_hold_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "broken.tf").write_text('resource "aws_s3_bucket_versioning" "v" {\n bucket = = 3\n')
    text = BUCKETS + 'module "m" {\n source = "./m"\n}\n'
    module = (
        'resource "aws_s3_bucket" "shown" {}\nresource "aws_s3_bucket" "kept" {}\n'
        'output "id" { value = aws_s3_bucket.shown.id }'
    )
    found = hcl(tmp_path, text, m=module)
    assert "broken.tf, in the same module, was not read" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert "broken.tf" in why(at(found, "module.m.aws_s3_bucket.shown"), "versioning")
    assert at(found, "module.m.aws_s3_bucket.kept").versioning is None


def test_a_called_module_with_errors_may_use_what_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "broken.tf").write_text('resource "aws_s3_bucket_versioning" "v" {{{')
    (tmp_path / "m" / "main.tf").write_text('variable "bucket" {}\nresource "aws_s3_bucket" "own" {}')
    (tmp_path / "main.tf").write_text(BUCKETS + 'module "m" {\n source = "./m"\n bucket = aws_s3_bucket.a.id\n}\n')
    found = build_inventory(read(tmp_path)[0], KINDS)
    assert "module.m was given it, and not all" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert "broken.tf" in why(at(found, "module.m.aws_s3_bucket.own"), "versioning")
    assert at(found, "aws_s3_bucket.b").versioning is None


@pytest.mark.parametrize("type", ["aws_sqs_queue", "aws_sns_topic", "aws_kms_key", "aws_secretsmanager_secret"])
def test_a_policy_that_is_written_decides_before_one_that_the_module_may_hold(type: str, tmp_path: Path) -> None:
    all_controls()
    shipped = (kind for kind in all_kinds() if kind.__module__.startswith("hipaa_guard.") and "policy" in kind.facts)
    (kind,) = (
        each for each in shipped if each.terraform and type in each.terraform.types and not each.terraform.inside
    )
    call = f'module "m" {{\n source = "example/policies/aws"\n it = {type}.it.arn\n}}\n'

    def policy_of(arguments: str) -> Value:
        (tmp_path / "main.tf").write_text(f'resource "{type}" "it" {{\n{arguments}\n}}\n{call}')
        (configuration,) = read(tmp_path)
        (resource,) = build_inventory(configuration, [kind]).seen(kind)
        return resource.peek(kind.facts["policy"])

    without = policy_of("")
    assert isinstance(without, Unknown)
    assert without.reason.startswith("module.m was given it and is not available: ")
    statement = '{ Effect = "Allow", Action = "*", Principal = "*", Resource = "*" }'
    written = policy_of(f'policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})')
    assert isinstance(written, PolicyDocument)
    assert written.is_public()
    assert isinstance(policy_of("policy = var.open"), Unknown)
