"""The logs of clusters whose instances have parameter groups of their own, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, answered, cases, resource
from tests.policies.rds.states import blocks, exported, with_parameters

CLUSTER_LOGS = "rds_cluster_logs_exported"


def members(cluster_group: Mapping[str, str], *groups: Mapping[str, str] | None, state: str = "in-sync") -> Told:
    """A cluster of Aurora PostgreSQL, and an instance for each group of its own; None: with the default one."""
    told = with_parameters("aurora-postgresql16", cluster_group, **exported("postgresql"))
    text = f"{told.text}\n"
    answers: list[dict[str, Any]] = []
    for number, group in enumerate(groups):
        own = "null" if group is None else f"aws_db_parameter_group.g{number}.name"
        text += resource(
            "aws_rds_cluster_instance",
            f"cluster_identifier = aws_rds_cluster.phi.id\ndb_parameter_group_name = {own}",
            f"m{number}",
        )
        if group is not None:
            text += resource("aws_db_parameter_group", f'family = "aurora-postgresql16"\n{blocks(group)}', f"g{number}")
        name = "default.aurora-postgresql16" if group is None else f"g{number}"
        answers.append(
            {
                "DBInstanceIdentifier": f"m{number}",
                "DBInstanceArn": f"arn:aws:rds:us-east-1:123456789012:db:m{number}",
                "DBClusterIdentifier": "phi-cluster",
                "Engine": "aurora-postgresql",
                "DBParameterGroups": [{"DBParameterGroupName": name, "ParameterApplyStatus": state}],
            }
        )

    def seed(aws: Aws) -> None:
        told.make(aws)
        for number, group in enumerate(groups):
            if group is not None:
                own = {"DBParameterGroupName": f"g{number}"}
                aws.rds.create_db_parameter_group(
                    **own, DBParameterGroupFamily="aurora-postgresql16", Description="ours"
                )
                for name, value in group.items():
                    each = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "immediate"}
                    aws.rds.modify_db_parameter_group(**own, Parameters=[each])

    def register(session: Any) -> None:
        answered(session, "rds", "DescribeDBInstances", {"DBInstances": answers})

    return Told(text, seed, register)


CONNECTIONS, SILENT = {"log_connections": "1"}, {"log_connections": "0"}

test_logs_of_members = cases(
    Case(CLUSTER_LOGS, "the cluster's group, for an instance with the default", PASS, members(CONNECTIONS, None)),
    Case(CLUSTER_LOGS, "the group of the one instance", PASS, members({}, CONNECTIONS)),
    Case(CLUSTER_LOGS, "the groups of both instances", PASS, members({}, CONNECTIONS, CONNECTIONS)),
    Case(CLUSTER_LOGS, "the group of one of two instances", FAIL, members({}, CONNECTIONS, None)),
    Case(CLUSTER_LOGS, "the cluster's group, but one instance turns it off", FAIL, members(CONNECTIONS, None, SILENT)),
    Case(
        CLUSTER_LOGS,
        "the cluster's group, and an instance sets something else",
        PASS,
        members(CONNECTIONS, {"work_mem": "65536"}),
    ),
    Case(
        CLUSTER_LOGS,
        "the group of an instance that waits for its restart",
        UNKNOWN,
        members({}, CONNECTIONS, state="pending-reboot").in_aws(),
        says="pending-reboot",
    ),
    Case(
        CLUSTER_LOGS,
        "the group of an instance of a cluster that is not known",
        UNKNOWN,
        terraform=members({}, CONNECTIONS).text.replace("aws_rds_cluster.phi.id", "var.open") + 'variable "open" {}',
    ),
)
