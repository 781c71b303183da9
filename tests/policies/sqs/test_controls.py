"""The controls on SQS, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases

ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:phi-messages"
OPEN = '\nvariable "open" {}'
KEY = '\nresource "aws_kms_key" "k" {}'


def queue(lines: str = "", more: str = "", **attributes: str) -> Told:
    """A queue with some arguments, told to both sides; ``own`` stands for a KMS key of the account."""

    def seed(aws: Aws) -> None:
        told = {k: aws.kms.create_key()["KeyMetadata"]["Arn"] if v == "own" else v for k, v in attributes.items()}
        aws.sqs.create_queue(QueueName="phi-messages", Attributes=told)

    return Told(terraform=f'resource "aws_sqs_queue" "phi" {{\n name = "phi-messages"\n {lines}\n}}\n{more}', aws=seed)


def policy(**changes: Any) -> Told:
    """A queue whose policy denies plain HTTP, with changes."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": ARN,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v}]})
    attached = (
        f'resource "aws_sqs_queue_policy" "p" {{\n queue_url = aws_sqs_queue.phi.id\n policy = {json.dumps(text)}\n}}'
    )
    return queue(more=attached, Policy=text)


def allows(**changes: Any) -> Told:
    return policy(**{"Effect": "Allow", "Action": "sqs:SendMessage", "Condition": None} | changes)


def written(resource: str, name: str = 'name = "phi-messages"', data: str = "") -> Told:
    """A policy in source that denies plain HTTP to a resource written as an expression."""
    return Told(
        terraform=f"""
        resource "aws_sqs_queue" "phi" {{
          {name}
        }}
        {data}
        resource "aws_sqs_queue_policy" "p" {{
          queue_url = aws_sqs_queue.phi.url
          policy = jsonencode({{
            Statement = [{{
              Effect    = "Deny"
              Principal = "*"
              Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
              Resource  = {resource}
              Condition = {{ Bool = {{ "aws:SecureTransport" = "false" }} }}
            }}]
          }})
        }}"""
    )


ENCRYPTED, CMK = "sqs_queue_encrypted_at_rest", "sqs_queue_encrypted_with_cmk"
PUBLIC, TLS = "sqs_queue_policy_not_public", "sqs_queue_tls_required"
FOREIGN, DEAD = "sqs_queue_policy_no_cross_account", "sqs_queue_has_dead_letter_queue"
MANAGED = "alias/aws/sqs"
DENIED = "sqs:GetQueueAttributes"

test_encryption = cases(
    Case(ENCRYPTED, "the default of SQS", PASS, queue(), says="SSE-SQS"),
    Case(ENCRYPTED, "turned off", FAIL, queue("sqs_managed_sse_enabled = false", SqsManagedSseEnabled="false")),
    Case(ENCRYPTED, "null, which is left out", PASS, queue("sqs_managed_sse_enabled = null").in_terraform()),
    Case(
        ENCRYPTED,
        "turned off for a KMS key",
        PASS,
        queue(
            f'sqs_managed_sse_enabled = false\n kms_master_key_id = "{MANAGED}"',
            SqsManagedSseEnabled="false",
            KmsMasterKeyId=MANAGED,
        ),
        says="KMS",
    ),
    Case(
        ENCRYPTED,
        "turned off, and an empty text for a key",
        FAIL,
        queue('sqs_managed_sse_enabled = false\n kms_master_key_id = ""').in_terraform(),
    ),
    Case(ENCRYPTED, "may not be read", UNKNOWN, queue().in_aws(), denied=DENIED, says=DENIED),
    Case(CMK, "the default of SQS", FAIL, queue()),
    Case(CMK, "the AWS managed key", FAIL, queue(f'kms_master_key_id = "{MANAGED}"', KmsMasterKeyId=MANAGED)),
    Case(CMK, "a key of one's own", PASS, queue("kms_master_key_id = aws_kms_key.k.arn", KEY, KmsMasterKeyId="own")),
)

EVERYONE_SAYING_WHO = allows(Condition={"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:results"}})
OWN = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
OTHER = {"AWS": "arn:aws:iam::999988887777:root"}

