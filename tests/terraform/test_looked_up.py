"""What data sources look up is not known, but it is something real: no wildcard, and often of one's own account."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

WILDCARD, FULL = "kms_key_policy_no_wildcard_principal", "kms_key_policy_no_full_access_for_everyone"
TRUST, FOREIGN = "iam_role_trust_not_public", "iam_role_foreign_trust_conditioned"
CUSTOMER_KEY = "secret_encrypted_with_cmk"
TOPIC = "sns_topic_policy_no_cross_account"
KEY_ARN = '"arn:aws:kms:eu-west-1:${{data.aws_caller_identity.me.account_id}}:key/{id}"'
SUBNET = "nacl_no_public_ingress_ssh"

LOOKED_UP = """
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "partner"
  region = "eu-west-1"
}
variable "key_id" {}
data "aws_caller_identity" "me" {}
data "aws_caller_identity" "partner" {
  provider = aws.partner
}
data "aws_partition" "here" {}
data "aws_iam_role" "admin" {
  name = "admin"
}
data "aws_organizations_organization" "ours" {}
data "aws_ssm_parameter" "who" {
  name = "who"
}
data "aws_vpc" "main" {
  tags = { Name = "main" }
}
resource "aws_organizations_account" "claims" {
  name  = "claims"
  email = "claims@example.org"
}
data "aws_kms_alias" "aws_own" {
  name = "alias/aws/secretsmanager"
}
data "aws_kms_alias" "ours" {
  name = "alias/records"
}
data "aws_kms_key" "ours" {
  key_id = "alias/records"
}
data "aws_kms_key" "some" {
  key_id = "0f1d2c3b-aaaa-bbbb-cccc-0123456789ab"
}
"""


def judged(directory: Path, control: str, declared: str) -> Status:
    (directory / "main.tf").write_text(LOOKED_UP + declared)
    found = scan_terraform(TerraformTarget(directory), Options(only=[control])).findings
    return {finding.resource.name: finding.status for finding in found}["phi"]


def key(principal: str) -> str:
    statement = f'{{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = {{ AWS = {principal} }} }}'
    return f'resource "aws_kms_key" "phi" {{\n policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'


def role(principal: str, more: str = "") -> str:
    statement = f'{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ AWS = {principal} }}{more} }}'
    return f'resource "aws_iam_role" "phi" {{\n assume_role_policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'


def topic(principal: str) -> str:
    statement = f'{{ Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = {{ AWS = {principal} }} }}'
    return f'resource "aws_sns_topic" "phi" {{\n policy = jsonencode({{ Statement = [{statement}] }})\n}}\n'


ROOT = '"arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"'
PARTNER = '"arn:aws:iam::${data.aws_caller_identity.partner.account_id}:root"'


@pytest.mark.parametrize("control", [WILDCARD, FULL])
@pytest.mark.parametrize(
    ("principal", "status"),
    [
        ("data.aws_caller_identity.me.account_id", Status.PASS),
        (ROOT, Status.PASS),
        ("[data.aws_iam_role.admin.arn]", Status.PASS),
        ("data.aws_caller_identity.partner.account_id", Status.PASS),
        ("data.aws_ssm_parameter.who.value", Status.UNKNOWN),
        ('["*", data.aws_caller_identity.me.account_id]', Status.FAIL),
    ],
)
def test_an_id_is_no_wildcard(tmp_path: Path, control: str, principal: str, status: Status) -> None:
    assert judged(tmp_path, control, key(principal)) is status


@pytest.mark.parametrize(
    ("principal", "status"),
    [
        (ROOT, Status.PASS),
        ("data.aws_caller_identity.me.account_id", Status.PASS),
        ("data.aws_iam_role.admin.arn", Status.PASS),
        (PARTNER, Status.UNKNOWN),
        ("data.aws_caller_identity.partner.account_id", Status.UNKNOWN),
        ('"arn:aws:iam::${aws_organizations_account.claims.id}:root"', Status.UNKNOWN),
        ("aws_organizations_account.claims.id", Status.UNKNOWN),
        ("data.aws_ssm_parameter.who.value", Status.UNKNOWN),
        ('"*"', Status.FAIL),
    ],
)
def test_the_account_of_the_default_provider_is_ones_own(tmp_path: Path, principal: str, status: Status) -> None:
    assert judged(tmp_path, TOPIC, topic(principal)) is status


HOME = '\nprovider "aws" {{\n  alias               = "home"\n  allowed_account_ids = [{}]\n}}\n'
ASSUMED = '\nprovider "aws" {{\n  alias = "home"\n  assume_role {{\n    role_arn = "{}"\n  }}\n}}\n'
OUR_ROLE, THEIR_ROLE = (f"arn:aws:iam::{each}:role/deploy" for each in ("111122223333", "444455556666"))


@pytest.mark.parametrize("attribute", ["account_id", "id"])
@pytest.mark.parametrize(
    ("home", "where", "status"),
    [
        (ASSUMED.format(OUR_ROLE), "aws.home", Status.PASS),
        (HOME.format('"111122223333"'), "aws.home", Status.PASS),
        (ASSUMED.format(THEIR_ROLE), "aws.away", Status.FAIL),
        (HOME.format('"444455556666"'), "aws.away", Status.FAIL),
        (HOME.format('"111122223333"'), "aws.away", Status.PASS),
        (ASSUMED.format(THEIR_ROLE), "aws", Status.UNKNOWN),
        (HOME.format('"111122223333", "444455556666"'), "aws.away", Status.UNKNOWN),
        (HOME.format("var.key_id"), "aws.away", Status.UNKNOWN),
        (HOME.format("data.aws_caller_identity.home.account_id"), "aws.away", Status.UNKNOWN),
    ],
)
def test_a_provider_that_names_its_account_answers_who_calls(
    tmp_path: Path, home: str, where: str, status: Status, attribute: str
) -> None:
    away = 'provider "aws" {\n  alias               = "away"\n  allowed_account_ids = ["111122223333"]\n}\n'
    caller = 'data "aws_caller_identity" "home" {\n  provider = aws.home\n}\n'
    declared = topic(f"data.aws_caller_identity.home.{attribute}").replace("{", f"{{\n provider = {where}", 1)
    assert judged(tmp_path, TOPIC, home + away + caller + declared) is status


def test_who_is_trusted_through_an_organization_is_told_by_its_id(tmp_path: Path) -> None:
    ours = ', Condition = { StringEquals = { "aws:PrincipalOrgID" = data.aws_organizations_organization.ours.id } }'
    assert judged(tmp_path, TRUST, role('"*"', ours)) is Status.PASS
    assert judged(tmp_path, FOREIGN, role('"*"', ours)) is Status.PASS
    assert judged(tmp_path, FOREIGN, role('"*"')) is Status.FAIL


@pytest.mark.parametrize(
    ("key_id", "status"),
    [
        ("data.aws_kms_alias.aws_own.id", Status.FAIL),
        ("data.aws_kms_alias.aws_own.target_key_arn", Status.FAIL),
        ("data.aws_kms_alias.ours.target_key_arn", Status.PASS),
        ("data.aws_kms_key.ours.arn", Status.PASS),
        ("data.aws_kms_key.some.arn", Status.PASS),  # looked up by the id of a key, not by an alias of AWS's
        (KEY_ARN.format(id="1234abcd-12ab-34cd-56ef-1234567890ab"), Status.PASS),
        (KEY_ARN.format(id="${var.key_id}"), Status.PASS),  # somebody chose it
        (KEY_ARN.format(id="${data.aws_kms_alias.aws_own.target_key_id}"), Status.UNKNOWN),  # its id is not written out
    ],
)
def test_the_alias_by_which_a_key_is_looked_up_tells_whose_it_is(tmp_path: Path, key_id: str, status: Status) -> None:
    secret = f'resource "aws_secretsmanager_secret" "phi" {{\n kms_key_id = {key_id}\n}}\n'
    assert judged(tmp_path, CUSTOMER_KEY, secret) is status


@pytest.mark.parametrize(
    ("cidr", "status"),
    [("data.aws_vpc.main.cidr_block", Status.PASS), ("data.aws_ssm_parameter.who.value", Status.UNKNOWN)],
)
def test_the_range_of_a_network_of_ones_own_is_not_everybody(tmp_path: Path, cidr: str, status: Status) -> None:
    acl = f"""
resource "aws_network_acl" "phi" {{
  vpc_id = data.aws_vpc.main.id
  ingress {{
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 0
    to_port    = 65535
    cidr_block = {cidr}
  }}
}}
"""
    assert judged(tmp_path, SUBNET, acl) is status
