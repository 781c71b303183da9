"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_QUEUE = policy("*", "sqs:SendMessage")

TWINS = [
    Twin("a queue that says nothing", resource("aws_sqs_queue", ""), resource("awscc_sqs_queue", ""), PASS),
    Twin(
        "a queue with a key of one's own, and another for dead letters",
        KEYS
        + resource("aws_sqs_queue", "", "dead")
        + resource(
            "aws_sqs_queue",
            """kms_master_key_id = aws_kms_key.own.id
            redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })""",
        ),
        KEYS
        + resource("awscc_sqs_queue", "", "dead")
        + resource(
            "awscc_sqs_queue",
            """kms_master_key_id = awscc_kms_key.own.id
            redrive_policy = jsonencode({ deadLetterTargetArn = awscc_sqs_queue.dead.arn, maxReceiveCount = 4 })""",
        ),
        PASS,
    ),
    Twin(
        "a queue for everyone, in the clear",
        resource("aws_sqs_queue", "sqs_managed_sse_enabled = false")
        + resource("aws_sqs_queue_policy", f"queue_url = aws_sqs_queue.phi.id\npolicy = {OPEN_QUEUE}"),
        resource("awscc_sqs_queue", "sqs_managed_sse_enabled = false")
        + resource(
            "awscc_sqs_queue_inline_policy", f"queue = awscc_sqs_queue.phi.queue_url\npolicy_document = {OPEN_QUEUE}"
        ),
        FAIL,
    ),
    Twin(
        "a queue of which nothing is known",
        VARIABLE
        + resource("aws_sqs_queue", "sqs_managed_sse_enabled = var.open\nredrive_policy = var.open")
        + resource("aws_sqs_queue_policy", "queue_url = aws_sqs_queue.phi.id\npolicy = var.open"),
        VARIABLE
        + resource("awscc_sqs_queue", "sqs_managed_sse_enabled = var.open\nredrive_policy = var.open")
        + resource(
            "awscc_sqs_queue_inline_policy", "queue = awscc_sqs_queue.phi.queue_url\npolicy_document = var.open"
        ),
        UNKNOWN,
    ),
]