test_access = cases(
    Case(PUBLIC, "no policy", PASS, queue()),
    Case(PUBLIC, "everyone may send", FAIL, allows()),
    Case(
        PUBLIC,
        "everyone, inside the queue's own block",
        FAIL,
        queue("""policy = jsonencode({
        Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "sqs:*", Resource = "*" }] })""").in_terraform(),
    ),
    Case(PUBLIC, "one topic may send", PASS, EVERYONE_SAYING_WHO),
    Case(PUBLIC, "one role may send", PASS, allows(Principal=OWN)),
    Case(PUBLIC, "denies everyone", PASS, policy()),
    Case(FOREIGN, "no policy", PASS, queue()),
    Case(FOREIGN, "a role of the account itself", PASS, allows(Principal=OWN).in_aws()),
    Case(FOREIGN, "another account", FAIL, allows(Principal=OTHER).in_aws(), says="999988887777"),
    Case(FOREIGN, "everyone", FAIL, allows()),
    Case(FOREIGN, "a topic of the account itself", PASS, EVERYONE_SAYING_WHO.in_aws()),
    Case(FOREIGN, "a topic of an account that may be one's own", UNKNOWN, EVERYONE_SAYING_WHO.in_terraform()),
    Case(FOREIGN, "another account, where one's own is not known", UNKNOWN, allows(Principal=OTHER).in_terraform()),
    Case(
        FOREIGN,
        "everyone in another account, said by a condition",
        FAIL,
        allows(Condition={"StringEquals": {"aws:PrincipalAccount": "999988887777"}}).in_aws(),
        says="999988887777",
    ),
    Case(
        FOREIGN,
        "everyone in an organization",
        FAIL,
        allows(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        says="organization",
    ),
    Case(
        FOREIGN,
        "everyone behind an address, of whatever account",
        FAIL,
        allows(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.7/32"}}),
        says="calls from a network",
    ),
    Case(
        FOREIGN,
        "everyone in a VPC, of whatever account",
        FAIL,
        allows(Condition={"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}),
        says="calls from a network",
    ),
    Case(
        FOREIGN,
        "the account itself, behind an address",
        PASS,
        allows(
            Condition={
                "IpAddress": {"aws:SourceIp": "203.0.113.7/32"},
                "StringEquals": {"aws:PrincipalAccount": "123456789012"},
            }
        ).in_aws(),
    ),
)


def dead_letters(aws: Aws) -> None:
    url = aws.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    arn = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
    aws.sqs.create_queue(QueueName="phi-messages", Attributes={"RedrivePolicy": redrive})


def takes_dead_letters(aws: Aws) -> None:
    aws.sqs.create_queue(QueueName="phi-messages")
    redrive = json.dumps({"deadLetterTargetArn": ARN, "maxReceiveCount": 5})
    aws.sqs.create_queue(QueueName="other", Attributes={"RedrivePolicy": redrive})


DEAD_QUEUE = '\nresource "aws_sqs_queue" "dead" {}'
TARGET = "deadLetterTargetArn"


def source_of(target: str) -> str:
    return f"""
    resource "aws_sqs_queue" "other" {{
      redrive_policy = jsonencode({{ {TARGET} = {target}, maxReceiveCount = 5 }})
    }}"""


test_dead_letters = cases(
    Case(DEAD, "none", FAIL, queue()),
    Case(
        DEAD,
        "a dead-letter queue",
        PASS,
        queue(
            f"redrive_policy = jsonencode({{ {TARGET} = aws_sqs_queue.dead.arn, maxReceiveCount = 5 }})"
        ).in_terraform(DEAD_QUEUE),
        aws=dead_letters,
    ),
    Case(
        DEAD,
        "a dead-letter queue in a text with references",
        PASS,
        queue(
            f'redrive_policy = "{{\\"{TARGET}\\": \\"${{aws_sqs_queue.dead.arn}}\\", \\"maxReceiveCount\\": 5}}"'
        ).in_terraform(DEAD_QUEUE),
    ),
    Case(
        DEAD,
        "a dead-letter queue, and a count that is not known",
        PASS,
        queue(
            f'redrive_policy = "{{\\"{TARGET}\\":\\"{ARN}-dead\\",\\"maxReceiveCount\\":${{var.open}}}}"'
        ).in_terraform(OPEN),
    ),
    Case(
        DEAD,
        "a dead-letter queue by a resource of its own",
        PASS,
        queue().in_terraform(f"""
            resource "aws_sqs_queue_redrive_policy" "r" {{
              queue_url      = aws_sqs_queue.phi.id
              redrive_policy = jsonencode({{ {TARGET} = aws_sqs_queue.dead.arn, maxReceiveCount = 5 }})
            }}
            {DEAD_QUEUE}"""),
    ),
    Case(
        DEAD,
        "is the dead-letter queue of another",
        NOT_APPLICABLE,
        queue().in_terraform(source_of("aws_sqs_queue.phi.arn")),
        aws=takes_dead_letters,
    ),
    Case(
        DEAD,
        "is another's dead-letter queue by its ARN, or one of the same name elsewhere is",
        UNKNOWN,
        queue().in_terraform(source_of(f'"{ARN}"')),
    ),
    Case(
        DEAD, "a third queue is another's", FAIL, queue().in_terraform(source_of("aws_sqs_queue.dead.arn") + DEAD_QUEUE)
    ),
    Case(
        DEAD,
        "says from which queues it takes dead letters",
        NOT_APPLICABLE,
        queue(
            'redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [var.open] })'
        ).in_terraform(OPEN),
    ),
    Case(
        DEAD,
        "refuses dead letters",
        FAIL,
        queue('redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })').in_terraform(),
    ),
    Case(
        DEAD,
        "it is not known where another's dead letters go",
        UNKNOWN,
        queue().in_terraform(source_of("var.open") + OPEN),
    ),
)
