"""Messaging: only those who may see ePHI in messages are given a way to it."""

from hipaa_guard.authoring import Fix, PolicyDocument
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import no_cross_account
from hipaa_guard.judging.fix_parts import topic_with_policy
from hipaa_guard.services import sns, sqs

_MESSAGES = (
    "Each account that gets in is a party that can see ePHI in messages: it needs a reason, and a contract if it is not "
    "yours."
)

_RESULTS = """\
Sid       = "Results"
Effect    = "Allow"
Principal = { Service = "s3.amazonaws.com" }
Action    = "sns:Publish"
Resource  = aws_sns_topic.phi.arn
Condition = {
  ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::lab-results" }
  StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
}
"""


@no_cross_account(
    title="SQS queue policies give access to no other AWS account",
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
                  Principal = { Service = "sns.amazonaws.com" }
                  Action    = "sqs:SendMessage"
                  Resource  = aws_sqs_queue.phi.arn
                  Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.results.arn } }
                }]
              })
            }
            resource "aws_sns_topic" "results" {}
        """,
        cli="aws sqs remove-permission --queue-url QUEUE_URL --label STATEMENT_ID",
        not_by_machine=TAKES_ACCESS,
    ),
    refines="sqs_queue_policy_not_public",
)
def sqs_queue_policy_no_cross_account(queue: sqs.Queue) -> PolicyDocument | None:
    return queue.policy


@no_cross_account(
    title="SNS topic policies give access to no other AWS account",
    why=_MESSAGES,
    fix=Fix(
        terraform=topic_with_policy(_RESULTS),
        cli="aws sns remove-permission --topic-arn TOPIC_ARN --label STATEMENT_ID",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"checkov": "CKV_AWS_385"},
    refines="sns_topic_policy_not_public",
)
def sns_topic_policy_no_cross_account(topic: sns.Topic) -> PolicyDocument | None:
    return topic.policy
