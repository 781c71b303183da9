"""In a live account, a default of a region holds for what lies in that region."""

from __future__ import annotations

import pytest

from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.resource import Resource
from hipaa_guard.services import ebs, ec2
from hipaa_guard.testing import FAIL, PASS, all_controls
from tests.given_facts import GivenFacts

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
