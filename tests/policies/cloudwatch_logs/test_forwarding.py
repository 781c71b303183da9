"""Log events that are sent on: by filters of log groups, policies of the account and deliveries."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, REGION, UNKNOWN, Aws, Case, Told, answered, cases, resource

CONTROL = "log_forwarding_no_cross_account"
OTHER = "444455556666"
PROVIDER = f'provider "aws" {{\n  allowed_account_ids = ["{ACCOUNT}"]\n}}\n'
CENTRAL = """
provider "aws" {
  alias               = "central"
  allowed_account_ids = ["444455556666"]
}
"""


def arn(rest: str, account: str = ACCOUNT) -> str:
    service, _, name = rest.partition("/")
    return f"arn:aws:{service}:{REGION}:{account}:{name}"


def group(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="records")


def by_filter(to: str) -> Told:
    """A filter of a log group. moto takes no destination for one."""
    lines = f'name = "phi"\nlog_group_name = "records"\nfilter_pattern = ""\ndestination_arn = "{to}"'
    shown = {"filterName": "phi", "logGroupName": "records", "destinationArn": to}
    return Told(
        PROVIDER + resource("aws_cloudwatch_log_subscription_filter", lines),
        group,
        lambda session: answered(session, "logs", "DescribeSubscriptionFilters", {"subscriptionFilters": [shown]}),
    )


def by_account(to: str) -> Told:
    """A policy for all log groups of the account, which moto does not know."""
    document = json.dumps({"DestinationArn": to, "FilterPattern": "", "Distribution": "Random"})
    lines = f'policy_name = "phi"\npolicy_type = "SUBSCRIPTION_FILTER_POLICY"\npolicy_document = {json.dumps(document)}'
    shown = {"policyName": "phi", "policyType": "SUBSCRIPTION_FILTER_POLICY", "policyDocument": document}
    return Told(
        PROVIDER + resource("aws_cloudwatch_log_account_policy", lines),
        lambda _: None,
        lambda session: answered(session, "logs", "DescribeAccountPolicies", {"accountPolicies": [shown]}),
    )


def by_delivery(to: str) -> Told:
    shown: dict[str, Any] = {"id": "phi", "arn": arn("logs/delivery:phi"), "deliverySourceName": "imaging"}
    lines = f'delivery_source_name = "imaging"\ndelivery_destination_arn = "{to}"'
    return Told(
        PROVIDER + resource("aws_cloudwatch_log_delivery", lines),
        lambda _: None,
        lambda session: answered(
            session, "logs", "DescribeDeliveries", {"deliveries": [shown | {"deliveryDestinationArn": to}]}
        ),
    )


WAYS = {
    "a filter": (by_filter, "logs/destination:central"),
    "a policy of the account": (by_account, "logs/destination:central"),
    "a delivery": (by_delivery, "logs/delivery-destination:central"),
}
SAME = 'data "aws_caller_identity" "me" {}\n'
OPEN = 'variable "open" {}\n'


def declared(to: str, provider: str = "") -> str:
    """A filter with a destination that stands beside it, made by another provider or the same."""
    lines = f'name = "central"\nrole_arn = "{arn("iam/role/r")}"\ntarget_arn = "{arn("kinesis/stream/s")}"\n{provider}'
    written = (by_filter("TO").terraform or "").replace('"TO"', to)
    return written + CENTRAL + resource("aws_cloudwatch_log_destination", lines, "central")


def delivered(provider: str = "") -> str:
    text = (by_delivery("TO").terraform or "").replace('"TO"', "aws_cloudwatch_log_delivery_destination.central.arn")
    lines = f'name = "central"\n{provider}\ndelivery_destination_configuration {{\n'
    lines += 'destination_resource_arn = "arn:aws:s3:::logs"\n}'
    return text + CENTRAL + resource("aws_cloudwatch_log_delivery_destination", lines, "central")


def written(to: str, more: str = "") -> str:
    return (by_filter("TO").terraform or "").replace("TO", to) + more


def jsonencoded(to: str) -> str:
    lines = 'policy_name = "phi"\npolicy_type = "SUBSCRIPTION_FILTER_POLICY"\npolicy_document = jsonencode({\n'
    return PROVIDER + OPEN + resource("aws_cloudwatch_log_account_policy", lines + f"DestinationArn = {to}\n}})")


TO_CENTRAL = "aws_cloudwatch_log_destination.central.arn"

test_ways = cases(
    *(
        case
        for way, (told, to) in WAYS.items()
        for case in (
            Case(CONTROL, f"{way} to another account", FAIL, told(arn(to, OTHER)), says=f"account: {OTHER}"),
            Case(CONTROL, f"{way} to its own account", PASS, told(arn(to))),
        )
    ),
    *(
        Case(CONTROL, f"a filter to {to}, which another account cannot have", PASS, by_filter(arn(to)))
        for to in ("kinesis/stream/s", "firehose/deliverystream/s", "lambda/function:s")
    ),
)


def centralized(account: str, logs: str = "source_logs_configuration") -> str:
    """A rule of the organization that copies the logs of all accounts to one."""
    return PROVIDER + resource(
        "aws_observabilityadmin_centralization_rule_for_organization",
        f"""rule_name = "phi"
        rule {{
          source {{
            regions = ["us-east-1"]
            scope   = "OrganizationId = 'o-a1b2c3d4e5'"
            {logs} {{
              encrypted_log_group_strategy = "SKIP"
              log_group_selection_criteria = "*"
            }}
          }}
          destination {{
            account = {account}
            region  = "us-east-1"
          }}
        }}""",
    )


_ME = 'data "aws_caller_identity" "me" {}\n'
test_centralized = cases(
    Case(CONTROL, "copies to another account", FAIL, terraform=centralized(f'"{OTHER}"'), says=OTHER),
    Case(CONTROL, "copies to its own account", PASS, terraform=centralized(f'"{ACCOUNT}"')),
    Case(
        CONTROL,
        "copies to an account that is not known",
        UNKNOWN,
        terraform='variable "unset" {}\n' + centralized("var.unset"),
    ),
    Case(
        CONTROL,
        "copies to the account that Terraform runs in",
        PASS,
        terraform=_ME + centralized("data.aws_caller_identity.me.account_id").removeprefix(PROVIDER),
    ),
)

test_declared = cases(
    Case(CONTROL, "a destination that stands beside it", PASS, declared(TO_CENTRAL)),
    Case(CONTROL, "a destination that stands beside it, in another account", FAIL,
         declared(TO_CENTRAL, "provider = aws.central"), says="destination.central, which is in another account"),
    Case(CONTROL, "a delivery to a destination that stands beside it", PASS, delivered()),
    Case(CONTROL, "a delivery to a destination that stands beside it, in another account", FAIL,
         delivered("provider = aws.central"), says="in another account"),
    Case(CONTROL, "a stream that stands beside it", PASS,
         declared("aws_kinesis_stream.s.arn") + resource("aws_kinesis_stream", 'name = "s"', "s")),
    Case(CONTROL, "the account that Terraform runs in", PASS,
         written(f"arn:aws:logs:{REGION}:${{data.aws_caller_identity.me.account_id}}:destination:central", SAME)),
    Case(CONTROL, "another account, in a region that is not known", FAIL,
         written(f"arn:aws:logs:${{var.open}}:{OTHER}:destination:central", OPEN), says=OTHER),
    Case(CONTROL, "an account that is not known", UNKNOWN,
         written(f"arn:aws:logs:{REGION}:${{var.open}}:destination:central", OPEN)),
    Case(CONTROL, "a stream of an account that is not known", PASS,
         written(f"arn:aws:kinesis:{REGION}:${{var.open}}:stream/s", OPEN)),
    Case(CONTROL, "a name in the place of an ARN", UNKNOWN, written("central"), says="is not an ARN"),
    Case(CONTROL, "another account, and its own is not known", UNKNOWN,
         written(arn("logs/destination:central", OTHER)).removeprefix(PROVIDER), says="--account"),
    Case(CONTROL, "an encoded policy for another account", FAIL, jsonencoded(f'"{arn("logs/destination:c", OTHER)}"')),
    Case(CONTROL, "an encoded policy for an account that is not known", UNKNOWN, jsonencoded("var.open")),
)  # fmt: skip
