"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

TWINS = [
    Twin(
        "logs that are kept for ever",
        resource("aws_cloudwatch_log_group", ""),
        resource("awscc_logs_log_group", ""),
        FAIL,
    ),
    Twin(
        "logs for six years under a key of one's own",
        KEYS + resource("aws_cloudwatch_log_group", "retention_in_days = 2192\nkms_key_id = aws_kms_key.own.arn"),
        KEYS + resource("awscc_logs_log_group", "retention_in_days = 2192\nkms_key_id = awscc_kms_key.own.arn"),
        PASS,
    ),
    Twin(
        "logs for a day",
        resource("aws_cloudwatch_log_group", "retention_in_days = 1"),
        resource("awscc_logs_log_group", "retention_in_days = 1"),
        FAIL,
    ),
    Twin(
        "logs of which nothing is known",
        VARIABLE + resource("aws_cloudwatch_log_group", "retention_in_days = var.open\nkms_key_id = var.open"),
        VARIABLE + resource("awscc_logs_log_group", "retention_in_days = var.open\nkms_key_id = var.open"),
        UNKNOWN,
    ),
    Twin(
        "logs that everyone may read",
        resource(
            "aws_cloudwatch_log_resource_policy",
            f'policy_name = "p"\npolicy_document = {policy("*", "logs:GetLogEvents")}',
        ),
        resource(
            "awscc_logs_resource_policy", f'policy_name = "p"\npolicy_document = {policy("*", "logs:GetLogEvents")}'
        ),
        FAIL,
    ),
    Twin(
        "a log group that everyone may read",
        resource("aws_cloudwatch_log_group", "")
        + resource(
            "aws_cloudwatch_log_resource_policy",
            f'policy_name = "p"\npolicy_document = {policy("*", "logs:GetLogEvents")}',
        ),
        resource("awscc_logs_log_group", f"resource_policy_document = {policy('*', 'logs:GetLogEvents')}"),
        FAIL,
    ),
    Twin(
        "a log group whose policy is not known",
        VARIABLE
        + resource("aws_cloudwatch_log_group", "retention_in_days = var.open\nkms_key_id = var.open")
        + resource("aws_cloudwatch_log_resource_policy", 'policy_name = "p"\npolicy_document = var.open'),
        VARIABLE
        + resource(
            "awscc_logs_log_group",
            "retention_in_days = var.open\nkms_key_id = var.open\nresource_policy_document = var.open",
        ),
        UNKNOWN,
    ),
]
