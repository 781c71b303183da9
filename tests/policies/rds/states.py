"""Instances and clusters of RDS, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

from typing import Any

from hipaa_guard.testing import Aws, Told, answered

PASSWORD = {"MasterUsername": "clinic", "MasterUserPassword": "not-a-real-password"}
INSTANCE = {"DBInstanceClass": "db.m5.large", "AllocatedStorage": 20}


def instance(lines: str = "", more: str = "", engine: str = "postgres", **changes: Any) -> Told:
    """An instance with some arguments, told to both sides."""
    if engine == "mariadb":  # of which moto knows no default version
        changes["EngineVersion"] = "10.11.6"

    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="phi-db", **{"Engine": engine} | INSTANCE | PASSWORD | own_key(aws, changes)
        )

    return Told(
        terraform=f'resource "aws_db_instance" "phi" {{\n identifier = "phi-db"\n engine = "{engine}"\n {lines}\n}}\n{more}',
        aws=seed,
    )


def cluster(lines: str = "", more: str = "", engine: str = "aurora-mysql", **changes: Any) -> Told:
    """A cluster with some arguments, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(
            DBClusterIdentifier="phi-cluster", **{"Engine": engine} | PASSWORD | own_key(aws, changes)
        )

    return Told(
        terraform=f'resource "aws_rds_cluster" "phi" {{\n cluster_identifier = "phi-cluster"\n engine = "{engine}"\n'
        f" {lines}\n}}\n{more}",
        aws=seed,
    )


def own_key(aws: Aws, changes: dict[str, Any]) -> dict[str, Any]:
    """With ``KmsKeyId="own"`` replaced by the ARN of a new key."""
    if changes.get("KmsKeyId") == "own":
        return changes | {"KmsKeyId": aws.kms.create_key()["KeyMetadata"]["Arn"]}
    return changes


def without_password(told: Told, **arguments: Any) -> Told:
    """The instance or cluster of `told`, made without a password of our own."""

    def seed(aws: Aws) -> None:
        if "aws_rds_cluster" in told.text:
            aws.rds.create_db_cluster(
                DBClusterIdentifier="phi-cluster", Engine="aurora-mysql", MasterUsername="clinic", **arguments
            )
        else:
            aws.rds.create_db_instance(
                DBInstanceIdentifier="phi-db", Engine="postgres", MasterUsername="clinic", **INSTANCE | arguments
            )

    return told | Told(aws=seed)


def member(lines: str = "", **changes: Any) -> Told:
    """An instance of a cluster, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(DBClusterIdentifier="records", Engine="aurora-mysql", **PASSWORD)
        aws.rds.create_db_instance(
            DBInstanceIdentifier="phi-member",
            DBClusterIdentifier="records",
            Engine="aurora-mysql",
            DBInstanceClass="db.r5.large",
            **changes,
        )

    return Told(
        terraform=f"""
        resource "aws_rds_cluster" "records" {{
          engine = "aurora-mysql"
        }}
        resource "aws_rds_cluster_instance" "phi" {{
          cluster_identifier = aws_rds_cluster.records.id
          engine             = "aurora-mysql"
          {lines}
        }}""",
        aws=seed,
    )


def replica(lines: str = "", source: str = "", **changes: Any) -> Told:
    """A read replica of an instance with some arguments."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="primary", Engine="postgres", BackupRetentionPeriod=7, **INSTANCE | PASSWORD | changes
        )
        aws.rds.create_db_instance_read_replica(DBInstanceIdentifier="phi-db", SourceDBInstanceIdentifier="primary")

    return Told(
        terraform=f"""
        resource "aws_db_instance" "primary" {{
          identifier = "primary"
          engine     = "postgres"
          {source}
        }}
        resource "aws_db_instance" "phi" {{
          replicate_source_db = aws_db_instance.primary.identifier
          {lines}
        }}""",
        aws=seed,
    )


def from_variable(argument: str, of: Any = instance) -> Told:
    """An argument that is a variable without a value."""
    told = of(f"{argument} = var.open")
    return Told(terraform=told.text + '\nvariable "open" {}')


def aurora_answers(**changes: Any) -> Told:
    """An Aurora cluster as AWS answers it with fields that moto lacks."""
    answer = {
        "DBClusterIdentifier": "phi-cluster",
        "DBClusterArn": "arn:aws:rds:us-east-1:123456789012:cluster:phi-cluster",
        "Engine": "aurora-mysql",
    } | changes
    return Told(
        aws=lambda _: None,
        answers=lambda session: answered(session, "rds", "DescribeDBClusters", {"DBClusters": [answer]}),
    )


KEY = 'resource "aws_kms_key" "k" {}'
