"""Sensitive values: judged where that tells nothing, never shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.facts.secrets import SecretText, concealed, holds_secret, revealed
from hipaa_guard.facts.values import Cause, Incomplete, PartialJson, PartialText, Unknown, Value
from hipaa_guard.outputs import write
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.source import read_directory

SECRET = "hunter2-{}"
"""What is planted; the number tells the place."""

DECLARED = f"""
variable "s" {{
  sensitive = true
  default   = "{SECRET.format(0)}"
}}
variable "m" {{
  sensitive = true
  default   = {{ text = "{SECRET.format(0)}", on = true, list = ["{SECRET.format(0)}"] }}
}}
variable "on" {{
  sensitive = true
  default   = false
}}
variable "e" {{
  ephemeral = true
  default   = "{SECRET.format(0)}"
}}
"""


def files(directory: Path, written: Mapping[str, str]) -> None:
    """Files of a tree."""
    for name, text in written.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def value_of(directory: Path, expression: str, more: str = "") -> Value:
    """The value of an expression beside sensitive variables."""
    files(directory, {"main.tf": f'{DECLARED}{more}\nresource "test_a" "it" {{\n v = {expression}\n}}\n'})
    (found,) = read_directory(directory)
    return next(one.get("v") for one in found.instances if one.address == "test_a.it")


@pytest.mark.parametrize(
    "expression",
    [
        "var.s",
        "var.e",
        "var.m",
        "var.m.text",
        "var.m.list[0]",
        "upper(var.s)",
        "base64encode(var.s)",
        'base64encode("user:${var.s}")',
        "jsondecode(jsonencode(var.m)).text",
        'sensitive("x")',
        "local.through",
        "{ a = 1, b = 2, hunter2-0 = 3, c = 4 }[var.s] == 3 ? var.s : null",
        '{ hunter2-0 = "text" }[var.s]',
        "module.m.o",
        'lookup({ "hunter2-0" = "x" }, var.s, "y")',
        'trimprefix(var.s, sensitive("hunter"))',
    ],
)  # fmt: skip
def test_texts_made_from_sensitive_ones_are_secrets(tmp_path: Path, expression: str) -> None:
    files(tmp_path, {"m/main.tf": 'output "o" {\n  value = "x"\n  sensitive = true\n}\n'})
    more = 'locals {\n  through = var.s\n}\nmodule "m" {\n  source = "./m"\n}\n'
    value = value_of(tmp_path, expression, more)
    assert isinstance(value, SecretText)
    assert value.cause is Cause.SENSITIVE
    assert value.is_set
    assert "hunter" not in repr(value) + value.reason


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("var.on", False),
        ("var.m.on", True),
        ('var.s == "hunter2-0"', True),
        ('"a-${var.s}" == "a-hunter2-0"', True),
        ('var.s == "hunter2-0" ? "yes" : "no"', "yes"),
        ('contains(["a"], var.s)', False),
        ("length(var.m)", 3),
        ("length(var.s)", 9),
        ('startswith(var.s, "hunter")', True),
        ("var.s == null", False),
        ("issensitive(var.s)", True),
        ("nonsensitive(var.s)", "hunter2-0"),
        ("nonsensitive(var.m).list", ["hunter2-0"]),
        ("[for k, v in var.m : true]", [True, True, True]),
        ("var.m.list[*] == [var.s]", True),
        ("try(var.m.nothing, 1)", 1),
        ("can(tonumber(var.s))", False),
    ],
)
def test_what_tells_nothing_is_known(tmp_path: Path, expression: str, value: Value) -> None:
    assert value_of(tmp_path, expression) == value


def test_known_parts_beside_secrets_are_kept(tmp_path: Path) -> None:
    value = value_of(tmp_path, 'merge({ engine = "postgres" }, { password = var.s, url = "https://${var.s}@x" })')
    assert value["engine"] == "postgres"
    assert isinstance(value["password"], SecretText)
    assert isinstance(value["url"], PartialText)
    assert value["url"].prefix == "https://"
    policy = value_of(tmp_path, 'jsonencode({ Effect = "Deny", Principal = var.s })')
    assert isinstance(policy, PartialJson)
    assert policy.document["Effect"] == "Deny"


@pytest.mark.parametrize(
    "value", ["x", ["x"], {"a": "x"}, Incomplete(["x"], Unknown("why")), PartialText(["x", Unknown("why")])]
)
def test_what_is_concealed_can_be_revealed_and_not_be_printed(value: Value) -> None:
    hidden = concealed(value)
    assert isinstance(hidden, Unknown)
    assert holds_secret([{"a": hidden}])
    assert "x" not in repr(hidden).replace("text", "").replace("Text", "")
    opened = revealed([{"a": hidden}])
    assert not holds_secret(opened)


def test_what_is_shared_is_opened_once() -> None:
    value: Value = concealed("x")
    for _ in range(200):
        value = [value, value]
    assert not holds_secret(revealed(value))


LAMBDA = """
resource "aws_lambda_function" "phi" {{
  function_name = "phi"
  environment {{
    variables = {}
  }}
}}
"""


@pytest.mark.parametrize(
    "variables",
    [
        "{ DB_PASSWORD = var.s }",
        '{ URL = "postgres://u:${var.s}@db" }',
        "{ A = aws_db_instance.d.password }",
        "var.all",
    ],
)
def test_a_sensitive_literal_is_still_a_literal(tmp_path: Path, variables: str) -> None:
    more = 'variable "all" {\n sensitive = true\n default = { DB_PASSWORD = "hunter2-0" }\n}\n'
    database = 'resource "aws_db_instance" "d" {\n password = "AKIAABCDEFGHIJKLMNOP"\n}\n'
    files(tmp_path, {"main.tf": DECLARED + more + database + LAMBDA.format(variables)})
    (finding,) = scan_terraform(TerraformTarget(tmp_path), Options(only=("lambda_env_no_secrets",))).findings
    assert finding.status is Status.FAIL
    assert "hunter2" not in finding.message


def planted() -> tuple[dict[str, str], list[str]]:
    """A configuration with secrets in every place that could lead to a report, and what must not be there."""
    secrets: list[str] = []

    def secret() -> str:
        secrets.append(SECRET.format(len(secrets) + 1))
        return secrets[-1]

    variables: list[str] = []

    def var(value: str = '"{}"', type: str = "") -> str:
        name = f"v{len(variables)}"
        kind = f" type = {type}\n" if type else ""
        variables.append(f'variable "{name}" {{\n sensitive = true\n{kind} default = {value.format(secret())}\n}}\n')
        return f"var.{name}"

    blocks = f"""
