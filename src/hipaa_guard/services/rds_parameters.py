"""Amazon RDS: parameter groups of instances and clusters, and the engines' defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from hipaa_guard.facts.readings import Ask, Block, Listing, View, ask, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import PartialJson, Undecided, Unknown, Value

TLS_PARAMETERS = ("rds.force_ssl", "require_secure_transport")
"""The parameters that require TLS: of PostgreSQL and SQL Server, and of MySQL and MariaDB."""
# RDS and Aurora user guides, pages on requiring SSL/TLS of each engine, read 2026-11-30.
_TLS_SINCE = {
    "postgres": (15, 0),
    "aurora-postgresql": (17, 0),
    "mysql": (9, 7),
    "aurora-mysql": (8, 4),
    "mariadb": (11, 8),
}
"""The first versions of engines that require TLS by default."""
_NO_TLS_UNTIL = {"mysql": (8, 4), "aurora-mysql": (8, 0), "mariadb": (11, 4)}
"""The last versions that certainly do not require TLS by default. For those between, only AWS's answer counts."""


def _declared(names: tuple[str, ...]) -> Callable[[View], Value]:
    """The value of the first of some parameters that a group sets; None if the default of the engine applies."""

    def read(view: View) -> Value:
        for parameter in view.get("parameter") or []:
            if parameter.get("name").lower() in names:
                return parameter.get("value")
        return None

    return read


def _declared_in_json(names: tuple[str, ...]) -> Callable[[View], Value]:
    """As `_declared`, for the `awscc` provider, where all parameters are one JSON object."""

    def read(view: View) -> Value:
        argument = view.get("parameters")
        if argument is None or (isinstance(argument, Unknown) and not isinstance(argument, PartialJson)):
            return argument
        parameters = argument.document if isinstance(argument, PartialJson) else json.loads(argument)
        return next((value for name, value in parameters.items() if name.lower() in names), None)

    return read


def _parameter(group: Ask, *names: str, parse: Callable[[Value], Value] | None = None) -> Any:
    """A fact that is the value of a parameter, or of the first that a group has of several with the same meaning.

    `group` is the call that answers the parameters of a group. The value is None if the default of the family applies.
    """
    lower = tuple(name.lower() for name in names)
    wanted = " || ".join(f"ParameterName=='{name}'" for name in names)
    return fact(
        terraform=_declared(lower),
        awscc=_declared_in_json(lower),
        unset=None,
        parse=parse,
        aws=ask(group.operation, f"Parameters[?{wanted}].ParameterValue | [0]", **group.params),
    )


def _switched_on(value: Value) -> bool:
    """Whether a parameter is ``1`` or ``ON``; MySQL accepts both, words in either case."""
    return str(value).lower() in ("1", "on", "true", "yes")


_OF_INSTANCES = ask("rds.describe_db_parameters", "", DBParameterGroupName="{DBParameterGroupName}")
_OF_CLUSTERS = ask(
    "rds.describe_db_cluster_parameters", "", DBClusterParameterGroupName="{DBClusterParameterGroupName}"
)


class ParameterGroup(Resource):
    """A parameter group of instances. The default ones cannot be changed."""

    terraform = Block(
        "aws_db_parameter_group",
        "awscc_rds_db_parameter_group",
        name="name",
        awscc_name="db_parameter_group_name",
    )
    aws = Listing(
        "rds.describe_db_parameter_groups",
        "DBParameterGroups[]",
        arn="{DBParameterGroupArn}",
        name="DBParameterGroupName",
        keys=("DBParameterGroupName", "DBParameterGroupArn"),
    )
    aws_types = ("AWS::RDS::DBParameterGroup", "rds:pg")

    family: str = fact(terraform="family", awscc="family", unset=None, aws=listed("DBParameterGroupFamily"))
    """Engine and version: ``postgres16``, ``mysql8.0``, ``sqlserver-se-15.0``."""

    tls_required: bool | None = _parameter(_OF_INSTANCES, *TLS_PARAMETERS, parse=_switched_on)
    """None if the default of the family applies."""

    protocols: str | None = _parameter(_OF_INSTANCES, "DB2COMM")
    """Those over which Db2 takes connections: ``TCPIP``, ``SSL``, ``TCPIP,SSL``; None means ``TCPIP``."""

    audit_files: str | None = _parameter(_OF_INSTANCES, "audit_trail")
    """Where Oracle writes its audit records: ``OS`` and ``XML`` are files, None and all others are not."""

    statements_logged: str | None = _parameter(_OF_INSTANCES, "log_statement")
    """The statements that PostgreSQL logs: ``ddl``, ``mod``, ``all``; None means ``none``."""

    slow_statements_logged: str | None = _parameter(_OF_INSTANCES, "log_min_duration_statement")
    """The milliseconds from which on PostgreSQL logs a statement: ``0`` logs all; None means ``-1``, none."""

    connections_logged: str | None = _parameter(_OF_INSTANCES, "log_connections")
    """Whether PostgreSQL logs connections, since version 18 with the stages that it logs; None means off."""

    classes_audited: str | None = _parameter(_OF_INSTANCES, "pgaudit.log")
    """The classes of statements that pgaudit logs: ``all``, ``read,write``; None means ``none``."""

    libraries: str | None = _parameter(_OF_INSTANCES, "shared_preload_libraries")
    """Those that PostgreSQL loads when it starts, such as ``pgaudit``."""


