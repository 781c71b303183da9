"""Who may write to log groups: by a policy of the account, and by one of a log group, which moto does not know.

Access logs of a bucket that CloudWatch Logs delivers; moto knows no such delivery source.
"""

from __future__ import annotations

from typing import Any

from examples.account import client, policy
from tests.aws.hospital import Answers

_WRITES = {"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": "logs:Put*", "Resource": "*"}


def furnish() -> None:
    client("logs").create_log_group(logGroupName="search")


def _policies(region: str, _: str) -> dict[str, Any]:
    group = f"arn:aws:logs:{region}:123456789012:log-group:search"
    return {
        "resourcePolicies": [
            {"policyName": "search", "policyDocument": policy(_WRITES), "policyScope": "ACCOUNT"},
            {"policyDocument": policy(_WRITES), "policyScope": "RESOURCE", "resourceArn": group, "revisionId": "1"},
        ]
    }


def _sources(region: str, _: str) -> dict[str, Any]:
    return {
        "deliverySources": [
            {
                "name": "imaging",
                "arn": f"arn:aws:logs:{region}:123456789012:delivery-source:imaging",
                "resourceArns": ["arn:aws:s3:::riverside-imaging"],
                "service": "s3",
                "logType": "S3_SERVER_ACCESS_LOGS",
            }
        ]
    }


def _deliveries(region: str, _: str) -> dict[str, Any]:
    arn = f"arn:aws:logs:{region}:123456789012:delivery:1"
    return {"deliveries": [{"id": "1", "arn": arn, "deliverySourceName": "imaging"}]}


ANSWERS: Answers = {
    "logs.describe_resource_policies": _policies,
    "logs.describe_delivery_sources": _sources,
    "logs.describe_deliveries": _deliveries,
}
