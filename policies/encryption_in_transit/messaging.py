"""Messaging: ePHI in messages is unreadable on the wire."""

from hipaa_guard.authoring import HIGH, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.judging.fix_parts import topic_with_policy
from hipaa_guard.judging.transit import IN_TRANSIT, PlainHttpRequests, plain_http_denied
from hipaa_guard.services import sns, sqs

_DENIES_PLAIN_HTTP = """\
Sid       = "DenyPlainHttp"
Effect    = "Deny"
Principal = "*"
Action    = "sns:Publish"
Resource  = aws_sns_topic.phi.arn
Condition = { Bool = { "aws:SecureTransport" = "false" } }
"""


@plain_http_denied(
    title="SQS queues refuse requests that are not made over TLS",
    service="SQS",
    fix=Fix(
        sets="""
            aws_sqs_queue_policy.queue_url = aws_sqs_queue.phi.id
            aws_sqs_queue_policy.policy = jsonencode({
              Version = "2012-10-17"
              Statement = [{
                Sid       = "DenyPlainHttp"
                Effect    = "Deny"
                Principal = "*"
                Action    = "sqs:*"
                Resource  = aws_sqs_queue.phi.arn
                Condition = { Bool = { "aws:SecureTransport" = "false" } }
              }]
            })
        """,
        inline="aws_sqs_queue.policy",
        cli="aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes file://deny-plain-http.json",
        note='The file has one attribute, Policy, whose value is the policy as a text: {"Policy": "{...}"}. '
        "Add the statement to those that the queue has.",
        consequences=("cuts_access",),
    ),
)
def sqs_queue_tls_required(queue: sqs.Queue) -> PlainHttpRequests:
    names = queue.names(queue.arn)  # the policy is read last: it is what decides
    return PlainHttpRequests(
        queue.policy,
        ("sqs:SendMessage", "sqs:ReceiveMessage"),
        (names,),
        # SQS developer guide, "Encryption at rest": requests to queues with SSE must use HTTPS. Read 2026-11-30.
        lambda: queue.key is not None or queue.sqs_managed_encryption,
    )


@plain_http_denied(
    title="SNS topics refuse messages that are not published over TLS",
    service="SNS",
    policy="policy of its own",
    fix=Fix(
        terraform=topic_with_policy(_DENIES_PLAIN_HTTP),
        cli="""
            aws sns set-topic-attributes --topic-arn TOPIC_ARN --attribute-name Policy \\
              --attribute-value file://deny-plain-http.json
        """,
        note="A policy takes the place of the default one: keep the statement that lets your own account use the topic, "
        "and those of services that publish to it.",
        not_by_machine="needs the statements by which services of AWS may publish, which you name",
        consequences=("cuts_access",),
    ),
)
def sns_topic_tls_required(topic: sns.Topic) -> PlainHttpRequests:
    return PlainHttpRequests(
        topic.policy,
        ("sns:Publish",),
        (topic.names(),),
        # SNS developer guide, "Encryption at rest": requests to topics with SSE must use HTTPS. Read 2026-11-30.
        lambda: topic.key is not None,
    )


@control(
    title="SNS subscriptions of web servers deliver over HTTPS",
    severity=HIGH,
    hipaa=IN_TRANSIT,
    why="With the protocol http SNS sends each message, and the ePHI in it, over the internet in the clear.",
    fix=Fix(
        terraform="""
            resource "aws_sns_topic_subscription" "phi" {
              topic_arn = aws_sns_topic.results.arn
              protocol  = "https"
              endpoint  = "https://records.example.org/messages"
            }
            resource "aws_sns_topic" "results" {}
        """,
        cli="""
            aws sns subscribe --topic-arn TOPIC_ARN --protocol https --notification-endpoint https://HOST/PATH
            aws sns unsubscribe --subscription-arn OLD_SUBSCRIPTION_ARN
        """,
        note="A subscription cannot be changed. The server must confirm the new one before the old one is taken away; "
        "its filter and its dead-letter queue must be set again.",
        not_by_machine="needs a server that answers HTTPS",
        consequences=("replaces",),
    ),
    peers={"prowler": "sns_subscription_not_using_http_endpoints"},
)
def sns_subscription_https(subscription: sns.Subscription) -> Verdict:
    protocol = subscription.protocol
    if protocol == "http":
        return failed("delivers over plain HTTP")
    if protocol == "https":
        return passed("delivers over HTTPS")
    return not_applicable(f"does not deliver to a web server: its protocol is {protocol}")
