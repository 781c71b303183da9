"""Every kind with a resource policy, with one statement in the policy, told to both sides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hipaa_guard.testing import ACCOUNT, Aws, Told, answered

PROVIDER = f'provider "aws" {{\n  allowed_account_ids = ["{ACCOUNT}"]\n}}\n'
Statement = Mapping[str, Any]


class Place(NamedTuple):
    """A kind, the action that reads what it holds, and how it gets a policy."""

    action: str
    resource: str
    terraform: str
    """With POLICY for the policy."""
    make: Callable[[Aws, str], object]
    answers: Callable[[Any, str], None] = lambda *_: None
    """What the account answers besides, where what is made there has no name of its own."""


def _s3(aws: Aws, policy: str) -> None:
    aws.s3.create_bucket(Bucket="phi-records")
    aws.s3.put_bucket_policy(Bucket="phi-records", Policy=policy)


def _dynamodb(aws: Aws, policy: str) -> None:
    key = {"AttributeName": "id", "AttributeType": "S"}
    arn = aws.dynamodb.create_table(
        TableName="phi-records", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[key],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]  # fmt: skip
    aws.dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)


def _efs(aws: Aws, policy: str) -> None:
    system = aws.efs.create_file_system(CreationToken="phi", Tags=[{"Key": "Name", "Value": "phi"}])
    aws.efs.put_file_system_policy(FileSystemId=system["FileSystemId"], Policy=policy)


def _kms(session: Any, policy: str) -> None:
    key = {"KeyId": "phi-11111111-2222", "KeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/phi-11111111-2222"}
    answered(session, "kms", "ListKeys", {"Keys": [key]})
    answered(session, "kms", "DescribeKey", {"KeyMetadata": {"KeyId": key["KeyId"], "KeyManager": "CUSTOMER"}})
    answered(session, "kms", "GetKeyPolicy", {"Policy": policy})
    answered(session, "kms", "ListGrants", {"Grants": []})


PLACES: dict[str, Place] = {
    "s3_bucket_no_cross_account_policy": Place(
        "s3:GetObject",
        "arn:aws:s3:::phi-records/*",
        'resource "aws_s3_bucket" "phi" {\n  bucket = "phi-records"\n}\n'
        'resource "aws_s3_bucket_policy" "p" {\n  bucket = aws_s3_bucket.phi.id\n  policy = POLICY\n}\n',
        _s3,
    ),
    "sqs_queue_policy_no_cross_account": Place(
        "sqs:ReceiveMessage",
        "*",
        'resource "aws_sqs_queue" "phi" {\n  name = "phi"\n  policy = POLICY\n}\n',
        lambda aws, policy: aws.sqs.create_queue(QueueName="phi", Attributes={"Policy": policy}),
    ),
    "sns_topic_policy_no_cross_account": Place(
        "sns:Subscribe",
        "*",
        'resource "aws_sns_topic" "phi" {\n  name = "phi"\n  policy = POLICY\n}\n',
        lambda aws, policy: aws.sns.create_topic(Name="phi", Attributes={"Policy": policy}),
    ),
    "dynamodb_no_cross_account_policy": Place(
        "dynamodb:GetItem",
        "*",
        'resource "aws_dynamodb_table" "phi" {\n  name = "phi-records"\n}\nresource "aws_dynamodb_resource_policy" "p" {\n'
        "  resource_arn = aws_dynamodb_table.phi.arn\n  policy = POLICY\n}\n",
        _dynamodb,
    ),
    "kms_key_policy_no_cross_account": Place(
        "kms:Decrypt",
        "*",
        'resource "aws_kms_key" "phi" {\n  policy = POLICY\n}\n',
        lambda *_: None,
        _kms,
    ),
    "secret_policy_no_cross_account": Place(
        "secretsmanager:GetSecretValue",
        "*",
        'resource "aws_secretsmanager_secret" "phi" {\n  name = "phi"\n}\nresource "aws_secretsmanager_secret_policy" "p" {\n'
        "  secret_arn = aws_secretsmanager_secret.phi.arn\n  policy = POLICY\n}\n",
        lambda aws, policy: aws.secretsmanager.put_resource_policy(
            SecretId=aws.secretsmanager.create_secret(Name="phi", SecretString="x")["ARN"], ResourcePolicy=policy
        ),
    ),
    "efs_policy_no_cross_account": Place(
        "elasticfilesystem:ReplicationRead",  # an action for which EFS enforces every key
        "*",
        'resource "aws_efs_file_system" "phi" {\n}\nresource "aws_efs_file_system_policy" "p" {\n'
        "  file_system_id = aws_efs_file_system.phi.id\n  policy = POLICY\n}\n",
        _efs,
    ),
    "log_group_no_cross_account": Place(
        "logs:GetLogEvents",
        "*",
        'resource "aws_cloudwatch_log_resource_policy" "phi" {\n  policy_name = "phi"\n  policy_document = POLICY\n}\n',
        lambda aws, policy: aws.logs.put_resource_policy(policyName="phi", policyDocument=policy),
    ),
}


def _destination(aws: Aws, policy: str) -> None:
    role, stream = (f"arn:aws:{each}" for each in (f"iam::{ACCOUNT}:role/r", f"kinesis:us-east-1:{ACCOUNT}:stream/s"))
    aws.logs.put_destination(destinationName="phi", targetArn=stream, roleArn=role)
    aws.logs.put_destination_policy(destinationName="phi", accessPolicy=policy)


DESTINATION = Place(
    "logs:PutSubscriptionFilter",
    "*",
    'resource "aws_cloudwatch_log_destination" "phi" {\n  name = "phi"\n  target_arn = "arn:aws:kinesis:us-east-1:'
    f'{ACCOUNT}:stream/s"\n  role_arn = "arn:aws:iam::{ACCOUNT}:role/r"\n}}\n'
    'resource "aws_cloudwatch_log_destination_policy" "p" {\n  destination_name = aws_cloudwatch_log_destination.phi.name\n'
    "  access_policy = POLICY\n}\n",
    _destination,
)
"""A kind derived from that of `log_group_no_cross_account`."""


def with_statements(control: str, *statements: Statement, place: Place | None = None) -> Told:
    """The kind of a control, whose policy has these statements; they read what it holds unless they say otherwise."""
    place = place or PLACES[control]
    whole = [
        {"Effect": "Allow", "Action": place.action, "Resource": place.resource} | dict(each) for each in statements
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": whole})
    return Told(
        terraform=PROVIDER + place.terraform.replace("POLICY", json.dumps(policy).replace("${", "$${")),
        aws=lambda aws: place.make(aws, policy),
        answers=lambda session: place.answers(session, policy),
    )
