"""A task that reads its credentials where they are kept."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    client("ecs").register_task_definition(
        family="portal",
        containerDefinitions=[
            {
                "name": "portal",
                "image": "portal:1",
                "memory": 512,
                "environment": [{"name": "STAGE", "value": "production"}],
                "secrets": [
                    {
                        "name": "DB_PASSWORD",
                        "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-a1b2c3",
                    }
                ],
            }
        ],
        volumes=[{"name": "scans", "dockerVolumeConfiguration": {"driver": "local", "driverOpts": {"type": "nfs"}}}],
    )
