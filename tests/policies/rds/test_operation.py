"""The controls on how RDS is run: logs, sign-in, monitoring, upgrades and TLS, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.rds.states import (
    cluster,
    instance,
    member,
    replica,
    without_password,
)

LOGS, CLUSTER_LOGS = "rds_instance_logs_exported", "rds_cluster_logs_exported"


def logs(*names: str, engine: str) -> Told:
    of = cluster if engine.startswith("aurora") else instance
    line = f"enabled_cloudwatch_logs_exports = {json.dumps(names)}"
    return of(line, engine=engine, EnableCloudwatchLogsExports=list(names))


test_logs = cases(
    Case(LOGS, "none", FAIL, instance()),
    Case(LOGS, "PostgreSQL exports its log", PASS, logs("postgresql", engine="postgres")),
    Case(LOGS, "PostgreSQL exports the log of upgrades only", FAIL, logs("upgrade", engine="postgres"), says="upgrade"),
    Case(LOGS, "MySQL exports errors only", FAIL, logs("error", "slowquery", engine="mysql"), says="audit"),
    Case(LOGS, "MySQL exports its audit log", PASS, logs("audit", "error", engine="mysql")),
    Case(LOGS, "MariaDB exports its audit log", PASS, logs("audit", engine="mariadb")),
    Case(LOGS, "Oracle exports its audit log", PASS, logs("audit", "alert", engine="oracle-ee")),
    Case(LOGS, "SQL Server exports the error log, in which sign-ins stand", PASS, logs("error", engine="sqlserver-se")),
    Case(
        LOGS,
        "a replica of a PostgreSQL instance",
        PASS,
        replica('enabled_cloudwatch_logs_exports = ["postgresql"]').in_terraform(),
    ),
    Case(
        LOGS,
        "one of them a variable without a value",
        UNKNOWN,
        instance('enabled_cloudwatch_logs_exports = ["upgrade", var.open]', 'variable "open" {}').in_terraform(),
    ),
    Case(CLUSTER_LOGS, "none", FAIL, cluster()),
    Case(CLUSTER_LOGS, "Aurora MySQL exports its audit log", PASS, logs("audit", engine="aurora-mysql")),
    Case(CLUSTER_LOGS, "Aurora MySQL exports errors only", FAIL, logs("error", engine="aurora-mysql")),
    Case(CLUSTER_LOGS, "Aurora PostgreSQL exports its log", PASS, logs("postgresql", engine="aurora-postgresql")),
)

IAM, CLUSTER_IAM = "rds_instance_iam_authentication", "rds_cluster_iam_authentication"
SECRET, CLUSTER_SECRET = "rds_instance_master_password_managed", "rds_cluster_master_password_managed"
WITH_IAM = "iam_database_authentication_enabled = true"
MANAGED = "manage_master_user_password = true"

test_authentication = cases(
    Case(IAM, "left out", FAIL, instance()),
    Case(IAM, "on", PASS, instance(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(IAM, "SQL Server, which has none", NOT_APPLICABLE, instance(engine="sqlserver-ee"), says="sqlserver-ee"),
    Case(CLUSTER_IAM, "left out", FAIL, cluster()),
    Case(CLUSTER_IAM, "on", PASS, cluster(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(SECRET, "a password of one's own", FAIL, instance('password = "not-a-real-password"')),
    Case(SECRET, "managed", PASS, without_password(instance(MANAGED), ManageMasterUserPassword=True)),
    Case(SECRET, "a read replica", NOT_APPLICABLE, replica()),
    Case(CLUSTER_SECRET, "a password of one's own", FAIL, cluster('master_password = "not-a-real-password"')),
    Case(CLUSTER_SECRET, "managed", PASS, without_password(cluster(MANAGED), ManageMasterUserPassword=True)),
    Case(
        CLUSTER_SECRET,
        "of a global database",
        NOT_APPLICABLE,
        cluster('global_cluster_identifier = "world"').in_terraform(),
    ),
)

MONITORING, MEMBER_MONITORING = "rds_instance_enhanced_monitoring", "rds_cluster_instance_enhanced_monitoring"
UPGRADE, MEMBER_UPGRADE = "rds_instance_auto_minor_upgrade", "rds_cluster_auto_minor_upgrade"
MONITORED: dict[str, Any] = {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring"}


def monitored_member(seconds: int) -> Told:
    """An instance of a cluster, with an answer that moto lacks for members."""
    answer = {
        "DBInstanceIdentifier": "phi-member",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:phi-member",
        "DBClusterIdentifier": "records",
        "Engine": "aurora-mysql",
        "MonitoringInterval": seconds,
    }
    return Told(
        terraform=member(f"monitoring_interval = {seconds}").text,
        aws=lambda _: None,
        answers=lambda session: answered(session, "rds", "DescribeDBInstances", {"DBInstances": [answer]}),
    )


test_operation = cases(
    Case(MONITORING, "left out", FAIL, instance()),
    Case(MONITORING, "every minute", PASS, instance("monitoring_interval = 60", **MONITORED), says="60"),
    Case(MONITORING, "an interval of nothing", FAIL, instance("monitoring_interval = 0").in_terraform()),
    Case(MEMBER_MONITORING, "off", FAIL, monitored_member(0)),
    Case(MEMBER_MONITORING, "every 15 seconds", PASS, monitored_member(15)),
    Case(
        MEMBER_MONITORING,
        "left out, and set for the cluster",
        PASS,
        terraform=member().text.replace('engine = "aurora-mysql"\n        }', "monitoring_interval = 30\n }", 1),
        says="30",
    ),
    Case(MEMBER_MONITORING, "left out, and for the cluster too", FAIL, member().in_terraform()),
    Case(UPGRADE, "left out", PASS, instance()),
    Case(UPGRADE, "off", FAIL, instance("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
    Case(MEMBER_UPGRADE, "left out", PASS, member()),
    Case(MEMBER_UPGRADE, "off", FAIL, member("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
)

TLS, CLUSTER_TLS, PROXY_TLS = "rds_instance_tls_required", "rds_cluster_tls_required", "rds_proxy_tls_required"


def group(family: str, parameter: str = "", value: str = "") -> Told:
    """An instance or cluster of the engine of a family, with a parameter group of its own."""
    engine = family.rstrip("0123456789.").rstrip("-")
    clustered = engine.startswith("aurora")
    called = "DBClusterParameterGroup" if clustered else "DBParameterGroup"

    def seed(aws: Aws) -> None:
        making = aws.rds.create_db_cluster_parameter_group if clustered else aws.rds.create_db_parameter_group
        making(**{f"{called}Name": "own", "DBParameterGroupFamily": family, "Description": "ours"})
        if parameter:
            change = aws.rds.modify_db_cluster_parameter_group if clustered else aws.rds.modify_db_parameter_group
            each = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "immediate"}
            change(**{f"{called}Name": "own", "Parameters": [each]})
        (cluster if clustered else instance)(engine=engine, **{f"{called}Name": "own"}).make(aws)

    kind, argument = (
        ("aws_rds_cluster_parameter_group", "db_cluster_parameter_group_name")
        if clustered
        else ("aws_db_parameter_group", "parameter_group_name")
    )
    block = f'parameter {{\n name = "{parameter}"\n value = "{value}"\n}}' if parameter else ""
    told = (cluster if clustered else instance)(
        f"{argument} = {kind}.own.name",
        f'resource "{kind}" "own" {{\n family = "{family}"\n {block}\n}}',
        engine=engine,
    )
    return told | Told(aws=seed)


def defaults(engine: str, version: str | None) -> Told:
    """With no parameter group of its own."""
    of = cluster if engine.startswith("aurora") else instance
    line = f'engine_version = "{version}"' if version else ""
    return of(line, engine=engine).in_terraform()


def proxy(lines: str, **changes: Any) -> Told:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_proxy(
            DBProxyName="phi-proxy",
            EngineFamily="POSTGRESQL",
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"}],
            RoleArn="arn:aws:iam::123456789012:role/proxy",
            VpcSubnetIds=[subnet["SubnetId"] for subnet in aws.ec2.describe_subnets()["Subnets"]],
            **changes,
        )

    return Told(terraform=f'resource "aws_db_proxy" "phi" {{\n name = "phi-proxy"\n {lines}\n}}', aws=seed)


test_tls = cases(
    Case(TLS, "PostgreSQL turns it on", PASS, group("postgres14", "rds.force_ssl", "1")),
    Case(TLS, "PostgreSQL turns it off", FAIL, group("postgres16", "rds.force_ssl", "0"), says="off"),
    Case(TLS, "PostgreSQL 16 leaves the default, which is on", PASS, group("postgres16")),
    Case(TLS, "PostgreSQL 14 leaves the default, which is off", FAIL, group("postgres14")),
    Case(TLS, "another parameter is set", FAIL, group("mysql8.0", "max_connections", "100")),
    Case(TLS, "MySQL turns it on by a word", PASS, group("mysql8.0", "require_secure_transport", "ON")),
    Case(TLS, "MySQL 8.0 leaves the default", FAIL, group("mysql8.0")),
    Case(TLS, "MariaDB turns it on", PASS, group("mariadb10.11", "require_secure_transport", "1")),
    Case(TLS, "SQL Server turns it on", PASS, group("sqlserver-se-15.0", "rds.force_ssl", "1")),
    Case(TLS, "SQL Server leaves the default", FAIL, group("sqlserver-se-15.0")),
    Case(TLS, "the default group of MySQL 8.0", FAIL, instance(engine="mysql", EngineVersion="8.0.35").in_aws()),
    Case(
        TLS,
        "the default group of PostgreSQL 16, by name",
        PASS,
        instance('parameter_group_name = "default.postgres16"').in_terraform(),
    ),
    Case(TLS, "PostgreSQL 9.6", FAIL, defaults("postgres", "9.6.24"), says="postgres 9.6.24 takes"),
    Case(
        CLUSTER_TLS,
        "Aurora MySQL of a version of its own",
        FAIL,
        defaults("aurora-mysql", "8.0.mysql_aurora.3.04.0"),
        says="aurora-mysql 8.0.mysql_aurora.3.04.0 takes",
    ),
    Case(
        CLUSTER_TLS,
        "no engine given",
        UNKNOWN,
        terraform='resource "aws_rds_cluster" "phi" {}',
        says="engine is left out, which the provider refuses",
    ),
    Case(TLS, "PostgreSQL 16.4", PASS, defaults("postgres", "16.4")),
    Case(TLS, "SQL Server of any version", FAIL, defaults("sqlserver-ex", None)),
    Case(TLS, "PostgreSQL of a version that is not written", UNKNOWN, defaults("postgres", None)),
    Case(TLS, "MySQL 8.4, whose default AWS tells", UNKNOWN, defaults("mysql", "8.4")),
    Case(TLS, "Oracle, which has an option for it", NOT_APPLICABLE, instance(engine="oracle-ee"), says="oracle-ee"),
    Case(
        TLS,
        "a group that is declared elsewhere",
        UNKNOWN,
        instance('parameter_group_name = "elsewhere"').in_terraform(),
    ),
    Case(
        TLS,
        "the value is a variable without a value",
        UNKNOWN,
        terraform=group("postgres16", "rds.force_ssl", "${var.open}").text + '\nvariable "open" {}',
    ),
    Case(CLUSTER_TLS, "Aurora MySQL turns it on", PASS, group("aurora-mysql8.0", "require_secure_transport", "ON")),
    Case(CLUSTER_TLS, "Aurora MySQL leaves the default", FAIL, group("aurora-mysql8.0")),
    Case(
        CLUSTER_TLS, "Aurora MySQL 3 with its default group", FAIL, defaults("aurora-mysql", "8.0.mysql_aurora.3.04.0")
    ),
    Case(CLUSTER_TLS, "Aurora PostgreSQL 16 leaves the default", FAIL, group("aurora-postgresql16")),
    Case(CLUSTER_TLS, "Aurora PostgreSQL 17 leaves the default", PASS, group("aurora-postgresql17")),
    Case(PROXY_TLS, "left out", FAIL, proxy("", RequireTLS=False)),
    Case(PROXY_TLS, "on", PASS, proxy("require_tls = true", RequireTLS=True)),
)
