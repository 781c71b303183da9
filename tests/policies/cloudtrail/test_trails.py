"""The controls on CloudTrail, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases

# What the arguments of Terraform are called by CreateTrail.
from tests.policies.cloudtrail.states import (
    ACCOUNT,
    BUCKET_LOGS,
    BUCKET_PUBLIC,
    ERRORS,
    GLOBAL,
    KEY,
    LOGGING,
    REGIONS,
    TO_LOGS,
    VALIDATION,
    beside,
    create,
    hcl,
    stopped,
    trail,
)

test_logging = cases(
    Case(LOGGING, "is logging unless told otherwise", PASS, trail()),
    Case(LOGGING, "switched off", FAIL, terraform=hcl("phi", "enable_logging = false"), aws=stopped),
    Case(ERRORS, "none", PASS, trail().in_aws()),
    Case(
        ERRORS,
        "the bucket refuses",
        FAIL,
        trail().in_aws(),
        answers=lambda session: answered(
            session, "cloudtrail", "GetTrailStatus", {"IsLogging": True, "LatestDeliveryError": "AccessDenied"}
        ),
        says="AccessDenied",
    ),
)

test_regions = cases(
    Case(REGIONS, "one region is the default", FAIL, trail()),
    Case(REGIONS, "all regions", PASS, trail(is_multi_region_trail=True)),
    Case(REGIONS, "one region, said aloud", FAIL, trail(is_multi_region_trail=False)),
    Case(REGIONS, "another trail records all regions", NOT_APPLICABLE, beside({"is_multi_region_trail": True})),
    Case(REGIONS, "another trail records one region too", FAIL, beside({})),
    Case(
        REGIONS,
        "another trail would record all regions, but is switched off",
        FAIL,
        terraform=hcl("other", "is_multi_region_trail = true", "enable_logging = false") + hcl("phi"),
    ),
    Case(
        REGIONS,
        "whether the other trail is logging may not be read",
        UNKNOWN,
        beside({"is_multi_region_trail": True}).in_aws(),
        denied="cloudtrail:GetTrailStatus",
    ),
    Case(GLOBAL, "is the default", PASS, trail()),
    Case(GLOBAL, "left out", FAIL, trail(include_global_service_events=False)),
    Case(
        GLOBAL,
        "left to another trail",
        NOT_APPLICABLE,
        beside({"include_global_service_events": True}, include_global_service_events=False),
    ),
)


def multi_region(**arguments: Any) -> Callable[[Aws], None]:
    return lambda aws: create(aws, "phi", IsMultiRegionTrail=True, **arguments)


def reads_only(aws: Aws) -> None:
    multi_region()(aws)
    aws.cloudtrail.put_event_selectors(TrailName="phi", EventSelectors=[{"ReadWriteType": "ReadOnly"}])


def of_the_organization(session: Any) -> None:
    """What a member account is shown of the trail of its organization."""
    shown = {
        "Name": "organization",
        "S3BucketName": "archive",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization",
        "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
    }
    answered(session, "cloudtrail", "DescribeTrails", {"trailList": [shown]})
    answered(session, "cloudtrail", "GetTrailStatus", {"IsLogging": True})
    answered(session, "cloudtrail", "GetEventSelectors", {"EventSelectors": [{"ReadWriteType": "All"}]})


def home_elsewhere(session: Any) -> None:
    """A trail whose home is a region that was not read."""
    shown = {
        "Name": "west",
        "TrailARN": "arn:aws:cloudtrail:us-west-2:123456789012:trail/west",
        "HomeRegion": "us-west-2",
        "IsMultiRegionTrail": True,
    }
    answered(session, "cloudtrail", "DescribeTrails", {"trailList": [shown]})


def beside_the_organization(session: Any) -> None:
    """A trail for one region in a member account. Its own trails are asked for apart from those it is shown."""
    own = {
        "Name": "phi",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/phi",
        "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": False,
        "IncludeGlobalServiceEvents": False,
    }

    class Http:
        status_code = 200

    def reply(params: dict[str, Any], **_: Any) -> Any:
        if json.loads(params["body"])["includeShadowTrails"]:
            return None
        return Http(), {"ResponseMetadata": {"HTTPStatusCode": 200}, "trailList": [own]}

    session.events.register_first("before-call.cloudtrail.DescribeTrails", reply)
    of_the_organization(session)


test_in_an_organization = cases(
    Case(
        REGIONS,
        "the organization records all regions",
        NOT_APPLICABLE,
        aws=lambda _: None,
        answers=beside_the_organization,
    ),
    Case(GLOBAL, "the organization records them", NOT_APPLICABLE, aws=lambda _: None, answers=beside_the_organization),
)

test_account = cases(
    Case(ACCOUNT, "no trail", FAIL, aws=lambda _: None, says="no trail"),
    Case(ACCOUNT, "a trail for all regions", PASS, aws=multi_region()),
    Case(ACCOUNT, "a trail for one region", FAIL, trail().in_aws()),
    Case(ACCOUNT, "a trail that is switched off", FAIL, aws=multi_region(logging=False)),
    Case(ACCOUNT, "a trail of reads", FAIL, aws=reads_only),
    Case(ACCOUNT, "the trail of the organization", PASS, aws=lambda _: None, answers=of_the_organization),
    Case(ACCOUNT, "a trail at home in a region that was not read", UNKNOWN, aws=lambda _: None, answers=home_elsewhere),
    Case(ACCOUNT, "trails may only be listed one by one", PASS, aws=multi_region(), denied="cloudtrail:DescribeTrails"),
)


def to_log_group(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="trail")
    role = aws.iam.create_role(RoleName="trail", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
    create(aws, "phi", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)


def with_key(aws: Aws) -> None:
    create(aws, "phi", KmsKeyId=aws.kms.create_key()["KeyMetadata"]["Arn"])


test_log_group_key_validation = cases(
    Case(TO_LOGS, "none", FAIL, trail()),
    Case(
        TO_LOGS,
        "a log group",
        PASS,
        terraform='resource "aws_cloudwatch_log_group" "trail" {}\n'
        + hcl("phi", 'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"'),
        aws=to_log_group,
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
    Case(VALIDATION, "off, said aloud", FAIL, trail(enable_log_file_validation=False)),
)

OWN = 'resource "aws_s3_bucket" "files" { bucket = "trail-files" }\n' + hcl("phi").replace(
    '"trail-files"', "aws_s3_bucket.files.id"
)
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
    Case(BUCKET_LOGS, "the bucket is declared elsewhere", UNKNOWN, terraform=hcl("phi")),
    Case(BUCKET_LOGS, "the bucket is in another account", UNKNOWN, aws=without_bucket),
)