class ClusterParameterGroup(Resource):
    """A parameter group of clusters."""

    terraform = Block(
        "aws_rds_cluster_parameter_group",
        "awscc_rds_db_cluster_parameter_group",
        name="name",
        awscc_name="db_cluster_parameter_group_name",
    )
    aws = Listing(
        "rds.describe_db_cluster_parameter_groups",
        "DBClusterParameterGroups[]",
        arn="{DBClusterParameterGroupArn}",
        name="DBClusterParameterGroupName",
        keys=("DBClusterParameterGroupName", "DBClusterParameterGroupArn"),
    )
    aws_types = ("AWS::RDS::DBClusterParameterGroup", "rds:cluster-pg")

    family: str = fact(terraform="family", awscc="family", unset=None, aws=listed("DBParameterGroupFamily"))

    tls_required: bool | None = _parameter(_OF_CLUSTERS, *TLS_PARAMETERS, parse=_switched_on)
    """As of instances, like the next five."""

    statements_logged: str | None = _parameter(_OF_CLUSTERS, "log_statement")
    slow_statements_logged: str | None = _parameter(_OF_CLUSTERS, "log_min_duration_statement")
    connections_logged: str | None = _parameter(_OF_CLUSTERS, "log_connections")
    classes_audited: str | None = _parameter(_OF_CLUSTERS, "pgaudit.log")
    libraries: str | None = _parameter(_OF_CLUSTERS, "shared_preload_libraries")

    audit_logging: bool | None = _parameter(_OF_CLUSTERS, "server_audit_logging", parse=_switched_on)
    """Whether Aurora MySQL writes its audit log; None means it does not."""

    audit_events: str | None = _parameter(_OF_CLUSTERS, "server_audit_events")
    """The events that Aurora MySQL writes into it: ``CONNECT,QUERY``; None or empty means none."""
    general_log: bool | None = _parameter(_OF_CLUSTERS, "general_log", parse=_switched_on)
    """Whether MySQL logs connections and statements; None means it does not."""

    log_output: str | None = _parameter(_OF_CLUSTERS, "log_output")
    """Where MySQL writes its general log: ``FILE``, which alone can be exported, ``TABLE``, ``NONE``."""


def tls_by_default(family: str) -> bool:
    """Whether databases require TLS if their parameter group has the default.

    `family` is that of the group (``postgres16``), or an engine followed by its version (``postgres16.4``).

    Raises:
        Undecided: the version is missing, or newer than this program.

    """
    found = re.match(r"([a-z-]+?)-?(?:(\d+)(?:\.(\d+))?)?(?![a-z-])", family)
    engine, version = (found[1], (int(found[2] or 0), int(found[3] or 0))) if found else (family, (0, 0))
    if engine.startswith("sqlserver"):
        return False
    if version >= (1, 0) and engine in _TLS_SINCE:
        if version >= _TLS_SINCE[engine]:
            return True
        if engine not in _NO_TLS_UNTIL or version[:2] <= _NO_TLS_UNTIL[engine]:
            return False
    raise Undecided(Unknown(f"it is not known whether {in_words(family)} requires TLS by default"))


def in_words(family: str) -> str:
    """An engine and its version, which are one word in families: ``aurora-mysql 8.0``."""
    found = re.fullmatch(r"([a-z-]+?)-?(\d.*)", family)
    return f"{found[1]} {found[2]}" if found else family
