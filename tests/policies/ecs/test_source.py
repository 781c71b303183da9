"""Task definitions as source writes them: texts, expressions, and what is known of them in part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, all_controls, cases, resource
from tests.policies.ecs.states import HALT, PASSWORD, SECRET, SECRETS, declared, in_source
from tests.terraform.plans import block, change, plan

LOOKED_UP = 'data "aws_secretsmanager_secret_version" "s" { secret_id = "records" }\n'
MADE = 'resource "random_password" "p" { length = 20 }\n'
DOCUMENT = json.dumps([{"Name": "records", "Environment": [{"Name": "DB_PASSWORD", "Value": PASSWORD}]}])
TWO = '[{"name":"records","environment":[{"name":"STAGE","value":"test"},{"name":"DB_PASSWORD","value":"VALUE"}]}REST]'


LOGIN = ["mysql", f"-p{PASSWORD}"]


def sensitive(value: Any) -> str:
    """A sensitive variable, whose value is known and never shown."""
    return f'variable "s" {{\nsensitive = true\ndefault = {json.dumps(value)}\n}}\n'


def text_of_two(value: str, rest: str) -> str:
    """A JSON text as source writes it, with parts that Terraform fills in."""
    return json.dumps(TWO.replace("VALUE", value).replace("REST", rest))


test_source = cases(
    Case(SECRETS, "a written text, with keys in capitals", FAIL, terraform=declared(json.dumps(DOCUMENT))),
    Case(SECRETS, "a written text without a credential", PASS, terraform=declared('"[{\\"name\\":\\"records\\"}]"')),
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
    Case(
        SECRETS,
        "a list that is written around JSON texts",
        FAIL,
        terraform=declared(
            f'"[${{jsonencode({{ name = "a", image = var.unset }})}},${{jsonencode({{ name = "b", image = var.unset, '
            f'environment = [{{ name = "DB_PASSWORD", value = "{PASSWORD}" }}] }})}}]"',
            around=HALT,
        ),
        says="a password in DB_PASSWORD of container b",
    ),
    Case(
        SECRETS,
        "a list that is written around a JSON text, without a credential",
        PASS,
        terraform=declared('"[${jsonencode({ name = "a", image = var.unset })}]"', around=HALT),
    ),
    Case(
        SECRETS,
        "a text with a number that is not known",
        PASS,
        terraform=declared(json.dumps('[{"name":"a","memory":NUMBER}]').replace("NUMBER", "${var.unset}"), around=HALT),
    ),
    Case(
        SECRETS,
        "a document in a variable",
        FAIL,
        terraform=in_source(
            'environment = [{ name = "SETTINGS", value = jsonencode({ host = var.unset, '
            f'password = "{PASSWORD}" }}) }}]'
        ),
        says="a password in SETTINGS",
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
        "a sensitive name is judged and not shown",
        FAIL,
        terraform=in_source(f'environment = [{{ name = var.s, value = "{PASSWORD}" }}]', sensitive("DB_PASSWORD")),
        says="has a password in ... of container records",
    ),
    Case(
        SECRETS,
        "a sensitive list of variables",
        FAIL,
        terraform=in_source(
            "environment = var.s, image = var.unset",
            HALT + sensitive([{"name": "STAGE", "value": "test"}, {"name": "DB_PASSWORD", "value": PASSWORD}]),
        ),
        says="has a password in ... of container records",
    ),
    Case(
        SECRETS,
        "a sensitive list of variables without a credential",
        PASS,
        terraform=in_source("environment = var.s", sensitive([{"name": "STAGE", "value": "test"}])),
    ),
    Case(
        SECRETS,
        "a sensitive text",
        FAIL,
        terraform=declared("var.s", around=sensitive(DOCUMENT)),
        says="has a password in ... of a container",
    ),
    Case(
        SECRETS, "sensitive labels", FAIL, terraform=in_source("dockerLabels = var.s", sensitive({"token": PASSWORD}))
    ),
    Case(SECRETS, "a sensitive command", FAIL, terraform=in_source("command = var.s", sensitive(LOGIN))),
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


@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "sensitive"])
@pytest.mark.parametrize(("value", "verdict"), [(PASSWORD, FAIL), (SECRET, PASS)], ids=["a literal", "an ARN"])
def test_a_plan(value: str, verdict: str, hidden: bool, tmp_path: Path) -> None:
    address = "aws_ecs_task_definition.phi"
    text = json.dumps([{"name": "records", "environment": [{"name": "DB_PASSWORD", "value": value}]}])
    values = {"family": "phi", "container_definitions": text}
    told = change(address, values, sensitive={"container_definitions": True} if hidden else {})
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([told], [block(address, {})])))
    (configuration,) = read(path)
    controls = [all_controls()[SECRETS]]
    (finding,) = judge(controls, build_inventory(configuration, kinds_of(controls)))
    assert finding.status == verdict
    if verdict == FAIL:
        name = "... of a container" if hidden else "DB_PASSWORD of container records"
        assert finding.message == f"has a password in {name}"
