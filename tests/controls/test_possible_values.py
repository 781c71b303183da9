"""An argument that is one of a few values: the verdict that is the same for all of them stands, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.cases import MOST_CASES
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, all_controls, is_phi, terraform_inventory

VARIABLES = "".join(f'variable "{name}" {{}}\n' for name in ("on", "off", "name", "any", *"abcd"))


def found(control: str, text: str, directory: Path) -> Finding:
    judging = all_controls()[control]
    inventory = terraform_inventory(VARIABLES + text, [judging], directory)
    (finding,) = (each for each in judge([judging], inventory) if is_phi(each, judging.kind))
    return finding


def volume(encrypted: str) -> str:
    return (
        f'resource "aws_ebs_volume" "phi" {{\navailability_zone = "us-east-1a"\nsize = 1\nencrypted = {encrypted}\n}}\n'
    )


@pytest.mark.parametrize(
    ("encrypted", "verdict"),
    [
        ("var.on ? true : false", UNKNOWN),
        ("var.on ? false : null", FAIL),
        ('var.on ? "true" : true', PASS),
        ("var.on ? false : (var.off ? null : false)", FAIL),
        ("var.on ? false : (var.off ? null : true)", UNKNOWN),
        ("var.on ? false : var.any", UNKNOWN),
        ("!var.on ? false : null", FAIL),
        ("{ a = false, b = false }[var.name]", FAIL),
        ("{ a = true, b = false }[var.name]", UNKNOWN),
        ("[true, true][var.name]", PASS),
        ("lookup({ a = true }, var.name, true)", PASS),
        ("lookup({ a = true }, var.name, false)", UNKNOWN),
        ("try(var.any.encrypted, false)", UNKNOWN),
        ("try(var.any.encrypted, true)", UNKNOWN),
        ("coalesce(var.any, true)", UNKNOWN),
        ("coalesce(var.any, false)", UNKNOWN),
        ("merge(var.any, { encrypted = false }).encrypted", FAIL),
        ("merge({ encrypted = false }, var.any).encrypted", UNKNOWN),
        ("merge({ encrypted = true }, var.any).encrypted", UNKNOWN),
    ],
)
def test_a_flag(encrypted: str, verdict: str, tmp_path: Path) -> None:
    assert found("ebs_volume_encrypted", volume(encrypted), tmp_path).status == verdict


def group(rule: str) -> str:
    return f'resource "aws_security_group" "phi" {{\ningress {{\nprotocol = "tcp"\n{rule}\n}}\n}}\n'


WEB = "sg_public_ingress_only_authorized_ports"
SSH = "sg_no_public_ingress_ssh"
EVERYBODY = 'cidr_blocks = ["0.0.0.0/0"]'
ON_22 = "from_port = 22\nto_port = 22\n"


@pytest.mark.parametrize(
    ("control", "rule", "verdict"),
    [
        (WEB, f"from_port = var.on ? 22 : 3389\nto_port = var.on ? 22 : 3389\n{EVERYBODY}", FAIL),
        (WEB, f"from_port = var.on ? 443 : 80\nto_port = var.on ? 443 : 80\n{EVERYBODY}", PASS),
        (WEB, f"from_port = var.on ? 22 : 443\nto_port = var.on ? 22 : 443\n{EVERYBODY}", UNKNOWN),
        (SSH, f"from_port = var.on ? 22 : 3389\nto_port = var.on ? 22 : 3389\n{EVERYBODY}", UNKNOWN),
        (SSH, ON_22 + 'cidr_blocks = concat(["0.0.0.0/0"], var.any)', FAIL),
        (SSH, ON_22 + 'cidr_blocks = concat(["10.0.0.0/8"], var.any)', UNKNOWN),
        (SSH, ON_22 + 'cidr_blocks = concat(["10.0.0.0/8"], var.on ? ["10.1.0.0/16"] : [])', PASS),
        (SSH, ON_22 + 'cidr_blocks = concat(["10.0.0.0/8"], var.on ? ["0.0.0.0/0"] : [])', UNKNOWN),
        (SSH, ON_22 + 'cidr_blocks = var.on ? ["0.0.0.0/0"] : ["0.0.0.0/0", "10.0.0.0/8"]', FAIL),
        (SSH, ON_22 + 'cidr_blocks = var.on ? ["0.0.0.0/0"] : ["0.0.0.0/1", "128.0.0.0/1"]', FAIL),
        (SSH, ON_22 + 'cidr_blocks = var.on ? ["0.0.0.0/0"] : []', UNKNOWN),
        (SSH, ON_22 + 'cidr_blocks = [for each in var.any : "10.${each}.0.0/16"]', PASS),
        (SSH, ON_22 + 'cidr_blocks = [for each in var.any : "${each}/0"]', UNKNOWN),
        (SSH, ON_22 + 'cidr_blocks = formatlist("10.%s.0.0/16", var.any)', PASS),
        (SSH, ON_22 + 'cidr_blocks = formatlist("%s/0", concat(["0.0.0.0"], var.any))', FAIL),
        (SSH, ON_22 + 'cidr_blocks = sort(setunion(["0.0.0.0/0"], var.any))', FAIL),
        (SSH, ON_22 + 'cidr_blocks = compact(["10.0.0.0/8", var.on ? "10.1.0.0/16" : ""])', PASS),
        (SSH, ON_22 + 'cidr_blocks = compact(["10.0.0.0/8", var.on ? "0.0.0.0/0" : ""])', UNKNOWN),
    ],
)
def test_a_rule(control: str, rule: str, verdict: str, tmp_path: Path) -> None:
    assert found(control, group(rule), tmp_path).status == verdict


def test_both_messages_are_told(tmp_path: Path) -> None:
    rule = f"from_port = var.on ? 22 : 3389\nto_port = var.on ? 22 : 3389\n{EVERYBODY}"
    told = found(WEB, group(rule), tmp_path)
    assert told.message == "lets in TCP 22 from 0.0.0.0/0 or lets in TCP 3389 from 0.0.0.0/0"
    assert told.cause is None


def policy(statement: str) -> str:
    return (
        f'resource "aws_sqs_queue" "phi" {{\npolicy = jsonencode({{ Version = "2012-10-17", Statement = [{{ '
        f'Effect = "Allow", Resource = "*", {statement} }}] }})\n}}\n'
    )


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ('Action = "sqs:*", Principal = { AWS = concat(["*"], var.any) }', FAIL),
        ('Action = "sqs:*", Principal = { AWS = concat(["arn:aws:iam::111122223333:root"], var.any) }', UNKNOWN),
        ('Action = "sqs:*", Principal = { AWS = [for each in var.any : "arn:aws:iam::${each}:root"] }', PASS),
        ('Action = "sqs:*", Principal = { AWS = [for each in var.any : each] }', UNKNOWN),
        ('Action = "sqs:*", Principal = { AWS = var.on ? "*" : "arn:aws:iam::111122223333:root" }', UNKNOWN),
        ('Action = var.on ? "sqs:*" : "sqs:SendMessage", Principal = "*"', FAIL),
    ],
)
def test_a_policy(statement: str, public: str, tmp_path: Path) -> None:
    assert found("sqs_queue_policy_not_public", policy(statement), tmp_path).status == public


def test_a_document_that_is_one_of_two(tmp_path: Path) -> None:
    open_to_all = (
        'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "%s", Principal = "*" }] })'
    )
    both = f"var.on ? {open_to_all % 'sqs:*'} : {open_to_all % 'sqs:SendMessage'}"
    one = f"var.on ? {open_to_all % 'sqs:*'} : null"
    for written, verdict in ((both, FAIL), (one, UNKNOWN)):
        text = f'resource "aws_sqs_queue" "phi" {{\npolicy = {written}\n}}\n'
        assert found("sqs_queue_policy_not_public", text, tmp_path).status == verdict


def test_a_bound_on_the_cases(tmp_path: Path) -> None:
    """Each rule is one of two, and all are bad: beyond so many cases the verdict is not known."""

    def rules(names: str) -> str:
        blocks = (
            f'ingress {{\nprotocol = "tcp"\n{ON_22}cidr_blocks = [var.{name} ? "0.0.0.0/0" : "0.0.0.0/1"]\n}}\n'
            for name in names
        )
        return f'resource "aws_security_group" "phi" {{\n{"".join(blocks)}}}\n'

    assert 2**4 > MOST_CASES >= 2**3
    assert found(SSH, rules("abc"), tmp_path).status == FAIL
    assert found(SSH, rules("abcd"), tmp_path).status == UNKNOWN


@pytest.mark.parametrize(
    "which", ["[aws_s3_bucket.a.id, aws_s3_bucket.b.id][var.name]", "var.on ? aws_s3_bucket.a.id : aws_s3_bucket.b.id"]
)
@pytest.mark.parametrize(("bucket", "verdict"), [("a", UNKNOWN), ("b", UNKNOWN), ("c", FAIL)])
def test_a_part_of_one_of_two_resources(which: str, bucket: str, verdict: str, tmp_path: Path) -> None:
    buckets = "".join(f'resource "aws_s3_bucket" "{name}" {{\nbucket = "records-{name}"\n}}\n' for name in "abc")
    part = (
        f'resource "aws_s3_bucket_versioning" "v" {{\nbucket = {which}\n'
        'versioning_configuration {\nstatus = "Enabled"\n}\n}\n'
    )
    text = (buckets + part).replace(f'"aws_s3_bucket" "{bucket}"', '"aws_s3_bucket" "phi"')
    text = text.replace(f"aws_s3_bucket.{bucket}.id", "aws_s3_bucket.phi.id")
    assert found("s3_bucket_versioning_enabled", text, tmp_path).status == verdict
