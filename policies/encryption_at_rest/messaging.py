"""Messaging: ePHI in stored messages is unreadable without its key."""

from hipaa_guard.authoring import MEDIUM, Fix, Verdict, failed
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.judging.customer_keys import customer_managed_key
from hipaa_guard.judging.encryption import With, encrypted_at_rest, encrypted_with_kms
from hipaa_guard.judging.fix_parts import key_for_senders
from hipaa_guard.services import sns, sqs

_SENDERS = (
    "Name in the key's policy the services that send messages, and give roles that do kms:GenerateDataKey and "
    "kms:Decrypt: without them messages are lost. EventBridge (events.amazonaws.com) needs a statement without a "
    "condition. The key costs money."
)


def _with_key(terraform: str, cli: str) -> Fix:
    return Fix(terraform=terraform, cli=cli, note=_SENDERS, not_by_machine=NEEDS_A_KEY, consequences=("cuts_access",))


_QUEUE = _with_key(
    key_for_senders("aws_sqs_queue", "s3.amazonaws.com", "sns.amazonaws.com"),
    "aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes KmsMasterKeyId=KEY_ARN",
)
_TOPIC = _with_key(
    key_for_senders("aws_sns_topic", "cloudwatch.amazonaws.com", "s3.amazonaws.com"),
    "aws sns set-topic-attributes --topic-arn TOPIC_ARN --attribute-name KmsMasterKeyId --attribute-value KEY_ARN",
)


@encrypted_at_rest(
    title="SQS queues encrypt messages",
    severity=MEDIUM,
    why="Messages with ePHI lie in the queue for up to 14 days: with encryption turned off only the disks of SQS are "
    "encrypted, and nothing proves it of the queue.",
    encrypts="messages",
    fix=Fix(
        sets="aws_sqs_queue.sqs_managed_sse_enabled = true",
        cli="aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes SqsManagedSseEnabled=true",
        note="SQS then takes only requests over HTTPS that are signed: whoever sends without a signature is refused.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "sqs_queues_server_side_encryption_enabled",
        "checkov": "CKV_AWS_27",
        "trivy": "AVD-AWS-0096",
    },
)
def sqs_queue_encrypted_at_rest(queue: sqs.Queue) -> With | Verdict:
    if queue.key is not None:
        return With("a KMS key")
    if queue.sqs_managed_encryption:
        return With("keys that SQS owns (SSE-SQS)")
    return failed("does not encrypt messages: it has no KMS key, and SSE-SQS is off")


@encrypted_with_kms(
    title="SNS topics are encrypted with a KMS key",
    why="SNS stores each message until it is delivered, and without a KMS key encrypts its disks alone: no permission of "
    "its own is then asked before ePHI is read.",
    fix=_TOPIC,
    peers={
        "prowler": "sns_topics_kms_encryption_at_rest_enabled",
        "aws_config": "sns-encrypted-kms",
        "powerpipe": "sns_topic_encrypted_at_rest",
        "cdk_nag": "HIPAA.Security-SNSEncryptedKMS",
        "checkov": "CKV_AWS_26",
        "trivy": "AVD-AWS-0095",
    },
)
def sns_topic_encrypted_at_rest(topic: sns.Topic) -> bool:
    return topic.key is not None


@customer_managed_key(
    title="SQS queues encrypt messages with a key that the customer manages",
    encrypts="messages",
    fix=_QUEUE,
    peers={"checkov": "CKV2_AWS_73", "trivy": "AVD-AWS-0135"},
    refines="sqs_queue_encrypted_at_rest",
    advisory=OWN_KEY,
)
def sqs_queue_encrypted_with_cmk(queue: sqs.Queue) -> str | None:
    return queue.key


@customer_managed_key(
    title="SNS topics encrypt messages with a key that the customer manages",
    encrypts="messages",
    fix=_TOPIC,
    peers={"trivy": "AVD-AWS-0136"},
    refines="sns_topic_encrypted_at_rest",
    advisory=OWN_KEY,
)
def sns_topic_encrypted_with_cmk(topic: sns.Topic) -> str | None:
    return topic.key
