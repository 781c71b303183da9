"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin

BY_DEFAULT = resource("aws_ebs_encryption_by_default", "enabled = true", "d")


def volume(aws: str, awscc: str | None = None, around: str = "") -> tuple[str, str]:
    zone = 'availability_zone = "us-east-1a"\n'
    awscc = aws if awscc is None else awscc
    return (
        around + resource("aws_ebs_volume", zone + aws),
        around + resource("awscc_ec2_volume", zone + awscc),
    )


def sharing(state: str) -> tuple[str, str]:
    """Whether a region lets snapshots be shared with everyone."""
    line = f'state = "{state}"'
    return (
        resource("aws_ebs_snapshot_block_public_access", line),
        resource("awscc_ec2_snapshot_block_public_access", line),
    )


TWINS = [
    Twin("a volume that says nothing", *volume(""), FAIL),
    Twin("a volume that says nothing, where the region encrypts", *volume("", around=BY_DEFAULT), PASS),
    Twin(
        "a volume that is said to be in the clear, where it does", *volume("encrypted = false", around=BY_DEFAULT), PASS
    ),
    Twin("an encrypted volume without a key", *volume("encrypted = true"), PASS),
    Twin(
        "a volume under a key of one's own",
        *volume(
            "encrypted = true\nkms_key_id = aws_kms_key.own.arn",
            "encrypted = true\nkms_key_id = awscc_kms_key.own.arn",
            KEYS,
        ),
        PASS,
    ),
    Twin("a volume of which nothing is known", *volume("encrypted = var.open", around=VARIABLE), UNKNOWN),
    Twin("a region that blocks public snapshots", *sharing("block-all-sharing"), PASS),
    Twin("a region that blocks new public snapshots", *sharing("block-new-sharing"), FAIL),
]
