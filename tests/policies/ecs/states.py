"""What the tables of this folder share."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, REGION, Told, resource

SECRETS = "ecs_task_definition_no_secrets"

# Made up, of the right form; written in two parts so that no scanner of this repository takes it for a real one.
KEY_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV"
PASSWORD = "Aa1234321Bb"
SPLUNK = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:records-a1b2c3"
HALT = 'variable "unset" {}\n'
PLAIN = {"name": "records", "image": "records:1", "memory": 512}


def registered(*containers: dict[str, Any], volumes: list[dict[str, Any]] | None = None) -> Any:
    return lambda aws: aws.ecs.register_task_definition(
        family="phi", containerDefinitions=list(containers), volumes=volumes or []
    )


def declared(containers: str, lines: str = "", around: str = "") -> str:
    text = f'family = "phi"\ncontainer_definitions = {containers}\n{lines}'
    return around + resource("aws_ecs_task_definition", text)


def encoded(*containers: dict[str, Any]) -> str:
    """The list as an argument of `jsonencode`: JSON is an expression of Terraform."""
    return f"jsonencode({json.dumps(list(containers))})"


def container(**more: Any) -> Told:
    """A task definition of one container, told to both sides."""
    return Told(terraform=declared(encoded(PLAIN | more)), aws=registered(PLAIN | more))


def variable(name: str, value: str) -> Told:
    return container(environment=[{"name": name, "value": value}])


def in_source(more: str, around: str = HALT) -> str:
    """A task definition whose one container has further arguments, as expressions."""
    return declared(f'jsonencode([{{ name = "records", image = "records:1", {more} }}])', around=around)
