"""A cache of tables."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    client("dax").create_cluster(
        ClusterName="appointments",
        NodeType="dax.r5.large",
        ReplicationFactor=1,
        IamRoleArn="arn:aws:iam::123456789012:role/reminders",
        SSESpecification={"Enabled": True},
    )
