"""Amazon RDS: parameter groups of instances and clusters, and the engines' defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from hipaa_guard.facts.readings import Ask, Block, Listing, View, ask, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, PartialJson, Undecided, Unknown, Value

Version = tuple[int, ...]
_REFUSED = Cause.REFUSED
_RDS, _AURORA = "RDS user guide", "Aurora user guide"


class Listener(NamedTuple):
    """A port at which an engine takes connections, and the parameter by which it refuses those without TLS."""

    parameter: str
    source: str
    """The page of AWS that says so, read 2026-11-30."""
    required_since: Version | None = None
    """The first version that requires TLS by default; None if none does."""
    plain_until: Version | None = None
    """The last version that certainly does not, where AWS's page leaves a gap between the two."""
    opened_by: str = ""
    """The parameter whose value ``on`` opens the port; empty for the port that is always open."""


LISTENERS: dict[str, tuple[Listener, ...]] = {
    "postgres": (Listener("rds.force_ssl", f"{_RDS}, Requiring an SSL connection to PostgreSQL", (15, 0)),),
    "aurora-postgresql": (
        Listener("rds.force_ssl", f"{_AURORA}, Securing Aurora PostgreSQL data with SSL/TLS", (17, 0)),
        Listener(
            "babelfishpg_tds.tds_ssl_encrypt",
            f"{_AURORA}, DB cluster parameter group settings for Babelfish",
            opened_by="rds.babelfish_status",
        ),
    ),
    "mysql": (
        Listener("require_secure_transport", f"{_RDS}, Requiring SSL/TLS for connections to MySQL", (9, 7), (8, 4)),
    ),
    "aurora-mysql": (
        Listener("require_secure_transport", f"{_AURORA}, TLS connections to Aurora MySQL", (8, 4), (8, 0)),
    ),
    # Version 1, which AWS retired on 28 February 2023, cannot require TLS.
    "aurora": (Listener("require_secure_transport", f"{_AURORA}, TLS connections to Aurora MySQL"),),
    "mariadb": (
        Listener("require_secure_transport", f"{_RDS}, Requiring SSL/TLS for connections to MariaDB", (11, 8), (11, 4)),
    ),
    "sqlserver": (Listener("rds.force_ssl", f"{_RDS}, Using SSL with a Microsoft SQL Server DB instance"),),
}
"""By engine, editions left out: its ports, that of the engine itself first. Oracle and Db2 have means of their own."""
_BABELFISH = LISTENERS["aurora-postgresql"][1]
TLS_PARAMETERS = tuple(dict.fromkeys(listeners[0].parameter for listeners in LISTENERS.values()))
"""The parameters that require TLS at the engine's own port: of PostgreSQL and SQL Server, of MySQL and MariaDB."""


def listeners_of(engine: str) -> tuple[Listener, ...]:
    """The ports of an engine (``postgres``, ``sqlserver-se``) that parameters govern; none for other engines."""
    return LISTENERS.get(engine) or LISTENERS.get(engine.partition("-")[0], ())


def parted(family: str) -> tuple[str, Version]:
    """The engine of a family and the numbers of its version: ``("sqlserver-se", (15, 0))``. No number: no version."""
    found = re.match(r"(db2-[a-z]+|[a-z-]+?)-?(\d+(?:\.\d+)*)?(?![a-z-])", family)
    if found is None:
        return family, ()
    return found[1], tuple(int(number) for number in (found[2] or "").split(".") if number)


def _written(view: View) -> Iterator[tuple[str, Value]]:
    """The parameters that a group sets, with their names in lower case; in the `awscc` provider they are one JSON text.

    Raises:
        Undecided: a name, or whether there are more, is not known.

    """
    if not view.type.startswith("awscc_"):
        for parameter in view.get("parameter") or []:
            yield parameter.get("name").lower(), parameter.get("value")
        return
    argument = view.get("parameters")
    if isinstance(argument, Unknown) and not isinstance(argument, PartialJson):
        raise Undecided(argument)
    parameters = argument.document if isinstance(argument, PartialJson) else json.loads(argument or "{}")
    yield from ((name.lower(), value) for name, value in parameters.items())


