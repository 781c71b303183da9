"""The awscc provider has a configuration of its own: it borrows no region, and no account, from that of aws."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import PASS, UNKNOWN, all_controls, is_phi
from tests.policies.region_defaults.tables import EAST, WEST, provider

BORROWED = [
    (
        "ebs_volume_encrypted",
        'resource "aws_ebs_encryption_by_default" "d" {\nenabled = true\n}',
        'resource "awscc_ec2_volume" "phi" {\navailability_zone = "us-east-1a"\nsize = 1\n}',
    ),
    (
        "ec2_instance_imdsv2_required",
        'resource "aws_ec2_instance_metadata_defaults" "d" {\nhttp_tokens = "required"\n}',
        'resource "awscc_ec2_instance" "phi" {\nimage_id = "ami-1"\n}',
    ),
]


def awscc(lines: str) -> str:
    return provider(lines).replace('"aws"', '"awscc"')


PROVIDERS = [
    ("neither is written", "", PASS),
    ("both of one region", provider(EAST) + awscc(EAST), PASS),
    ("both of no region", provider("") + awscc(""), PASS),
    ("only that of aws, with a region", provider(EAST), UNKNOWN),
    ("only that of awscc, with a region", awscc(EAST), UNKNOWN),
    ("only that of aws, with a profile", provider('profile = "phi"'), UNKNOWN),
    ("that of awscc has no region", provider(EAST) + awscc(""), UNKNOWN),
    ("another profile", provider(EAST) + awscc(f'{EAST}\nprofile = "phi"'), UNKNOWN),
    ("another region", provider(EAST) + awscc(WEST), None),
]


@pytest.mark.parametrize(("name", "providers", "expected"), PROVIDERS, ids=[name for name, *_ in PROVIDERS])
@pytest.mark.parametrize(("control", "default", "resource"), BORROWED, ids=[control for control, *_ in BORROWED])
def test_a_default_of_the_other_provider(  # noqa: PLR0917 - two tables
    control: str, default: str, resource: str, name: str, providers: str, expected: str | None, tmp_path: Path
) -> None:
    def status(text: str) -> str:
        (tmp_path / "main.tf").write_text(text)
        (configuration,) = read(tmp_path)
        judging = all_controls()[control]
        inventory = build_inventory(configuration, kinds_of([judging]))
        (found,) = (finding for finding in judge([judging], inventory) if is_phi(finding, judging.kind))
        return found.status

    assert name
    alone = status(f"{providers}\n{resource}\n")
    assert alone != PASS
    assert status(f"{providers}\n{default}\n{resource}\n") == (alone if expected is None else expected)
