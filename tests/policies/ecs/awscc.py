"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin

PASSWORD = "Aa1234321Bb"


def in_aws(arguments: str, lines: str = "") -> str:
    text = f'family = "phi"\ncontainer_definitions = jsonencode([{{ name = "records", image = "r:1", {arguments} }}])'
    return resource("aws_ecs_task_definition", f"{text}\n{lines}")


def in_awscc(arguments: str, lines: str = "") -> str:
    text = f'family = "phi"\ncontainer_definitions = [{{ name = "records", image = "r:1", {arguments} }}]'
    return resource("awscc_ecs_task_definition", f"{text}\n{lines}")


VARIABLE_OF = f'environment = [{{ name = "DB_PASSWORD", value = "{PASSWORD}" }}]'
BLOCK_OF = f'environment {{\nname = "DB_PASSWORD"\nvalue = "{PASSWORD}"\n}}'
SECRET = 'name = "DB_PASSWORD"'
ARN = '"arn:aws:secretsmanager:us-east-1:111122223333:secret:records-a1b2c3"'
CHECK = f'command = ["CMD-SHELL", "curl -u app:{PASSWORD} http://localhost"]'
TOKEN = f'options = {{ "splunk-token" = "{PASSWORD}" }}'
MOUNT = f'driver_opts = {{ o = "username=app,password={PASSWORD}" }}'

TWINS = [
    Twin(
        "secrets that ECS reads",
        in_aws(f"secrets = [{{ {SECRET}, valueFrom = {ARN} }}]"),
        in_awscc(f"secrets = [{{ {SECRET}, value_from = {ARN} }}]"),
        PASS,
    ),
    Twin("a password in a variable", in_aws(VARIABLE_OF), in_awscc(VARIABLE_OF), FAIL),
    Twin(
        "a token of an entry point",
        in_aws(f'entryPoint = ["run", "--token", "{PASSWORD}"]'),
        in_awscc(f'entry_point = ["run", "--token", "{PASSWORD}"]'),
        FAIL,
    ),
    Twin("a health check", in_aws(f"healthCheck = {{ {CHECK} }}"), in_awscc(f"health_check = {{ {CHECK} }}"), FAIL),
    Twin(
        "a log option",
        in_aws(f'logConfiguration = {{ logDriver = "splunk", {TOKEN} }}'),
        in_awscc(f'log_configuration = {{ log_driver = "splunk", {TOKEN} }}'),
        FAIL,
    ),
    Twin(
        "a FireLens option",
        in_aws(f'firelensConfiguration = {{ type = "fluentbit", {TOKEN} }}'),
        in_awscc(f'firelens_configuration = {{ type = "fluentbit", {TOKEN} }}'),
        FAIL,
    ),
    Twin(
        "a label",
        in_aws(f'dockerLabels = {{ token = "{PASSWORD}" }}'),
        in_awscc(f'docker_labels = {{ token = "{PASSWORD}" }}'),
        FAIL,
    ),
    Twin(
        "a login of a mount",
        in_aws("", f'volume {{\nname = "scans"\ndocker_volume_configuration {{\n{MOUNT}\n}}\n}}'),
        in_awscc("", f'volumes = [{{ name = "scans", docker_volume_configuration = {{ {MOUNT} }} }}]'),
        FAIL,
    ),
    Twin(
        "a variable without a value",
        VARIABLE + in_aws("environment = var.open"),
        VARIABLE + in_awscc("environment = var.open"),
        UNKNOWN,
    ),
]
