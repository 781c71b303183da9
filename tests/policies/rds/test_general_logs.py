"""The general log of MySQL and MariaDB, which tells who did what as the audit log does, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases
from tests.policies.rds.states import applied, exported, instance, with_options, with_parameters

LOGS = "rds_instance_logs_exported"
OPEN = '\nvariable "open" {}'
IN_FILES = {"general_log": "1", "log_output": "FILE"}
FAMILIES = ("mysql8.4", "mariadb11.4")
EXPORTED = {"EnabledCloudwatchLogsExports": ["general"]}


def general(family: str = "mysql8.4", *also: str, **parameters: str) -> Told:
    """An instance that exports its general log, with a parameter group of its own."""
    return with_parameters(family, parameters, **exported("general", "error", *also), **version(family))


def version(family: str) -> dict[str, str]:
    """Of MariaDB: moto knows no default one."""
    return {"EngineVersion": "11.4.5"} if family.startswith("mariadb") else {}


test_general_logs = cases(
    *(
        Case(LOGS, f"{family}: {sentence}", verdict, general(family, **parameters), says=says)
        for family in FAMILIES
        for sentence, parameters, verdict, says in (
            ("into files", IN_FILES, PASS, "exports the general log"),
            ("into files and tables", {**IN_FILES, "log_output": "TABLE,FILE"}, PASS, "exports the general log"),
            ("into tables", {**IN_FILES, "log_output": "TABLE"}, FAIL, "log_output is TABLE"),
            ("somewhere", {"general_log": "1"}, FAIL, "log_output is not set"),
            ("off", {**IN_FILES, "general_log": "0"}, FAIL, "general_log is off"),
        )
    ),
    Case(
        LOGS,
        "the general log, with the default group",
        FAIL,
        instance(engine="mysql", **exported("general")),
        says="general_log is off",
    ),
    Case(
        LOGS, "an audit log that no plugin writes, and the general log", PASS, general("mysql8.4", "audit", **IN_FILES)
    ),
    Case(
        LOGS,
        "an audit log that no plugin writes, and an empty general log",
        FAIL,
        general("mysql8.4", "audit"),
        says="MARIADB_AUDIT_PLUGIN",
    ),
    Case(
        LOGS,
        "an audit log, and an empty general log",
        PASS,
        with_options("mysql", {"MARIADB_AUDIT_PLUGIN": {}}, major="8.0", **exported("general", "audit")),
        says="exports the audit log",
    ),
    Case(
        LOGS,
        "an audit log by options that are declared elsewhere, and the general log",
        PASS,
        terraform=general("mysql8.4", "audit", **IN_FILES).text.replace(
            "engine =", 'option_group_name = "elsewhere"\n engine =', 1
        ),
    ),
    Case(
        LOGS,
        "the general log, by a variable without a value",
        UNKNOWN,
        terraform=general(**{**IN_FILES, "general_log": "${var.open}"}).text + OPEN,
    ),
    Case(
        LOGS,
        "the general log, by a group that is declared elsewhere",
        UNKNOWN,
        instance(
            'parameter_group_name = "elsewhere"\nenabled_cloudwatch_logs_exports = ["general"]', engine="mysql"
        ).in_terraform(),
    ),
    Case(
        LOGS,
        "the general log, after the next restart",
        UNKNOWN,
        applied(general(**IN_FILES), "mysql", "pending-reboot", **EXPORTED),
        says="pending-reboot",
    ),
)
