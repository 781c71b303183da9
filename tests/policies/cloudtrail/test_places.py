"""The controls on where trails deliver, and on their digests and keys, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.cloudtrail.states import (
    BUCKET_LOGS,
    BUCKET_PUBLIC,
    KEY,
    TO_LOGS,
    VALIDATION,
    create,
    hcl,
    switched_off,
    trail,
    undelivered,
)
from tests.policies.cloudtrail.test_events import basic


def to_log_group(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="trail")
    role = aws.iam.create_role(RoleName="trail", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
    create(aws, "phi", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)


TO_GROUP = Told(
    'resource "aws_cloudwatch_log_group" "trail" {}\n'
    + hcl("phi", 'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"'),
    to_log_group,
)


def with_key(aws: Aws) -> None:
    create(aws, "phi", KmsKeyId=aws.kms.create_key()["KeyMetadata"]["Arn"])


test_log_group_key_validation = cases(
    Case(TO_LOGS, "none", FAIL, trail()),
    Case(
        TO_LOGS,
        "a log group",
        PASS,
        TO_GROUP,
    ),
    Case(TO_LOGS, "a log group, and the trail is switched off", FAIL, switched_off(TO_GROUP), says="switched off"),
    Case(
        TO_LOGS,
        "a log group that refuses",
        FAIL,
        undelivered(TO_GROUP, LatestCloudWatchLogsDeliveryError="AccessDenied"),
        says="CloudWatch Logs answered AccessDenied",
    ),
    Case(TO_LOGS, "null", FAIL, terraform=hcl("phi", "cloud_watch_logs_group_arn = null")),
    Case(KEY, "none", FAIL, trail()),
    Case(
        KEY,
        "a key",
        PASS,
        terraform='resource "aws_kms_key" "k" {}\n' + hcl("phi", "kms_key_id = aws_kms_key.k.arn"),
        aws=with_key,
    ),
    Case(VALIDATION, "off is the default", FAIL, trail()),
    Case(VALIDATION, "on", PASS, trail(enable_log_file_validation=True)),
    Case(
        VALIDATION,
        "on, but the digests do not arrive",
        FAIL,
        undelivered(trail(enable_log_file_validation=True), LatestDigestDeliveryError="AccessDenied"),
        says="AccessDenied",
    ),
    Case(
        VALIDATION,
        "on, but the trail is switched off",
        FAIL,
        switched_off(trail(enable_log_file_validation=True)),
        says="is switched off",
    ),
    Case(VALIDATION, "off, said aloud", FAIL, trail(enable_log_file_validation=False)),
)

FILES = 'resource "aws_s3_bucket" "files" { bucket = "trail-files" }\n'


def _into_files(trail: str) -> str:
    return trail.replace('"trail-files"', "aws_s3_bucket.files.id")


OWN = FILES + _into_files(hcl("phi"))
BLOCK = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.files.id
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"""
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::trail-files/*"}
        ],
    }
)
OPEN_POLICY = (
    f'resource "aws_s3_bucket_policy" "p" {{\nbucket = aws_s3_bucket.files.id\npolicy = {json.dumps(OPEN)}\n}}\n'
)
OPEN_ACL = 'resource "aws_s3_bucket_acl" "a" {\nbucket = aws_s3_bucket.files.id\nacl = "public-read"\n}\n'


def then(*steps: Callable[[Any], object]) -> Callable[[Aws], None]:
    def seed(aws: Aws) -> None:
        create(aws, "phi")
        for step in steps:
            step(aws.s3)

    return seed


def opened(s3: Any) -> object:
    return s3.put_bucket_policy(Bucket="trail-files", Policy=OPEN)


def opened_by_acl(s3: Any) -> object:
    return s3.put_bucket_acl(Bucket="trail-files", ACL="public-read")


def blocked(s3: Any) -> object:
    switches = {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}
    return s3.put_public_access_block(Bucket="trail-files", PublicAccessBlockConfiguration=switches)


def logged(s3: Any) -> None:
    s3.create_bucket(Bucket="access-logs")
    write = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::access-logs/*",
    }
    s3.put_bucket_policy(Bucket="access-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [write]}))
    s3.put_bucket_logging(
        Bucket="trail-files",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "access-logs", "TargetPrefix": "trail/"}},
    )


def without_bucket(aws: Aws) -> None:
    create(aws, "phi")
    aws.s3.delete_bucket(Bucket="trail-files")


TARGET = 'resource "aws_s3_bucket_logging" "l" {\nbucket = aws_s3_bucket.files.id\ntarget_bucket = "logs"\ntarget_prefix = ""\n}\n'


def takes_logs_of(writer: str) -> Told:
    """The trail ``phi``, into a bucket that lets a service write its own logs too."""
    write = {
        "Effect": "Allow",
        "Principal": {"Service": writer},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::trail-files/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [write]})
    lines = f"bucket = aws_s3_bucket.files.id\npolicy = {json.dumps(policy)}"
    return Told(
        OWN + f'resource "aws_s3_bucket_policy" "p" {{\n{lines}\n}}\n',
        then(lambda s3: s3.put_bucket_policy(Bucket="trail-files", Policy=policy)),
    )


def recorded(kinds: str) -> Told:
    """The trail ``phi`` of all regions, with events of these kinds for the objects of all buckets."""
    made = basic(kinds, values=["arn:aws:s3"])
    return Told(FILES + _into_files(made.text), made.aws)


test_bucket = cases(
    Case(BUCKET_PUBLIC, "private", PASS, terraform=OWN, aws=then()),
    Case(BUCKET_PUBLIC, "everyone may read, says the policy", FAIL, terraform=OWN + OPEN_POLICY, aws=then(opened)),
    Case(
        BUCKET_PUBLIC,
        "the block overrules the policy",
        PASS,
        terraform=OWN + OPEN_POLICY + BLOCK,
        aws=then(opened, blocked),
    ),
    Case(BUCKET_PUBLIC, "everyone may read, says the ACL", FAIL, terraform=OWN + OPEN_ACL, aws=then(opened_by_acl)),
    Case(
        BUCKET_PUBLIC,
        "the block overrules the ACL",
        PASS,
        terraform=OWN + OPEN_ACL + BLOCK,
        aws=then(opened_by_acl, blocked),
    ),
    Case(BUCKET_PUBLIC, "the bucket is declared elsewhere", UNKNOWN, terraform=hcl("phi")),
    Case(BUCKET_PUBLIC, "the bucket is in another account", UNKNOWN, aws=without_bucket, says="not in this account"),
    Case(BUCKET_LOGS, "none", FAIL, terraform=OWN, aws=then()),
    Case(BUCKET_LOGS, "delivered", PASS, terraform=OWN + TARGET, aws=then(logged)),
    *(
        Case(BUCKET_LOGS, f"none, where {writer} writes other logs", FAIL, takes_logs_of(writer))
        for writer in ("logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com")
    ),
    Case(BUCKET_LOGS, "none, and the trail tells reads and writes of all objects", NOT_APPLICABLE, recorded("All")),
    Case(BUCKET_LOGS, "none, and the trail tells writes of all objects", FAIL, recorded("WriteOnly")),
    Case(BUCKET_LOGS, "the bucket is declared elsewhere", UNKNOWN, terraform=hcl("phi")),
    Case(BUCKET_LOGS, "the bucket is in another account", UNKNOWN, aws=without_bucket),
)
