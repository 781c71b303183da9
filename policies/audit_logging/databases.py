"""Databases: who read or changed ePHI in a database is recorded."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, not_applicable
from hipaa_guard.judging.log_delivery import Exports, logs_exported
from hipaa_guard.services import rds

_NEEDED = {
    "aurora-mysql": "audit",
    "aurora-postgresql": "postgresql",
    "aurora": "audit",
    "mariadb": "audit",
    "mysql": "audit",
    "postgres": "postgresql",
    "oracle": "audit",
    "sqlserver": "error",
    "db2": "diag.log",
}
"""By the first words of the engine, the log that tells who did what (for the last two, who signed in or failed to)."""


def _exports(store: rds.Instance | rds.Cluster, inventory: Inventory) -> Exports | Verdict:
    exported = store.log_exports
    if exported is None:
        return Exports(None)
    engine = rds.engine_of(store, inventory)
    needed = next((log for name, log in _NEEDED.items() if engine.startswith(name)), None)
    if needed is None:
        return not_applicable(f"runs {engine}, whose logs are not known here")
    return Exports(exported, needed)


@logs_exported(
    title="RDS instances export the log of who did what to CloudWatch Logs",
    fix=Fix(
        terraform="""
            resource "aws_db_instance" "phi" {
              engine                          = "postgres"
              enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
            }
        """,
        cli="""
            aws rds modify-db-instance --db-instance-identifier INSTANCE --cloudwatch-logs-export-configuration \\
              '{"EnableLogTypes":["postgresql","upgrade"]}'
        """,
        note="MySQL and MariaDB write an audit log with the option MARIADB_AUDIT_PLUGIN, PostgreSQL with pgaudit.",
        not_by_machine="depends on the logs of the engine, some of which must be turned on",
        consequences=("costs_money",),
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
              enabled_cloudwatch_logs_exports = ["audit", "error"]
            }
        """,
        cli="""
            aws rds modify-db-cluster --db-cluster-identifier CLUSTER --cloudwatch-logs-export-configuration \\
              '{"EnableLogTypes":["audit","error"]}'
        """,
        note="Aurora MySQL writes an audit log with server_audit_logging, Aurora PostgreSQL with pgaudit.",
        not_by_machine="depends on the logs of the engine, some of which must be turned on",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "rds_cluster_integration_cloudwatch_logs",
        "cdk_nag": "HIPAA.Security-RDSLoggingEnabled",
        "checkov": ("CKV_AWS_324", "CKV_AWS_325"),
    },
)
def rds_cluster_logs_exported(cluster: rds.Cluster, inventory: Inventory) -> Exports | Verdict:
    return _exports(cluster, inventory)