provider "aws" {{
  region = {var()}
  default_tags {{
    tags = {var('{{ {0} = "{0}" }}')}
  }}
}}
provider "aws" {{
  alias  = "text"
  region = "eu-${{{var()}}}"
}}
resource "aws_s3_bucket" "name" {{
  bucket = {var()}
  acl    = {var()}
  tags   = {{ ({var()}) = {var()} }}
  policy = jsonencode({{ Statement = [{{ Effect = "Allow", Principal = {{ AWS = {var()} }}, Action = {var()},
    Resource = "arn:aws:s3:::${{{var()}}}/*", Sid = {var()} }}] }})
}}
resource "aws_s3_bucket" "each" {{
  for_each = {var('{{ "{0}" = "x" }}')}
  bucket   = each.key
}}
resource "aws_s3_bucket" "set" {{
  for_each = toset([{var()}])
  bucket   = each.value
}}
resource "aws_s3_bucket" "counted" {{
  count  = {var()}
  bucket = "b"
}}
resource "aws_s3_bucket_versioning" "v" {{
  bucket = aws_s3_bucket.name.id
  versioning_configuration {{
    status = {var()}
  }}
}}
resource "aws_s3_bucket_ownership_controls" "o" {{
  bucket = {var()}
  rule {{
    object_ownership = "${{{var()}}}-x"
  }}
}}
resource "aws_db_instance" "d" {{
  provider       = aws.text
  identifier     = {var()}
  engine         = {var()}
  engine_version = tonumber({var()})
  password       = "{secret()}"
  password_wo    = "{secret()}"
  username       = {{ a = 1 }}[{var()}]
  license_model  = jsondecode({var()})
  kms_key_id     = {var()}
  enabled_cloudwatch_logs_exports = {var('["{}"]')}
  ca_cert_identifier = formatdate({var()}, "2020")
  character_set_name = [for x in {var('["{}"]')} : x][0]
  storage_type       = element({var('["{}"]')}, 0)
  storage_encrypted  = "${{upper({var()})}}"
  parameter_group_name = regex("[0-9", {var()})
  snapshot_identifier = {var('"{}"', "number")}
  timezone            = {var('{{ a = "{}" }}', "object({ b = string })")}
}}
resource "aws_security_group" "g" {{
  name = {var()}
  ingress {{
    cidr_blocks = [{var()}]
    from_port   = {var()}
    to_port     = 22
    protocol    = {var()}
    description = {var()}
  }}
  dynamic "ingress" {{
    for_each = {var('["{}"]')}
    content {{
      cidr_blocks = [ingress.value]
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
    }}
  }}
}}
resource "aws_lambda_function" "f" {{
  function_name = {var()}
  runtime       = {var()}
  environment {{
    variables = {{ DB_PASSWORD = {var()}, TOKEN = "a-${{{var()}}}", ({var()}) = "x" }}
  }}
}}
resource "aws_lambda_function" "all" {{
  function_name = "all"
  environment {{
    variables = {var('{{ {0}_PASSWORD = "{0}" }}')}
  }}
}}
resource "aws_instance" "i" {{
  user_data        = "#!/bin/sh\\nexport DB_PASSWORD=${{{var()}}}"
  user_data_base64 = base64encode({var()})
  metadata_options {{
    http_tokens = {var()}
  }}
}}
resource "aws_iam_role" "r" {{
  name               = {var()}
  assume_role_policy = {var()}
}}
data "aws_iam_policy_document" "p" {{
  statement {{
    sid       = {var()}
    actions   = ["s3:${{{var()}}}"]
    resources = [{var()}]
    principals {{
      type        = {var()}
      identifiers = [{var()}]
    }}
  }}
}}
resource "aws_sqs_queue" "q" {{
  name   = sensitive("{secret()}")
  policy = data.aws_iam_policy_document.p.json
}}
resource "aws_sqs_queue" "module" {{
  name = module.m.o
  kms_master_key_id = module.m[{var()}].o
}}
module "m" {{
  source = "./m"
  given  = {var()}
}}
"""
    module = f"""
