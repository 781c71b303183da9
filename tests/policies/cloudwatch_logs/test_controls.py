"""The controls on CloudWatch Logs, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, Aws, Case, Told, answered, cases

YEAR, SIX_YEARS = "log_group_retention_min_one_year", "log_group_retention_six_years"
KEY, PUBLIC = "log_group_encrypted_with_kms", "log_group_not_public"
GROUP = 'resource "aws_cloudwatch_log_group" "phi" {\n name = "phi"\n}\n'


def group(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="phi")


def kept(days: int) -> Told:
    def seed(aws: Aws) -> None:
        group(aws)
        aws.logs.put_retention_policy(logGroupName="phi", retentionInDays=days)

    return Told(terraform=GROUP.replace("\n}", f"\nretention_in_days = {days}\n}}"), aws=seed)


def with_key(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="phi", kmsKeyId=aws.kms.create_key()["KeyMetadata"]["Arn"])


def delivery(session: Any) -> None:
    shown = {"logGroupName": "phi", "logGroupClass": "DELIVERY", "retentionInDays": 2}
    answered(session, "logs", "DescribeLogGroups", {"logGroups": [shown]})


DELIVERY = Told(
    terraform=GROUP.replace("\n}", '\nlog_group_class = "DELIVERY"\nretention_in_days = 1\n}'),
    aws=group,
    answers=delivery,
)
UNSET = 'variable "unset" {}\n' + GROUP


def unset(argument: str) -> str:
    return UNSET.replace("\n}", f"\n{argument} = var.unset\n}}")


test_retention = cases(
    Case(YEAR, "kept until somebody deletes them, which is the default", PASS, terraform=GROUP, aws=group),
    Case(YEAR, "never, as Terraform says it", PASS, kept(0).in_terraform()),
    Case(YEAR, "half a year", FAIL, kept(180), says="180"),
    Case(YEAR, "a year", PASS, kept(365)),
    Case(YEAR, "two years", PASS, kept(731)),
    Case(YEAR, "only passes events on", NOT_APPLICABLE, DELIVERY),
    Case(SIX_YEARS, "kept until somebody deletes them, which is the default", PASS, terraform=GROUP, aws=group),
    Case(SIX_YEARS, "five years", FAIL, kept(1827)),
    Case(SIX_YEARS, "six years", PASS, kept(2192)),
    Case(SIX_YEARS, "ten years", PASS, kept(3653)),
    Case(SIX_YEARS, "only passes events on", NOT_APPLICABLE, DELIVERY),
)

test_key = cases(
    Case(KEY, "none", FAIL, terraform=GROUP, aws=group),
    Case(
        KEY,
        "a key",
        PASS,
        terraform='resource "aws_kms_key" "k" {}\n' + GROUP.replace("\n}", "\nkms_key_id = aws_kms_key.k.arn\n}"),
        aws=with_key,
    ),
    Case(KEY, "null", FAIL, terraform=GROUP.replace("\n}", "\nkms_key_id = null\n}")),
)


def policy(**changes: Any) -> Told:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "route53.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": "*",
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    seed: Callable[[Aws], object] = lambda aws: aws.logs.put_resource_policy(policyName="phi", policyDocument=text)  # noqa: E731
    return Told(
        terraform=f"""
        resource "aws_cloudwatch_log_resource_policy" "phi" {{
          policy_name     = "phi"
          policy_document = {json.dumps(text)}
        }}""",
        aws=seed,
    )


def of_group(principal: str) -> Told:
    """A policy that is attached to one log group. moto does not know such policies."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "logs:GetLogEvents", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:phi"
    shown = {"policyDocument": text, "policyScope": "RESOURCE", "resourceArn": arn, "revisionId": "1"}
    return Told(
        GROUP.replace('"phi" {', '"app" {')
        + f"""
        resource "aws_cloudwatch_log_resource_policy" "phi" {{
          resource_arn    = aws_cloudwatch_log_group.app.arn
          policy_document = {json.dumps(text)}
        }}""",
        group,
        lambda session: answered(session, "logs", "DescribeResourcePolicies", {"resourcePolicies": [shown]}),
    )


test_public = cases(
    Case(PUBLIC, "of one log group, everyone", FAIL, of_group("*")),
    Case(PUBLIC, "of one log group, its own account", PASS, of_group("arn:aws:iam::123456789012:root")),
    Case(PUBLIC, "a service", PASS, policy()),
    Case(PUBLIC, "everyone", FAIL, policy(Principal="*")),
    Case(PUBLIC, "everyone, written as AWS principals", FAIL, policy(Principal={"AWS": "*"})),
    Case(
        PUBLIC,
        "everyone of one account",
        PASS,
        policy(Principal="*", Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}}),
    ),
    Case(PUBLIC, "everyone is denied", PASS, policy(Effect="Deny", Principal="*")),
)
