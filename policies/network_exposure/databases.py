"""Databases: nobody outside can reach ePHI in databases or in their snapshots."""

from hipaa_guard.authoring import CRITICAL, Fix, Member, Verdict, failed, family, passed, some
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.services import rds

_MAKE_PRIVATE = (
    "aws rds modify-db-instance --db-instance-identifier INSTANCE --no-publicly-accessible --apply-immediately"
)


@family(
    Member(
        "rds_instance_not_public",
        rds.Instance,
        title="RDS instances have no public address",
        fix=Fix(sets="aws_db_instance.publicly_accessible = false", cli=_MAKE_PRIVATE),
        peers={
            "prowler": "rds_instance_no_public_access",
            "aws_config": "rds-instance-public-access-check",
            "powerpipe": "rds_db_instance_prohibit_public_access",
            "cdk_nag": "HIPAA.Security-RDSInstancePublicAccess",
            "checkov": "CKV_AWS_17",
            "trivy": "AVD-AWS-0180",
        },
    ),
    Member(
        "rds_cluster_instance_not_public",
        rds.ClusterInstance,
        title="Instances of RDS clusters have no public address",
        fix=Fix(sets="aws_rds_cluster_instance.publicly_accessible = false", cli=_MAKE_PRIVATE),
        peers={
            "prowler": "rds_instance_no_public_access",
            "aws_config": "rds-instance-public-access-check",
            "powerpipe": "rds_db_instance_prohibit_public_access",
            "checkov": "CKV_AWS_17",
            "trivy": "AVD-AWS-0180",
        },
    ),
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.312(e)(1)"),
    why="With a public address only the security group stands between the internet and a database of ePHI.",
)
def not_public(instance: rds.Instance | rds.ClusterInstance) -> Verdict:
    if instance.public:
        return failed("is publicly accessible: its name resolves to a public address")
    return passed("has no public address")


@family(
    Member(
        "rds_snapshot_not_public",
        rds.Snapshot,
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
    ),
    Member(
        "rds_cluster_snapshot_not_public",
        rds.ClusterSnapshot,
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
    ),
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Anyone with an AWS account can restore a public snapshot, and with it all ePHI of the database.",
)
def snapshot_not_public(snapshot: rds.Snapshot | rds.ClusterSnapshot) -> Verdict:
    shared = snapshot.shared_with
    if shared is not None and some(lambda account: account == "all", shared):
        return failed("is public: every AWS account may restore it")
    return passed("is not shared with everyone")
