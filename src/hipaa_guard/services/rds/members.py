"""Instances of RDS clusters: those of Aurora, which are resources of their own, and those of Multi-AZ clusters."""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.readings import Block, Listing, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.services.rds import answered, declared
from hipaa_guard.services.rds.answered import INTERVALS


class ClusterInstance(Resource):
    """An instance of a cluster. The cluster has the settings of encryption, backups, logs, sign-in and deletion."""

    terraform = Block(
        "aws_rds_cluster_instance",
        "awscc_rds_db_instance",
        name="identifier",
        awscc_name="db_instance_identifier",
        also=("db_instance_arn",),
        when=declared.is_member,
    )
    aws: ClassVar[Listing | None] = Listing(
        "rds.describe_db_instances",
        f"DBInstances[?DBClusterIdentifier!=`null` && {answered.NEITHER_DOCDB_NOR_NEPTUNE}]",
        always=["DBInstances[].Engine"],
        arn="{DBInstanceArn}",
        name="DBInstanceIdentifier",
        keys=("DBInstanceIdentifier", "DBInstanceArn"),
    )
    aws_types = ("AWS::RDS::DBInstance", "rds:db")
    security_hub_type = "AwsRdsDbInstance"

    cluster: str = fact(
        terraform="cluster_identifier", awscc="db_cluster_identifier", unset=None, aws=listed("DBClusterIdentifier")
    )

    public: bool = fact(
        terraform="publicly_accessible",
        awscc=first("publicly_accessible", declared.public_by_subnets),
        unset=False,
        aws=listed("PubliclyAccessible"),
    )

    auto_minor_upgrade: bool = fact(
        terraform="auto_minor_version_upgrade",
        awscc="auto_minor_version_upgrade",
        unset=True,
        aws=listed("AutoMinorVersionUpgrade"),
    )

    monitoring_seconds: int | None = fact(
        terraform=declared.monitoring_of_member,
        awscc="monitoring_interval",
        unset=None,  # the setting of the cluster
        aws=listed("MonitoringInterval"),
        allowed=INTERVALS,
    )

    parameter_group: str | None = fact(
        terraform="db_parameter_group_name",
        awscc="db_parameter_group_name",
        unset=None,  # then the default group of its engine and version applies
        aws=listed("DBParameterGroups[0].DBParameterGroupName"),
    )
    """The group of the instance itself. Where it sets a parameter, the group of the cluster does not count."""

    parameters_applied: str = fact(
        aws=listed("DBParameterGroups[0].ParameterApplyStatus"), live_only=answered.NOT_DECLARED
    )


_MADE_BY_CLUSTER = "a live account lists the instances of a Multi-AZ cluster as it does those of Aurora"


class MultiAzInstances(ClusterInstance):
    """The three instances of a Multi-AZ cluster, which RDS makes with the settings of the cluster."""

    noun = "Multi-AZ cluster"
    terraform = Block("aws_rds_cluster", "awscc_rds_db_cluster", when=declared.is_multi_az_cluster)
    aws = None
    terraform_only = _MADE_BY_CLUSTER

    cluster: str = fact(
        terraform=declared.cluster_itself,
        awscc=declared.cluster_itself,
        unset=None,
        terraform_only=_MADE_BY_CLUSTER,
    )
    public: bool = fact(
        terraform=declared.public_by_subnets,  # the aws provider (6.25) has no argument for it
        awscc=first("publicly_accessible", declared.public_by_subnets),
        unset=False,
        terraform_only=_MADE_BY_CLUSTER,
    )
    auto_minor_upgrade: bool = fact(
        terraform=lambda _: True,  # the default of CreateDBCluster; the aws provider (6.25) has no argument for it
        awscc="auto_minor_version_upgrade",
        unset=True,
        terraform_only=_MADE_BY_CLUSTER,
    )
    monitoring_seconds: int | None = fact(
        terraform=declared.monitoring_of_members,
        awscc=declared.monitoring_of_members,
        unset=None,
        terraform_only=_MADE_BY_CLUSTER,
        allowed=INTERVALS,
    )
    parameter_group: str | None = fact(
        terraform=lambda _: None, awscc=lambda _: None, unset=None, terraform_only=_MADE_BY_CLUSTER
    )
