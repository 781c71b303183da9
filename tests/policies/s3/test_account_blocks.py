"""The block of an account holds for the buckets of the account that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hipaa_guard.authoring import LOW
from hipaa_guard.controls.findings import judge
from hipaa_guard.services import s3
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.recorded.state import read_raw_state
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, all_controls, cases
from tests.policies.s3.states import ACCOUNT_BLOCK, BUCKET, OPEN, policy
from tests.schema import lines_of
from tests.terraform.plans import Applied, raw_state

BLOCKED, NOT_PUBLIC = "s3_bucket_public_access_blocked", "s3_bucket_policy_not_public"
OWN, OTHER = "111122223333", "444455556666"
OF_OWN = f'provider "aws" {{\n region = "us-east-1"\n allowed_account_ids = ["{OWN}"]\n}}\n'
LOOKED_UP = 'data "aws_caller_identity" "own" {}\n'
UNSET = 'variable "account" {}\n'


def blocks(account: str, more: str = OF_OWN) -> str:
    """A bucket, and the block of an account that `account` names, with all settings on."""
    lines = f"account_id = {account}\n{ACCOUNT_BLOCK}"
    return f'{more}{BUCKET}resource "aws_s3_account_public_access_block" "a" {{\n{lines}\n}}\n'


OPENED = policy(**OPEN).text.replace(BUCKET, "")

test_named_accounts = cases(
    *(
        Case(
            control,
            f"the block is for {sentence}",
            verdict,
            blocks(account, more) + opened,
            severity=LOW if control == BLOCKED and verdict == FAIL else None,
        )
        for control, opened in ((BLOCKED, ""), (NOT_PUBLIC, OPENED))
        for sentence, account, more, verdict in (
            ("no account that it names", "null", OF_OWN, PASS),
            ("its own account", f'"{OWN}"', OF_OWN, PASS),
            ("its own account as it is looked up", "data.aws_caller_identity.own.account_id", LOOKED_UP, PASS),
            ("another account", f'"{OTHER}"', OF_OWN, FAIL),
            ("an account, where one's own is not known", f'"{OTHER}"', "", UNKNOWN),
            ("an account that is not known", "var.account", OF_OWN + UNSET, UNKNOWN),
        )
    )
)


@pytest.mark.parametrize(("recorded", "expected"), [(OWN, PASS), (None, PASS)])
def test_a_state_records_the_account_of_a_block_that_was_made(recorded: str | None, expected: str) -> None:
    block = {"id": OWN, "account_id": recorded} | dict.fromkeys(s3.PublicAccessBlock.__slots__, True)
    made = [
        Applied("aws_s3_bucket.phi", {"bucket": "phi-records"}),
        Applied("aws_s3_account_public_access_block.a", block),
    ]
    inventory = build_inventory(read_raw_state(raw_state(made), "s"), [s3.Bucket, s3.AccountPublicAccess])
    (found,) = judge([all_controls()[BLOCKED]], inventory)
    assert found.status == expected


MOVING = re.compile(r"(?:account|catalog|registry|owner|owner_account)_id|account|expected_bucket_owner")
"""Arguments whose names say that they may move a resource to another account."""
READ = {
    "aws_s3_account_public_access_block": "decides whose block it is",
    "aws_s3_access_point": "the policy of a bucket names the accounts of access points",
    "aws_ami_launch_permission": "with whom an image is shared",
    "aws_snapshot_create_volume_permission": "with whom a snapshot is shared",
}
CHECKED_ONLY = "expected_bucket_owner"
"""With it S3 refuses a request for a bucket of another account: it moves nothing."""


def test_every_argument_that_may_move_a_resource_is_known() -> None:
    """Among the types that facts are read from, at their top level."""
    tables = "".join(path.read_text() for path in Path("src/hipaa_guard/services").rglob("*.py"))
    read = set(re.findall(r"\baws_[a-z0-9_]+", tables))
    moving = {
        type
        for type, path, _, need in lines_of("terraform_aws_schema.tsv.gz")
        if type in read and need != "computed" and MOVING.fullmatch(path) and path != CHECKED_ONLY
    }
    assert moving == set(READ)
