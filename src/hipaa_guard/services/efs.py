"""Amazon EFS: file systems, their policies and backups, and access points."""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.allowed_values import between, one_of
from hipaa_guard.facts.policies.document import PolicyDocument, own_arn, symbol
from hipaa_guard.facts.policies.enforced_keys import EnforcedKeys
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Inside, Listing, TerraformReading, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.tags import Tag, answered_tags, awscc_tags, declared_tags
from hipaa_guard.facts.values import Cause, Existing, Reference, Unknown, Value, is_given
from hipaa_guard.lean import regex

NFS_CLIENTS = EnforcedKeys(
    actions=(
        "elasticfilesystem:clientmount",
        "elasticfilesystem:clientwrite",
        "elasticfilesystem:clientrootaccess",
    ),
    keys=frozenset(
        {
            "aws:securetransport",
            "aws:sourceip",
            "elasticfilesystem:accesspointarn",
            "elasticfilesystem:accessedviamounttarget",
        }
    ),
)
"""EFS enforces no other keys of conditions where NFS clients mount a file system (Amazon EFS user guide, "Using IAM to
control access to file systems", section "EFS condition keys for clients", read 2026-11-30)."""


def _backed_up_by_default(view: View) -> Value:
    """Whether automatic backups are on by default: EFS does so only for One Zone file systems."""
    zone = view.get("availability_zone_name")
    if isinstance(zone, Unknown) and not zone.is_set:
        return zone
    return None if zone is None else "ENABLED"


