"""No sensitive value is in any report, wherever it was planted."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.outputs import write
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from tests.terraform.sensitive_variables import SECRET, files


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
        write(assessment, f"{format}={out}", wanted=Page(everything=True))
        told = out.read_text()
        assert "aws_db_instance" in told
        assert not [one for one in secrets if f"{one}" in told or one.upper() in told]
