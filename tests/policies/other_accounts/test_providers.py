"""Which provider configurations are of one account, and for which of them the user names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

OWN, OTHER = "111122223333", "444455556666"
QUEUE = "sqs_queue_policy_no_cross_account"
ALIAS = "provider = aws.other"


def queue(principal: str, provider: str = "", type: str = "aws_sqs_queue") -> str:
    statement = f'Effect = "Allow", Action = "sqs:ReceiveMessage", Resource = "*", Principal = {{ AWS = {principal} }}'
    document = f"{{ Statement = [{{ {statement} }}] }}"
    if type.startswith("awscc_"):
        return f'resource "{type}" "phi" {{\n  {provider}\n  policy_document = {document}\n}}\n'
    return f'resource "{type}" "phi" {{\n  {provider}\n  policy = jsonencode({document})\n}}\n'


def role(type: str = "aws_iam_role", provider: str = "") -> str:
    name = "assume_role_policy" + ("_document" if type.startswith("awscc_") else "")
    return f'resource "{type}" "theirs" {{\n  {provider}\n  {name} = "{{}}"\n}}\n'


def configured(*arguments: str) -> str:
    """The default provider, and those called ``other`` and ``third``."""
    aliases = ("", '  alias = "other"\n', '  alias = "third"\n')
    return "".join(
        f'provider "aws" {{\n{alias}  {written}\n}}\n' for alias, written in zip(aliases, arguments, strict=False)
    )


def judged(directory: Path, text: str, account: str | None = None, control: str = QUEUE) -> tuple[Status, str]:
    (directory / "main.tf").write_text(text)
    found = scan_terraform(TerraformTarget(directory, account=account), Options(only=[control])).findings
    return next((one.status, one.message) for one in found if one.resource.name == "phi")


AWSCC = 'provider "awscc" {\n  %s\n}\n'
TAKEN_ON = f'assume_role = {{ role_arn = "arn:aws:iam::{OTHER}:role/deploy" }}'
AWS_TAKES_ON = f'assume_role {{\n    role_arn = "arn:aws:iam::{OTHER}:role/deploy"\n  }}'
TWO_PROVIDERS = {
    "of one profile": (configured('profile = "us"') + AWSCC % 'profile = "us"', Status.PASS),
    "of the environment": (configured("") + AWSCC % "", Status.PASS),
    "not configured": ("", Status.PASS),
    "of one role": (configured(AWS_TAKES_ON) + AWSCC % TAKEN_ON, Status.PASS),
    "of two roles": (configured(f'allowed_account_ids = ["{OWN}"]') + AWSCC % TAKEN_ON, Status.FAIL),
    "of which one takes on a role": (configured("") + AWSCC % TAKEN_ON, Status.UNKNOWN),
    "of which only one is configured": (configured(AWS_TAKES_ON), Status.UNKNOWN),
}


@pytest.mark.parametrize("providers", TWO_PROVIDERS)
def test_two_providers_for_aws_are_of_one_account_if_they_say_so(tmp_path: Path, providers: str) -> None:
    text, expected = TWO_PROVIDERS[providers]
    status, message = judged(tmp_path, text + role("awscc_iam_role") + queue("awscc_iam_role.theirs.arn"))
    assert status is expected, message
    assert (OTHER in message) is (expected is Status.FAIL)
    bucket = queue("aws_iam_role.theirs.arn", "bucket = awscc_s3_bucket.phi.id", "awscc_s3_bucket_policy")
    bucket = bucket.replace('"phi"', '"policy"').replace("sqs:ReceiveMessage", "s3:GetObject")
    declared = f'{text}{role()}resource "awscc_s3_bucket" "phi" {{\n}}\n{bucket}'
    status, message = judged(tmp_path, declared, control="s3_bucket_no_cross_account_policy")
    assert status is expected, message


PROFILE = 'profile = "partner"'
NAMED = {
    "a resource of the default provider": (configured("", PROFILE), "", Status.PASS),
    "a resource of the default provider in another region": (
        configured('region = "us-east-1"', 'region = "us-west-2"'),
        ALIAS,
        Status.PASS,
    ),
    "a resource of another profile": (configured("", PROFILE) + role(), ALIAS, Status.UNKNOWN),
    "a resource of the only provider": (configured("", PROFILE), ALIAS, Status.PASS),
    "a resource of one of two profiles": (
        configured("", PROFILE, 'profile = "us"') + role(provider="provider = aws.third"),
        ALIAS,
        Status.UNKNOWN,
    ),
    "a resource of another account": (
        configured("", f'allowed_account_ids = ["{OTHER}"]'),
        ALIAS,
        Status.FAIL,
    ),
}


@pytest.mark.parametrize("resource", NAMED)
def test_the_user_names_the_account_of_the_default_provider(tmp_path: Path, resource: str) -> None:
    text, provider, expected = NAMED[resource]
    status, message = judged(tmp_path, text + queue(f'"{OWN}"', provider), account=OWN)
    assert status is expected, message


@pytest.mark.parametrize(("account", "expected"), [(OWN, Status.FAIL), (OTHER, Status.PASS), (None, Status.UNKNOWN)])
def test_the_account_that_the_user_names_is_compared_with_that_of_a_reference(
    tmp_path: Path, account: str | None, expected: Status
) -> None:
    providers = configured("", AWS_TAKES_ON)
    theirs = providers + role(provider=ALIAS) + queue("aws_iam_role.theirs.arn")
    assert judged(tmp_path, theirs, account)[0] is expected
    ours = providers + role() + queue("aws_iam_role.theirs.arn", ALIAS)
    assert judged(tmp_path, ours, account)[0] is expected


CALLER = 'data "aws_caller_identity" "me" {\n  provider = aws.other\n}\n'
HANDED_IN = """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other, aws.third]
    }
  }
}
"""


@pytest.mark.parametrize(
    ("provider", "expected"), [(ALIAS, Status.PASS), ("provider = aws.third", Status.UNKNOWN), ("", Status.UNKNOWN)]
)
def test_a_provider_that_is_handed_in_is_of_one_account_with_itself(
    tmp_path: Path, provider: str, expected: Status
) -> None:
    by_caller = CALLER + queue("data.aws_caller_identity.me.account_id", provider)
    assert judged(tmp_path, HANDED_IN + by_caller)[0] is expected
    by_role = role(provider=ALIAS) + queue("aws_iam_role.theirs.arn", provider)
    assert judged(tmp_path, HANDED_IN + by_role)[0] is expected


def test_an_account_that_is_made_by_the_management_account_is_neither_its_own_nor_surely_another(
    tmp_path: Path,
) -> None:
    providers = configured(f'allowed_account_ids = ["{OWN}"]', f'allowed_account_ids = ["{OTHER}"]')
    made = (
        f'resource "aws_organizations_account" "phi" {{\n  {ALIAS}\n  name = "phi"\n  email = "phi@example.org"\n}}\n'
    )
    assert judged(tmp_path, providers + made + queue("aws_organizations_account.phi.id"))[0] is Status.UNKNOWN
    condition = ', Condition = { StringEquals = { "aws:PrincipalAccount" = aws_organizations_account.phi.id } }'
    by_condition = queue("REPLACED").replace("{ AWS = REPLACED }", f'"*"{condition}')
    assert judged(tmp_path, providers + made + by_condition)[0] is Status.UNKNOWN
