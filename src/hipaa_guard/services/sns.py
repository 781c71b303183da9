"""Amazon SNS: topics, their policies, and their subscriptions."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import some
from hipaa_guard.facts.policies.document import PolicyDocument, own_arn, symbol
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Listing, View, ask, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value


def _key(value: Value) -> Value:
    """The key; None for an empty text."""
    return value if isinstance(value, Unknown) else value or None


_POLICIES = ("awscc_sns_topic_inline_policy.policy_document", "awscc_sns_topic_policy.policy_document")


class Topic(Resource):
    """An SNS topic."""

    noun = "SNS topic"
    terraform = Block(
        "aws_sns_topic",
        "awscc_sns_topic",
        joined_by="arn",
        joins={"awscc_sns_topic_inline_policy": "topic_arn", "awscc_sns_topic_policy": "topics"},
        name="name",
        awscc_name="topic_name",
        also=("topic_arn",),
    )
    aws = Listing("sns.list_topics", "Topics[]", arn="{TopicArn}")
    aws_types = ("AWS::SNS::Topic", "sns:topic")
    security_hub_type = "AwsSnsTopic"

    key: str | None = fact(
        terraform="kms_master_key_id",
        awscc="kms_master_key_id",
        unset=None,
        parse=_key,
        aws=ask("sns.get_topic_attributes", "Attributes.KmsMasterKeyId", TopicArn="{TopicArn}"),
    )
    """None means that SNS does not encrypt stored messages with a KMS key."""

    policy: PolicyDocument | None = fact(
        terraform=first("aws_sns_topic_policy.policy", *_POLICIES, "policy"),
        awscc=first(*_POLICIES),
        unset=None,  # SNS then sets its default policy: everyone, if AWS:SourceOwner is the account
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask("sns.get_topic_attributes", "Attributes.Policy", TopicArn="{TopicArn}"),
    )

    def names(self) -> tuple[str, ...]:
        """The texts for the topic in policies: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        names = [origin.known_name, *(symbol(origin.address, attribute) for attribute in ("name", "topic_name"))]
        # each of these is the ARN in one of the providers
        references = [symbol(origin.address, attribute) for attribute in ("arn", "id", "topic_arn")]
        return (*references, *(own_arn("sns", origin.region, origin.own_account, name) for name in names if name))


def _has_subscriptions(view: View) -> Value:
    """Whether subscriptions are declared: as separate resources, or inside a topic."""
    if view.type != "awscc_sns_topic":
        return True
    inside = view.get("subscription")
    return inside if isinstance(inside, Unknown) else bool(inside)


def _protocol(view: View) -> Value:
    """The protocol; for several subscriptions inside a topic, HTTP if one of them uses it."""
    if view.type != "awscc_sns_topic":
        return view.get("protocol")
    inside = view.get("subscription")
    if isinstance(inside, Unknown) or _some_is(inside, "http"):
        return inside if isinstance(inside, Unknown) else "http"
    return "https" if _some_is(inside, "https") else inside[0].get("protocol")


def _some_is(subscriptions: list[Value], protocol: str) -> bool:
    return some(lambda each: each.get("protocol") == protocol, subscriptions)


class Subscription(Resource):
    """A subscription to a topic. Unconfirmed ones get no messages and have no ARN yet."""

    terraform = Block(
        "aws_sns_topic_subscription", "awscc_sns_subscription", "awscc_sns_topic", when=_has_subscriptions
    )
    aws = Listing(
        "sns.list_subscriptions", "Subscriptions[?starts_with(SubscriptionArn, 'arn:')]", arn="{SubscriptionArn}"
    )
    aws_types = ("AWS::SNS::Subscription",)

    protocol: str = fact(
        terraform="protocol",
        awscc=_protocol,
        unset=None,
        aws=listed("Protocol"),
        allowed=one_of("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"),
    )
    """``https``, ``http``, ``email``, ``email-json``, ``sms``, ``sqs``, ``lambda``, ``firehose``, ``application``."""

    endpoint: str | None = fact(
        live_only="source names the queues of failures themselves", aws=listed("Endpoint", always=True)
    )
    """The address, number, URL or ARN that messages go to."""
