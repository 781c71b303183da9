"""Credentials in task definitions, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Aws, Case, Told, answered, cases, resource

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


LOOKED_UP = 'data "aws_secretsmanager_secret_version" "s" { secret_id = "records" }\n'
MADE = 'resource "random_password" "p" { length = 20 }\n'
DOCUMENT = json.dumps([{"Name": "records", "Environment": [{"Name": "DB_PASSWORD", "Value": PASSWORD}]}])
TWO = '[{"name":"records","environment":[{"name":"STAGE","value":"test"},{"name":"DB_PASSWORD","value":"VALUE"}]}REST]'


def text_of_two(value: str, rest: str) -> str:
    """A JSON text as source writes it, with parts that Terraform fills in."""
    return json.dumps(TWO.replace("VALUE", value).replace("REST", rest))


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

test_source = cases(
    Case(SECRETS, "a written text, with keys in capitals", FAIL, terraform=declared(json.dumps(DOCUMENT))),
    Case(SECRETS, "a written text without a credential", PASS, terraform=declared('"[{\\"name\\":\\"records\\"}]"')),
    Case(SECRETS, "a single object", FAIL, terraform=declared(f"jsonencode({json.dumps(json.loads(DOCUMENT)[0])})")),
    Case(
        SECRETS,
        "a heredoc, with a variable without a value",
        FAIL,
        terraform=declared(text_of_two(PASSWORD, ',{\\"image\\":\\"${var.unset}\\"}'.replace("\\", "")), around=HALT),
        says="DB_PASSWORD of container records",
    ),
    Case(
        SECRETS,
        "a text whose structure is not known",
        FAIL,
        terraform=declared(text_of_two(PASSWORD, "${var.unset}"), around=HALT),
        says="a password",
    ),
    Case(
        SECRETS,
        "a text whose structure is not known, without a credential",
        UNKNOWN,
        terraform=declared(text_of_two("$DB", "${var.unset}"), around=HALT),
    ),
    Case(SECRETS, "not known", UNKNOWN, terraform=declared("var.unset", around=HALT)),
    Case(
        SECRETS,
        "a credential beside an image that is not known",
        FAIL,
        terraform=in_source(f'image = var.unset, environment = [{{ name = "DB_PASSWORD", value = "{PASSWORD}" }}]'),
    ),
    Case(SECRETS, "an image that is not known", PASS, terraform=in_source('image = "${var.unset}:1"')),
    Case(
        SECRETS,
        "a credential beside variables that are not known",
        FAIL,
        terraform=in_source(f'environment = concat([{{ name = "DB_PASSWORD", value = "{PASSWORD}" }}], var.unset)'),
    ),
    Case(
        SECRETS,
        "variables that are not known",
        UNKNOWN,
        terraform=in_source('environment = concat([{ name = "STAGE", value = "test" }], var.unset)'),
    ),
    Case(SECRETS, "secrets that are not known", PASS, terraform=in_source("secrets = var.unset")),
    Case(
        SECRETS,
        "a container that is not known beside a credential",
        FAIL,
        terraform=declared(
            f'jsonencode(concat([{{ name = "a", command = ["mysql", "-p{PASSWORD}"] }}], [var.unset]))', around=HALT
        ),
    ),
    Case(
        SECRETS,
        "a name that is known in part",
        FAIL,
        terraform=in_source(f'environment = [{{ name = "${{var.unset}}_PASSWORD", value = "{PASSWORD}" }}]'),
        says="in ..._PASSWORD of container records",
    ),
    Case(
        SECRETS,
        "a name that is not known",
        UNKNOWN,
        terraform=in_source(f'environment = [{{ name = var.unset, value = "{PASSWORD}" }}]'),
    ),
    Case(
        SECRETS,
        "a word that is not known beside a credential",
        FAIL,
        terraform=in_source(f'command = ["mysql", "-h", var.unset, "-p{PASSWORD}"]'),
    ),
    Case(SECRETS, "a word that is not known", UNKNOWN, terraform=in_source('command = ["mysql", "-h", var.unset]')),
    Case(
        SECRETS,
        "words that are not known",
        UNKNOWN,
        terraform=in_source('command = concat(["mysql"], var.unset)'),
    ),
    Case(
        SECRETS,
        "a document in a word that is known in part",
        FAIL,
        terraform=in_source(f'command = ["run", jsonencode({{ host = var.unset, password = "{PASSWORD}" }})]'),
    ),
    Case(
        SECRETS,
        "a password that Terraform makes",
        FAIL,
        terraform=in_source('environment = [{ name = "DB_PASSWORD", value = random_password.p.result }]', MADE),
        says="result of random_password.p in DB_PASSWORD",
    ),
    Case(
        SECRETS,
        "a password that Terraform reads from a secret",
        FAIL,
        terraform=in_source(
            'environment = [{ name = "DB_PASSWORD", value = '
            'jsondecode(data.aws_secretsmanager_secret_version.s.secret_string)["password"] }]',
            LOOKED_UP,
        ),
    ),
    Case(
        SECRETS,
        "a sensitive password with a default",
        FAIL,
        terraform=in_source(
            'environment = [{ name = "DB_PASSWORD", value = var.password }]',
            f'variable "password" {{\nsensitive = true\ndefault = "{PASSWORD}"\n}}\n',
        ),
    ),
    Case(
        SECRETS,
        "the ARN of a secret that is declared too",
        PASS,
        terraform=in_source(
            'environment = [{ name = "DB_PASSWORD", value = aws_secretsmanager_secret.s.arn }]',
            resource("aws_secretsmanager_secret", 'name = "records"', "s"),
        ),
    ),
)
