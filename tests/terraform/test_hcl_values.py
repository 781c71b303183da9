"""Expressions of Terraform source: what is known, what is not, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete, first_unknown
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance
from hipaa_guard.terraform.source import read_directory


def configuration(directory: Path, text: str) -> Configuration:
    """The one configuration that a file makes."""
    (directory / "main.tf").write_text(text)
    (found,) = read_directory(directory)
    return found


def instance(directory: Path, text: str, address: str) -> ResourceInstance:
    """One instance of a configuration."""
    return next(one for one in configuration(directory, text).instances if one.address == address)


def value_of(directory: Path, expression: str, declarations: str = "") -> Value:
    """The value of an expression, beside some declarations."""
    text = f'variable "unset" {{}}\n{declarations}\nresource "test_thing" "it" {{\n  value = {expression}\n}}\n'
    return instance(directory, text, "test_thing.it").get("value")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("true ? 1 : false ? 2 : 3", 1),
        ("1e5", 100000),
        ("0.1 + 0.2", 0.3),
        ('"a-${1 + 1}"', "a-2"),
        ('"${[1]}"', [1]),
        ('"$${x} %%{y}"', "${x} %{y}"),
        ('"é${"ü"}"', "éü"),
        ("[for k, v in { b = 1, a = 2 } : k]", ["a", "b"]),
        ('{ for x in [1, 2] : "k${x}" => x if x > 1 }', {"k2": 2}),
        ("[{ a = [1] }, { a = [2] }][*].a[0]", [1, 2]),
        ("[{ a = [1] }, { a = [2] }].*.a[0]", [1]),
        ("null[*]", []),
        ("try({}.x, 5)", 5),
        ("can({}.x)", False),
        ("[1, 2, 3][\n 1\n]", 2),
        ("(true\n && false)", False),
        ('{\n ("k") = 1\n l : 2,\n}', {"k": 1, "l": 2}),
        ('true ? 1 : "one"', "1"),
        ("path.module", "."),
    ],
)
def test_known_expressions_have_terraforms_value(tmp_path: Path, expression: str, value: Value) -> None:
    assert value_of(tmp_path, expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("false && var.unset", False),
        ("var.unset && false", False),
        ("var.unset || true", True),
        ("var.unset ? 1 : 1", 1),
        ("test_other.a.id == null", False),
        ('"x-${var.unset}" == "y-1"', False),
        ("test_other.a.id == test_other.a.id", True),
        ("[1, var.unset] == [2, var.unset]", False),
        ("can(test_other.a.id) ? 1 : 1", 1),
    ],
)
def test_a_result_is_known_when_unknown_parts_cannot_change_it(tmp_path: Path, expression: str, value: Value) -> None:
    assert value_of(tmp_path, expression, 'resource "test_other" "a" {}') == value


@pytest.mark.parametrize(
    "expression",
    [
        "var.unset",
        "!var.unset",
        "var.unset + 1",
        "var.unset == 1",
        "var.unset ? 1 : 2",
        "var.unset.a[0]",
        "upper(var.unset)",
    ],
)
def test_a_variable_without_value_makes_results_unknown_and_says_so(tmp_path: Path, expression: str) -> None:
    value = value_of(tmp_path, expression)
    assert isinstance(value, Unknown)
    assert value.cause is Cause.VARIABLE
    assert "var.unset" in value.references
    assert value.reason == "var.unset has no value"


def test_known_parts_of_collections_and_texts_are_kept(tmp_path: Path) -> None:
    value = value_of(tmp_path, '{ a = 1, b = var.unset, c = "p-${var.unset}", d = [1, var.unset] }')
    assert value["a"] == 1
    assert isinstance(value["b"], Unknown)
    assert isinstance(value["c"], PartialText)
    assert value["c"].prefix == "p-"
    assert value["d"][0] == 1
    assert isinstance(value["d"][1], Unknown)


def test_an_unknown_test_keeps_what_both_arms_share(tmp_path: Path) -> None:
    value = value_of(tmp_path, "var.unset ? { a = 1, b = 2 } : { a = 1, b = 3 }")
    assert value["a"] == 1
    assert isinstance(value["b"], Unknown)


def test_an_unknown_filter_leaves_an_incomplete_list(tmp_path: Path) -> None:
    value = value_of(tmp_path, '[for x in ["a", "b"] : x if x == "a" || x == var.unset]')
    assert isinstance(value, Incomplete)
    assert value.seen == ["a"]


def test_jsonencode_keeps_the_structure_around_unknown_parts(tmp_path: Path) -> None:
    value = value_of(tmp_path, 'jsonencode({ Effect = "Deny", Resource = var.unset })')
    assert isinstance(value, PartialJson)
    assert value.document["Effect"] == "Deny"


def test_a_written_attribute_is_its_value_and_a_computed_one_a_reference(tmp_path: Path) -> None:
    declarations = 'resource "aws_s3_bucket" "b" {\n  bucket = "phi"\n}'
    assert value_of(tmp_path, "aws_s3_bucket.b.bucket", declarations) == "phi"
    value = value_of(tmp_path, "aws_s3_bucket.b.arn", declarations)
    assert isinstance(value, Reference)
    assert (value.address, value.attribute, value.is_set) == ("aws_s3_bucket.b", "arn", True)
    value = value_of(tmp_path, "aws_s3_bucket.b.hosted_zone", declarations)
    assert isinstance(value, Reference)
    assert not value.is_set


def test_a_written_attribute_that_is_unknown_is_a_reference_with_the_cause(tmp_path: Path) -> None:
    declarations = 'resource "aws_s3_bucket" "b" {\n  bucket = "phi-${var.unset}"\n}'
    value = value_of(tmp_path, "aws_s3_bucket.b.bucket", declarations)
    assert isinstance(value, Reference)
    assert (value.address, value.attribute, value.is_set) == ("aws_s3_bucket.b", "bucket", True)
    assert value.cause is Cause.VARIABLE


def test_a_reference_passes_through_the_argument_of_another_resource(tmp_path: Path) -> None:
    declarations = """
        resource "aws_s3_bucket" "b" {}
        resource "aws_s3_bucket_public_access_block" "b" {
          bucket = aws_s3_bucket.b.id
        }
    """
    value = value_of(tmp_path, "aws_s3_bucket_public_access_block.b.bucket", declarations)
    assert isinstance(value, Reference)
    assert value.address == "aws_s3_bucket.b"


def test_a_part_of_a_block_that_is_not_written_is_a_reference(tmp_path: Path) -> None:
    declarations = 'resource "aws_instance" "i" {\n  root_block_device {\n    encrypted = true\n  }\n}'
    assert value_of(tmp_path, "aws_instance.i.root_block_device[0].encrypted", declarations) is True
    value = value_of(tmp_path, "aws_instance.i.root_block_device[0].volume_id", declarations)
    assert isinstance(value, Reference)
    assert value.attribute == "root_block_device[0].volume_id"


def test_data_sources_are_not_known(tmp_path: Path) -> None:
    declarations = 'data "aws_kms_key" "k" {\n  key_id = "alias/phi"\n}'
    assert value_of(tmp_path, "data.aws_kms_key.k.key_id", declarations) == "alias/phi"
    value = value_of(tmp_path, "data.aws_kms_key.k.arn", declarations)
    assert isinstance(value, Unknown)
    assert value.cause is Cause.DATA_SOURCE
    assert value.is_set


def test_an_error_is_unknown_with_a_gap_and_spares_its_neighbours(tmp_path: Path) -> None:
    text = 'resource "test_thing" "it" {\n  value = { a = 1, b = local.nowhere }\n  other = 2\n}\n'
    found = configuration(tmp_path, text)
    value = found.instances[0].get("value")
    assert value["a"] == 1
    assert isinstance(value["b"], Unknown)
    assert value["b"].cause is Cause.EXPRESSION
    (gap,) = found.gaps
    assert not gap.incomplete
    assert str(gap.location) == "main.tf:2"


@pytest.mark.parametrize(
    "locals_text", ["a = local.a", "a = local.b\n b = local.a", "a = { x = local.a.x }", "a = [for i in [1] : local.a]"]
)
def test_what_needs_itself_is_unknown(tmp_path: Path, locals_text: str) -> None:
    value = value_of(tmp_path, "local.a", f"locals {{\n {locals_text}\n}}")
    assert first_unknown(value) is not None


def test_heredocs_keep_and_lose_their_indentation(tmp_path: Path) -> None:
    text = 'resource "test_thing" "it" {\n  value = <<-EOT\n    a # no comment\n\n      "b" ${1}\n    EOT\n}\n'
    assert instance(tmp_path, text, "test_thing.it").get("value") == 'a # no comment\n\n  "b" 1\n'


def test_every_root_name_by_itself_is_unknown(tmp_path: Path) -> None:
    for name in ("var", "local", "module", "data", "each", "terraform.workspace", "self.x", "count"):
        assert isinstance(value_of(tmp_path, name), Unknown), name


def test_an_argument_set_twice_is_unknown_and_reported(tmp_path: Path) -> None:
    found = configuration(tmp_path, 'resource "test_thing" "it" {\n  value = 1\n  value = 2\n}\n')
    assert isinstance(found.instances[0].get("value"), Unknown)
    assert found.gaps[0].kind.value == "declared twice"


def test_resources_may_be_named_with_their_mode(tmp_path: Path) -> None:
    value = value_of(tmp_path, "resource.aws_s3_bucket.b.id", 'resource "aws_s3_bucket" "b" {}')
    assert isinstance(value, Reference)
    assert value.address == "aws_s3_bucket.b"


def test_the_region_that_terraform_asks_for_is_that_of_the_provider(tmp_path: Path) -> None:
    declarations = 'provider "aws" {\n  region = "us-east-1"\n}\ndata "aws_region" "here" {}'
    assert value_of(tmp_path, "data.aws_region.here.name", declarations) == "us-east-1"
    declarations = 'provider "aws" {\n  region = var.unset\n}\ndata "aws_region" "here" {}'
    assert isinstance(value_of(tmp_path, "data.aws_region.here.name", declarations), Unknown)


def test_an_index_that_looks_like_a_number_with_an_exponent_is_a_gap(tmp_path: Path) -> None:
    assert configuration(tmp_path, 'resource "test_thing" "it" {\n  value = [1].1e9\n}\n').gaps


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('flatten(try([local.x["rule"]], [local.x["rules"]], []))[0].id', "r"),
        ('try(local.x.rule.id, "none")', "r"),
        ('try(local.x["rules"], local.x["rule"]).id', "r"),
        ("try(merge(local.x.rule, { more = 1 }), {}).more", 1),
        ("try([for rule in [local.x.rule] : rule], [])[0].id", "r"),
        ("try({ a = local.x.rule, b = var.unset }, {}).a.id", "r"),
        ("can(local.x.rule)", True),
        ("can(local.x.rules)", False),
        ("try(local.x.rule.secret, 1) == null", None),
        ("try(local.x.rule.secret.deeper, { id = 2 }).id", None),
        ("try(upper(local.x.rule.secret), 1)", None),
        ("can(local.x.rule.secret.deeper)", None),
        ("can(upper(local.x.rule.secret))", None),
        ("can([for part in local.x.rule.secret : part])", None),
        ("can(local.x[local.x.rule.secret])", None),
        ("can(local.x.rule.secret + 1)", None),
        ('can("a-${local.x.rule.secret}")', None),
        ("can(try(local.x.rule.secret.deeper))", None),
    ],
)
def test_only_what_an_expression_needs_can_make_it_fail(tmp_path: Path, expression: str, value: Value) -> None:
    found = value_of(tmp_path, expression, 'locals {\n x = { rule = { id = "r", secret = var.unset } }\n}')
    assert isinstance(found, Unknown) if value is None else found == value


def test_an_attribute_of_what_may_not_exist_may_fail(tmp_path: Path) -> None:
    declared = 'resource "test_other" "o" {\n count = var.unset\n name = "n"\n}'
    assert isinstance(value_of(tmp_path, 'try(test_other.o[0].name, "")', declared), Unknown)


@pytest.mark.parametrize(
    ("region", "attribute", "value"),
    [
        ("eu-west-1", "partition", "aws"),
        ("eu-west-1", "dns_suffix", "amazonaws.com"),
        ("us-gov-west-1", "partition", "aws-us-gov"),
        ("cn-north-1", "dns_suffix", "amazonaws.com.cn"),
        ("us-isob-east-1", "id", "aws-iso-b"),
        ("moon-west-1", "partition", None),
        ("eu-west-1", "other", None),
    ],
)
def test_the_partition_is_that_of_the_region(tmp_path: Path, region: str, attribute: str, value: Value) -> None:
    declared = f'provider "aws" {{\n region = "{region}"\n}}\ndata "aws_partition" "p" {{}}'
    found = value_of(tmp_path, f"data.aws_partition.p.{attribute}", declared)
    assert isinstance(found, Unknown) if value is None else found == value


def test_account_and_workspace_are_not_known(tmp_path: Path) -> None:
    declared = 'provider "aws" {\n region = "eu-west-1"\n}\ndata "aws_caller_identity" "me" {}'
    assert isinstance(value_of(tmp_path, "data.aws_caller_identity.me.account_id", declared), Unknown)
    workspace = value_of(tmp_path, "terraform.workspace")
    assert isinstance(workspace, Unknown)
    assert workspace.reason.startswith("terraform.workspace is not known")
