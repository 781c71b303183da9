"""References to resources of another provider configuration: whose account they are of, for every kind with a policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.policies.other_accounts.places import PLACES

OWN, OTHER = "111122223333", "444455556666"


def only(account: str) -> str:
    return f'allowed_account_ids = ["{account}"]'


def role(arn: str) -> str:
    return f"assume_role {{\n    role_arn = {arn}\n  }}"


def deploying(account: str) -> str:
    return role(f'"arn:aws:iam::{account}:role/deploy"')


EAST, WEST = 'region = "us-east-1"\n  ', 'region = "us-west-2"\n  '
OWNERS: dict[str, tuple[str, str, Status]] = {
    "another account": (EAST + only(OWN), EAST + only(OTHER), Status.FAIL),
    "another account, by the role that is taken on": (EAST + deploying(OWN), WEST + deploying(OTHER), Status.FAIL),
    "an account that is not known, and neither is one's own": (EAST, EAST + 'profile = "partner"', Status.UNKNOWN),
    "an account that is not known": (EAST + only(OWN), EAST + 'profile = "partner"', Status.UNKNOWN),
    "a known account, where one's own is not": (EAST, EAST + deploying(OTHER), Status.UNKNOWN),
    "the account of a role in another variable": (EAST + role("var.one"), EAST + role("var.two"), Status.UNKNOWN),
    "the same account in another region": (EAST + only(OWN), WEST + only(OWN), Status.PASS),
    "the same account by another role": (
        EAST + deploying(OWN),
        WEST + role(f'"arn:aws:iam::{OWN}:role/other"'),
        Status.PASS,
    ),
    "the same profile in another region": (EAST + 'profile = "us"', WEST + 'profile = "us"', Status.PASS),
    "the same unknown profile in another region": (EAST + "profile = var.one", WEST + "profile = var.one", Status.PASS),
    "the role of the same variable": (EAST + role("var.one"), WEST + role("var.one"), Status.PASS),
    "the same credentials of the environment in another region": (EAST, WEST, Status.PASS),
}
WHO = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}
resource "aws_iam_role" "theirs" {
  PROVIDER
  name               = "reader"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""
MODULE = WHO.replace("PROVIDER", "") + 'output "who" {\n  value = aws_iam_role.theirs.arn\n}\n'
SOURCE = 'resource "aws_s3_bucket" "theirs" {\n  provider = aws.other\n}\n'
TOLD = """
data "aws_iam_policy_document" "told" {
  statement {
    actions   = ["ACTION"]
    resources = ["RESOURCE"]
    principals {
      type        = "AWS"
      identifiers = ["${local.who.arn}"]
    }
  }
}
"""


def statement(principal: str, condition: str = "") -> str:
    """A policy in Terraform's language with one statement."""
    return (
        f'jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "ACTION", '
        f'Resource = "RESOURCE", Principal = {principal}{condition} }}] }})'
    )


def when(operator: str, key: str, value: str) -> str:
    return f', Condition = {{ {operator} = {{ "{key}" = {value} }} }}'


ARN = "aws_iam_role.theirs.arn"
INPUT = statement("{ AWS = var.who }")
WAYS: dict[str, tuple[str, str]] = {
    "reference": (statement(f"{{ AWS = {ARN} }}"), ""),
    "list": (statement(f"{{ AWS = [{ARN}] }}"), ""),
    "local": (statement("{ AWS = local.who.arn }"), ""),
    "output": (statement("{ AWS = module.trust.who }"), ""),
    "document": ("data.aws_iam_policy_document.told.json", TOLD),
    "text": ("<<-EOT\n" + '{"Statement": [{"Effect": "Allow", "Action": "ACTION", "Resource": "RESOURCE", '
             f'"Principal": {{"AWS": "${{{ARN}}}"}}}}]}}' + "\nEOT", ""),
    "condition": (statement('"*"', when("ArnEquals", "aws:PrincipalArn", ARN)), ""),
    "service": (
        statement('{ Service = "events.amazonaws.com" }', when("ArnLike", "aws:SourceArn", "aws_s3_bucket.theirs.arn")),
        SOURCE,
    ),
    "objects": (
        statement(
            '{ Service = "events.amazonaws.com" }',
            when("ArnLike", "aws:SourceArn", '"${aws_s3_bucket.theirs.arn}/*"'),
        ),
        SOURCE,
    ),
}  # fmt: skip


def providers(mine: str, theirs: str) -> str:
    variables = "".join(f'variable "{name}" {{\n  type = string\n}}\n' for name in ("one", "two"))
    return f'{variables}provider "aws" {{\n  {mine}\n}}\nprovider "aws" {{\n  alias = "other"\n  {theirs}\n}}\n'


def written(directory: Path, control: str, owner: str) -> None:
    """A root module for each way in which a policy can name the role or the bucket of the other provider."""
    resource, action, covered = KINDS[control]

    def completed(text: str) -> str:
        if not covered:  # a trust policy has none
            text = text.replace('Resource = "RESOURCE", ', "").replace('"Resource": "RESOURCE", ', "")
            text = text.replace('resources = ["RESOURCE"]', "")
        return text.replace("ACTION", action).replace("RESOURCE", covered)

    common = providers(*OWNERS[owner][:2]) + WHO.replace("PROVIDER", "provider = aws.other")
    common += f"locals {{\n  who = {{ arn = {ARN} }}\n}}\n"
    common += 'module "trust" {\n  source    = "./trust"\n  providers = { aws = aws.other }\n}\n'
    for way, (policy, more) in WAYS.items():
        root = directory / way
        (root / "trust").mkdir(parents=True)
        (root / "trust" / "main.tf").write_text(MODULE)
        (root / "main.tf").write_text(completed(f"{common}{more}{resource.replace('POLICY', policy)}"))
    root = directory / "input"
    (root / "trust").mkdir(parents=True)
    (root / "kind").mkdir(parents=True)
    (root / "trust" / "main.tf").write_text(MODULE)
    (root / "main.tf").write_text(f'{common}module "kind" {{\n  source = "./kind"\n  who    = {ARN}\n}}\n')
    (root / "kind" / "main.tf").write_text('variable "who" {\n}\n' + completed(resource.replace("POLICY", INPUT)))


def statuses(directory: Path, control: str) -> Iterator[tuple[str, Status, str]]:
    for finding in scan_terraform(TerraformTarget(directory), Options(only=[control])).findings:
        if finding.resource.name == "phi" or (finding.resource.address or "").endswith(".phi"):
            yield finding.resource.root, finding.status, finding.message


TRUST = 'resource "aws_iam_role" "phi" {\n  name = "phi"\n  assume_role_policy = POLICY\n}\n'
KINDS = {id: (place.terraform, place.action, place.resource) for id, place in PLACES.items()}
KINDS["iam_role_foreign_trust_conditioned"] = (TRUST, "sts:AssumeRole", "")


@pytest.mark.parametrize("control", KINDS)
@pytest.mark.parametrize("owner", OWNERS)
def test_a_reference_is_of_the_account_of_its_provider(tmp_path: Path, control: str, owner: str) -> None:
    expected = OWNERS[owner][2]
    written(tmp_path, control, owner)
    found = {root: (status, message) for root, status, message in statuses(tmp_path, control)}
    assert {root: status for root, (status, _) in found.items()} == dict.fromkeys((*WAYS, "input"), expected), found
    if expected is Status.FAIL:
        assert all(OTHER in message for _, message in found.values())
