"""Databases: ePHI in tables can be brought back after a mistake, an attack or the loss of a data centre."""

from hipaa_guard.authoring import (
    HIGH,
    MEDIUM,
    Fix,
    Inventory,
    Member,
    Verdict,
    control,
    failed,
    family,
    not_applicable,
    passed,
)
from hipaa_guard.services import dynamodb, rds

_DAYS = 7
"""For how many days backups are kept at least. The rule names no number; a week outlives a mistake made before a holiday."""


def _is_replica(store: rds.Instance | rds.Cluster) -> bool:
    return isinstance(store, rds.Instance) and store.source is not None


@family(
    Member(
        "rds_instance_backup_enabled",
        rds.Instance,
        title="RDS instances keep automated backups for a week or longer",
        fix=Fix(
            sets="aws_db_instance.backup_retention_period = 14",
            cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --backup-retention-period 14 --apply-immediately",
        ),
        peers={
            "prowler": "rds_instance_backup_enabled",
            "aws_config": "db-instance-backup-enabled",
            "powerpipe": "rds_db_instance_backup_enabled",
            "cdk_nag": "HIPAA.Security-RDSInstanceBackupEnabled",
            "checkov": "CKV_AWS_133",
            "trivy": "AVD-AWS-0077",
        },
    ),
    Member(
        "rds_cluster_backup_retention",
        rds.Cluster,
        title="RDS clusters keep automated backups for a week or longer",
        fix=Fix(
            sets="aws_rds_cluster.backup_retention_period = 14",
            cli="aws rds modify-db-cluster --db-cluster-identifier CLUSTER --backup-retention-period 14 --apply-immediately",
        ),
        peers={"checkov": "CKV_AWS_133", "trivy": "AVD-AWS-0077"},
    ),
    severity=HIGH,
    hipaa=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    why="Without backups that reach back far enough, ePHI that was deleted or encrypted by an attacker is lost.",
)
def backups_kept(store: rds.Instance | rds.Cluster) -> Verdict:
    if _is_replica(store):
        return not_applicable("is a read replica: its source is what is backed up")
    days = store.backup_days
    if days >= _DAYS:
        return passed(f"keeps automated backups for {days} days")
    if days == 0:
        return failed("has automated backups off")
    return failed(f"keeps automated backups for {days} day{'s' if days > 1 else ''}, less than {_DAYS}")


@family(
    Member(
        "rds_instance_deletion_protection",
        rds.Instance,
        title="RDS instances are protected against deletion",
        fix=Fix(
            sets="aws_db_instance.deletion_protection = true",
            cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --deletion-protection",
        ),
        peers={
            "prowler": "rds_instance_deletion_protection",
            "powerpipe": "rds_db_instance_deletion_protection_enabled",
            "cdk_nag": "HIPAA.Security-RDSInstanceDeletionProtectionEnabled",
            "checkov": "CKV_AWS_293",
            "trivy": "AVD-AWS-0177",
        },
    ),
    Member(
        "rds_cluster_deletion_protection",
        rds.Cluster,
        title="RDS clusters are protected against deletion",
        fix=Fix(
            sets="aws_rds_cluster.deletion_protection = true",
            cli="aws rds modify-db-cluster --db-cluster-identifier CLUSTER --deletion-protection",
        ),
        peers={
            "prowler": "rds_cluster_deletion_protection",
            "aws_config": "rds-cluster-deletion-protection-enabled",
            "cdk_nag": "HIPAA.Security-RDSInstanceDeletionProtectionEnabled",
            "checkov": "CKV_AWS_139",
            "trivy": "AVD-AWS-0343",
        },
    ),
    Member(
        "dynamodb_deletion_protection",
        dynamodb.Table,
        title="DynamoDB tables are protected against deletion",
        fix=Fix(
            sets="aws_dynamodb_table.deletion_protection_enabled = true",
            cli="aws dynamodb update-table --table-name TABLE --deletion-protection-enabled",
            note="A replica has a protection of its own: the same argument in its `replica` block.",
        ),
        peers={"prowler": "dynamodb_table_deletion_protection_enabled"},
    ),
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(i)", "164.312(c)(1)"),
    why="One careless call, or one plan that replaces it, deletes the database and the ePHI in it.",
)
def deletion_protected(store: rds.Instance | rds.Cluster | dynamodb.Table) -> Verdict:
    if store.deletion_protection:
        return passed("is protected against deletion")
    if not isinstance(store, dynamodb.Table) and _is_replica(store):
        return not_applicable("is a read replica: its source holds the data")
    return failed("is not protected against deletion")


@family(
    Member(
        "rds_instance_multi_az",
        rds.Instance,
        title="RDS instances have a standby in a second zone",
        fix=Fix(
            sets="aws_db_instance.multi_az = true",
            cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --multi-az --apply-immediately",
        ),
        peers={
            "prowler": "rds_instance_multi_az",
            "aws_config": "rds-multi-az-support",
            "powerpipe": "rds_db_instance_multiple_az_enabled",
            "cdk_nag": "HIPAA.Security-RDSMultiAZSupport",
            "checkov": "CKV_AWS_157",
        },
    ),
    Member(
        "rds_cluster_multi_az",
        rds.Cluster,
        title="RDS clusters have instances in more than one zone",
        fix=Fix(
            terraform="""
                resource "aws_rds_cluster" "phi" {
                  engine = "aurora-postgresql"
                }
                resource "aws_rds_cluster_instance" "member" {
                  count              = 2
                  cluster_identifier = aws_rds_cluster.phi.id
                  engine             = aws_rds_cluster.phi.engine
                  instance_class     = "db.r7g.large"
                }
            """,
            cli="aws rds create-db-instance --db-cluster-identifier CLUSTER --db-instance-identifier SECOND --engine ENGINE --db-instance-class CLASS",
            not_by_machine="needs a second instance, whose class and cost are yours to choose",
        ),
        peers={"prowler": "rds_cluster_multi_az", "aws_config": "rds-cluster-multi-az-enabled"},
    ),
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    why="When its zone fails, a database without a standby keeps ePHI from those who treat patients.",
)
def several_zones(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Verdict:
    if store.multi_az:
        return passed("runs in more than one zone")
    if isinstance(store, rds.Cluster) and rds.adds_reader(store, inventory):
        return passed("runs in more than one zone: scaling keeps a reader beside its writer")
    if _is_replica(store):
        return not_applicable("is a read replica: its source is what has to stay available")
    return failed("runs in one zone only")


@control(
    title="DynamoDB tables can be restored to any point of the last days",
    severity=HIGH,
    hipaa=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    why="Without point-in-time recovery, ePHI that was overwritten or deleted in a table is lost.",
    fix=Fix(
        sets="aws_dynamodb_table.point_in_time_recovery.enabled = true",
        cli="aws dynamodb update-continuous-backups --table-name TABLE --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
        note="A replica has a recovery of its own: `point_in_time_recovery = true` in its `replica` block.",
    ),
    peers={
        "prowler": "dynamodb_tables_pitr_enabled",
        "aws_config": "dynamodb-pitr-enabled",
        "powerpipe": "dynamodb_table_point_in_time_recovery_enabled",
        "cdk_nag": "HIPAA.Security-DynamoDBPITREnabled",
        "checkov": "CKV_AWS_28",
        "trivy": "AVD-AWS-0024",
    },
)
def dynamodb_table_pitr_enabled(table: dynamodb.Table) -> Verdict:
    if table.point_in_time_recovery:
        return passed("has point-in-time recovery on")
    return failed("has point-in-time recovery off")
