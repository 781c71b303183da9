"""Terraform of documented fixes that several controls share."""

from __future__ import annotations

from textwrap import indent

OWN_ACCOUNT = 'data "aws_caller_identity" "current" {}\n'
"""The look-up of the account that a fix is pasted in, for texts that name it."""
_OWNER = """\
Sid       = "Owner"
Effect    = "Allow"
Principal = { AWS = "*" }
Action = [
  "sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
  "sns:Publish", "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe",
]
Resource  = aws_sns_topic.phi.arn
Condition = { StringEquals = { "aws:SourceOwner" = data.aws_caller_identity.current.account_id } }
"""
_TOPIC = """\
resource "aws_sns_topic" "phi" {
  name = "lab-results"
}
resource "aws_sns_topic_policy" "phi" {
  arn = aws_sns_topic.phi.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
STATEMENTS    }]
  })
}
data "aws_caller_identity" "current" {}
"""
_KEY = """\
resource "TYPE" "phi" {
  kms_master_key_id = aws_kms_key.messages.arn
}
resource "aws_kms_key" "messages" {
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
      }, {
      Sid       = "Senders"
      Effect    = "Allow"
      Principal = { Service = [SENDERS] }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}
data "aws_caller_identity" "current" {}
"""
_FUNCTION = """\
resource "aws_lambda_function" "phi" {
  function_name = "phi"
  role          = "arn:aws:iam::111122223333:role/records"
}
resource "aws_lambda_permission" "NAME" {
  function_name = aws_lambda_function.phi.function_name
  action        = "lambda:InvokeFunction"
LINES}
"""
FORWARDED_LOGS = """
resource "aws_cloudwatch_log_subscription_filter" "phi" {
  name            = "records"
  log_group_name  = "/records/app"
  filter_pattern  = ""
  destination_arn = aws_kinesis_stream.logs.arn
  role_arn        = aws_iam_role.forwarder.arn
  depends_on      = [aws_iam_role_policy.forwarder]
}
resource "aws_kinesis_stream" "logs" {
  name            = "log-events"
  shard_count     = 1
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
}
data "aws_caller_identity" "current" {}
resource "aws_iam_role" "forwarder" {
  name = "log-forwarder"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringLike = {
        "aws:SourceArn" = "arn:aws:logs:*:${data.aws_caller_identity.current.account_id}:*"
      } }
    }]
  })
}
resource "aws_iam_role_policy" "forwarder" {
  name = "put-records"
  role = aws_iam_role.forwarder.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "kinesis:PutRecord"
      Resource = aws_kinesis_stream.logs.arn
    }]
  })
}
"""
"""A subscription filter with a stream of its own account, and the role by which CloudWatch Logs writes to it.

CloudWatch Logs user guide, "Log group-level subscription filters", read 2026-11-30.
"""
FUNCTION_ROLE = """\
resource "aws_iam_role" "function" {
  name = "records"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}
"""
"""A role that Lambda may take on, as HCL; functions name it as ``aws_iam_role.function.arn``."""


def topic_with_policy(*statements: str) -> str:
    """A topic with a policy of these statements and of the default one, by which its own account uses it."""
    between = f"{' ' * 6}}}, {{\n"
    return _TOPIC.replace("STATEMENTS", between.join(indent(each, " " * 6) for each in (*statements, _OWNER)))


def key_for_senders(type: str, *services: str) -> str:
    """A queue or topic of a Terraform type under a KMS key, which these services of the own account may use."""
    return _KEY.replace("TYPE", type).replace("SENDERS", ", ".join(f'"{each}"' for each in services))


def function_with_permission(name: str, **arguments: str) -> str:
    """A function that one principal may call: the arguments of the permission are expressions."""
    lines = "".join(f"  {argument.ljust(13)} = {value}\n" for argument, value in arguments.items())
    return _FUNCTION.replace("NAME", name).replace("LINES", lines)


def function_for_topic() -> str:
    """A function that one topic of the configuration may call."""
    permission = function_with_permission(
        "topic", principal='"sns.amazonaws.com"', source_arn="aws_sns_topic.results.arn"
    )
    return f'{permission}resource "aws_sns_topic" "results" {{}}\n'


def role_that_may(action: str, resource: str) -> str:
    """HCL of `FUNCTION_ROLE` with the right to one action on a resource, an HCL expression."""
    return f"""{FUNCTION_ROLE}resource "aws_iam_role_policy" "function" {{
  role = aws_iam_role.function.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect   = "Allow"
      Action   = "{action}"
      Resource = {resource}
    }}]
  }})
}}
"""
