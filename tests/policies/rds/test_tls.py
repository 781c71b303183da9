"""The controls on RDS that refuse plain connections, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.testing import (
    FAIL,
    PASS,
    UNKNOWN,
    Aws,
    Case,
    Told,
    all_controls,
    aws_account,
    aws_collected,
    cases,
)
from tests.policies.rds.states import (
    applied,
    applied_to_members,
    cluster,
    instance,
    with_options,
    with_parameters,
)

TLS, CLUSTER_TLS, PROXY_TLS = "rds_instance_tls_required", "rds_cluster_tls_required", "rds_proxy_tls_required"


def group(family: str, parameter: str = "", value: str = "") -> Told:
    """An instance or cluster of the engine of a family, with a parameter group of its own."""
    return with_parameters(family, {parameter: value} if parameter else {})


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


DEFAULTS = (
    ("mysql", "8.4.3", FAIL),
    ("mysql", "9.0.1", UNKNOWN),
    ("mysql", "9.7.1", PASS),
    ("mariadb", "11.4.4", FAIL),
    ("mariadb", "11.8.2", PASS),
    ("aurora-mysql", "8.0.mysql_aurora.3.10.0", FAIL),
    ("aurora-mysql", "8.4.7", PASS),
    ("aurora-postgresql", "16.9", FAIL),
    ("aurora-postgresql", "17.4", PASS),
    ("postgres", "18.1", PASS),
)
"""Versions, and whether they require TLS by default (RDS and Aurora user guides, read 2026-11-30)."""
ON, OFF = group("postgres14", "rds.force_ssl", "1"), group("postgres14", "rds.force_ssl", "0")
CLUSTER_ON = group("aurora-mysql8.0", "require_secure_transport", "ON")


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
    *(
        Case(
            CLUSTER_TLS if engine.startswith("aurora") else TLS,
            f"{engine} {version}",
            verdict,
            defaults(engine, version),
        )
        for engine, version, verdict in DEFAULTS
    ),
    Case(
        TLS,
        "a replica, which has the group of its source",
        PASS,
        terraform=with_parameters("postgres14", {"rds.force_ssl": "1"}).text.replace('"phi"', '"primary"', 1)
        + '\nresource "aws_db_instance" "phi" {\n replicate_source_db = aws_db_instance.primary.identifier\n}',
    ),
    Case(
        TLS,
        "a replica of an instance that is declared elsewhere",
        UNKNOWN,
        instance('replicate_source_db = "elsewhere"').in_terraform(),
    ),
    *(
        Case(TLS, f"the group turns it on, and is {state}", verdict, applied(ON, "postgres", state), says=says)
        for state, verdict, says in (
            ("in-sync", PASS, "as its parameter group says"),
            ("pending-reboot", UNKNOWN, "parameter group is pending-reboot"),
            ("applying", UNKNOWN, "applying"),
            ("failed-to-apply", UNKNOWN, "failed-to-apply"),
            ("pending-database-upgrade", UNKNOWN, "pending-database-upgrade"),
        )
    ),
    Case(
        TLS,
        "the group leaves a default that is on, and is pending",
        UNKNOWN,
        applied(group("postgres16"), "postgres", "pending-reboot"),
    ),
    Case(TLS, "the group turns it off, and is pending", FAIL, applied(OFF, "postgres", "pending-reboot")),
    Case(
        CLUSTER_TLS,
        "all instances have the group",
        PASS,
        applied_to_members(CLUSTER_ON, "aurora-mysql", "in-sync", "in-sync"),
    ),
    Case(
        CLUSTER_TLS,
        "one instance was not restarted since",
        UNKNOWN,
        applied_to_members(CLUSTER_ON, "aurora-mysql", "in-sync", "pending-reboot"),
        says="pending-reboot",
    ),
    Case(
        CLUSTER_TLS,
        "AWS does not tell of one instance",
        UNKNOWN,
        applied_to_members(CLUSTER_ON, "aurora-mysql", "in-sync", None),
    ),
    Case(CLUSTER_TLS, "a cluster without instances", PASS, applied_to_members(CLUSTER_ON, "aurora-mysql")),
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

NATIVE, SERVER = "NATIVE_NETWORK_ENCRYPTION", "SQLNET.ENCRYPTION_SERVER"
NATIVE_REQUIRED = with_options("oracle-ee", {NATIVE: {SERVER: "REQUIRED"}})


def oracle(**options: Mapping[str, str]) -> Told:
    return with_options("oracle-ee", options)


def db2(protocols: str) -> Told:
    """A Db2 instance, an engine that moto lacks, with a parameter group of its own."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_parameter_group(
            DBParameterGroupName="own", DBParameterGroupFamily="db2-se-11.5", Description="ours"
        )
        each = {"ParameterName": "DB2COMM", "ParameterValue": protocols, "ApplyMethod": "pending-reboot"}
        aws.rds.modify_db_parameter_group(DBParameterGroupName="own", Parameters=[each])

    text = with_parameters("db2-se-11.5", {"DB2COMM": protocols}).text
    return Told(text) | applied(Told(aws=seed), "db2-se", "in-sync")


