"""Amazon EFS: file systems, their policies and backups, and access points."""

from __future__ import annotations

from hipaa_guard.facts.policy_document import HERE, PolicyDocument, symbol
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value


def _backed_up_by_default(view: View) -> Value:
    """EFS turns automatic backups on by itself for file systems of one zone only."""
    zone = view.get("availability_zone_name")
    if isinstance(zone, Unknown) and not zone.is_set:
        return zone
    return None if zone is None else "ENABLED"


class FileSystem(Resource):
    """An EFS file system."""

    terraform = Block("aws_efs_file_system", "awscc_efs_file_system", joined_by="file_system_id")
    aws = Listing(
        "efs.describe_file_systems",
        "FileSystems[]",
        arn="{FileSystemArn}",
        name="Name || FileSystemId",
        keys=("FileSystemId", "FileSystemArn"),
    )
    aws_types = ("AWS::EFS::FileSystem", "elasticfilesystem:file-system")

    encrypted: bool = fact(terraform="encrypted", awscc="encrypted", unset=False, aws=listed("Encrypted"))

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("KmsKeyId"))
    """Of an encrypted file system; None means the AWS managed key ``aws/elasticfilesystem``."""

    backup: str | None = fact(
        terraform=first("aws_efs_backup_policy.backup_policy.status", _backed_up_by_default),
        awscc=first("backup_policy.status", _backed_up_by_default),
        unset=None,
        aws=ask(
            "efs.describe_backup_policy", "BackupPolicy.Status", FileSystemId="{FileSystemId}", absent="PolicyNotFound"
        ),
    )
    """Automatic daily backups by AWS Backup: ``ENABLED``, ``ENABLING``, ``DISABLED``, ``DISABLING`` or None."""

    policy: PolicyDocument | None = fact(
        terraform="aws_efs_file_system_policy.policy",
        awscc="file_system_policy",
        unset=None,  # the default policy lets in whoever reaches a mount target
        parse=PolicyDocument.parse,
        aws=ask("efs.describe_file_system_policy", "Policy", FileSystemId="{FileSystemId}", absent="PolicyNotFound"),
    )

    def names(self) -> tuple[str, ...]:
        """The texts that policies name the file system by: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        ids = [symbol(origin.address, attribute) for attribute in ("id", "file_system_id")]
        return (
            symbol(origin.address, "arn"),
            *(f"arn:{HERE}:elasticfilesystem:{HERE}:{HERE}:file-system/{each}" for each in ids),
        )


class AccessPoint(Resource):
    """A way into a file system that may impose a user and a directory on whoever comes by it."""

    terraform = Block("aws_efs_access_point", "awscc_efs_access_point")
    aws = Listing(
        "efs.describe_access_points",
        "AccessPoints[]",
        arn="{AccessPointArn}",
        name="Name || AccessPointId",
        keys=("AccessPointId", "AccessPointArn"),
    )
    aws_types = ("AWS::EFS::AccessPoint", "elasticfilesystem:access-point")

    user: int | None = fact(terraform="posix_user.uid", awscc="posix_user.uid", unset=None, aws=listed("PosixUser.Uid"))
    """The user that all files are read and written as; None where the client says who it is."""

    root_directory: str = fact(
        terraform="root_directory.path",
        awscc="root_directory.path",
        unset="/",
        aws=derived(lambda path: path or "/", listed("RootDirectory.Path")),
    )
    """What clients see as the root of the file system."""
