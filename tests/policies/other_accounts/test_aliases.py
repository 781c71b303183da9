"""The account that a policy looks up as its own, where several providers name accounts."""

from __future__ import annotations

from hipaa_guard.testing import PASS, UNKNOWN, Case, cases

TOPIC, ROLE = "sns_topic_policy_no_cross_account", "iam_role_foreign_trust_conditioned"
PROVIDERS = """
    provider "aws" { region = "us-east-1" }
    provider "aws" {
      alias  = "audit"
      region = "us-east-1"
      assume_role { role_arn = "arn:aws:iam::444455556666:role/deploy" }
    }
    data "aws_caller_identity" "default" {}
    data "aws_caller_identity" "audit" { provider = aws.audit }
"""
ALIAS = "provider = aws.audit"


def topic(provider: str, looked_up: str) -> str:
    return f"""{PROVIDERS}
    resource "aws_sns_topic" "phi" {{
      {provider}
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
        Effect = "Allow", Action = "sns:Publish", Resource = "*",
        Principal = {{ AWS = "arn:aws:iam::${{data.aws_caller_identity.{looked_up}.account_id}}:root" }}
      }}] }})
    }}"""


def topic_for_service(provider: str, looked_up: str) -> str:
    return f"""{PROVIDERS}
    resource "aws_sns_topic" "phi" {{
      {provider}
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
        Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = {{ Service = "s3.amazonaws.com" }},
        Condition = {{ StringEquals = {{ "aws:SourceAccount" = data.aws_caller_identity.{looked_up}.account_id }} }}
      }}] }})
    }}"""


def role(provider: str, looked_up: str) -> str:
    return f"""{PROVIDERS}
    resource "aws_iam_role" "phi" {{
      {provider}
      assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
        Effect = "Allow", Action = "sts:AssumeRole",
        Principal = {{ AWS = "arn:aws:iam::${{data.aws_caller_identity.{looked_up}.account_id}}:root" }}
      }}] }})
    }}"""


WAYS = ((TOPIC, topic), (TOPIC, topic_for_service), (ROLE, role))

test_accounts = cases(
    *(Case(id, f"its own: {made.__name__}", PASS, terraform=made(ALIAS, "audit")) for id, made in WAYS),
    *(
        Case(id, f"of the only other provider: {made.__name__}", PASS, terraform=made("", "default"))
        for id, made in WAYS
    ),
    *(
        Case(
            id,
            f"of another provider: {made.__name__}",
            UNKNOWN,
            terraform=made(ALIAS, "default"),
            says="data.aws_caller_identity.default",
        )
        for id, made in WAYS
    ),
)
