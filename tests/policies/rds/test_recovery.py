"""The controls on snapshots of RDS and on recovery, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.rds.states import (
    INSTANCE,
    KEY,
    PASSWORD,
    cluster,
    instance,
    replica,
)


def snapshot(shared: list[str], encrypted: bool = True) -> Told:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="db", Engine="postgres", StorageEncrypted=encrypted, **INSTANCE | PASSWORD
        )
        aws.rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="phi-snapshot")
        if shared:
            aws.rds.modify_db_snapshot_attribute(
                DBSnapshotIdentifier="phi-snapshot", AttributeName="restore", ValuesToAdd=shared
            )

    return Told(
        terraform=f"""
        resource "aws_db_instance" "db" {{
          identifier        = "db"
          storage_encrypted = {str(encrypted).lower()}
        }}
        resource "aws_db_snapshot" "phi" {{
          db_instance_identifier = aws_db_instance.db.identifier
          db_snapshot_identifier = "phi-snapshot"
          shared_accounts        = {json.dumps(shared)}
        }}""",
        aws=seed,
    )


def cluster_snapshot(shared: list[str], encrypted: bool = True) -> Told:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(
            DBClusterIdentifier="db", Engine="aurora-mysql", StorageEncrypted=encrypted, **PASSWORD
        )
        aws.rds.create_db_cluster_snapshot(DBClusterIdentifier="db", DBClusterSnapshotIdentifier="phi-snapshot")
        if shared:
            aws.rds.modify_db_cluster_snapshot_attribute(
                DBClusterSnapshotIdentifier="phi-snapshot", AttributeName="restore", ValuesToAdd=shared
            )

    return Told(
        terraform=f"""
        resource "aws_rds_cluster" "db" {{
          engine            = "aurora-mysql"
          storage_encrypted = {str(encrypted).lower()}
        }}
        resource "aws_db_cluster_snapshot" "phi" {{
          db_cluster_identifier          = aws_rds_cluster.db.id
          db_cluster_snapshot_identifier = "phi-snapshot"
          shared_accounts                = {json.dumps(shared)}
        }}""",
        aws=seed,
    )


OF_UNKNOWN = """
    variable "open" {}
    resource "aws_db_snapshot" "phi" {
      db_instance_identifier = var.open
      db_snapshot_identifier = "phi-snapshot"
      shared_accounts        = [var.open]
    }"""

OF_UNKNOWN_CLUSTER = OF_UNKNOWN.replace("db_instance", "db_cluster").replace("db_snapshot", "db_cluster_snapshot")

COPY = """
    resource "aws_db_instance" "db" {
      identifier = "db"
    }
    resource "aws_db_snapshot" "taken" {
      db_instance_identifier = aws_db_instance.db.identifier
      db_snapshot_identifier = "taken"
    }
    resource "aws_db_snapshot_copy" "phi" {
      source_db_snapshot_identifier = aws_db_snapshot.taken.db_snapshot_arn
      target_db_snapshot_identifier = "phi-copy"
"""

OPEN, CLUSTER_OPEN = "rds_snapshot_not_public", "rds_cluster_snapshot_not_public"

SNAPSHOT_REST, CLUSTER_SNAPSHOT_REST = "rds_snapshot_encrypted", "rds_cluster_snapshot_encrypted"

READ_SHARES: dict[str, Any] = {"denied": "rds:DescribeDBSnapshotAttributes", "says": "rds:DescribeDBSnapshotAttributes"}

test_snapshots = cases(
    Case(OPEN, "shared with nobody", PASS, snapshot([])),
    Case(OPEN, "shared with one account", PASS, snapshot(["111122223333"])),
    Case(OPEN, "shared with everyone", FAIL, snapshot(["all"])),
    Case(OPEN, "shared with one account and with everyone", FAIL, snapshot(["111122223333", "all"])),
    Case(OPEN, "a copy that is shared with everyone", FAIL, terraform=COPY + 'shared_accounts = ["all"]\n}'),
    Case(OPEN, "whom it is shared with may not be read", UNKNOWN, snapshot(["all"]).in_aws(), **READ_SHARES),
    Case(OPEN, "shared with a variable without a value", UNKNOWN, terraform=OF_UNKNOWN),
    Case(CLUSTER_OPEN, "shared with nobody", PASS, cluster_snapshot([])),
    Case(CLUSTER_OPEN, "shared with everyone", FAIL, cluster_snapshot(["all"])),
    Case(CLUSTER_OPEN, "shared with a variable without a value", UNKNOWN, terraform=OF_UNKNOWN_CLUSTER),
    Case(SNAPSHOT_REST, "of an encrypted instance", PASS, snapshot([])),
    Case(SNAPSHOT_REST, "of an instance that is not encrypted", FAIL, snapshot([], encrypted=False)),
    Case(SNAPSHOT_REST, "a copy of one that is not encrypted", FAIL, terraform=COPY + "}"),
    Case(SNAPSHOT_REST, "a copy with a key", PASS, terraform=COPY + f"kms_key_id = aws_kms_key.k.arn\n}}\n{KEY}"),
    Case(SNAPSHOT_REST, "of an instance that is not known", UNKNOWN, terraform=OF_UNKNOWN),
    Case(CLUSTER_SNAPSHOT_REST, "of an encrypted cluster", PASS, cluster_snapshot([])),
    Case(CLUSTER_SNAPSHOT_REST, "of a cluster that is not encrypted", FAIL, cluster_snapshot([], encrypted=False)),
    Case(CLUSTER_SNAPSHOT_REST, "of a cluster that is not known", UNKNOWN, terraform=OF_UNKNOWN_CLUSTER),
)

BACKUP, CLUSTER_BACKUP = "rds_instance_backup_enabled", "rds_cluster_backup_retention"

DELETION, CLUSTER_DELETION = "rds_instance_deletion_protection", "rds_cluster_deletion_protection"

ZONES, CLUSTER_ZONES = "rds_instance_multi_az", "rds_cluster_multi_az"


def members(*zones: str | None) -> Told:
    """An Aurora cluster with an instance in each of some zones; None leaves the zone to RDS."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(DBClusterIdentifier="phi-cluster", Engine="aurora-mysql", **PASSWORD)
        for number, zone in enumerate(zones):
            aws.rds.create_db_instance(
                DBInstanceIdentifier=f"member-{number}",
                DBClusterIdentifier="phi-cluster",
                Engine="aurora-mysql",
                DBInstanceClass="db.r5.large",
                AvailabilityZone=zone or f"us-east-1{'abc'[number]}",
            )

    blocks = [
        f'resource "aws_rds_cluster_instance" "m{number}" {{\n cluster_identifier = aws_rds_cluster.phi.id\n'
        f" availability_zone = {json.dumps(zone)}\n}}"
        for number, zone in enumerate(zones)
    ]
    return Told(terraform=cluster().text + "\n".join(blocks), aws=seed)


def scaled(
    target: str = '"cluster:${aws_rds_cluster.phi.id}"',
    least: str = "1",
    dimension: str = "rds:cluster:ReadReplicaCount",
) -> str:
    """An Aurora cluster of one instance, whose readers may be scaled."""
    return f"""{members("us-east-1a").text}
        variable "unset" {{}}
        resource "aws_rds_cluster" "other" {{ engine = "aurora-mysql" }}
        resource "aws_appautoscaling_target" "readers" {{
          service_namespace  = "rds"
          scalable_dimension = "{dimension}"
          resource_id        = {target}
          min_capacity       = {least}
          max_capacity       = 3
        }}"""


SCALINGS: list[tuple[str, Any, dict[str, str]]] = [
    ("at least one reader", PASS, {}),
    ("perhaps no reader", UNKNOWN, {"least": "0"}),
    ("readers whose number is not known", UNKNOWN, {"least": "var.unset"}),
    ("a cluster that is not known", UNKNOWN, {"target": "var.unset"}),
    ("another cluster", FAIL, {"target": '"cluster:${aws_rds_cluster.other.id}"'}),
    ("something else", FAIL, {"target": '"table/records"', "dimension": "dynamodb:table:ReadCapacityUnits"}),
]

COUNTED = 'resource "aws_rds_cluster_instance" "m" {\n count = 2\n cluster_identifier = aws_rds_cluster.phi.id\n}'

test_recovery = cases(
    Case(BACKUP, "left out", FAIL, instance().in_terraform(), says="off"),
    Case(BACKUP, "off", FAIL, instance("backup_retention_period = 0", BackupRetentionPeriod=0), says="off"),
    Case(
        BACKUP, "kept for one day", FAIL, instance("backup_retention_period = 1", BackupRetentionPeriod=1), says="1 day"
    ),
    Case(BACKUP, "kept for six days", FAIL, instance("backup_retention_period = 6", BackupRetentionPeriod=6)),
    Case(BACKUP, "kept for seven days", PASS, instance("backup_retention_period = 7", BackupRetentionPeriod=7)),
    Case(BACKUP, "days written as text", PASS, instance('backup_retention_period = "14"').in_terraform()),
    Case(BACKUP, "a read replica", NOT_APPLICABLE, replica()),
    Case(BACKUP, "restored, and left out", UNKNOWN, instance('snapshot_identifier = "s"').in_terraform()),
    Case(CLUSTER_BACKUP, "left out, which keeps one day", FAIL, cluster(), says="1 day"),
    Case(
        CLUSTER_BACKUP,
        "zero, which the provider leaves out",
        FAIL,
        cluster("backup_retention_period = 0").in_terraform(),
        says="1 day",
    ),
    Case(
        CLUSTER_BACKUP,
        "zero, of a cluster that is restored",
        UNKNOWN,
        cluster('backup_retention_period = 0\n snapshot_identifier = "s"').in_terraform(),
    ),
    Case(CLUSTER_BACKUP, "kept for 35 days", PASS, cluster("backup_retention_period = 35", BackupRetentionPeriod=35)),
    Case(DELETION, "left out", FAIL, instance()),
    Case(DELETION, "on", PASS, instance("deletion_protection = true", DeletionProtection=True)),
    Case(DELETION, "a read replica", NOT_APPLICABLE, replica()),
    Case(CLUSTER_DELETION, "left out", FAIL, cluster()),
    Case(CLUSTER_DELETION, "on", PASS, cluster("deletion_protection = true", DeletionProtection=True)),
    Case(ZONES, "left out", FAIL, instance()),
    Case(ZONES, "with a standby", PASS, instance("multi_az = true", MultiAZ=True)),
    Case(ZONES, "a read replica", NOT_APPLICABLE, replica()),
    Case(CLUSTER_ZONES, "one instance", FAIL, members("us-east-1a")),
    *(
        Case(CLUSTER_ZONES, f"one instance, and scaling of {sentence}", verdict, terraform=scaled(**told))
        for sentence, verdict, told in SCALINGS
    ),
    Case(CLUSTER_ZONES, "two instances in zones that RDS chooses", PASS, members(None, None)),
    Case(CLUSTER_ZONES, "two instances in two zones", PASS, members("us-east-1a", "us-east-1b")),
    Case(CLUSTER_ZONES, "two instances in the same zone", FAIL, members("us-east-1a", "us-east-1a")),
    Case(CLUSTER_ZONES, "two instances by count", PASS, cluster(more=COUNTED).in_terraform()),
    Case(
        CLUSTER_ZONES,
        "two instances, one in a zone that is not known",
        UNKNOWN,
        terraform=members("us-east-1a", "us-east-1b").text.replace('"us-east-1b"', "var.open") + '\nvariable "open" {}',
    ),
    Case(CLUSTER_ZONES, "instances declared elsewhere", UNKNOWN, cluster().in_terraform()),
    Case(CLUSTER_ZONES, "Aurora Serverless v1", FAIL, cluster('engine_mode = "serverless"').in_terraform()),
    Case(
        CLUSTER_ZONES,
        "a Multi-AZ cluster",
        PASS,
        cluster('db_cluster_instance_class = "db.r6gd.xlarge"', engine="postgres").in_terraform(),
    ),
)
