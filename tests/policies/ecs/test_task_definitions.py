"""The places of credentials in task definitions, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, answered, cases
from tests.policies.ecs.states import (
    KEY_ID,
    PASSWORD,
    PLAIN,
    SECRET,
    SECRETS,
    SPLUNK,
    container,
    declared,
    encoded,
    registered,
    variable,
)


def logged(options: dict[str, str], **more: Any) -> Told:
    return container(logConfiguration={"logDriver": "splunk", "options": options, **more})


def volume(options: dict[str, str]) -> Told:
    lines = f'volume {{\nname = "scans"\ndocker_volume_configuration {{\ndriver_opts = {json.dumps(options)}\n}}\n}}'
    volumes = [{"name": "scans", "dockerVolumeConfiguration": {"driver": "local", "driverOpts": options}}]
    return Told(terraform=declared(encoded(PLAIN), lines), aws=registered(PLAIN, volumes=volumes))


def twice(aws: Aws) -> None:
    """A revision with a credential, and a newer one without."""
    registered(PLAIN | {"environment": [{"name": "DB_PASSWORD", "value": PASSWORD}]})(aws)
    registered(PLAIN)(aws)


def without_containers(session: Any) -> None:
    """An answer without what AWS always tells."""
    answered(session, "ecs", "DescribeTaskDefinition", {"taskDefinition": {"family": "phi"}})


test_places = cases(
    Case(SECRETS, "nothing but an image", PASS, container()),
    Case(SECRETS, "plain settings", PASS, variable("STAGE", "production")),
    Case(SECRETS, "a password by its name", FAIL, variable("DB_PASSWORD", PASSWORD), says="DB_PASSWORD of container"),
    Case(SECRETS, "an access key id", FAIL, variable("KEY", KEY_ID), says="an AWS access key id in KEY"),
    Case(SECRETS, "a URL with a password", FAIL, variable("DB", f"postgres://app:{PASSWORD}@db/phi")),
    Case(SECRETS, "an ARN for a password", PASS, variable("DB_PASSWORD", SECRET)),
    Case(SECRETS, "the name of a user", PASS, variable("DB_USER", "records")),
    Case(
        SECRETS,
        "secrets that ECS reads",
        PASS,
        container(
            secrets=[
                {"name": "DB_PASSWORD", "valueFrom": SECRET},
                {"name": "API_TOKEN", "valueFrom": "/records/token"},
            ],
            environmentFiles=[{"value": "arn:aws:s3:::phi-settings/records.env", "type": "s3"}],
            repositoryCredentials={"credentialsParameter": SECRET},
        ),
    ),
    Case(
        SECRETS,
        "a password on a command line",
        FAIL,
        container(command=["mysqldump", "-h", "db", f"-p{PASSWORD}", "phi"]),
        says="in the command of container records",
    ),
    Case(SECRETS, "a password in a script", FAIL, container(command=["-c", f"export DB_PASSWORD={PASSWORD}\nrun"])),
    Case(
        SECRETS, "a plain command", PASS, container(command=["serve", "--port", "8080", "--password", "$DB_PASSWORD"])
    ),
    Case(
        SECRETS,
        "a token of an entry point",
        FAIL,
        container(entryPoint=["/agent", "--token", PASSWORD]),
        says="in the entry point of container records",
    ),
    Case(
        SECRETS,
        "a login of a health check",
        FAIL,
        container(healthCheck={"command": ["CMD-SHELL", f"curl -u app:{PASSWORD} http://localhost/health"]}),
        says="in the health check of container records",
    ),
    Case(SECRETS, "a plain health check", PASS, container(healthCheck={"command": ["CMD-SHELL", "curl -f localhost"]})),
    Case(SECRETS, "a label", FAIL, container(dockerLabels={"api_key": PASSWORD}), says="api_key, a label of container"),
    Case(SECRETS, "a plain label", PASS, container(dockerLabels={"team": "records"})),
    Case(SECRETS, "a token of Splunk", FAIL, logged({"splunk-token": SPLUNK}), says="splunk-token, a log option"),
    Case(
        SECRETS,
        "a token of Splunk that ECS reads",
        PASS,
        logged({"splunk-url": "https://splunk"}, secretOptions=[{"name": "splunk-token", "valueFrom": SECRET}]),
    ),
    Case(
        SECRETS,
        "a key of a log router",
        FAIL,
        container(firelensConfiguration={"type": "fluentbit", "options": {"apikey": PASSWORD}}),
        says="apikey, a FireLens option of container records",
    ),
    Case(
        SECRETS,
        "a log router",
        PASS,
        container(firelensConfiguration={"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true"}}),
    ),
    Case(
        SECRETS,
        "a login of a mount",
        FAIL,
        volume({"type": "cifs", "o": f"username=app,password={PASSWORD},vers=3.0"}),
        says="in o, a driver option of volume scans",
    ),
    Case(SECRETS, "a mount without a login", PASS, volume({"type": "nfs", "o": "addr=10.0.0.1,rw"})),
    Case(
        SECRETS,
        "the second of two containers",
        FAIL,
        Told(
            terraform=declared(
                encoded(PLAIN, PLAIN | {"name": "agent", "environment": [{"name": "K", "value": KEY_ID}]})
            ),
            aws=registered(PLAIN, PLAIN | {"name": "agent", "environment": [{"name": "K", "value": KEY_ID}]}),
        ),
        says="of container agent",
    ),
)

test_revisions = cases(
    Case(SECRETS, "only in an older revision", PASS, aws=twice),
    Case(SECRETS, "an answer without containers", UNKNOWN, aws=registered(PLAIN), answers=without_containers),
)