test_tls_by_other_means = cases(
    Case(TLS, "Oracle with the default options", FAIL, instance(engine="oracle-ee"), says="no option encrypts"),
    Case(TLS, "Oracle with a group without options", FAIL, oracle()),
    Case(TLS, "Oracle with another option", FAIL, oracle(Timezone={"TIME_ZONE": "UTC"})),
    Case(
        TLS,
        "Oracle with a second port for TLS",
        FAIL,
        oracle(SSL={"SQLNET.SSL_VERSION": "1.2"}),
        says="beside the plain one",
        severity=MEDIUM,
    ),
    Case(TLS, "Oracle requires its own encryption", PASS, NATIVE_REQUIRED),
    Case(TLS, "Oracle requests its own encryption by default", FAIL, oracle(**{NATIVE: {}}), says="REQUESTED"),
    *(
        Case(TLS, f"Oracle's own encryption is {setting}", FAIL, oracle(**{NATIVE: {SERVER: setting}}), says=setting)
        for setting in ("REQUESTED", "ACCEPTED", "REJECTED")
    ),
    Case(
        TLS,
        "Oracle's option that requires encryption is not yet in force",
        UNKNOWN,
        applied(NATIVE_REQUIRED, "oracle-ee", "pending-apply"),
        says="option group is pending-apply",
    ),
    Case(
        TLS,
        "Oracle's own encryption is a variable without a value",
        UNKNOWN,
        terraform=NATIVE_REQUIRED.text.replace('"REQUIRED"', "var.open") + '\nvariable "open" {}',
    ),
    Case(
        TLS,
        "Oracle with options that are declared elsewhere",
        UNKNOWN,
        instance('option_group_name = "elsewhere"', engine="oracle-ee").in_terraform(),
    ),
    Case(TLS, "Oracle of RDS Custom", UNKNOWN, instance(engine="custom-oracle-ee").in_terraform(), says="RDS Custom"),
    Case(TLS, "Db2 with the default group", FAIL, instance(engine="db2-se").in_terraform(), says="DB2COMM is not set"),
    Case(TLS, "Db2 takes TLS only", PASS, db2("SSL")),
    Case(TLS, "Db2 takes plain connections too", FAIL, db2("TCPIP,SSL"), says="DB2COMM is TCPIP,SSL", severity=MEDIUM),
    Case(TLS, "Db2 takes plain connections only", FAIL, db2("TCPIP"), severity=HIGH),
)


def test_no_setting_of_an_option_is_kept_but_the_one_that_is_judged() -> None:
    told = with_options(
        "oracle-ee",
        {"OEM_AGENT": {"AGENT_REGISTRATION_PASSWORD": "not-a-real-password"}, NATIVE: {SERVER: "REQUIRED"}},
    )
    with aws_account():
        told.make(Aws())
        collected = aws_collected([all_controls()[TLS]], answers=told.answers)
    kept = [answer for answer in collected.answers.values() if answer.operation == "rds.describe_option_groups"]
    assert "REQUIRED" in repr(kept)
    assert "not-a-real-password" not in repr((kept, list(collected.inventory)))