class FileSystem(Resource):
    """An EFS file system."""

    noun = "EFS file system"
    terraform = Block("aws_efs_file_system", "awscc_efs_file_system", joined_by="file_system_id")
    aws: ClassVar[Listing | None] = Listing(
        "efs.describe_file_systems",
        "FileSystems[]",
        arn="{FileSystemArn}",
        name="Name || FileSystemId",
        keys=("FileSystemId", "FileSystemArn"),
    )
    aws_types = ("AWS::EFS::FileSystem", "elasticfilesystem:file-system")

    encrypted: bool = fact(terraform="encrypted", awscc="encrypted", unset=False, aws=listed("Encrypted"))

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("KmsKeyId"))
    """The key of an encrypted file system; None means the AWS managed key ``aws/elasticfilesystem``."""

    backup: str | None = fact(
        terraform=first("aws_efs_backup_policy.backup_policy.status", _backed_up_by_default),
        awscc=first("backup_policy.status", _backed_up_by_default),
        unset=None,
        aws=ask(
            "efs.describe_backup_policy", "BackupPolicy.Status", FileSystemId="{FileSystemId}", absent="PolicyNotFound"
        ),
        allowed=one_of("ENABLED", "ENABLING", "DISABLED", "DISABLING"),
    )
    """Automatic daily backups by AWS Backup: ``ENABLED``, ``ENABLING``, ``DISABLED``, ``DISABLING`` or None."""

    tags: list[Tag] = fact(
        terraform=declared_tags,
        awscc=awscc_tags("file_system_tags"),
        unset=(),
        aws=derived(answered_tags, listed("Tags")),
    )

    policy: PolicyDocument | None = fact(
        terraform="aws_efs_file_system_policy.policy",
        awscc="file_system_policy",
        unset=None,  # the default policy lets in everyone who reaches a mount target
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask(
            "efs.describe_file_system_policy",
            "Policy",
            FileSystemId="{FileSystemId}",
            absent="PolicyNotFound",
            always=True,
        ),
    )

    def names(self) -> tuple[str, ...]:
        """The texts for the file system in policies: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        ids = [symbol(origin.address, attribute) for attribute in ("id", "file_system_id")]
        return (
            symbol(origin.address, "arn"),
            *(own_arn("elasticfilesystem", origin.region, origin.own_account, f"file-system/{each}") for each in ids),
        )


_LISTED_IN_ITS_REGION = "a live account lists a replica as a file system of its own region"


def _is_made(view: View) -> Value:
    """Whether the replication creates its destination. One that it names existed before and is judged by itself.

    A state names every destination, also a new one.
    """
    named = _named(view)
    if named is None:
        return True
    if isinstance(named, Reference | Existing):
        return False
    if isinstance(named, Unknown):
        return _perhaps_there(named)
    return False if view.linked("aws_efs_file_system", "id") else _perhaps_there(named)


def _named(view: View) -> Value:
    """The destination that may have existed before; None if it is new. Only a new one can have a key."""
    return None if is_given(view.get("kms_key_id")) else view.get("file_system_id")


def _perhaps_there(named: Value) -> Unknown:
    if isinstance(named, Unknown):
        return Unknown(f"its file_system_id is not known: {named.reason}", named.cause, references=named.references)
    return Unknown(f"the file system {named} may have existed before its replication", Cause.NOT_IN_SCOPE)


def _of_new(value: Value) -> TerraformReading:
    """A reading for a setting of destinations that EFS creates."""

    def read(view: View) -> Value:
        named = _named(view)
        return value if named is None else _perhaps_there(named)

    return read


class FileSystemReplica(FileSystem):
    """A file system that a replication creates as a copy of another: encrypted, with settings of its own."""

    terraform = Block(
        "aws_efs_replication_configuration",
        "awscc_efs_file_system",
        joined_by="file_system_id",
        name="file_system_id",
        awscc_name="file_system_id",
        when=_is_made,
        inside={
            "aws_efs_replication_configuration": Inside("destination"),
            "awscc_efs_file_system": Inside("replication_configuration.destinations"),
        },
    )
    aws = None
    terraform_only = _LISTED_IN_ITS_REGION

    encrypted: bool = fact(
        terraform=_of_new(True), awscc=_of_new(True), unset=False, terraform_only=_LISTED_IN_ITS_REGION
    )
    key: str | None = fact(
        terraform=first("kms_key_id", _of_new(None)),
        awscc=first("kms_key_id", _of_new(None)),
        unset=None,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    backup: str | None = fact(
        terraform=first("aws_efs_backup_policy.backup_policy.status", _backed_up_by_default, _of_new(None)),
        awscc=first("aws_efs_backup_policy.backup_policy.status", _backed_up_by_default, _of_new(None)),
        unset=None,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    tags: list[Tag] = fact(terraform=_of_new(()), awscc=_of_new(()), unset=(), terraform_only=_LISTED_IN_ITS_REGION)
    policy: PolicyDocument | None = fact(
        terraform=first("aws_efs_file_system_policy.policy", _of_new(None)),
        awscc=first("aws_efs_file_system_policy.policy", _of_new(None)),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_LISTED_IN_ITS_REGION,
    )

    def names(self) -> tuple[str, ...]:
        """See `FileSystem.names`. Source names it only by its id."""
        around, block = self.origin.inside or "", self.terraform.inside[self.origin.type or ""]
        ids = (symbol(around, f"{block.path}[0].file_system_id"), self.origin.known_name)
        region, account = self.origin.region, self.origin.own_account
        return tuple(own_arn("elasticfilesystem", region, account, f"file-system/{each}") for each in ids if each)


# Amazon EFS API reference, RootDirectory, read 2026-11-30: up to four names, none of which begins with a dot.
_PATH = regex(r"/|(/(?!\.)[^$#<>;`|&?{}^*/\n]+){1,4}")


def _refused_path(path: Value) -> str | None:
    """Why EFS refuses the root directory of an access point; None where it takes it. Without one it is ``/``."""
    if not isinstance(path, str) or not path or _PATH.fullmatch(path):
        return None
    return f"EFS takes no root directory {path!r}: only / and paths of up to four names, such as /records/app"


class AccessPoint(Resource):
    """An entry point to a file system. It may set the user and the root directory of its clients."""

    terraform = Block("aws_efs_access_point", "awscc_efs_access_point")
    aws = Listing(
        "efs.describe_access_points",
        "AccessPoints[]",
        arn="{AccessPointArn}",
        name="Name || AccessPointId",
        keys=("AccessPointId", "AccessPointArn"),
    )
    aws_types = ("AWS::EFS::AccessPoint", "elasticfilesystem:access-point")
    security_hub_type = "AwsEfsAccessPoint"

    user: int | None = fact(
        terraform="posix_user.uid",
        awscc="posix_user.uid",
        unset=None,
        aws=listed("PosixUser.Uid"),
        allowed=between(0, 4294967295),
    )
    """The user for all file access through it; None if the client sets its own user."""

    root_directory: str = fact(
        terraform="root_directory.path",
        awscc="root_directory.path",
        unset="/",
        refusal=_refused_path,
        aws=derived(lambda path: path or "/", listed("RootDirectory.Path")),
    )
    """The directory that clients see as the root of the file system."""
