"""Messaging: nobody outside can read or send messages with ePHI."""

from hipaa_guard.authoring import Fix, PolicyDocument
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.fix_parts import topic_with_policy
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import sns, sqs

_MESSAGES = (
    "Whoever the policy allows may read messages with ePHI, subscribe to them or send false ones: everyone, here."
)


@policy_not_public(
    title="SQS queue policies grant nothing to everyone",
    why=_MESSAGES,
    fix=Fix(
        terraform="""
            resource "aws_sqs_queue" "phi" {
              name = "lab-results"
            }
            resource "aws_sqs_queue_policy" "phi" {
              queue_url = aws_sqs_queue.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::111122223333:role/records-app" }
                  Action    = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
                  Resource  = aws_sqs_queue.phi.arn
                }]
              })
            }
        """,
        cli="aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes file://named-principals-only.json",
        note='The file has one attribute, Policy, whose value is the policy as a text: {"Policy": "{...}"}.',
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "sqs_queues_not_publicly_accessible", "checkov": ("CKV_AWS_168", "CKV_AWS_387")},
)
def sqs_queue_policy_not_public(queue: sqs.Queue) -> PolicyDocument | None:
    return queue.policy


@policy_not_public(
    title="SNS topic policies grant nothing to everyone",
    why=_MESSAGES,
    fix=Fix(
        terraform=topic_with_policy(),
        cli="""
            aws sns set-topic-attributes --topic-arn TOPIC_ARN --attribute-name Policy \\
              --attribute-value file://named-principals-only.json
        """,
        note="A policy takes the place of the default one: keep the statement that lets your own account use the topic.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "sns_topics_not_publicly_accessible", "checkov": "CKV_AWS_169"},
)
def sns_topic_policy_not_public(topic: sns.Topic) -> PolicyDocument | None:
    return topic.policy