variable "given" {{}}
variable "own" {{
  sensitive = true
  default   = "{secret()}"
}}
output "o" {{
  sensitive = true
  value     = "{secret()}"
}}
resource "aws_sqs_queue" "inner" {{
  name              = var.given
  kms_master_key_id = var.own
  region            = var.own
}}
"""
    given = "".join(
        f'variable "{name}" {{\n type = string\n sensitive = true\n}}\n' for name in ("in_file", "in_named")
    )
    given += 'resource "aws_sqs_queue" "given" {\n name = var.in_file\n kms_master_key_id = var.in_named\n}\n'
    tree = {
        "main.tf": "".join(variables) + blocks + given,
        "m/main.tf": module,
        "terraform.tfvars": f'in_file = "{secret()}"\n',
        "named": f'in_named = "{secret()}"\n',
    }
    return tree, secrets


def test_no_secret_is_in_any_report(tmp_path: Path) -> None:
    tree, secrets = planted()
    files(tmp_path / "tree", tree)
    assessment = scan_terraform(
        TerraformTarget(tmp_path / "tree", PlanInputs(var_files=[tmp_path / "tree" / "named"])), Options()
    )
    assert len(assessment.findings) > 100
    assert any("sensitive" in one.message for one in assessment.findings)
    assert not [gap for gap in assessment.coverage.gaps if "syntax" in gap.reason]
    for format in ("json", "html", "terminal"):
        out = tmp_path / f"out.{format}"
        write(assessment, f"{format}={out}", everything=True)
        told = out.read_text()
        assert "aws_db_instance" in told
        assert not [one for one in secrets if f"{one}" in told or one.upper() in told]
