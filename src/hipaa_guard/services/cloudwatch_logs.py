"""Amazon CloudWatch Logs: log groups, resource policies, and the ways by which log events are sent on.

The policies of an account, or of one log group, let others write or read log groups; those of destinations let others
send events to them.
"""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.allowed_values import numbers, one_of
from hipaa_guard.facts.lists import Incomplete, joined
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.policies.parsing import structure_of
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import PartialText, Unknown, Value

# CloudWatch Logs API reference, PutRetentionPolicy, read 2026-11-30; the provider's 0 is "never".
_RETENTIONS = numbers(
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
)


class LogGroup(Resource):
    """A log group."""

    terraform = Block("aws_cloudwatch_log_group", "awscc_logs_log_group", name="name", awscc_name="log_group_name")
    aws = Listing(
        "logs.describe_log_groups",
        "logGroups[]",
        arn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}",
        name="logGroupName",
        keys=("logGroupName", "arn"),
    )
    aws_types = ("AWS::Logs::LogGroup", "logs:log-group")

    retention_days: int | None = fact(
        terraform="retention_in_days",
        awscc="retention_in_days",
        unset=None,
        aws=listed("retentionInDays"),
        allowed=_RETENTIONS,
    )
    """Days until events are deleted; None or 0 (in Terraform) means never.

    A live account tells the retention that is in force, which a policy of the account may set (DescribeLogGroups).
    """

    log_class: str = fact(
        terraform="log_group_class",
        awscc="log_group_class",
        unset="STANDARD",
        aws=listed("logGroupClass", always=False),
        allowed=one_of("STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"),
    )
    """``STANDARD``, ``INFREQUENT_ACCESS``, or ``DELIVERY``, which only forwards events and keeps them for a day."""

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("kmsKeyId"))


_DELIVERIES = ("aws_cloudwatch_log_delivery", "awscc_logs_delivery")


def _has_delivery(view: View) -> Value:
    deliveries = joined(*(view.linked(type, "delivery_source_name") for type in _DELIVERIES))
    if list.__len__(deliveries):
        return True
    return deliveries.unknown if isinstance(deliveries, Incomplete) else False


def _answered_delivery(source: str | None, deliveries: list[list[str | None]] | None) -> Value:
    """Whether one of the deliveries is of the source. AWS tells the source of each."""
    named = [name for (name,) in deliveries or []]
    if source is not None and source in named:
        return True
    if source is None or deliveries is None or None in named:
        return Unknown("AWS did not tell the sources of all deliveries")
    return False


class DeliverySource(Resource):
    """A resource that hands logs to CloudWatch Logs, which delivers them on ("vended logs").

    Only a delivery sends them anywhere (CloudWatch Logs API reference, PutDeliverySource and CreateDelivery, read
    2026-11-30).
    """

    terraform = Block(
        "aws_cloudwatch_log_delivery_source",
        "awscc_logs_delivery_source",
        name="name",
        awscc_name="name",
        beside=dict.fromkeys(_DELIVERIES, ("delivery_source_name",)),
    )
    aws = Listing("logs.describe_delivery_sources", "deliverySources[]", arn="{arn}", name="name")
    aws_types = ("AWS::Logs::DeliverySource",)

    resource: str | None = fact(
        terraform="resource_arn", awscc="resource_arn", unset=None, aws=listed("resourceArns[0]", always=True)
    )
    """The ARN of the resource whose logs they are."""

    log_type: str | None = fact(terraform="log_type", awscc="log_type", unset=None, aws=listed("logType", always=True))
    """``ALB_ACCESS_LOGS``, for example."""

    is_delivered: bool = fact(
        terraform=_has_delivery,
        awscc=_has_delivery,
        unset=False,
        aws=derived(
            _answered_delivery, listed("name"), ask("logs.describe_deliveries", "deliveries[].[deliverySourceName]")
        ),
    )
    """Whether a delivery sends its logs on."""


# AWS::Logs::LogGroup takes the policy of the group among its own properties, ResourcePolicyDocument.
_WITH_POLICY = "awscc_logs_log_group"


