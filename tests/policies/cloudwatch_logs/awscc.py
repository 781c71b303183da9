"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

import json

from hipaa_guard.testing import ACCOUNT, resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
_STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"
_SENDS = policy("*", "logs:PutSubscriptionFilter")
_DELIVERS = policy("*", "logs:CreateDelivery")
_SENT = json.dumps(json.dumps({"DestinationArn": _STREAM}))
_POLICY = f'policy_name = "p"\npolicy_type = "SUBSCRIPTION_FILTER_POLICY"\npolicy_document = {_SENT}'
_FILTER = f'log_group_name = "g"\nfilter_pattern = ""\ndestination_arn = "{_STREAM}"'
_TO_ROLE = f'role_arn = "{_ROLE}"\ntarget_arn = "{_STREAM}"'

_KEPT = json.dumps(json.dumps({"retentionInDays": 90, "enforcementMode": "RETROACTIVE"}))
_RETENTION = f'policy_name = "p"\npolicy_type = "RETENTION_POLICY"\npolicy_document = {_KEPT}'

_SOURCE = """regions = ["us-east-1"]
scope = "OrganizationId = 'o-a1b2c3d4e5'"
source_logs_configuration {} {{
  encrypted_log_group_strategy = "SKIP"
  log_group_selection_criteria = "*"
}}"""
_TO_UNKNOWN = 'account = var.open\nregion = "us-east-1"'

TWINS = [
    Twin(
        "copies of logs to an account that is not known",
        VARIABLE
        + resource(
            "aws_observabilityadmin_centralization_rule_for_organization",
            f'rule_name = "r"\nrule {{\nsource {{\n{_SOURCE.format("")}\n}}\ndestination {{\n{_TO_UNKNOWN}\n}}\n}}',
        ),
        VARIABLE
        + resource(
            "awscc_observabilityadmin_organization_centralization_rule",
            f'rule_name = "r"\nrule = {{\nsource = {{\n{_SOURCE.format("=")}\n}}\n'
            f"destination = {{\n{_TO_UNKNOWN}\n}}\n}}",
        ),
        UNKNOWN,
    ),
    Twin(
        "a log group that a policy of the account keeps for 90 days",
        resource("aws_cloudwatch_log_group", 'name = "g"')
        + resource("aws_cloudwatch_log_account_policy", _RETENTION, "p"),
        resource("awscc_logs_log_group", 'log_group_name = "g"')
        + resource("awscc_logs_account_policy", _RETENTION, "p"),
        FAIL,
    ),
    Twin(
        "a destination for everyone's logs",
        resource("aws_cloudwatch_log_destination", f'name = "d"\n{_TO_ROLE}')
        + resource(
            "aws_cloudwatch_log_destination_policy",
            f"destination_name = aws_cloudwatch_log_destination.phi.name\naccess_policy = {_SENDS}",
            "p",
        ),
        resource("awscc_logs_destination", f'destination_name = "d"\n{_TO_ROLE}\ndestination_policy = {_SENDS}'),
        FAIL,
    ),
    Twin(
        "a delivery destination for everyone's logs",
        resource("aws_cloudwatch_log_delivery_destination", 'name = "d"')
        + resource(
            "aws_cloudwatch_log_delivery_destination_policy",
            "delivery_destination_name = aws_cloudwatch_log_delivery_destination.phi.name\n"
            f"delivery_destination_policy = {_DELIVERS}",
            "p",
        ),
        resource(
            "awscc_logs_delivery_destination",
            f'name = "d"\ndelivery_destination_policy = {{ delivery_destination_policy = {_DELIVERS} }}',
        ),
        FAIL,
    ),
    Twin(
        "a filter that sends log events to a stream",
        resource("aws_cloudwatch_log_subscription_filter", f'name = "f"\n{_FILTER}'),
        resource("awscc_logs_subscription_filter", f'filter_name = "f"\n{_FILTER}'),
        PASS,
    ),
    Twin(
        "a policy by which the account sends log events to a stream",
        resource("aws_cloudwatch_log_account_policy", _POLICY),
        resource("awscc_logs_account_policy", _POLICY),
        PASS,
    ),
    Twin(
        "a delivery to a destination that is not known",
        VARIABLE
        + resource("aws_cloudwatch_log_delivery", 'delivery_source_name = "s"\ndelivery_destination_arn = var.open'),
        VARIABLE + resource("awscc_logs_delivery", 'delivery_source_name = "s"\ndelivery_destination_arn = var.open'),
        UNKNOWN,
    ),
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
