"""Who may read a secret."""

from __future__ import annotations

from examples.account import client, policy

CARE = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Resource": "*"}


def furnish() -> None:
    client("secretsmanager").put_resource_policy(
        SecretId="lab-interface", ResourcePolicy=policy({**CARE, "Action": "secretsmanager:GetSecretValue"})
    )
