"""Who may write to log groups."""

from __future__ import annotations

from examples.account import client, policy


def furnish() -> None:
    writes = {"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:Put*", "Resource": "*"}
    client("logs").put_resource_policy(policyName="search", policyDocument=policy(writes))
