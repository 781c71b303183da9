"""Databases: who read or changed ePHI in a database is recorded."""

from collections.abc import Callable

from hipaa_guard.authoring import Fix, Inventory, Verdict, not_applicable, some
from hipaa_guard.judging.database_settings import (
    ParameterGroup,
    is_custom,
    is_member,
    option_group,
    options_in_force,
    parameter_group,
    parameters_in_force,
)
from hipaa_guard.judging.log_delivery import Exports, logs_exported
from hipaa_guard.services import rds, rds_options, rds_parameters

_GENERAL = "general"
_TELLING_LOGS: dict[str, tuple[str, ...]] = {
    "aurora-mysql": ("audit",),
    "aurora-postgresql": ("postgresql",),
    "aurora": ("audit",),
    "mariadb": ("audit", _GENERAL),
    "mysql": ("audit", _GENERAL),
    "postgres": ("postgresql",),
    "oracle": ("audit",),
    "sqlserver": ("error",),
    "db2": ("diag.log",),
}
"""By the first words of the engine, the logs of which each tells who did what (for the last two, who signed in or
failed to). The general log has each connection and each statement (RDS user guide, "RDS for MySQL database logs")."""
_TELLING = {"CONNECT", "QUERY", "QUERY_DML", "QUERY_DML_NO_SELECT", "TABLE"}
"""Events of an audit log that tell who signs in, or who reads or changes data; QUERY_DDL and QUERY_DCL do not."""
_OFF = ("", "0", "off", "false", "no")
_NAMELESS = {"receipt", "setup_durations"}
"""The stages of a connection that tell when and whence it came, and not whose it is."""


