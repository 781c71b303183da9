"""Databases, their settings, copies and a proxy."""

from __future__ import annotations

from examples.account import client
from tests.aws.hospital import Answers


def furnish() -> None:
    rds = client("rds")
    rds.create_db_parameter_group(
        DBParameterGroupName="records", DBParameterGroupFamily="postgres16", Description="records"
    )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="charts", DBParameterGroupFamily="aurora-postgresql16", Description="charts"
    )
    rds.create_db_cluster(
        DBClusterIdentifier="charts",
        Engine="aurora-postgresql",
        MasterUsername="clinic",
        MasterUserPassword="not-a-real-password",
        StorageEncrypted=True,
        DBClusterParameterGroupName="charts",
    )
    rds.create_db_instance(
        DBInstanceIdentifier="charts-1",
        DBClusterIdentifier="charts",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
        PubliclyAccessible=False,
    )
    rds.create_db_snapshot(DBInstanceIdentifier="records", DBSnapshotIdentifier="records-2026")
    rds.create_db_cluster_snapshot(DBClusterIdentifier="charts", DBClusterSnapshotIdentifier="charts-2026")
    rds.modify_db_snapshot_attribute(  # gap
        DBSnapshotIdentifier="records-2026", AttributeName="restore", ValuesToAdd=["all"]
    )
    subnets = [
        each["SubnetId"]
        for each in client("ec2").describe_subnets()["Subnets"]
        if each["CidrBlock"].startswith("10.30.")
    ]
    rds.create_db_proxy(
        DBProxyName="records",
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:lab"}],
        RoleArn="arn:aws:iam::123456789012:role/reminders",
        VpcSubnetIds=subnets,
        RequireTLS=True,
    )


def _option_group(region: str) -> dict[str, object]:
    name = "default:postgres-16"
    return {"OptionGroupName": name, "OptionGroupArn": f"arn:aws:rds:{region}:123456789012:og:{name}", "Options": []}


# moto lists option groups by their name only.
ANSWERS: Answers = {
    "rds.describe_option_groups": lambda region, _: {
        "OptionGroupsList": [_option_group(region)] if region == "us-east-1" else []
    }
}