def _document(view: View) -> Value:
    return view.get("resource_policy_document" if view.type == _WITH_POLICY else "policy_document")


def _has_policy(view: View) -> Value:
    """Whether a resource is a policy, or has one."""
    policy = _document(view) if view.type == _WITH_POLICY else True
    return policy if isinstance(policy, Unknown) else bool(policy)


class ResourcePolicy(Resource):
    """A policy of an account, or of one log group, that lets others use log groups."""

    terraform: ClassVar[Block | None] = Block(
        "aws_cloudwatch_log_resource_policy",
        "awscc_logs_resource_policy",
        _WITH_POLICY,
        name="policy_name",
        when=_has_policy,
    )
    aws: ClassVar[Listing | None] = Listing(
        "logs.describe_resource_policies", "resourcePolicies[?!resourceArn]", name="policyName"
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::Logs::ResourcePolicy",)

    policy: PolicyDocument | None = fact(
        terraform="policy_document",
        awscc=_document,
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=listed("policyDocument", always=True),
    )


_DECLARED_AS = "in a configuration, a policy of a log group is declared as any other"


class LogGroupPolicy(ResourcePolicy):
    """A policy that is attached to one log group (PutResourcePolicy with its ARN, since 2025)."""

    terraform = None
    live_only = _DECLARED_AS
    aws_types = ()  # the same type as other policies
    aws = Listing(
        "logs.describe_resource_policies",
        "resourcePolicies[?resourceArn]",
        of=LogGroup,
        arn="{resourceArn}",
        name="resourceArn",
        policyScope="RESOURCE",
        resourceArn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}",
    )

    policy: PolicyDocument | None = fact(
        parse=PolicyDocument.parse, aws=listed("policyDocument", always=True), live_only=_DECLARED_AS
    )


