"""Amazon EBS: volumes, snapshots, and the defaults of a region for both."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import mapped
from hipaa_guard.facts.readings import Block, Listing, Singleton, View, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.shared_copies import shared_with
from hipaa_guard.facts.values import Value


def _is_recorded(view: View) -> bool:
    """Whether a state, or a plan of what exists, records the resource: it then has an id."""
    return view.get("id") is not None


def _is_listed(volume: str | None) -> bool:
    return volume is not None


class Volume(Resource):
    """An EBS volume that is declared by itself. In a live account, also the volumes of instances."""

    terraform = Block("aws_ebs_volume", "awscc_ec2_volume")
    aws = Listing(
        "ec2.describe_volumes",
        "Volumes[]",
        arn="arn:{partition}:ec2:{region}:{account}:volume/{VolumeId}",
        name="(Tags[?Key=='Name'].Value | [0]) || VolumeId",
        keys=("VolumeId",),
    )
    aws_types = ("AWS::EC2::Volume", "ec2:volume")
    security_hub_type = "AwsEc2Volume"

    encrypted: bool | None = fact(
        terraform="encrypted", awscc="encrypted", unset=None, aws=listed("Encrypted", always=True)
    )
    """None if Terraform leaves it out: the default of the region decides, else its source snapshot."""

    exists: bool = fact(
        terraform=_is_recorded, awscc=_is_recorded, unset=False, aws=derived(_is_listed, listed("VolumeId"))
    )
    """Whether it is made already. AWS encrypts a new one as its region or its snapshot says, even if told not to."""

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("KmsKeyId"))
    """The KMS key; None means that of the source snapshot, else the default key of the region (`DefaultKey`)."""

    snapshot: str | None = fact(terraform="snapshot_id", awscc="snapshot_id", unset=None, aws=listed("SnapshotId"))
    """The snapshot that the volume was made from."""


def _declared_encryption(view: View) -> Value:
    """The encryption of a snapshot in source; None if the volume or snapshot that it is made from decides."""
    encrypted = view.get("encrypted")
    if view.type == "aws_ebs_snapshot":
        # Computed: only a state or a plan of an existing snapshot knows it.
        return encrypted if isinstance(encrypted, bool) else None
    if view.type == "aws_ebs_snapshot_import" and encrypted is None:
        return False
    # A new copy is encrypted as its source or its region says, even if the argument is false.
    to_come = view.type == "aws_ebs_snapshot_copy" and not _is_recorded(view)
    return None if to_come and encrypted is False else encrypted


def _named_accounts(view: View) -> Value:
    """The accounts that permissions beside a snapshot name."""
    return mapped(lambda one: one.get("account_id"), view.linked("aws_snapshot_create_volume_permission"))


class Snapshot(Resource):
    """An EBS snapshot that the account owns."""

    noun = "EBS snapshot"
    terraform = Block(
        "aws_ebs_snapshot",
        "aws_ebs_snapshot_copy",
        "aws_ebs_snapshot_import",
        joins={"aws_snapshot_create_volume_permission": "snapshot_id"},
    )
    aws = Listing(
        "ec2.describe_snapshots",
        "Snapshots[]",
        arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
        name="(Tags[?Key=='Name'].Value | [0]) || SnapshotId",
        keys=("SnapshotId",),
        OwnerIds=["self"],
    )
    aws_types = ("ec2:snapshot",)

    encrypted: bool | None = fact(terraform=_declared_encryption, unset=None, aws=listed("Encrypted", always=True))
    """None if the volume or snapshot that it is made from decides."""

    key: str | None = fact(terraform="kms_key_id", unset=None, aws=listed("KmsKeyId"))
    """The KMS key; None means that of its volume. A copy without one takes the default key of the region."""

    volume: str | None = fact(terraform="volume_id", unset=None, aws=listed("VolumeId"))

    source: str | None = fact(
        terraform="source_snapshot_id",
        unset=None,
        terraform_only="EC2 does not show which snapshot a copy was made from",
    )
    """The snapshot that this one is a copy of."""

    shared_with: list[str] = fact(
        terraform=_named_accounts,
        unset=[],
        aws=derived(
            shared_with,
            ask(
                "ec2.describe_snapshot_attribute",
                "CreateVolumePermissions",
                SnapshotId="{SnapshotId}",
                Attribute="createVolumePermission",
                always=True,
            ),
        ),
    )
    """The ids of accounts that may make volumes of it, ``all`` for everyone. One call a snapshot."""

    id: str = fact(aws=listed("SnapshotId"), live_only="Terraform shares snapshots with single accounts only")


def _groups(permissions: list[dict[str, Value]]) -> list[Value]:
    """The groups that a snapshot is shared with. Each permission names a group or an account."""
    return [each["Group"] for each in permissions if "UserId" not in each]


class PublicSnapshot(Resource):
    """An own snapshot that EC2 lists as restorable by everyone."""

    aws = Listing(
        "ec2.describe_snapshots",
        "Snapshots[]",
        arn="arn:{partition}:ec2:{region}::snapshot/{SnapshotId}",
        name="SnapshotId",
        keys=("SnapshotId",),
        OwnerIds=["self"],
        RestorableByUserIds=["all"],
    )
    live_only = "Terraform shares snapshots with single accounts only"

    groups: list[str] = fact(
        aws=derived(
            _groups,
            ask(
                "ec2.describe_snapshot_attribute",
                "CreateVolumePermissions",
                SnapshotId="{SnapshotId}",
                Attribute="createVolumePermission",
                always=True,
            ),
        ),
        live_only="Terraform shares snapshots with single accounts only",
        allowed=one_of("all"),
    )
    """``all`` if every AWS account may create a volume from it. This check costs one call per public snapshot."""


_TOLD_BY_EACH = "a live account tells the key of each volume"


class EncryptionByDefault(Resource):
    """Whether new volumes and snapshot copies of a region are encrypted by default."""

    terraform = Block("aws_ebs_encryption_by_default")
    aws = Singleton("region", arn="arn:{partition}:ec2:{region}:{account}:ebs-encryption-by-default")

    enabled: bool = fact(
        terraform="enabled", unset=True, aws=ask("ec2.get_ebs_encryption_by_default", "EbsEncryptionByDefault")
    )


class DefaultKey(Resource):
    """The KMS key of a region for what is encrypted without naming a key; without one it is ``aws/ebs``."""

    terraform = Block("aws_ebs_default_kms_key")
    terraform_only = _TOLD_BY_EACH

    key: str = fact(terraform="key_arn", unset=None, terraform_only=_TOLD_BY_EACH)


class SnapshotPublicAccess(Resource):
    """Whether a region lets snapshots be shared with everyone."""

    terraform = Block("aws_ebs_snapshot_block_public_access", "awscc_ec2_snapshot_block_public_access")
    aws = Singleton("region", arn="arn:{partition}:ec2:{region}:{account}:snapshot-block-public-access")
    aws_types = ("AWS::EC2::SnapshotBlockPublicAccess",)

    state: str = fact(
        terraform="state",
        awscc="state",
        unset="unblocked",
        aws=ask("ec2.get_snapshot_block_public_access_state", "State"),
        allowed=one_of("block-all-sharing", "block-new-sharing", "unblocked"),
    )
    """``block-all-sharing``, ``block-new-sharing`` or ``unblocked``."""
