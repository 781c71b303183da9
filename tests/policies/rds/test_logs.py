"""The controls on the logs that RDS exports, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.rds.states import (
    applied,
    applied_to_members,
    blocks,
    cluster,
    exported,
    instance,
    replica,
    with_options,
    with_parameters,
)

LOGS, CLUSTER_LOGS = "rds_instance_logs_exported", "rds_cluster_logs_exported"


def logs(*names: str, engine: str) -> Told:
    """Exports of an instance or cluster with the default groups."""
    return (cluster if engine.startswith("aurora") else instance)(engine=engine, **exported(*names))


def postgres(**parameters: str) -> Told:
    return with_parameters("postgres16", named(parameters), **exported("postgresql"))


def aurora_postgres(**parameters: str) -> Told:
    return with_parameters("aurora-postgresql16", named(parameters), **exported("postgresql"))


def aurora(**parameters: str) -> Told:
    return with_parameters("aurora-mysql8.0", parameters, **exported("audit"))


def oracle(**parameters: str) -> Told:
    return with_parameters("oracle-ee-19", parameters, **exported("audit", "alert"))


def plugin(engine: str, options: Mapping[str, Mapping[str, str]], major: str) -> Told:
    changes: dict[str, Any] = {"EngineVersion": "10.6.20"} if engine == "mariadb" else {}
    return with_options(engine, options, major=major, **exported("audit", "error"), **changes)


def named(parameters: Mapping[str, str]) -> dict[str, str]:
    """Parameters by their names: `pgaudit_log` stands for ``pgaudit.log``."""
    return {name.replace("pgaudit_", "pgaudit."): value for name, value in parameters.items()}


AUDIT: dict[str, dict[str, str]] = {"MARIADB_AUDIT_PLUGIN": {"SERVER_AUDIT_EVENTS": "CONNECT,QUERY"}}
# Events of an audit log, and whether they tell who signs in, or who reads or changes data.
EVENTS = {
    **dict.fromkeys(("CONNECT", "QUERY", "TABLE", "QUERY_DML", "QUERY_DDL,CONNECT"), PASS),
    **dict.fromkeys(("QUERY_DDL", "QUERY_DCL", "QUERY_DDL,QUERY_DCL"), FAIL),
}
PLUGIN = "MARIADB_AUDIT_PLUGIN"


def of_one_user(events: str) -> dict[str, str]:
    return {"server_audit_logging": "1", "server_audit_events": events, "server_audit_incl_users": "nurse"}


LOADED = {"shared_preload_libraries": "pg_stat_statements,pgaudit"}
EXPORTED_BY_CLUSTER = {"EnabledCloudwatchLogsExports": ["audit"]}

test_logs = cases(
    Case(LOGS, "none", FAIL, instance()),
    Case(LOGS, "PostgreSQL exports the log of upgrades only", FAIL, logs("upgrade", engine="postgres"), says="upgrade"),
    Case(LOGS, "MySQL exports errors only", FAIL, logs("error", "slowquery", engine="mysql"), says="not the audit log"),
    Case(LOGS, "SQL Server exports the error log, in which sign-ins stand", PASS, logs("error", engine="sqlserver-se")),
    Case(
        LOGS,
        "one of them a variable without a value",
        UNKNOWN,
        instance('enabled_cloudwatch_logs_exports = ["upgrade", var.open]', 'variable "open" {}').in_terraform(),
    ),
    Case(LOGS, "none of RDS Custom", NOT_APPLICABLE, instance(engine="custom-oracle-ee").in_terraform()),
    Case(
        LOGS,
        "errors of RDS Custom, which RDS does not export",
        NOT_APPLICABLE,
        logs("error", engine="custom-sqlserver-se").in_terraform(),
    ),
    Case(CLUSTER_LOGS, "none", FAIL, cluster()),
    Case(CLUSTER_LOGS, "Aurora MySQL exports errors only", FAIL, logs("error", engine="aurora-mysql")),
)

POSTGRES = (
    ("connections", PASS, {"log_connections": "1"}),
    ("stages of connections, as PostgreSQL 18 names them", PASS, {"log_connections": "receipt,authorization"}),
    ("the receipt of connections, whosever they are", FAIL, {"log_connections": "receipt"}),
    ("receipt and duration of connections", FAIL, {"log_connections": "receipt, setup_durations"}),
    ("no connections", FAIL, {"log_connections": "0"}),
    ("all statements", PASS, {"log_statement": "all"}),
    ("statements that change data", PASS, {"log_statement": "mod"}),
    ("statements that change tables only", FAIL, {"log_statement": "ddl"}),
    ("no statements", FAIL, {"log_statement": "none"}),
    ("statements of any duration", PASS, {"log_min_duration_statement": "0"}),
    ("slow statements", FAIL, {"log_min_duration_statement": "500"}),
    ("what pgaudit sees", PASS, {"pgaudit_log": "all", **LOADED}),
    ("what pgaudit sees of reads and writes", PASS, {"pgaudit_log": "read, write", **LOADED}),
    ("what pgaudit sees but for roles", PASS, {"pgaudit_log": "all,-role", **LOADED}),
    ("what pgaudit sees but for reads and writes", FAIL, {"pgaudit_log": "all,-read,-write", **LOADED}),
    ("what pgaudit sees of roles", FAIL, {"pgaudit_log": "role,ddl", **LOADED}),
    ("what pgaudit would see, but it is not loaded", FAIL, {"pgaudit_log": "all"}),
    ("another parameter", FAIL, {"max_connections": "100"}),
)
"""Parameters of PostgreSQL, and whether its log then tells who did what."""

test_logs_of_postgres = cases(
    Case(LOGS, "its log, with the default group", FAIL, logs("postgresql", engine="postgres"), says="log_connections"),
    Case(CLUSTER_LOGS, "its log, with the default group", FAIL, logs("postgresql", engine="aurora-postgresql")),
    *(Case(LOGS, f"of {sentence}", verdict, postgres(**told)) for sentence, verdict, told in POSTGRES),
    *(Case(CLUSTER_LOGS, f"of {sentence}", verdict, aurora_postgres(**told)) for sentence, verdict, told in POSTGRES),
    Case(
        LOGS,
        "of connections, by a group in the letters of another case",
        PASS,
        postgres(LOG_CONNECTIONS="1").in_terraform(),
    ),
    Case(
        LOGS,
        "a replica of an instance that logs connections",
        PASS,
        terraform=with_parameters("postgres16", {"log_connections": "1"}).text.replace('"phi"', '"primary"', 1)
        + '\nresource "aws_db_instance" "phi" {\n replicate_source_db = aws_db_instance.primary.identifier\n'
        + 'enabled_cloudwatch_logs_exports = ["postgresql"]\n}',
    ),
    Case(
        LOGS,
        "a replica of an instance with the default group",
        FAIL,
        replica('enabled_cloudwatch_logs_exports = ["postgresql"]').in_terraform(),
    ),
    Case(
        LOGS,
        "of connections, by a variable without a value",
        UNKNOWN,
        terraform=postgres(log_connections="${var.open}").text + '\nvariable "open" {}',
    ),
    Case(
        LOGS,
        "of statements, and perhaps of connections",
        PASS,
        terraform=postgres(log_connections="${var.open}", log_statement="all").text + '\nvariable "open" {}',
    ),
    Case(
        LOGS,
        "by a group that is declared elsewhere",
        UNKNOWN,
        instance('parameter_group_name = "elsewhere"\nenabled_cloudwatch_logs_exports = ["postgresql"]').in_terraform(),
    ),
    Case(
        LOGS,
        "of connections, after the next restart",
        UNKNOWN,
        applied(
            postgres(log_connections="1"),
            "postgres",
            "pending-reboot",
            EnabledCloudwatchLogsExports=["postgresql"],
        ),
        says="pending-reboot",
    ),
)


test_logs_of_mysql = cases(
    Case(LOGS, "MySQL with the default options", FAIL, logs("audit", engine="mysql"), says="MARIADB_AUDIT_PLUGIN"),
    Case(LOGS, "MySQL with other options", FAIL, plugin("mysql", {"MEMCACHED": {}}, "8.0")),
    Case(LOGS, "MySQL with the audit plugin", PASS, plugin("mysql", AUDIT, "8.0")),
    Case(LOGS, "MariaDB with the default options", FAIL, logs("audit", engine="mariadb")),
    Case(LOGS, "MySQL with the audit plugin as it is", PASS, plugin("mysql", {"MARIADB_AUDIT_PLUGIN": {}}, "8.0")),
    *(
        Case(
            LOGS,
            f"{engine} with an audit plugin that writes {events}",
            verdict,
            plugin(engine, {"MARIADB_AUDIT_PLUGIN": {"SERVER_AUDIT_EVENTS": events}}, major),
        )
        for engine, major in (("mysql", "8.0"), ("mariadb", "10.6"))
        for events, verdict in {**EVENTS, "QUERY_DML_NO_SELECT": PASS}.items()
    ),
    *(
        Case(LOGS, f"MySQL that writes {events} of one user", verdict, plugin("mysql", {PLUGIN: options}, "8.0"))
        for events, verdict in (("QUERY", FAIL), ("CONNECT,QUERY", PASS))
        for options in ({name.upper(): value for name, value in of_one_user(events).items() if "logging" not in name},)
    ),
    Case(LOGS, "MariaDB with the audit plugin", PASS, plugin("mariadb", AUDIT, "10.6")),
    Case(
        LOGS,
        "MySQL with the audit plugin after the next maintenance",
        UNKNOWN,
        applied(
            plugin("mysql", AUDIT, "8.0"),
            "mysql",
            "pending-maintenance-apply",
            EnabledCloudwatchLogsExports=["audit"],
        ),
        says="option group is pending-maintenance-apply",
    ),
    Case(
        LOGS,
        "MySQL restored from a snapshot, whose options are its own",
        UNKNOWN,
        instance(
            'snapshot_identifier = "s"\nenabled_cloudwatch_logs_exports = ["audit"]', engine="mysql"
        ).in_terraform(),
    ),
    Case(
        CLUSTER_LOGS,
        "Aurora MySQL with the default group",
        FAIL,
        logs("audit", engine="aurora-mysql"),
        says="server_audit_logging is off",
    ),
    Case(
        CLUSTER_LOGS,
        "Aurora MySQL that writes an audit log",
        PASS,
        aurora(server_audit_logging="1", server_audit_events="CONNECT,QUERY"),
    ),
    Case(
        CLUSTER_LOGS,
        "Aurora MySQL that writes no events into it",
        FAIL,
        aurora(server_audit_logging="1"),
        says="server_audit_events is empty",
    ),
    *(
        Case(
            CLUSTER_LOGS,
            f"Aurora MySQL that writes {events} into it",
            verdict,
            aurora(server_audit_logging="1", server_audit_events=events),
        )
        for events, verdict in EVENTS.items()
    ),
    *(
        Case(CLUSTER_LOGS, f"Aurora MySQL that writes {events} of one user", verdict, aurora(**of_one_user(events)))
        for events, verdict in (("QUERY", FAIL), ("CONNECT,QUERY", PASS))
    ),
    Case(CLUSTER_LOGS, "Aurora MySQL that names events alone", FAIL, aurora(server_audit_events="CONNECT")),
    Case(
        CLUSTER_LOGS,
        "Aurora MySQL that writes an audit log since the next restart of one instance",
        UNKNOWN,
        applied_to_members(
            aurora(server_audit_logging="1", server_audit_events="CONNECT"),
            "aurora-mysql",
            "in-sync",
            "pending-reboot",
            **EXPORTED_BY_CLUSTER,
        ),
    ),
)


def multi_az(*names: str, **parameters: str) -> Told:
    """A Multi-AZ cluster of MySQL with a parameter group of its own."""
    lines = 'engine = "mysql"\ndb_cluster_parameter_group_name = aws_rds_cluster_parameter_group.own.name\n'
    return Told(
        resource("aws_rds_cluster", f"{lines}enabled_cloudwatch_logs_exports = {json.dumps(names)}")
        + resource("aws_rds_cluster_parameter_group", f'family = "mysql8.0"\n{blocks(parameters)}', "own")
    )


test_logs_of_multi_az_clusters = cases(
    Case(
        CLUSTER_LOGS,
        "the general log, with the default group",
        FAIL,
        cluster('enabled_cloudwatch_logs_exports = ["general"]', engine="mysql").in_terraform(),
        says="general_log is off",
    ),
    Case(CLUSTER_LOGS, "errors", FAIL, multi_az("error"), says="not the general log"),
    Case(CLUSTER_LOGS, "the general log, into files", PASS, multi_az("general", general_log="1", log_output="FILE")),
    Case(CLUSTER_LOGS, "the general log, into tables", FAIL, multi_az("general", general_log="1", log_output="TABLE")),
    Case(CLUSTER_LOGS, "the general log, somewhere", FAIL, multi_az("general", general_log="1"), says="not set"),
)

test_logs_of_oracle = cases(
    Case(LOGS, "Oracle with the default group", FAIL, logs("audit", engine="oracle-ee"), says="audit_trail is not set"),
    Case(LOGS, "Oracle writes files", PASS, oracle(audit_trail="OS")),
    Case(LOGS, "Oracle writes files with the statements", PASS, oracle(audit_trail="XML, EXTENDED")),
    Case(LOGS, "Oracle writes into the database", FAIL, oracle(audit_trail="DB"), says="audit_trail is DB"),
)