class Destination(ResourcePolicy):
    """A destination of subscription filters, with the policy that says which accounts may send log events to it."""

    noun = "log destination"
    terraform: ClassVar[Block | None] = Block(
        "aws_cloudwatch_log_destination",
        "awscc_logs_destination",
        joins={"aws_cloudwatch_log_destination_policy": "destination_name"},
        name="name",
        awscc_name="destination_name",
    )
    aws: ClassVar[Listing | None] = Listing(
        "logs.describe_destinations",
        "destinations[]",
        arn="{arn}",
        name="destinationName",
        keys=("destinationName", "arn"),
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::Logs::Destination", "logs:destination")

    policy: PolicyDocument | None = fact(
        terraform="aws_cloudwatch_log_destination_policy.access_policy",
        awscc=first("aws_cloudwatch_log_destination_policy.access_policy", "destination_policy"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=listed("accessPolicy"),
    )
    """None: only its own account may send events to it."""


_TOLD_APART = "a live account tells the policy of a delivery destination in an answer for each"
_OF_DELIVERIES = "aws_cloudwatch_log_delivery_destination_policy.delivery_destination_policy"


class DeliveryDestination(Destination):
    """A destination of deliveries, with the policy that says which accounts may deliver the logs of services to it."""

    noun = "delivery destination"
    terraform = Block(
        "aws_cloudwatch_log_delivery_destination",
        "awscc_logs_delivery_destination",
        joins={"aws_cloudwatch_log_delivery_destination_policy": "delivery_destination_name"},
        name="name",
        awscc_name="name",
    )
    aws = None
    aws_types = ()
    terraform_only = _TOLD_APART

    policy: PolicyDocument | None = fact(
        terraform=_OF_DELIVERIES,
        awscc=first(_OF_DELIVERIES, "delivery_destination_policy.delivery_destination_policy"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_TOLD_APART,
    )
    """As of a destination of filters."""


class Subscription(Resource):
    """A filter by which a log group sends its events on as they arrive."""

    noun = "subscription filter"
    terraform: ClassVar[Block | None] = Block(
        "aws_cloudwatch_log_subscription_filter",
        "awscc_logs_subscription_filter",
        name="name",
        awscc_name="filter_name",
    )
    aws: ClassVar[Listing | None] = Listing(
        "logs.describe_subscription_filters",
        "subscriptionFilters[]",
        of=LogGroup,
        arn="arn:{partition}:logs:{region}:{account}:log-group:{logGroupName}:subscription-filter:{filterName}",
        name="filterName",
        logGroupName="{logGroupName}",
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::Logs::SubscriptionFilter",)

    destination: str = fact(
        terraform="destination_arn", awscc="destination_arn", unset=None, aws=listed("destinationArn")
    )
    """The ARN of what receives the events: a destination of CloudWatch Logs, which may be of another account, or a
    stream or function, which may not (CloudWatch Logs API reference, PutSubscriptionFilter, read 2026-11-30)."""


_OF_SUBSCRIPTIONS = "SUBSCRIPTION_FILTER_POLICY"


def _is_subscription(view: View) -> Value:
    found = view.get("policy_type")
    return found if isinstance(found, Unknown) else found == _OF_SUBSCRIPTIONS


def _destination(policy: Value) -> Value:
    """The ARN in the document of an account policy, a JSON text."""
    found = structure_of(policy)
    if found is None or isinstance(found, Unknown):
        return found
    return found.get("DestinationArn")


class AccountSubscription(Subscription):
    """A policy by which the log groups of an account send their events on, as a filter of each would."""

    noun = "account policy of CloudWatch Logs"
    terraform = Block(
        "aws_cloudwatch_log_account_policy",
        "awscc_logs_account_policy",
        name="policy_name",
        awscc_name="policy_name",
        when=_is_subscription,
    )
    aws = Listing(
        "logs.describe_account_policies", "accountPolicies[]", name="policyName", policyType=_OF_SUBSCRIPTIONS
    )
    aws_types = ("AWS::Logs::AccountPolicy",)

    destination: str = fact(
        terraform="policy_document",
        awscc="policy_document",
        unset=None,
        parse=_destination,
        aws=listed("policyDocument", always=True),
    )
    """As of a filter."""


class Delivery(Subscription):
    """A delivery, which sends the logs of another service on to a delivery destination."""

    noun = "log delivery"
    terraform = Block(*_DELIVERIES)
    aws = Listing("logs.describe_deliveries", "deliveries[]", arn="{arn}", name="id")
    aws_types = ("AWS::Logs::Delivery", "logs:delivery")

    destination: str = fact(
        terraform="delivery_destination_arn",
        awscc="delivery_destination_arn",
        unset=None,
        aws=listed("deliveryDestinationArn"),
    )
    """The ARN of a delivery destination, which may be of another account."""


_RULES_APART = "a live account tells the rules to the management account of its organization alone"


def _copies_logs(view: View) -> Value:
    """Whether a rule is about logs; one may be about metrics alone."""
    logs = view.get("rule.source.source_logs_configuration")
    return logs if isinstance(logs, Unknown) and not logs.is_set else bool(logs) or isinstance(logs, Unknown)


def _account_of_copies(view: View) -> Value:
    """The account that receives the copies, in the form of an ARN as of other destinations."""
    account = view.get("rule.destination.account")
    if account is None:
        return Unknown("the destination names no account")
    if isinstance(account, Unknown):
        return PartialText(("arn:aws:logs::", account, ":account"))
    return f"arn:aws:logs::{account}:account"


class Centralization(Subscription):
    """A rule of an organization that copies the log events of its accounts to one account, since September 2025."""

    noun = "centralization rule"
    terraform = Block(
        "aws_observabilityadmin_centralization_rule_for_organization",
        "awscc_observabilityadmin_organization_centralization_rule",
        name="rule_name",
        awscc_name="rule_name",
        when=_copies_logs,
    )
    aws = None
    aws_types = ()
    terraform_only = _RULES_APART

    destination: str = fact(
        terraform=_account_of_copies, awscc=_account_of_copies, unset=None, terraform_only=_RULES_APART
    )
    """As of a filter: ``arn:aws:logs::444455556666:account``."""