def _exports(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Exports | Verdict:
    exported = store.log_exports
    if isinstance(store, rds.Instance) and is_custom(store):
        return not_applicable("is of RDS Custom, whose logs only an agent on its host can deliver")
    if not exported:
        return Exports(None)
    engine = rds.engine_of(store, inventory)
    logs = next((logs for name, logs in _TELLING_LOGS.items() if engine.startswith(name)), ())
    if engine == "mysql" and isinstance(store, rds.Cluster):
        logs = (_GENERAL,)  # RDS exports no other log of Multi-AZ clusters that tells who did what (CreateDBCluster)
    if not logs:
        return not_applicable(f"runs {engine}, whose logs are not known here")
    silent: dict[str, str] = {}

    def tells(needed: str) -> bool:
        if not some(lambda log: log == needed, exported):
            return False
        silent[needed] = _says_nothing(needed, engine, store, inventory)
        return not silent[needed]

    some(tells, logs)
    needed = next((log for log, reason in silent.items() if not reason), next(iter(silent), logs[0]))
    return Exports(exported, needed, silent.get(needed, ""))


def _says_nothing(log: str, engine: str, store: rds.Instance | rds.Cluster, inventory: Inventory) -> str:
    """Why an exported log does not tell who did what; empty if it does."""
    if log == _GENERAL:
        reason = _general_silent(parameter_group(store, inventory))
        if not reason:
            parameters_in_force(store)
        return reason
    if isinstance(store, rds.Instance) and engine in ("mysql", "mariadb"):
        return _without_plugin(store, inventory)
    if engine.startswith(("sqlserver", "db2")):
        return ""
    group = parameter_group(store, inventory)
    if "postgres" in engine:
        reason = _postgres_silent(store, inventory)
    elif engine.startswith("oracle"):
        reason = _oracle_silent(group)
    else:
        reason = _aurora_mysql_silent(group)
    if not reason:
        parameters_in_force(store)
    return reason


def _without_plugin(instance: rds.Instance, inventory: Inventory) -> str:
    group = option_group(instance, inventory)
    if group is None or not group.writes_audit_log:
        return "no audit plugin writes it: its option group lacks MARIADB_AUDIT_PLUGIN"
    reason = _events_silent(group)
    if not reason:
        options_in_force(instance)
    return reason


def _events_silent(group: rds_options.OptionGroup | rds_parameters.ClusterParameterGroup) -> str:
    """Why the events of an audit log do not tell who did what; empty if they do."""
    written = group.audit_events or ""
    events = {each.strip().upper() for each in written.split(",")}
    if not events & _TELLING:
        return f"only {written} is written into it, which tells neither who signs in nor who reads or changes data"
    if "CONNECT" not in events and group.users_audited:
        return f"only what {group.users_audited} did is written into it, and not who signs in"
    return ""


_POSTGRES_SILENT = (
    "its parameter group logs neither connections (log_connections) nor statements (log_statement mod or all, pgaudit)"
)


def _postgres_silent(store: rds.Instance | rds.Cluster, inventory: Inventory) -> str:
    group = parameter_group(store, inventory)
    if isinstance(store, rds.Instance):
        return "" if _postgres_tells(group) else _POSTGRES_SILENT
    cluster = store

    def member_tells(member: rds.ClusterInstance) -> bool:
        own = parameter_group(member, inventory)
        if own is None:
            return _postgres_tells(group)
        if _postgres_tells(own, group):
            parameters_in_force(member)
            return True
        return False

    members = inventory.all(rds.ClusterInstance)
    if some(lambda member: not member_tells(member) and is_member(member, cluster, inventory), members):
        return _POSTGRES_SILENT
    tells = _postgres_tells(group) or some(lambda member: is_member(member, cluster, inventory), members)
    return "" if tells else _POSTGRES_SILENT


def _postgres_tells(*groups: ParameterGroup | None) -> bool:
    """Whether PostgreSQL logs who signs in, or the statements that read or change data; ``ddl`` tells of neither.

    Of several groups, the first that sets a parameter counts.
    """

    def text(tell: Callable[[ParameterGroup], str | None]) -> str:
        values = (tell(group) for group in groups if group is not None)
        return next((value for value in values if value is not None), "").lower()

    def audits() -> bool:
        classes = _audited(text(lambda group: group.classes_audited))
        libraries = [each.strip() for each in text(lambda group: group.libraries).split(",")]
        return bool(classes) and "pgaudit" in libraries

    tests: tuple[Callable[[], bool], ...] = (
        lambda: _names_users(text(lambda group: group.connections_logged)),
        lambda: text(lambda group: group.statements_logged) in ("mod", "all"),
        lambda: text(lambda group: group.slow_statements_logged) == "0",
        audits,
    )
    return some(lambda test: test(), tests)


def _audited(written: str) -> set[str]:
    """``read`` and ``write``, as far as pgaudit logs them. A class after a minus is left out (pgaudit, "pgaudit.log")."""
    classes: set[str] = set()
    for each in (word.strip() for word in written.split(",")):
        named = {"read", "write"} & ({"read", "write"} if each.lstrip("-") == "all" else {each.lstrip("-")})
        classes = classes - named if each.startswith("-") else classes | named
    return classes


def _names_users(connections: str) -> bool:
    """Whether the logged stages of a connection tell who connects (PostgreSQL 18, "log_connections")."""
    return connections not in _OFF and not {each.strip() for each in connections.split(",")} <= _NAMELESS


def _oracle_silent(group: ParameterGroup | None) -> str:
    files = group.audit_files if isinstance(group, rds_parameters.ParameterGroup) else None
    if (files or "").upper().replace(" ", "") in ("OS", "XML", "XML,EXTENDED"):
        return ""
    return f"Oracle writes no audit files: its parameter audit_trail is {files or 'not set'}, neither OS nor XML"


def _general_silent(group: ParameterGroup | None) -> str:
    if group is None or not group.general_log:
        return "MySQL writes none: its parameter general_log is off"
    if "FILE" in (group.log_output or "").upper():
        return ""
    return f"MySQL does not write it to a file: its parameter log_output is {group.log_output or 'not set'}"


def _aurora_mysql_silent(group: ParameterGroup | None) -> str:
    if not isinstance(group, rds_parameters.ClusterParameterGroup) or not group.audit_logging:
        return "Aurora writes none: its parameter server_audit_logging is off"
    if not group.audit_events:
        return "Aurora writes nothing into it: its parameter server_audit_events is empty"
    return _events_silent(group)


_RESTART = (
    "A parameter group that is newly attached comes into force when the database is restarted, which interrupts it; "
)
_COPY = "it has the defaults, so copy into it what the present group sets."
_NOT_BY_MACHINE = "needs what fills the log turned on, which depends on the engine"


@logs_exported(
    title="RDS instances export the log of who did what to CloudWatch Logs",
    fix=Fix(
        terraform="""
            resource "aws_db_instance" "phi" {
              engine                          = "postgres"
              engine_version                  = "16"
              parameter_group_name            = aws_db_parameter_group.logs.name
              enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
            }
            resource "aws_db_parameter_group" "logs" {
              family = "postgres16"
              parameter {
                name  = "log_connections"
                value = "1"
              }
              parameter {
                name  = "log_disconnections"
                value = "1"
              }
            }
        """,
        cli="""
            aws rds modify-db-parameter-group --db-parameter-group-name GROUP \\
              --parameters ParameterName=log_connections,ParameterValue=1,ApplyMethod=immediate
            aws rds modify-db-instance --db-instance-identifier INSTANCE --cloudwatch-logs-export-configuration \\
              '{"EnableLogTypes":["postgresql","upgrade"]}'
        """,
        note=f"{_RESTART}{_COPY} MySQL and MariaDB export `audit` and need an option group with MARIADB_AUDIT_PLUGIN, "
        "or `general` and the parameters general_log = 1 and log_output = FILE, "
        "Oracle the parameter audit_trail = OS. Statements in a log hold ePHI: whoever reads the log reads it.",
        not_by_machine=_NOT_BY_MACHINE,
        consequences=("interrupts", "costs_money"),
    ),
    peers={
        "prowler": "rds_instance_integration_cloudwatch_logs",
        "aws_config": "rds-logging-enabled",
        "powerpipe": "rds_db_instance_logging_enabled",
        "cdk_nag": "HIPAA.Security-RDSLoggingEnabled",
        "checkov": "CKV_AWS_129",
    },
)
def rds_instance_logs_exported(instance: rds.Instance, inventory: Inventory) -> Exports | Verdict:
    return _exports(instance, inventory)


@logs_exported(
    title="RDS clusters export the log of who did what to CloudWatch Logs",
    fix=Fix(
        terraform="""
            resource "aws_rds_cluster" "phi" {
              engine                          = "aurora-mysql"
              engine_version                  = "8.0.mysql_aurora.3.08.2"
              db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.logs.name
              enabled_cloudwatch_logs_exports = ["audit", "error"]
            }
            resource "aws_rds_cluster_parameter_group" "logs" {
              family = "aurora-mysql8.0"
              parameter {
                name  = "server_audit_logging"
                value = "1"
              }
              parameter {
                name  = "server_audit_events"
                value = "CONNECT,QUERY"
              }
            }
        """,
        cli="""
            aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name GROUP --parameters \\
              ParameterName=server_audit_logging,ParameterValue=1,ApplyMethod=immediate \\
              'ParameterName=server_audit_events,ParameterValue="CONNECT,QUERY",ApplyMethod=immediate'
            aws rds modify-db-cluster --db-cluster-identifier CLUSTER --cloudwatch-logs-export-configuration \\
              '{"EnableLogTypes":["audit","error"]}'
        """,
        note=f"{_RESTART}{_COPY} Aurora PostgreSQL exports `postgresql` and needs log_connections or pgaudit. A "
        "Multi-AZ cluster of MySQL exports `general` and needs general_log = 1 and log_output = FILE. "
        "Statements in a log hold ePHI: whoever reads the log reads it.",
        not_by_machine=_NOT_BY_MACHINE,
        consequences=("interrupts", "costs_money"),
    ),
    peers={
        "prowler": "rds_cluster_integration_cloudwatch_logs",
        "cdk_nag": "HIPAA.Security-RDSLoggingEnabled",
        "checkov": ("CKV_AWS_324", "CKV_AWS_325"),
    },
)
def rds_cluster_logs_exported(cluster: rds.Cluster, inventory: Inventory) -> Exports | Verdict:
    return _exports(cluster, inventory)
