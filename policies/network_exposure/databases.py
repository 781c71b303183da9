"""Databases: nobody outside can reach ePHI in databases or in their snapshots."""

from hipaa_guard.authoring import Fix, Verdict, failed, some
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.public_addresses import no_public_address
from hipaa_guard.judging.public_snapshots import means_everyone, snapshot_not_public
from hipaa_guard.services import rds

_MAKE_PRIVATE = (
    "aws rds modify-db-instance --db-instance-identifier INSTANCE --no-publicly-accessible --apply-immediately"
)

_FROM_OUTSIDE = "Clients outside of the VPC are cut off, unless a VPN or a peered network leads them in."
_NO_PUBLIC_ADDRESS = {
    "prowler": "rds_instance_no_public_access",
    "aws_config": "rds-instance-public-access-check",
    "powerpipe": "rds_db_instance_prohibit_public_access",
    "cdk_nag": "HIPAA.Security-RDSInstancePublicAccess",
    "checkov": "CKV_AWS_17",
    "trivy": "AVD-AWS-0180",
}


def _is_private(instance: rds.Instance | rds.ClusterInstance) -> bool | Verdict:
    return failed("is publicly accessible: its name resolves to a public address") if instance.public else True


@no_public_address(
    title="RDS instances have no public address",
    fix=Fix(
        sets="aws_db_instance.publicly_accessible = false",
        cli=_MAKE_PRIVATE,
        note=_FROM_OUTSIDE,
        consequences=("cuts_access",),
    ),
    peers=_NO_PUBLIC_ADDRESS,
)
def rds_instance_not_public(instance: rds.Instance) -> bool | Verdict:
    return _is_private(instance)


@no_public_address(
    title="Instances of RDS clusters have no public address",
    fix=Fix(
        sets="aws_rds_cluster_instance.publicly_accessible = false",
        cli=_MAKE_PRIVATE,
        note=f"{_FROM_OUTSIDE} RDS takes the setting of a Multi-AZ cluster only when the cluster is made.",
        consequences=("cuts_access",),
    ),
    peers=_NO_PUBLIC_ADDRESS,
)
def rds_cluster_instance_not_public(instance: rds.ClusterInstance) -> bool | Verdict:
    return _is_private(instance)


def _with_named_only(shared: list[str] | None) -> bool:
    """Whether a snapshot that is shared with these accounts is not shared with all."""
    return shared is None or not some(means_everyone, shared)


@snapshot_not_public(
    title="RDS snapshots are not shared with everyone",
    fix=Fix(
        terraform="""
            resource "aws_db_snapshot" "phi" {
              shared_accounts = []
            }
        """,
        cli="aws rds modify-db-snapshot-attribute --db-snapshot-identifier SNAPSHOT --attribute-name restore --values-to-remove all",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": "rds_snapshots_public_access",
        "aws_config": "rds-snapshots-public-prohibited",
        "powerpipe": "rds_db_snapshot_prohibit_public_access",
        "checkov": "CKV_AWS_302",
    },
)
def rds_snapshot_not_public(snapshot: rds.Snapshot) -> bool:
    return _with_named_only(snapshot.shared_with)


@snapshot_not_public(
    title="RDS cluster snapshots are not shared with everyone",
    fix=Fix(
        terraform="""
            resource "aws_db_cluster_snapshot" "phi" {
              shared_accounts = []
            }
        """,
        cli="aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier SNAPSHOT --attribute-name restore --values-to-remove all",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": "rds_snapshots_public_access",
        "aws_config": "rds-snapshots-public-prohibited",
        "powerpipe": "rds_db_snapshot_prohibit_public_access",
    },
)
def rds_cluster_snapshot_not_public(snapshot: rds.ClusterSnapshot) -> bool:
    return _with_named_only(snapshot.shared_with)
