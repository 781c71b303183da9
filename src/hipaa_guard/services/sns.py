"""Amazon SNS: topics, their policies, and where messages are delivered."""

from __future__ import annotations

from hipaa_guard.facts.policy_document import HERE, PolicyDocument, symbol
from hipaa_guard.facts.readings import Block, Listing, ask, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Unknown, Value


def _key(value: Value) -> Value:
    """An empty text names no key."""
    return value if isinstance(value, Unknown) else value or None


class Topic(Resource):
    """An SNS topic."""

    terraform = Block("aws_sns_topic", joined_by="arn", name="name")
    aws = Listing("sns.list_topics", "Topics[]", arn="{TopicArn}")

    key: str | None = fact(
        terraform="kms_master_key_id",
        unset=None,
        parse=_key,
        aws=ask("sns.get_topic_attributes", "Attributes.KmsMasterKeyId", TopicArn="{TopicArn}"),
    )
    """None means that SNS does not encrypt stored messages with a KMS key."""

    policy: PolicyDocument | None = fact(
        terraform=first("aws_sns_topic_policy.policy", "policy"),
        unset=None,  # SNS then writes its default policy: everyone, on condition that AWS:SourceOwner is the account
        parse=PolicyDocument.parse,
        aws=ask("sns.get_topic_attributes", "Attributes.Policy", TopicArn="{TopicArn}"),
    )

    def names(self) -> tuple[str, ...]:
        """The texts that policies name the topic by: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        names = [name for name in (origin.name, symbol(origin.address, "name")) if name]
        references = [symbol(origin.address, "arn"), symbol(origin.address, "id")]  # both are the ARN
        return (*references, *(f"arn:{HERE}:sns:{HERE}:{HERE}:{name}" for name in names))


class Subscription(Resource):
    """A subscription to a topic. Those that wait for confirmation get no messages and have no ARN yet."""

    terraform = Block("aws_sns_topic_subscription")
    aws = Listing(
        "sns.list_subscriptions", "Subscriptions[?starts_with(SubscriptionArn, 'arn:')]", arn="{SubscriptionArn}"
    )

    protocol: str = fact(terraform="protocol", unset=None, aws=listed("Protocol"))
    """``https``, ``http``, ``email``, ``email-json``, ``sms``, ``sqs``, ``lambda``, ``firehose``, ``application``."""
