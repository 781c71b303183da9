"""Files that only encrypted connections reach."""

from __future__ import annotations

from examples.account import client, policy


def furnish() -> None:
    efs = client("efs")
    scans = efs.create_file_system(CreationToken="x-rays", Encrypted=True, Backup=True)["FileSystemId"]
    efs.create_access_point(ClientToken="x-rays", FileSystemId=scans, RootDirectory={"Path": "/x-rays"})
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    efs.put_file_system_policy(FileSystemId=scans, Policy=policy(deny))
