"""TLS of queues, told to Terraform and to AWS. SQS encrypts a new queue, and takes HTTPS alone for an encrypted one."""

from __future__ import annotations

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.sqs.test_controls import OPEN, TLS, policy, queue, written

test_tls = cases(
    Case(TLS, "no policy", FAIL, queue(), says="no policy", severity=LOW),
    Case(TLS, "denies all plain HTTP", PASS, policy()),
    Case(TLS, "denies sending and receiving", PASS, policy(Action=["sqs:SendMessage", "sqs:ReceiveMessage"])),
    Case(TLS, "denies every action on everything", PASS, policy(Action="*", Resource="*")),
    Case(TLS, "denies sending only", FAIL, policy(Action="sqs:SendMessage"), severity=LOW),
    Case(TLS, "spares other callers", FAIL, policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), severity=LOW),
    Case(TLS, "another queue's name", FAIL, policy(Resource=f"arn:aws:sqs:us-east-1:{ACCOUNT}:other"), severity=LOW),
    Case(TLS, "denies TLS instead", FAIL, policy(Condition={"Bool": {"aws:SecureTransport": "true"}}), severity=LOW),
    Case(TLS, "names the queue by reference", PASS, written("aws_sqs_queue.phi.arn", "")),
    Case(
        TLS,
        "names another queue by reference",
        FAIL,
        written("aws_sqs_queue.o.arn", data='resource "aws_sqs_queue" "o" {}'),
        severity=LOW,
    ),
    Case(
        TLS,
        "puts its ARN together from an account that is looked up",
        PASS,
        written(
            '"arn:aws:sqs:us-east-1:${data.aws_caller_identity.me.account_id}:phi-messages"',
            data='data "aws_caller_identity" "me" {}',
        ),
    ),
    Case(TLS, "puts its ARN together from its name", PASS, written('"arn:aws:sqs:*:*:${aws_sqs_queue.phi.name}"', "")),
    Case(
        TLS,
        "an ARN with another queue's name",
        FAIL,
        written(f'"arn:aws:sqs:us-east-1:{ACCOUNT}:phi-message"'),
        severity=LOW,
    ),
    Case(TLS, "an ARN with a name that is not known", UNKNOWN, written('"arn:aws:sqs:*:*:${var.open}"', data=OPEN)),
)

OFF = {"lines": "sqs_managed_sse_enabled = false", "SqsManagedSseEnabled": "false"}
BY_KEY = {
    "lines": "kms_master_key_id = aws_kms_key.k.id",
    "more": 'resource "aws_kms_key" "k" {}',
    "KmsMasterKeyId": "own",
}
NOT_SAYING = 'resource "awscc_sqs_queue" "phi" {}'
test_encryption = cases(
    Case(TLS, "not encrypted, and no policy", FAIL, queue(**OFF), says="so SQS answers plain HTTP"),
    Case(TLS, "encrypted with a key, and no policy", FAIL, queue(**BY_KEY), says="only its encryption", severity=LOW),
    Case(
        TLS, "perhaps encrypted, and no policy", FAIL, queue("sqs_managed_sse_enabled = var.open", OPEN).in_terraform()
    ),
    Case(TLS, "of awscc, encrypted by default", FAIL, NOT_SAYING, says="only its encryption", severity=LOW),
)
