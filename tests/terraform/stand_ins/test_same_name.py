"""When two texts name the same thing that is declared elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from tests.terraform.stand_ins.given import (
    OUTSIDE,
    TWO_REGIONS,
    function,
    permission,
    rule,
    scan,
    verdicts,
)


@pytest.mark.parametrize(
    "value",
    [
        "each.key",
        "lower(each.value)",
        'coalesce(var.env, "zz")',
        'replace(var.env, "_", "-")',
        'var.on ? "pp" : "qq"',
        'lookup(var.cfg, "n", null)',
    ],
)
def test_two_arguments_that_are_written_alike_are_worth_the_same(tmp_path: Path, value: str) -> None:
    repeated = "for_each = toset(var.names)" if "each." in value else ""
    text = 'variable "env" {}\nvariable "on" { type = bool }\nvariable "cfg" { type = map(string) }\n'
    text += 'variable "names" { type = list(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n {repeated}\n bucket = {value}\n}}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n' + f" {repeated}\n bucket = {value}\n"
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert set(verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")).values()) == {Status.PASS}


@pytest.mark.parametrize("key", ["each.key", "each .key", "each\n.key", "each /* it */ . key"])
def test_of_two_instances_the_same_text_names_two_things(tmp_path: Path, key: str) -> None:
    text = 'variable "m" { type = map(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n for_each = toset(["a"])\n bucket = (var.m[({key})])\n}}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n for_each = toset(["b"])\n bucket = (var.m[({key})])\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled"))['aws_s3_bucket.b["a"]'] is Status.FAIL


@pytest.mark.parametrize("value", ["uuid()", "uuid ()", '"${uuid( )}"', "timestamp ()"])
def test_a_function_that_gives_another_value_each_time_names_two_things(tmp_path: Path, value: str) -> None:
    text = f'resource "aws_s3_bucket" "b" {{\n bucket = {value}\n}}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n' + f" bucket = {value}\n"
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert Status.PASS not in verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")).values()


@pytest.mark.parametrize(("one", "other"), [("lower(var.env)", "var.env"), ('lookup(var.cfg, "n")', 'var.cfg["n"]')])
def test_two_values_of_one_variable_may_be_the_same(tmp_path: Path, one: str, other: str) -> None:
    text = 'variable "env" {}\nvariable "cfg" { type = map(string) }\n'
    text += f'resource "aws_s3_bucket" "b" {{\n bucket = {one}\n}}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n bucket = {other}\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.UNKNOWN}


@pytest.mark.parametrize("other", ['var.cfg["n"]', "var.cfg.n"])
def test_one_path_has_one_name(tmp_path: Path, other: str) -> None:
    text = 'variable "cfg" { type = map(string) }\n' + 'resource "aws_s3_bucket" "b" {\n bucket = var.cfg.n\n}\n'
    text += f'resource "aws_s3_bucket_versioning" "v" {{\n bucket = {other}\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.PASS}


ADOPTED = (
    'resource "aws_vpc" "other" {}\nresource "aws_default_security_group" "other" {\n vpc_id = aws_vpc.other.id\n}\n'
)


def test_a_group_that_is_looked_up_by_its_name_is_not_the_default_group(tmp_path: Path) -> None:
    data = 'data "aws_security_group" "web" {\n name = "web"\n}\n'
    found = verdicts(
        scan(tmp_path, ADOPTED + data + rule("r", "data.aws_security_group.web.id"), "sg_no_public_ingress_ssh")
    )
    assert found["aws_security_group_rule.r"] is Status.FAIL
    assert found["aws_default_security_group.other"] is Status.PASS


def test_a_default_group_that_is_looked_up_by_its_network_is_the_one_of_that(tmp_path: Path) -> None:
    data = 'resource "aws_vpc" "g" {}\ndata "aws_security_group" "g" {\n name = "default"\n vpc_id = aws_vpc.g.id\n}\n'
    found = verdicts(
        scan(tmp_path, ADOPTED + data + rule("r", "data.aws_security_group.g.id"), "sg_no_public_ingress_ssh")
    )
    assert found == {"aws_vpc.g": Status.UNKNOWN, "aws_default_security_group.other": Status.PASS}


def test_a_part_among_very_many_is_found(tmp_path: Path) -> None:
    rules = [rule(f"r{number}", "var.thing", "10.0.0.0/8") for number in range(150)]
    text = OUTSIDE + "".join(rules) + rule("open", "var.thing")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    assert found == {"aws_security_group_rule.open": Status.FAIL}


def test_another_end_of_another_kind_puts_nothing_else_in_doubt(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\nresource "aws_vpc" "v" {}\nresource "aws_vpc" "w" {}\n'
    text += 'resource "aws_security_group" "a" {}\nresource "aws_security_group" "b" {}\n'
    text += rule("r", "var.on ? aws_security_group.a.id : aws_vpc.v.default_security_group_id")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    unknown = {address for address, status in found.items() if status is Status.UNKNOWN}
    assert unknown == {"aws_security_group.a", "aws_vpc.v"}


def test_a_name_means_what_is_in_the_region_of_whoever_uses_it(tmp_path: Path) -> None:
    both = TWO_REGIONS + function("east") + function("west", "aws.west")
    found = verdicts(scan(tmp_path, both + permission("aws.west"), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.PASS, "aws_lambda_function.west": Status.FAIL}
    one = TWO_REGIONS + function("east")
    found = verdicts(scan(tmp_path, one + permission("aws.west"), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.PASS, "aws_lambda_permission.p": Status.FAIL}
    found = verdicts(scan(tmp_path, one + permission(), "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.FAIL}


def test_a_name_of_a_bucket_means_the_same_in_every_region(tmp_path: Path) -> None:
    text = TWO_REGIONS + 'resource "aws_s3_bucket" "b" {\n bucket = "records"\n}\n'
    text += 'resource "aws_s3_bucket_versioning" "v" {\n provider = aws.west\n bucket = "records"\n'
    text += 'versioning_configuration {\n status = "Enabled"\n}\n}\n'
    assert verdicts(scan(tmp_path, text, "s3_bucket_versioning_enabled")) == {"aws_s3_bucket.b": Status.PASS}


@pytest.mark.parametrize("closed", ["", "aws.west"])
def test_a_name_of_what_is_elsewhere_means_one_thing_in_each_region(tmp_path: Path, closed: str) -> None:
    def policy(name: str, principal: str, provider: str) -> str:
        where = f"provider = {provider}\n" if provider else ""
        statement = f'{{ Effect = "Allow", Principal = "{principal}", Action = "secretsmanager:*", Resource = "*" }}'
        text = f'policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})'
        return f'resource "aws_secretsmanager_secret_policy" "{name}" {{\n{where}secret_arn = "records"\n{text}\n}}\n'

    text = TWO_REGIONS + policy("open", "*", "") + policy("other", "111122223333", closed)
    found = verdicts(scan(tmp_path, text, "secret_policy_not_public"))
    one = {"aws_secretsmanager_secret_policy.open": Status.FAIL, "aws_secretsmanager_secret_policy.other": Status.PASS}
    assert found == (one if closed else {}), "two policies of one secret contradict each other"


def test_instances_of_a_module_that_is_not_there_are_told_apart_and_named_alike_in_each_scan(tmp_path: Path) -> None:
    keys = {"one": '"a"', "two": '"b"', "three": '"${var.x}-a"', "four": '"${var.x}-b"'}
    text = 'variable "x" {}\nmodule "gone" {\nsource = "example/gone/aws"\nfor_each = toset(["a", "b"])\n}\n'
    for name, key in keys.items():
        text += f'resource "aws_s3_bucket_versioning" "{name}" {{\nbucket = module.gone[{key}].id\n'
        text += 'versioning_configuration {\nstatus = "Enabled"\n}\n}\n'
    found = {
        each.resource.name: each.resource.part_of
        for each in scan(tmp_path, text, "s3_bucket_versioning_enabled").findings
    }
    assert found == {
        "one": 'S3 bucket module.gone["a"].id',
        "two": 'S3 bucket module.gone["b"].id',
        "three": "S3 bucket that aws_s3_bucket_versioning.three names by bucket",
        "four": "S3 bucket that aws_s3_bucket_versioning.four names by bucket",
    }
