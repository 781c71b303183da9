"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_TOPIC = policy("*", "sns:Publish")

TWINS = [
    Twin("a topic that says nothing", resource("aws_sns_topic", ""), resource("awscc_sns_topic", ""), FAIL),
    Twin(
        "a topic with a key of one's own",
        KEYS + resource("aws_sns_topic", "kms_master_key_id = aws_kms_key.own.id"),
        KEYS + resource("awscc_sns_topic", "kms_master_key_id = awscc_kms_key.own.id"),
        PASS,
    ),
    Twin(
        "a topic for everyone",
        resource("aws_sns_topic", "")
        + resource("aws_sns_topic_policy", f"arn = aws_sns_topic.phi.arn\npolicy = {OPEN_TOPIC}"),
        resource("awscc_sns_topic", "")
        + resource(
            "awscc_sns_topic_inline_policy",
            f"topic_arn = awscc_sns_topic.phi.topic_arn\npolicy_document = {OPEN_TOPIC}",
        ),
        FAIL,
    ),
    Twin(
        "a policy for several topics",
        resource("aws_sns_topic", "")
        + resource("aws_sns_topic_policy", f"arn = aws_sns_topic.phi.arn\npolicy = {OPEN_TOPIC}"),
        resource("awscc_sns_topic", "")
        + resource(
            "awscc_sns_topic_policy",
            f'topics = ["arn:aws:sns:us-east-1:123456789012:other", awscc_sns_topic.phi.id]\npolicy_document = {OPEN_TOPIC}',
        ),
        FAIL,
    ),
    Twin(
        "a topic of which nothing is known",
        VARIABLE
        + resource("aws_sns_topic", "kms_master_key_id = var.open")
        + resource("aws_sns_topic_policy", "arn = aws_sns_topic.phi.arn\npolicy = var.open"),
        VARIABLE
        + resource("awscc_sns_topic", "kms_master_key_id = var.open")
        + resource(
            "awscc_sns_topic_inline_policy", "topic_arn = awscc_sns_topic.phi.topic_arn\npolicy_document = var.open"
        ),
        UNKNOWN,
    ),
    Twin(
        "a subscription over plain HTTP",
        resource("aws_sns_topic_subscription", 'topic_arn = "arn:aws:sns:us-east-1:123456789012:t"\nprotocol = "http"'),
        resource("awscc_sns_subscription", 'topic_arn = "arn:aws:sns:us-east-1:123456789012:t"\nprotocol = "http"'),
        FAIL,
    ),
]