def _declared(names: tuple[str, ...]) -> Callable[[View], Value]:
    """The value of the first of some parameters that a group sets; None if the default of the engine applies."""
    return lambda view: next((value for name, value in _written(view) if name in names), None)


def _declared_tls(view: View) -> Value:
    """As `_declared`, of the parameter that requires TLS in the family of the group."""
    for name, value in _written(view):
        if name in TLS_PARAMETERS:
            family = view.get("family")
            if isinstance(family, Unknown):
                return family
            own = listeners_of(parted(family or "")[0])
            if own and own[0].parameter == name:
                return value
            return Unknown(f"it sets {name}, which the family {family} does not have, so that AWS refuses it", _REFUSED)
    return None


def _parameter(
    group: Ask,
    *names: str,
    parse: Callable[[Value], Value] | None = None,
    declared: Callable[[View], Value] | None = None,
) -> Any:
    """A fact that is the value of a parameter, or of the first that a group has of several with the same meaning.

    `group` is the call that answers the parameters of a group. The value is None if the default of the family applies.
    """
    read = declared or _declared(tuple(name.lower() for name in names))
    wanted = " || ".join(f"ParameterName=='{name}'" for name in names)
    return fact(
        terraform=read,
        awscc=read,
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

    tls_required: bool | None = _parameter(_OF_INSTANCES, *TLS_PARAMETERS, parse=_switched_on, declared=_declared_tls)
    """None if the default of the family applies."""

    protocols: str | None = _parameter(_OF_INSTANCES, "DB2COMM")
    """Those over which Db2 takes connections: ``TCPIP``, ``SSL``, ``TCPIP,SSL``; None means ``TCPIP``."""

    general_log: bool | None = _parameter(_OF_INSTANCES, "general_log", parse=_switched_on)
    log_output: str | None = _parameter(_OF_INSTANCES, "log_output")
    """As of clusters."""

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

    tls_required: bool | None = _parameter(_OF_CLUSTERS, *TLS_PARAMETERS, parse=_switched_on, declared=_declared_tls)
    """As of instances."""

    babelfish: str | None = _parameter(_OF_CLUSTERS, _BABELFISH.opened_by)
    """``on`` if Babelfish takes connections of SQL Server clients at a port of its own; None means ``off``."""

    babelfish_tls_required: bool | None = _parameter(_OF_CLUSTERS, _BABELFISH.parameter, parse=_switched_on)
    """Whether that port refuses connections without TLS; None means that it does not by itself."""

    statements_logged: str | None = _parameter(_OF_CLUSTERS, "log_statement")
    slow_statements_logged: str | None = _parameter(_OF_CLUSTERS, "log_min_duration_statement")
    connections_logged: str | None = _parameter(_OF_CLUSTERS, "log_connections")
    classes_audited: str | None = _parameter(_OF_CLUSTERS, "pgaudit.log")
    libraries: str | None = _parameter(_OF_CLUSTERS, "shared_preload_libraries")

    audit_logging: bool | None = _parameter(_OF_CLUSTERS, "server_audit_logging", parse=_switched_on)
    """Whether Aurora MySQL writes its audit log; None means it does not."""

    audit_events: str | None = _parameter(_OF_CLUSTERS, "server_audit_events")
    """The events that Aurora MySQL writes into it: ``CONNECT,QUERY``; None or empty means none."""

    users_audited: str | None = _parameter(_OF_CLUSTERS, "server_audit_incl_users")
    """The users whose statements alone Aurora MySQL writes into it; None or empty means those of all."""

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
    engine, version = parted(family)
    own = listeners_of(engine)
    if own and own[0].required_since is None:
        return False
    if own and version:
        since, until = own[0].required_since, own[0].plain_until
        if since is not None and (*version, 0)[:2] >= since:
            return True
        if until is None or version[:2] <= until:
            return False
    raise Undecided(Unknown(f"it is not known whether {in_words(family)} requires TLS by default"))


def in_words(family: str) -> str:
    """An engine and its version, which are one word in families: ``aurora-mysql 8.0``."""
    found = re.fullmatch(r"([a-z-]+?)-?(\d.*)", family)
    return f"{found[1]} {found[2]}" if found else family
