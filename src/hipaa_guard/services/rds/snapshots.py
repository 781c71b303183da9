"""Snapshots of RDS instances and clusters, and backups that are replicated to another region."""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.readings import Block, Listing, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.services.rds import answered, declared
from hipaa_guard.services.rds.answered import ENCRYPTIONS

_SHARED = "[?AttributeName=='restore'].AttributeValues | [0]"


class Snapshot(Resource):
    """A manual or copied snapshot of an instance. Automated ones are private, with the encryption of their instance."""

    terraform = Block(
        "aws_db_snapshot",
        "aws_db_snapshot_copy",
        name="db_snapshot_identifier",
        also=("target_db_snapshot_identifier",),
    )
    aws: ClassVar[Listing | None] = Listing(
        "rds.describe_db_snapshots",
        "DBSnapshots[?SnapshotType!='automated']",
        always=["DBSnapshots[].SnapshotType"],
        arn="{DBSnapshotArn}",
        name="DBSnapshotIdentifier",
        keys=("DBSnapshotIdentifier", "DBSnapshotArn"),
    )
    aws_types = ("AWS::RDS::DBSnapshot", "rds:snapshot")
    security_hub_type = "AwsRdsDbSnapshot"

    source: str | None = fact(
        terraform=first("db_instance_identifier", "source_db_snapshot_identifier"),
        unset=None,
        aws=listed("DBInstanceIdentifier"),
    )
    """The instance or snapshot that it was made from."""

    encryption: str | None = fact(
        terraform=declared.snapshot_encryption,
        unset=None,
        aws=derived(answered.encryption, listed("StorageEncryptionType"), listed("Encrypted")),
        allowed=ENCRYPTIONS,
    )
    """As of instances; None: as its source is."""

    shared_with: list[str] | None = fact(
        terraform="shared_accounts",
        unset=None,
        aws=ask(
            "rds.describe_db_snapshot_attributes",
            f"DBSnapshotAttributesResult.DBSnapshotAttributes{_SHARED}",
            always=True,
            DBSnapshotIdentifier="{DBSnapshotIdentifier}",
        ),
    )
    """The accounts that may restore it; ``all`` means everyone."""


_BACKUPS_APART = "a live account lists replicated backups apart from snapshots"


class ReplicatedBackups(Snapshot):
    """The automated backups of an instance in another region, with a key of that region."""

    terraform = Block(
        "aws_db_instance_automated_backups_replication", "awscc_rds_db_instance", when=declared.replicates_backups
    )
    aws = None
    terraform_only = _BACKUPS_APART

    source: str | None = fact(
        terraform="source_db_instance_arn", awscc=declared.replicated, unset=None, terraform_only=_BACKUPS_APART
    )
    encryption: str | None = fact(
        terraform=declared.replicated_with_key,
        awscc=declared.replicated_with_key,
        unset=None,
        terraform_only=_BACKUPS_APART,
    )
    """As of instances; None: as its source is."""

    shared_with: list[str] | None = fact(
        live_only="automated backups cannot be shared, only a snapshot that is copied from them",
        terraform_only=_BACKUPS_APART,
    )


class ClusterSnapshot(Resource):
    """A manual or copied snapshot of a cluster."""

    terraform = Block(
        "aws_db_cluster_snapshot",
        "aws_rds_cluster_snapshot_copy",
        name="db_cluster_snapshot_identifier",
        also=("target_db_cluster_snapshot_identifier",),
    )
    aws = Listing(
        "rds.describe_db_cluster_snapshots",
        f"DBClusterSnapshots[?SnapshotType!='automated' && {answered.NEITHER_DOCDB_NOR_NEPTUNE}]",
        always=["DBClusterSnapshots[].SnapshotType", "DBClusterSnapshots[].Engine"],
        arn="{DBClusterSnapshotArn}",
        name="DBClusterSnapshotIdentifier",
        keys=("DBClusterSnapshotIdentifier", "DBClusterSnapshotArn"),
    )
    aws_types = ("AWS::RDS::DBClusterSnapshot", "rds:cluster-snapshot")
    security_hub_type = "AwsRdsDbClusterSnapshot"

    source: str | None = fact(
        terraform=first("db_cluster_identifier", "source_db_cluster_snapshot_identifier"),
        unset=None,
        aws=listed("DBClusterIdentifier"),
    )

    encryption: str | None = fact(
        terraform=declared.snapshot_encryption, unset=None, aws=answered.storage_encryption, allowed=ENCRYPTIONS
    )

    shared_with: list[str] | None = fact(
        terraform="shared_accounts",
        unset=None,
        aws=ask(
            "rds.describe_db_cluster_snapshot_attributes",
            f"DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes{_SHARED}",
            always=True,
            DBClusterSnapshotIdentifier="{DBClusterSnapshotIdentifier}",
        ),
    )
