"""Synthetic Terraform of a given size: the same arguments give the same bytes."""

from __future__ import annotations

import random
from pathlib import Path

MODULE = """
variable "name" {{
  type = string
}}

variable "kms_key_arn" {{
  type    = string
  default = null
}}

locals {{
  tags = merge({{ Module = "unit-{number}" }}, var.kms_key_arn == null ? {{}} : {{ Encrypted = "true" }})
}}
"""

UNITS = (
    """
resource "aws_s3_bucket" "b{n}" {{
  bucket = "${{var.name}}-{n}"
  tags   = local.tags
}}

resource "aws_s3_bucket_versioning" "b{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  versioning_configuration {{
    status = "{versioning}"
  }}
}}

resource "aws_s3_bucket_public_access_block" "b{n}" {{
  bucket                  = aws_s3_bucket.b{n}.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = {flag}
}}

resource "aws_s3_bucket_policy" "b{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.b{n}.arn, "${{aws_s3_bucket.b{n}.arn}}/*"]
      Condition = {{ Bool = {{ "aws:SecureTransport" = "false" }} }}
    }}]
  }})
}}
""",
    """
resource "aws_db_instance" "d{n}" {{
  identifier              = "${{var.name}}-{n}"
  engine                  = "postgres"
  instance_class          = "db.t4g.medium"
  storage_encrypted       = {flag}
  kms_key_id              = var.kms_key_arn
  backup_retention_period = {days}
  publicly_accessible     = false
}}
""",
    """
resource "aws_security_group" "g{n}" {{
  name = "${{var.name}}-{n}"
  dynamic "ingress" {{
    for_each = [22, 443]
    content {{
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = [ingress.value == 22 ? "{cidr}" : "10.0.0.0/8"]
    }}
  }}
}}
""",
    """
resource "aws_sqs_queue" "q{n}" {{
  name                    = "${{var.name}}-{n}"
  sqs_managed_sse_enabled = {flag}
}}

resource "aws_cloudwatch_log_group" "q{n}" {{
  name              = "/app/${{aws_sqs_queue.q{n}.name}}"
  retention_in_days = {days} > 7 ? 365 : 14
}}
""",
    """
resource "aws_iam_role" "r{n}" {{
  count = {count}
  name  = format("%s-%d-%d", var.name, {n}, count.index)
  assume_role_policy = data.aws_iam_policy_document.r{n}.json
}}

data "aws_iam_policy_document" "r{n}" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }}
  }}
}}
""",
)
SIZES = (4, 1, 1, 2, 2)
"""Resource instances in one unit of each sort."""


def write_corpus(directory: Path, resources: int, seed: int = 1) -> None:
    """Write a root that calls modules of about 100 resources each, `resources` in all."""
    random_ = random.Random(seed)
    made = number = 0
    calls = [
        'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n'
    ]
    while made < resources:
        number += 1
        target = min(100, resources - made)
        text: list[str] = []
        inside = 0
        while inside < target:
            sort = len(text) % len(UNITS)
            text.append(
                UNITS[sort].format(
                    n=len(text),
                    versioning=random_.choice(("Enabled", "Enabled", "Suspended")),
                    flag=random_.choice(("true", "true", "false")),
                    days=random_.choice((1, 7, 14, 35)),
                    cidr=random_.choice(("0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/8")),
                    count=SIZES[4],
                )
            )
            inside += SIZES[sort]
        made += inside
        module = directory / "modules" / f"unit{number}"
        module.mkdir(parents=True)
        (module / "main.tf").write_text(MODULE.format(number=number))
        for at in range(0, len(text), 12):
            (module / f"part{at // 12}.tf").write_text("".join(text[at : at + 12]))
        calls.append(
            f'module "unit{number}" {{\n  source = "./modules/unit{number}"\n  name   = "unit-{number}"\n'
            f"  kms_key_arn = {'aws_kms_key.k.arn' if number % 2 else 'null'}\n}}\n"
        )
    (directory / "main.tf").write_text("\n".join(calls))
