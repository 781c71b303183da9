"""Makers: relational databases, their snapshots and proxies."""

from __future__ import annotations

from typing import Any

from benchmarks.live.ground import ROLE, client
from benchmarks.live.places import ACCOUNT, Place

LOGIN = {"MasterUsername": "clinic", "MasterUserPassword": "not-a-real-password"}


def instance(place: Place) -> str:
    logs = ["postgresql", "upgrade"]  # without what fills them, which the simulation does not keep
    watched: dict[str, Any] = (
        {}
        if place.breaks("rds_instance_enhanced_monitoring")
        else {
            "MonitoringInterval": 60,
            "MonitoringRoleArn": ROLE,
        }
    )
    made = client("rds", place.region).create_db_instance(
        DBInstanceIdentifier=f"records-{place.name}",
        Engine="postgres",
        DBInstanceClass="db.t4g.medium",
        AllocatedStorage=50,
        StorageEncrypted=not place.breaks("rds_instance_encrypted_at_rest"),
        BackupRetentionPeriod=0 if place.breaks("rds_instance_backup_enabled") else 35,
        DeletionProtection=not place.breaks("rds_instance_deletion_protection"),
        MultiAZ=not place.breaks("rds_instance_multi_az"),
        PubliclyAccessible=place.breaks("rds_instance_not_public"),
        AutoMinorVersionUpgrade=not place.breaks("rds_instance_auto_minor_upgrade"),
        EnableIAMDatabaseAuthentication=not place.breaks("rds_instance_iam_authentication"),
        EnableCloudwatchLogsExports=logs,
        **watched,
        **LOGIN,
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def snapshot(place: Place) -> str:
    rds, name = client("rds", place.region), f"nightly-{place.name}"
    rds.create_db_snapshot(DBInstanceIdentifier=f"records-{place.name}", DBSnapshotIdentifier=name)
    if place.breaks("rds_snapshot_not_public"):
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["all"])
    return f"arn:aws:rds:{place.region}:{ACCOUNT}:snapshot:{name}"


def cluster(place: Place) -> str:
    logs = ["postgresql"]
    made = client("rds", place.region).create_db_cluster(
        DBClusterIdentifier=f"charts-{place.name}",
        Engine="aurora-postgresql",
        StorageEncrypted=not place.breaks("rds_cluster_encrypted_at_rest"),
        DeletionProtection=not place.breaks("rds_cluster_deletion_protection"),
        EnableIAMDatabaseAuthentication=not place.breaks("rds_cluster_iam_authentication"),
        BackupRetentionPeriod=1 if place.breaks("rds_cluster_backup_retention") else 35,
        EnableCloudwatchLogsExports=logs,
        **LOGIN,
    )
    return str(made["DBCluster"]["DBClusterArn"])


def cluster_instance(place: Place) -> str:
    made = client("rds", place.region).create_db_instance(
        DBInstanceIdentifier=f"charts-{place.name}-1",
        DBClusterIdentifier=f"charts-{place.name}",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
        PubliclyAccessible=place.breaks("rds_cluster_instance_not_public"),
        AutoMinorVersionUpgrade=not place.breaks("rds_cluster_auto_minor_upgrade"),
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def cluster_snapshot(place: Place) -> str:
    rds, name = client("rds", place.region), f"charts-nightly-{place.name}"
    made = rds.create_db_cluster_snapshot(DBClusterIdentifier=f"charts-{place.name}", DBClusterSnapshotIdentifier=name)
    if place.breaks("rds_cluster_snapshot_not_public"):
        rds.modify_db_cluster_snapshot_attribute(
            DBClusterSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["all"]
        )
    return str(made["DBClusterSnapshot"]["DBClusterSnapshotArn"])


def proxy(place: Place) -> str:
    made = client("rds", place.region).create_db_proxy(
        DBProxyName=f"records-{place.name}",
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": f"arn:aws:secretsmanager:{place.region}:{ACCOUNT}:secret:lab"}],
        RoleArn=ROLE,
        VpcSubnetIds=list(place.ground.subnets),
        RequireTLS=not place.breaks("rds_proxy_tls_required"),
    )
    return str(made["DBProxy"]["DBProxyArn"])
