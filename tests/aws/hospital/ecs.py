"""A service, whose tasks read their credentials where these are kept."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    ecs = client("ecs")
    ecs.register_task_definition(
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
    ecs.create_cluster(clusterName="clinic")
    ecs.create_service(cluster="clinic", serviceName="portal", taskDefinition="portal", desiredCount=1)
