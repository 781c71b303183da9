"""Source, plan and live account say the same of a bucket under its own public access block and that of its account."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.controls.partial_resources import judge_parts
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.terraform.recorded.plan import read_plan
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, cases
from hipaa_guard.testing.accounts import aws_account, aws_inventory
from hipaa_guard.testing.judging import all_controls, is_phi, terraform_inventory
from tests.policies.s3.states import (
    ACCOUNT_BLOCK,
    ARN,
    BUCKET,
    OPEN,
    SWITCHES,
    bucket,
    open_in_a_closed_account,
    policy,
)
from tests.terraform.plans import Applied, block, const, plan

ACCOUNT = "123456789012"
NAME = "phi-records"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{ARN}/*"}],
    }
)


@dataclass(frozen=True)
class Asked:
    """A control that asks "public" of a bucket, and the settings of which any (or, without any, all) let it pass."""

    control: str
    opened_by: str
    saved_by: str | None

    def expected(self, on: Sequence[str]) -> str:
        """The verdict where these settings are on, at the bucket or at the account."""
        saved = set(on) == set(SWITCHES) if self.saved_by is None else self.saved_by in on
        return "pass" if saved else "fail"


CONTROLS = [
    Asked("s3_bucket_policy_not_public", "policy", "restrict_public_buckets"),
    Asked("s3_bucket_no_cross_account_policy", "policy", "restrict_public_buckets"),
    Asked("cloudtrail_bucket_not_public", "policy", "restrict_public_buckets"),
    Asked("s3_bucket_acl_not_public", "acl", "ignore_public_acls"),
    Asked("s3_bucket_no_cross_account_policy", "acl", "ignore_public_acls"),
    Asked("cloudtrail_bucket_not_public", "acl", "ignore_public_acls"),
    Asked("s3_bucket_public_access_blocked", "nothing", None),
]
ALL = tuple(SWITCHES)
# (settings that are on at the bucket, at the account); None: no block there
SETTINGS: list[tuple[tuple[str, ...] | None, tuple[str, ...] | None]] = [
    (None, None),
    *(((each,), None) for each in ALL),
    *((None, (each,)) for each in ALL),
    (ALL, None),
    (None, ALL),
    ((), ALL),
    (ALL[:2], ALL[2:]),
    (ALL[2:], ALL[:2]),
    (ALL[:3], ALL[:3]),
]


def named(asked: Asked) -> str:
    return f"{asked.control}-{asked.opened_by}"


def declared(asked: Asked, own: tuple[str, ...] | None, account: tuple[str, ...] | None) -> list[Applied]:
    found = [Applied("aws_s3_bucket.phi", {"bucket": NAME})]
    found += [Applied("aws_cloudtrail.phi", {"name": "phi", "s3_bucket_name": NAME})]
    if asked.opened_by == "policy":
        found += [Applied("aws_s3_bucket_policy.phi", {"bucket": NAME, "policy": POLICY})]
    if asked.opened_by == "acl":
        found += [Applied("aws_s3_bucket_acl.phi", {"bucket": NAME, "acl": "public-read"})]
    if own is not None:
        found += [Applied("aws_s3_bucket_public_access_block.phi", {"bucket": NAME} | switched(own))]
    if account is not None:
        found += [Applied("aws_s3_account_public_access_block.account", switched(account))]
    return found


def switched(on: Sequence[str]) -> dict[str, bool]:
    return {name: name in on for name in SWITCHES}


def in_source(asked: Asked, directory: Path, resources: list[Applied]) -> Inventory:
    texts = []
    for each in resources:
        type_, _, name = each.address.partition(".")
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in each.known.items())
        texts.append(f'resource "{type_}" "{name}" {{\n{lines}\n}}')
    return terraform_inventory("\n".join(texts), [all_controls()[asked.control]], directory)


def in_plan(asked: Asked, _directory: Path, resources: list[Applied]) -> Inventory:
    written = [
        block(each.address, {key: const(value) for key, value in each.known.items()}, provider_config_key="aws")
        for each in resources
    ]
    configuration = read_plan(plan([each.change() for each in resources], written), "plan.json")
    return build_inventory(configuration, kinds_of([all_controls()[asked.control]]))


def live(asked: Asked, own: tuple[str, ...] | None, account: tuple[str, ...] | None) -> Inventory:
    with aws_account():
        aws = Aws()
        bucket(aws)
        aws.cloudtrail.create_trail(Name="phi", S3BucketName=NAME)
        if asked.opened_by == "policy":
            aws.s3.put_bucket_policy(Bucket=NAME, Policy=POLICY)
        if asked.opened_by == "acl":
            aws.s3.put_bucket_acl(Bucket=NAME, ACL="public-read")
        if own is not None:
            aws.s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=answered_settings(own))
        if account is not None:
            settings = answered_settings(account)
            aws.s3control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=settings)
        return aws_inventory([all_controls()[asked.control]])


def answered_settings(on: Sequence[str]) -> dict[str, bool]:
    return {called: name in on for name, called in SWITCHES.items()}


def status(asked: Asked, inventory: Inventory) -> str:
    control = all_controls()[asked.control]
    (found,) = (finding for finding in judge([control], inventory) if is_phi(finding, control.kind))
    assert found.error is None
    return str(found.status)


SOURCES: dict[str, Callable[[Asked, Path, list[Applied]], Inventory]] = {"source": in_source, "plan": in_plan}


@pytest.mark.parametrize("told", SOURCES)
@pytest.mark.parametrize("asked", CONTROLS, ids=named)
def test_terraform_says_what_aws_does(asked: Asked, told: str, tmp_path: Path) -> None:
    for own, account in SETTINGS:
        inventory = SOURCES[told](asked, tmp_path, declared(asked, own, account))
        assert status(asked, inventory) == asked.expected((*(own or ()), *(account or ()))), (own, account)


@pytest.mark.parametrize("asked", CONTROLS, ids=named)
def test_the_account_says_what_aws_does(asked: Asked) -> None:
    for own, account in SETTINGS:
        assert status(asked, live(asked, own, account)) == asked.expected((*(own or ()), *(account or ()))), (
            own,
            account,
        )


ROLE = 'assume_role {{\n role_arn = "arn:aws:iam::{}:role/apply"\n }}'
# provider of the account's block, beside a bucket of the role in 111122223333 -> the verdict
PROVIDERS = {
    "the same account in another region": (f'region = "us-west-2"\n {ROLE.format("111122223333")}', "pass"),
    "another role in the same account": (ROLE.format("111122223333").replace("apply", "audit"), "pass"),
    "another account": (ROLE.format("444455556666"), "fail"),
    "a profile of which the account is not known": ('profile = "audit"', "unknown"),
    "a role that is not known": ("assume_role {\n role_arn = var.open\n }", "unknown"),
}


@pytest.mark.parametrize(("provider", "expected"), PROVIDERS.values(), ids=PROVIDERS)
@pytest.mark.parametrize("asked", CONTROLS, ids=named)
def test_only_the_block_of_the_same_account_counts(asked: Asked, provider: str, expected: str, tmp_path: Path) -> None:
    text = f'provider "aws" {{\n {ROLE.format("111122223333")}\n}}\n'
    text += f'provider "aws" {{\n alias = "other"\n {provider}\n}}\nvariable "open" {{}}\n'
    text += f'resource "aws_s3_account_public_access_block" "account" {{\n provider = aws.other\n {ACCOUNT_BLOCK}\n}}\n'
    text += BUCKET + f'resource "aws_cloudtrail" "phi" {{\n name = "phi"\n s3_bucket_name = "{NAME}"\n}}\n'
    if asked.opened_by == "policy":
        text += f'resource "aws_s3_bucket_policy" "p" {{\n bucket = "{NAME}"\n policy = {json.dumps(POLICY)}\n}}\n'
    if asked.opened_by == "acl":
        text += f'resource "aws_s3_bucket_acl" "a" {{\n bucket = "{NAME}"\n acl = "public-read"\n}}\n'
    assert status(asked, terraform_inventory(text, [all_controls()[asked.control]], tmp_path)) == expected


def test_every_control_that_asks_public_of_a_bucket_is_in_the_table() -> None:
    asking = {id_ for id_ in all_controls() if "bucket" in id_ and "public" in id_}
    assert asking <= {asked.control for asked in CONTROLS}


NOT_PUBLIC = "s3_bucket_policy_not_public"
MAYBE = 'variable "open" {}\n'


def blocked_by_account(lines: str) -> str:
    return f'resource "aws_s3_account_public_access_block" "account" {{\n {lines}\n}}\n{MAYBE}'


test_account = cases(
    Case(
        NOT_PUBLIC,
        "closed by the account",
        PASS,
        policy(**OPEN).text + blocked_by_account(ACCOUNT_BLOCK),
        aws=open_in_a_closed_account,
    ),
    Case(
        NOT_PUBLIC,
        "a setting of the account that is not known",
        UNKNOWN,
        terraform=policy(**OPEN).text + blocked_by_account("restrict_public_buckets = var.open"),
    ),
    Case(
        NOT_PUBLIC,
        "the account may not be asked",
        UNKNOWN,
        aws=open_in_a_closed_account,
        denied="s3control:GetPublicAccessBlock",
    ),
    Case(
        NOT_PUBLIC,
        "new policies only are refused",
        FAIL,
        terraform=policy(**OPEN).text + blocked_by_account("block_public_policy = true"),
    ),
)


def test_a_block_of_the_account_that_may_not_exist_leaves_it_open(tmp_path: Path) -> None:
    asked = CONTROLS[0]
    text = policy(**OPEN).text + blocked_by_account(f"count = var.open ? 1 : 0\n {ACCOUNT_BLOCK}")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (configuration,) = read(tmp_path)
    assert status(asked, build_inventory(configuration, kinds_of([all_controls()[asked.control]]))) == "unknown"


@pytest.mark.parametrize(("on", "expected"), [(True, ["pass"]), (False, [])])
def test_a_bucket_that_is_declared_elsewhere_is_in_the_account_of_its_policy(
    on: bool, expected: list[str], tmp_path: Path
) -> None:
    """Where the account's block does not decide, the bucket's own may: it is declared elsewhere as well."""
    control = all_controls()["s3_bucket_policy_not_public"]
    text = blocked_by_account(f"restrict_public_buckets = {json.dumps(on)}")
    text += f'resource "aws_s3_bucket_policy" "phi" {{\n bucket = var.open\n policy = {json.dumps(POLICY)}\n}}\n'
    found = judge_parts([control], terraform_inventory(text, [control], tmp_path))
    assert [str(finding.status) for finding in found.findings] == expected
    assert len(found.gaps) == (not expected)
