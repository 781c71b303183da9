"""In a live account, a default of a region holds for what lies in that region; settings of accounts for all regions."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.resource import Resource
from hipaa_guard.services import ebs, ec2, s3
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, all_controls
from tests.given_facts import GivenFacts
from tests.policies.region_defaults.tables import EAST, provider

OWN, OTHER = "111122223333", "444455556666"


def live(kind: type[Resource], region: str, account: str = OWN, **facts: object) -> Resource:
    return kind(Origin(kind.kind, None, "phi", "aws", region=region, account=account), GivenFacts(**facts))


@pytest.mark.parametrize(
    ("region", "account", "expected"),
    [("us-east-1", OWN, PASS), ("us-west-2", OWN, FAIL), ("us-east-1", OTHER, FAIL)],
)
def test_a_default_holds_in_its_region(region: str, account: str, expected: str) -> None:
    device = ec2.BlockDevice(name="/dev/xvda", encrypted=None, snapshot=None, volume=None, declared=True)
    template = live(ec2.LaunchTemplate, "us-east-1", devices=[device], metadata_tokens=None, metadata_endpoint=None)
    encryption = live(ebs.EncryptionByDefault, region, account, enabled=True)
    metadata = live(ec2.MetadataDefaults, region, account, tokens="required")
    inventory = Inventory([template, encryption, metadata], source="aws", account=OWN)
    ids = ("launch_template_block_devices_encrypted", "launch_template_imdsv2_required")
    found = judge([all_controls()[id] for id in ids], inventory)
    assert [each.status for each in found] == [expected, expected]


@pytest.mark.parametrize(("account", "holds"), [(OWN, True), (OTHER, False)])
def test_a_setting_of_an_account_holds_in_all_its_regions(account: str, holds: bool) -> None:
    bucket = live(s3.Bucket, "eu-west-1")
    setting = Origin(s3.AccountPublicAccess.kind, None, "phi", "aws", account=account)
    inventory = Inventory([bucket, s3.AccountPublicAccess(setting, GivenFacts())], source="aws", account=OWN)
    assert bool(inventory.where(s3.AccountPublicAccess, bucket)) is holds


@pytest.mark.parametrize(
    ("lines", "holds"),
    [('region = "eu-west-1"', True), ('region = "eu-west-1"\nprofile = "b"', None)],
)
def test_a_declared_setting_of_an_account_holds_in_all_its_regions(
    lines: str, holds: bool | None, tmp_path: Path
) -> None:
    text = f'{provider(EAST)}{provider(lines, "other")}resource "aws_s3_account_public_access_block" "a" {{}}\n'
    bucket = 'resource "aws_s3_bucket" "b" { provider = aws.other }\n'
    (tmp_path / "main.tf").write_text(text + bucket)
    (configuration,) = read(tmp_path)
    inventory = build_inventory(configuration, [s3.Bucket, s3.AccountPublicAccess])
    found = inventory.where(s3.AccountPublicAccess, inventory.seen(s3.Bucket)[0])
    assert isinstance(found, Incomplete) is (holds is None)
    assert list.__len__(found) == (1 if holds else 0)
