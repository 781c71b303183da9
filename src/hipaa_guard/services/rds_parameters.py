"""Amazon RDS: parameter groups of instances and clusters, and the engines' defaults."""

from __future__ import annotations

import json
import re

from hipaa_guard.facts.readings import Block, Listing, View, ask, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import PartialJson, Undecided, Unknown, Value

TLS_PARAMETERS = ("rds.force_ssl", "require_secure_transport")
"""The parameters that require TLS: of PostgreSQL and SQL Server, and of MySQL and MariaDB."""
_TLS_SINCE = {"postgres": 15, "aurora-postgresql": 17}
"""The first versions of engines that require TLS by default (RDS and Aurora user guides)."""
_NO_TLS_UNTIL = {"mysql": 8.0, "aurora-mysql": 8.0, "mariadb": 11.4}
"""The last versions that certainly do not require TLS by default. For newer ones only AWS's answer counts."""
_TLS_VALUE = "Parameters[?ParameterName=='rds.force_ssl' || ParameterName=='require_secure_transport'].ParameterValue"


def _tls_parameter(view: View) -> Value:
    """The TLS parameter of a parameter group; None if the default of the engine applies."""
    parameters = view.get("parameter")
    for parameter in parameters or []:
        if parameter.get("name") in TLS_PARAMETERS:
            return parameter.get("value")
    return None


def _awscc_tls_parameter(view: View) -> Value:
    """As `_tls_parameter`, for the `awscc` provider, where all parameters are one JSON object."""
    argument = view.get("parameters")
    if argument is None or (isinstance(argument, Unknown) and not isinstance(argument, PartialJson)):
        return argument
    parameters = argument.document if isinstance(argument, PartialJson) else json.loads(argument)
    return next((parameters[name] for name in TLS_PARAMETERS if name in parameters), None)


def _switched_on(value: Value) -> bool:
    """Whether a parameter is ``1`` or ``ON``; MySQL accepts both, words in either case."""
    return str(value).lower() in ("1", "on", "true")


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

    tls_required: bool | None = fact(
        terraform=_tls_parameter,
        awscc=_awscc_tls_parameter,
        unset=None,
        parse=_switched_on,
        aws=ask("rds.describe_db_parameters", f"{_TLS_VALUE} | [0]", DBParameterGroupName="{DBParameterGroupName}"),
    )
    """None if the default of the family applies."""


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

    tls_required: bool | None = fact(
        terraform=_tls_parameter,
        awscc=_awscc_tls_parameter,
        unset=None,
        parse=_switched_on,
        aws=ask(
            "rds.describe_db_cluster_parameters",
            f"{_TLS_VALUE} | [0]",
            DBClusterParameterGroupName="{DBClusterParameterGroupName}",
        ),
    )


def tls_by_default(family: str) -> bool:
    """Whether databases require TLS if their parameter group has the default.

    `family` is that of the group (``postgres16``), or an engine followed by its version (``postgres16.4``).

    Raises:
        Undecided: the version is missing, or newer than this program.

    """
    found = re.match(r"([a-z-]+?)-?(\d+(?:\.\d+)?)?(?![a-z-])", family)
    engine, version = (found[1], float(found[2] or 0)) if found else (family, 0.0)
    if engine.startswith("sqlserver"):
        return False
    if version and engine in _TLS_SINCE:
        return version >= _TLS_SINCE[engine]
    if version and engine in _NO_TLS_UNTIL and version <= _NO_TLS_UNTIL[engine]:
        return False
    raise Undecided(Unknown(f"it is not known whether {in_words(family)} requires TLS by default"))


def in_words(family: str) -> str:
    """An engine and its version, which are one word in families: ``aurora-mysql 8.0``."""
    found = re.fullmatch(r"([a-z-]+?)-?(\d.*)", family)
    return f"{found[1]} {found[2]}" if found else family
