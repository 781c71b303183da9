"""Disks, and copies of them."""

from __future__ import annotations

from examples.account import REGION, client
from tests.aws.hospital import Answers


def furnish() -> None:
    ec2 = client("ec2")
    ec2.enable_ebs_encryption_by_default()
    disk = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, Encrypted=True)["VolumeId"]
    ec2.create_snapshot(VolumeId=disk, Description="nightly")
    leaked = ec2.create_snapshot(VolumeId=disk, Description="for the vendor")["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=leaked, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )


ANSWERS: Answers = {"ec2.get_snapshot_block_public_access_state": lambda *_: {"State": "block-all-sharing"}}
