"""Instances and clusters of RDS, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hipaa_guard.testing import Aws, Told, answered, resource

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


def with_parameters(family: str, parameters: Mapping[str, str], lines: str = "", **changes: Any) -> Told:
    """An instance or cluster of the engine of a family, with a parameter group of its own."""
    engine = family.rstrip("0123456789.").rstrip("-")
    clustered = engine.startswith("aurora")
    called = "DBClusterParameterGroup" if clustered else "DBParameterGroup"
    of = cluster if clustered else instance

    def seed(aws: Aws) -> None:
        making = aws.rds.create_db_cluster_parameter_group if clustered else aws.rds.create_db_parameter_group
        making(**{f"{called}Name": "own", "DBParameterGroupFamily": family, "Description": "ours"})
        change = aws.rds.modify_db_cluster_parameter_group if clustered else aws.rds.modify_db_parameter_group
        for name, value in parameters.items():
            each = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"}
            change(**{f"{called}Name": "own", "Parameters": [each]})
        of(engine=engine, **{f"{called}Name": "own"}, **changes).make(aws)

    kind, argument = (
        ("aws_rds_cluster_parameter_group", "db_cluster_parameter_group_name")
        if clustered
        else ("aws_db_parameter_group", "parameter_group_name")
    )
    text = f'resource "{kind}" "own" {{\n family = "{family}"\n {blocks(parameters)}\n}}'
    return of(f"{argument} = {kind}.own.name\n{lines}", text, engine=engine) | Told(aws=seed)


def with_options(
    engine: str, options: Mapping[str, Mapping[str, str]], lines: str = "", major: str = "19", **changes: Any
) -> Told:
    """An instance with an option group of its own: the options with their settings."""

    included = [
        {"OptionName": option, "OptionSettings": [{"Name": name, "Value": value} for name, value in told.items()]}
        for option, told in options.items()
    ]
    answer = {
        "OptionGroupName": "own",
        "OptionGroupArn": "arn:aws:rds:us-east-1:123456789012:og:own",
        "Options": included,
    }

    def seed(aws: Aws) -> None:
        aws.rds.create_option_group(
            OptionGroupName="own", EngineName=engine, MajorEngineVersion=major, OptionGroupDescription="ours"
        )
        instance(engine=engine, OptionGroupName="own", **changes).make(aws)

    def register(session: Any) -> None:  # moto cannot list option groups
        answered(session, "rds", "DescribeOptionGroups", {"OptionGroupsList": [answer]})

    blocks = "".join(
        f'option {{\n option_name = "{option}"\n'
        + "".join(f'option_settings {{\n name = "{name}"\n value = "{value}"\n}}\n' for name, value in told.items())
        + "}\n"
        for option, told in options.items()
    )
    text = (
        f'resource "aws_db_option_group" "own" {{\n engine_name = "{engine}"\n'
        f' major_engine_version = "{major}"\n {blocks}\n}}'
    )
    told = instance(f"option_group_name = aws_db_option_group.own.name\n{lines}", text, engine=engine)
    return told | Told(aws=seed, answers=register)


def exported(*names: str) -> dict[str, Any]:
    """The export of logs, as a line of Terraform and as a parameter of AWS."""
    return {
        "lines": f"enabled_cloudwatch_logs_exports = {json.dumps(names)}",
        "EnableCloudwatchLogsExports": list(names),
    }


def blocks(parameters: Mapping[str, str]) -> str:
    """The parameters of a group, as blocks of Terraform."""
    each = (f'parameter {{\n name = "{name}"\n value = "{value}"\n}}\n' for name, value in parameters.items())
    return "".join(each)


def applied(told: Told, engine: str, state: str, **more: Any) -> Told:
    """The instance of `told` in an account, whose own groups are in some state: moto has them always in sync."""
    answer = {
        "DBInstanceIdentifier": "phi-db",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:phi-db",
        "Engine": engine,
        "DBParameterGroups": [{"DBParameterGroupName": "own", "ParameterApplyStatus": state}],
        "OptionGroupMemberships": [{"OptionGroupName": "own", "Status": state}],
    } | more

    def register(session: Any) -> None:
        answered(session, "rds", "DescribeDBInstances", {"DBInstances": [answer]})

    return Told(aws=told.aws, answers=told.answers) + Told(answers=register)


def applied_to_members(told: Told, engine: str, *states: str | None, **more: Any) -> Told:
    """The cluster of `told` in an account; each of its instances has the parameter group in one of the states.

    None: AWS does not tell the state.
    """
    members = [
        {"DBInstanceIdentifier": f"member-{number}"} | ({"DBClusterParameterGroupStatus": state} if state else {})
        for number, state in enumerate(states)
    ]
    answers = aurora_answers(Engine=engine, DBClusterParameterGroup="own", DBClusterMembers=members, **more).answers
    return Told(aws=told.aws, answers=answers)


def babelfish(tls: str) -> tuple[str, str]:
    """A cluster with Babelfish, whose port requires TLS or not, in `aws` and in `awscc`."""
    values = {"rds.babelfish_status": "on", "rds.force_ssl": "1", "babelfishpg_tds.tds_ssl_encrypt": tls}
    lines = 'engine = "aurora-postgresql"\ndb_cluster_parameter_group_name = '
    family = 'family = "aurora-postgresql16"\n'
    types = "aws_rds_cluster_parameter_group", "awscc_rds_db_cluster_parameter_group"
    return (
        resource("aws_rds_cluster", f"{lines}{types[0]}.g.name") + resource(types[0], family + blocks(values), "g"),
        resource("awscc_rds_db_cluster", f"{lines}{types[1]}.g.id")
        + resource(types[1], f"{family}parameters = jsonencode({json.dumps(values)})", "g"),
    )


KEY = 'resource "aws_kms_key" "k" {}'
