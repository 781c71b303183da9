"""Databases: ePHI in tables can be brought back after a mistake, an attack or the loss of a data centre."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, failed, not_applicable, passed
from hipaa_guard.judging.backup_plans import by_plan_only
from hipaa_guard.judging.backups import DAYS, backed_up, backups_kept, too_few
from hipaa_guard.judging.deletion import deletion_protected
from hipaa_guard.judging.zones import several_zones
from hipaa_guard.services import dynamodb, rds

_WINDOW = "Terraform leaves the change to the next maintenance window, unless `apply_immediately = true`."


@backups_kept(
    title="RDS instances keep automated backups for a week or longer",
    fix=Fix(
        sets="aws_db_instance.backup_retention_period = 14",
        cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --backup-retention-period 14 --apply-immediately",
        note=f"{_WINDOW} Turning backups on makes an outage. Backups beyond the size of the storage are billed.",
        consequences=("interrupts", "costs_money"),
    ),
    peers={
        "prowler": "rds_instance_backup_enabled",
        "aws_config": "db-instance-backup-enabled",
        "powerpipe": "rds_db_instance_backup_enabled",
        "cdk_nag": "HIPAA.Security-RDSInstanceBackupEnabled",
        "checkov": "CKV_AWS_133",
        "trivy": "AVD-AWS-0077",
    },
)
def rds_instance_backup_enabled(instance: rds.Instance, inventory: Inventory) -> int | Verdict:
    if instance.source is not None:
        return not_applicable("is a read replica: its source is what is backed up")
    gap = too_few(instance.backup_days)
    return (gap and by_plan_only(instance, inventory, gap)) or instance.backup_days


@backups_kept(
    title="RDS clusters keep automated backups for a week or longer",
    fix=Fix(
        sets="aws_rds_cluster.backup_retention_period = 14",
        cli="aws rds modify-db-cluster --db-cluster-identifier CLUSTER --backup-retention-period 14 --apply-immediately",
        note=f"{_WINDOW} Backups of more than a day are billed by what they hold.",
        consequences=("costs_money",),
    ),
    peers={"checkov": "CKV_AWS_133", "trivy": "AVD-AWS-0077"},
)
def rds_cluster_backup_retention(cluster: rds.Cluster, inventory: Inventory) -> int | Verdict:
    gap = too_few(cluster.backup_days)
    return (gap and by_plan_only(cluster, inventory, gap)) or cluster.backup_days


@deletion_protected(
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
)
def rds_instance_deletion_protection(instance: rds.Instance) -> bool | Verdict:
    if not instance.deletion_protection and instance.source is not None:
        return not_applicable("is a read replica: its source holds the data")
    return instance.deletion_protection


@deletion_protected(
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
)
def rds_cluster_deletion_protection(cluster: rds.Cluster) -> bool:
    return cluster.deletion_protection


@deletion_protected(
    title="DynamoDB tables are protected against deletion",
    fix=Fix(
        sets="aws_dynamodb_table.deletion_protection_enabled = true",
        cli="aws dynamodb update-table --table-name TABLE --deletion-protection-enabled",
        note="A replica has a protection of its own: the same argument in its `replica` block.",
    ),
    peers={"prowler": "dynamodb_table_deletion_protection_enabled"},
)
def dynamodb_deletion_protection(table: dynamodb.Table) -> bool:
    return table.deletion_protection


@several_zones(
    title="RDS instances have a standby in a second zone",
    fix=Fix(
        terraform="""
            resource "aws_db_instance" "phi" {
              multi_az = true
            }
        """,
        cli="aws rds modify-db-instance --db-instance-identifier INSTANCE --multi-az --apply-immediately",
        note=f"{_WINDOW} The standby is billed as the instance is: this about doubles the cost of the instance and its "
        "storage. While the standby is made, writes can be slow.",
        not_by_machine="needs a decision on its price, which is yours",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "rds_instance_multi_az",
        "aws_config": "rds-multi-az-support",
        "powerpipe": "rds_db_instance_multiple_az_enabled",
        "cdk_nag": "HIPAA.Security-RDSMultiAZSupport",
        "checkov": "CKV_AWS_157",
    },
)
def rds_instance_multi_az(instance: rds.Instance) -> bool | Verdict:
    if not instance.multi_az and instance.source is not None:
        return not_applicable("is a read replica: its source is what has to stay available")
    return instance.multi_az


@several_zones(
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
        cli="aws rds create-db-instance --db-cluster-identifier CLUSTER --db-instance-identifier NEW_INSTANCE --engine ENGINE --db-instance-class CLASS",
        not_by_machine="needs a second instance, whose class is yours to choose",
        consequences=("costs_money",),
    ),
    peers={"prowler": "rds_cluster_multi_az", "aws_config": "rds-cluster-multi-az-enabled"},
)
def rds_cluster_multi_az(cluster: rds.Cluster, inventory: Inventory) -> bool | Verdict:
    if not cluster.multi_az and rds.adds_reader(cluster, inventory):
        return passed("runs in more than one zone: scaling keeps a reader beside its writer")
    return cluster.multi_az


@backed_up(
    title="DynamoDB tables can be restored to any point of the last week or longer",
    why="Without point-in-time recovery, ePHI that was overwritten or deleted in a table is lost.",
    backups="point-in-time recovery",
    fix=Fix(
        sets="aws_dynamodb_table.point_in_time_recovery.enabled = true",
        where_written="aws_dynamodb_table.point_in_time_recovery.recovery_period_in_days = 35",
        cli="aws dynamodb update-continuous-backups --table-name TABLE --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=35",
        note="It is billed by the size of the table. A table with a shorter period of its own needs "
        "`recovery_period_in_days`, of release 5.98 of the provider or later: 35, which is the default. A replica has a recovery of its own: `point_in_time_recovery = true` in its `replica` block.",
        consequences=("costs_money",),
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
def dynamodb_table_pitr_enabled(table: dynamodb.Table, inventory: Inventory) -> bool | Verdict:
    if not table.point_in_time_recovery:
        return by_plan_only(table, inventory, "has point-in-time recovery off") or False
    days = table.recovery_days
    if days < DAYS:
        return failed(f"can be restored to the last {days} day{'s' if days > 1 else ''} only, less than {DAYS}")
    return True
