"""Messaging: nobody outside can read or send messages with ePHI."""

from hipaa_guard.authoring import CRITICAL, Fix, Member, Verdict, failed, family, passed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.services import sns, sqs


@family(
    Member(
        "sqs_queue_policy_not_public",
        sqs.Queue,
        title="SQS queue policies grant nothing to everyone",
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
            not_by_machine=TAKES_ACCESS,
        ),
        peers={"prowler": "sqs_queues_not_publicly_accessible", "checkov": ("CKV_AWS_168", "CKV_AWS_387")},
    ),
    Member(
        "sns_topic_policy_not_public",
        sns.Topic,
        title="SNS topic policies grant nothing to everyone",
        fix=Fix(
            terraform="""
                resource "aws_sns_topic" "phi" {
                  name = "lab-results"
                }
                resource "aws_sns_topic_policy" "phi" {
                  arn = aws_sns_topic.phi.arn
                  policy = jsonencode({
                    Version = "2012-10-17"
                    Statement = [{
                      Effect    = "Allow"
                      Principal = { AWS = "arn:aws:iam::111122223333:role/records-app" }
                      Action    = "sns:Publish"
                      Resource  = aws_sns_topic.phi.arn
                    }]
                  })
                }
            """,
            cli="""
                aws sns set-topic-attributes --topic-arn TOPIC_ARN --attribute-name Policy \\
                  --attribute-value file://named-principals-only.json
            """,
            not_by_machine=TAKES_ACCESS,
        ),
        peers={"prowler": "sns_topics_not_publicly_accessible", "checkov": "CKV_AWS_169"},
    ),
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Whoever the policy allows may read messages with ePHI, subscribe to them or send false ones: everyone, here.",
)
def messages_not_public(place: sqs.Queue | sns.Topic) -> Verdict:
    policy = place.policy
    if policy is not None and policy.is_public():
        return failed("has a policy that allows everyone, without a condition that names who")
    return passed("has no policy statement that reaches everyone")
