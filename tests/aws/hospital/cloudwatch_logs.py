"""Who may write to log groups: by a policy of the account, and by one of a log group, which moto does not know.

Access logs of a bucket that CloudWatch Logs delivers; moto knows no such delivery source. A destination for logs of other
accounts, and the ways by which log events are sent on.
"""

from __future__ import annotations

import json
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
    arn, to = (f"arn:aws:logs:{region}:123456789012:{each}" for each in ("delivery:1", "delivery-destination:imaging"))
    told = {"id": "1", "arn": arn, "deliverySourceName": "imaging", "deliveryDestinationArn": to}
    return {"deliveries": [told]}


def _destinations(region: str, _: str) -> dict[str, Any]:
    arn = f"arn:aws:logs:{region}:123456789012:destination:clinics"
    sends = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "logs:PutSubscriptionFilter"}
    told = {"destinationName": "clinics", "arn": arn, "accessPolicy": policy(sends | {"Resource": arn})}  # gap
    return {"destinations": [told]}


def _filters(region: str, _: str) -> dict[str, Any]:
    to = f"arn:aws:logs:{region}:444455556666:destination:central"  # gap
    return {"subscriptionFilters": [{"filterName": "all", "logGroupName": "search", "destinationArn": to}]}


def _account_policies(region: str, _: str) -> dict[str, Any]:
    document = json.dumps({"DestinationArn": f"arn:aws:lambda:{region}:123456789012:function:reminders"})
    kind = "SUBSCRIPTION_FILTER_POLICY"
    return {"accountPolicies": [{"policyName": "all", "policyType": kind, "policyDocument": document}]}


ANSWERS: Answers = {
    "logs.describe_account_policies": _account_policies,
    "logs.describe_destinations": _destinations,
    "logs.describe_subscription_filters": _filters,
    "logs.describe_resource_policies": _policies,
    "logs.describe_delivery_sources": _sources,
    "logs.describe_deliveries": _deliveries,
}
