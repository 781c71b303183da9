"""Buckets that receive access logs, from the table of what delivers them, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hipaa_guard.facts.policies.principals import AWS
from hipaa_guard.judging.log_targets import LOG_SOURCES, LogSource
from hipaa_guard.services import elb, elbv2, s3
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases, resource
from tests.policies.s3.classic_balancers import classic
from tests.policies.s3.states import BUCKET, OPEN_VARIABLE, bucket, own

KMS, CUSTOMERS, LOGS, LOCK = (
    "s3_bucket_encrypted_with_kms",
    "s3_bucket_encrypted_with_cmk",
    "s3_bucket_access_logging_enabled",
    "s3_bucket_object_lock_enabled",
)
PHI, ELSEWHERE = "aws_s3_bucket.phi.id", '"elsewhere"'
BALANCERS = "elbv2:DescribeLoadBalancers"
BLOCKS = {
    "the access logs of application load balancers": ("access_logs", "application"),
    "the connection logs of application load balancers": ("connection_logs", "application"),
    "the health check logs of application load balancers": ("health_check_logs", "application"),
    "the access logs of load balancers": ("access_logs", "network"),
}
"""The logs of load balancers in the table: their block, which is also the beginning of their attributes, and a type."""


def balancer(type: str, block: str, target: str, *, enabled: bool = True) -> Told:
    """A load balancer that delivers logs to the bucket ``phi``, or to one elsewhere."""
    switch = json.dumps(enabled)
    declared = f'load_balancer_type = "{type}"\n{block} {{\n bucket = {target}\n enabled = {switch}\n}}'
    name = "phi-records" if target == PHI else "elsewhere"
    attributes = {f"{block}.s3.enabled": switch, f"{block}.s3.bucket": name}

    def seed(aws: Aws) -> None:
        subnets = [each["SubnetId"] for each in aws.ec2.describe_subnets()["Subnets"]][:2]
        aws.elbv2.create_load_balancer(Name="front", Subnets=subnets, Type=type)

    def answers(session: Any) -> None:
        told = [{"Key": key, "Value": value} for key, value in attributes.items()]
        answered(session, "elbv2", "DescribeLoadBalancerAttributes", {"Attributes": told})

    return Told(resource("aws_lb", declared, "front"), seed, answers)


def another_bucket(target: str) -> Told:
    """Another bucket that delivers its access logs."""
    name = "phi-records" if target == PHI else "elsewhere"

    def seed(aws: Aws) -> None:
        for made in {"another", name} - {"phi-records"}:
            aws.s3.create_bucket(Bucket=made)
        let_in(aws, name, "logging.s3.amazonaws.com")
        enabled = {"TargetBucket": name, "TargetPrefix": ""}
        aws.s3.put_bucket_logging(Bucket="another", BucketLoggingStatus={"LoggingEnabled": enabled})

    lines = f'bucket = aws_s3_bucket.another.id\ntarget_bucket = {target}\ntarget_prefix = ""'
    return Told(resource("aws_s3_bucket", "", "another") + resource("aws_s3_bucket_logging", lines, "l"), seed)


def document(principal: str, effect: str = "Allow", action: str = "s3:PutObject", name: str = "phi-records") -> str:
    statement = {
        "Effect": effect,
        "Principal": {"AWS" if principal.isdigit() else "Service": principal},
        "Action": action,
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def let_in(aws: Aws, name: str, principal: str) -> None:
    aws.s3.put_bucket_policy(Bucket=name, Policy=document(principal, name=name))


def with_policy(*words: str) -> Told:
    """The bucket with a policy for a service."""
    text = document(*words)
    lines = f"bucket = aws_s3_bucket.phi.id\npolicy = {json.dumps(text)}"
    return own() + Told(
        resource("aws_s3_bucket_policy", lines, "p"),
        lambda aws: aws.s3.put_bucket_policy(Bucket="phi-records", Policy=text),
    )


def delivering(source: LogSource, target: str) -> Told:
    """A resource of the table that delivers to a bucket."""
    if source.kind is s3.Bucket:
        return another_bucket(target)
    if source.kind is elb.ClassicLoadBalancer:
        return classic(target)
    block, type = BLOCKS[source.logs]
    return balancer(type, block, target)


def received(source: LogSource) -> Iterator[Case]:
    """The bucket receives the logs of one row of the table, or another one does."""
    asked = FAIL if source.under_kms else NOT_APPLICABLE
    told = own() + delivering(source, PHI)
    yield Case(KMS, f"receives {source.logs}", asked, told)
    yield Case(CUSTOMERS, f"receives {source.logs}", asked, told)
    yield Case(LOGS, f"receives {source.logs}", NOT_APPLICABLE, told, says="receives the ")
    yield Case(LOCK, f"receives {source.logs}", FAIL if source.into_locked else NOT_APPLICABLE, told)
    for control in (KMS, CUSTOMERS, LOGS, LOCK):
        yield Case(control, f"another receives {source.logs}", FAIL, own() + delivering(source, ELSEWHERE))
    for writer in ("127311923021" if each == AWS else each for each in source.writers):
        yield Case(KMS, f"lets {writer} write {source.logs}", NOT_APPLICABLE, with_policy(writer))
        yield Case(KMS, f"turns {writer} away from {source.logs}", FAIL, with_policy(writer, "Deny"))
        yield Case(
            KMS, f"lets {writer} only read the ACL for {source.logs}", FAIL, with_policy(writer, "Allow", "s3:Get*")
        )


test_received = cases(*(case for source in LOG_SOURCES for case in received(source)))

REDSHIFT = "redshift.amazonaws.com"
BY_ITS_ACCOUNT = """
data "aws_redshift_service_account" "here" {}
resource "aws_s3_bucket" "phi" {
  bucket = "phi-records"
}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.phi.id
  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = data.aws_redshift_service_account.here.arn }
      Action    = "s3:PutObject"
      Resource  = "arn:aws:s3:::phi-records/*"
    }]
  })
}
"""
test_audit_logs_of_redshift = cases(
    Case(KMS, "lets Redshift write", NOT_APPLICABLE, with_policy(REDSHIFT), says="the audit logs of Redshift"),
    Case(CUSTOMERS, "lets Redshift write", NOT_APPLICABLE, with_policy(REDSHIFT)),
    Case(KMS, "lets the account of Redshift write", NOT_APPLICABLE, BY_ITS_ACCOUNT),
    Case(KMS, "turns Redshift away", FAIL, with_policy(REDSHIFT, "Deny")),
    Case(KMS, "lets Redshift only read", FAIL, with_policy(REDSHIFT, "Allow", "s3:Get*")),
    Case(LOGS, "lets Redshift write, which does not stand for a record", FAIL, with_policy(REDSHIFT)),
)


def locked_target(*, lock: bool) -> Told:
    """The bucket, which delivers its access logs to another one, with or without Object Lock."""

    def seed(aws: Aws) -> None:
        aws.s3.create_bucket(Bucket="kept", ObjectLockEnabledForBucket=lock)
        let_in(aws, "kept", "logging.s3.amazonaws.com")
        enabled = {"TargetBucket": "kept", "TargetPrefix": ""}
        aws.s3.put_bucket_logging(Bucket="phi-records", BucketLoggingStatus={"LoggingEnabled": enabled})

    lines = f'bucket = {PHI}\ntarget_bucket = aws_s3_bucket.kept.id\ntarget_prefix = ""'
    kept = resource("aws_s3_bucket", f'bucket = "kept"\nobject_lock_enabled = {json.dumps(lock)}', "kept")
    receives = json.dumps(document("logging.s3.amazonaws.com", name="kept"))
    kept += resource("aws_s3_bucket_policy", f"bucket = aws_s3_bucket.kept.id\npolicy = {receives}", "kept")
    return own() + Told(kept + resource("aws_s3_bucket_logging", lines, "l"), seed)


test_locked_targets = cases(
    Case(LOGS, "the target has Object Lock", FAIL, locked_target(lock=True), says="has Object Lock on"),
    Case(LOGS, "the target has no Object Lock", PASS, locked_target(lock=False)),
    Case(
        LOGS,
        "it is not known whether the target has Object Lock",
        UNKNOWN,
        OPEN_VARIABLE
        + locked_target(lock=True).text.replace("object_lock_enabled = true", "object_lock_enabled = var.open"),
    ),
)


def test_every_row_of_the_table_has_a_state() -> None:
    assert {source.logs for source in LOG_SOURCES if source.kind is elbv2.LoadBalancer} == set(BLOCKS)
    assert {source.kind for source in LOG_SOURCES} == {s3.Bucket, elb.ClassicLoadBalancer, elbv2.LoadBalancer}


UNDER_KMS = """
resource "aws_s3_bucket_server_side_encryption_configuration" "e" {
  bucket = aws_s3_bucket.phi.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "aws:kms" }
  }
}
"""


def looked_up(service: str) -> str:
    """The bucket, which lets an account of AWS write that a data source looks up."""
    statement = (
        '{ Effect = "Allow", Principal = { AWS = data.SERVICE_service_account.a.arn }, Action = "s3:PutObject", '
        'Resource = "arn:aws:s3:::phi-records/*" }'
    ).replace("SERVICE", service)
    lines = (
        f'bucket = aws_s3_bucket.phi.id\npolicy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})'
    )
    return f'data "{service}_service_account" "a" {{}}\n{BUCKET}{resource("aws_s3_bucket_policy", lines, "p")}'


def lets_in_unknown(principal: str, action: str = "s3:PutObject", effect: str = "Allow") -> str:
    """The bucket with a policy for an account that a variable names."""
    policy = document(principal, effect, action).replace('{"Service": ', '{"AWS": ')
    quoted = json.dumps(policy).replace("OPEN", "${var.open}")
    return OPEN_VARIABLE + BUCKET + resource("aws_s3_bucket_policy", f"bucket = {PHI}\npolicy = {quoted}", "p")


test_doubts = cases(
    Case(KMS, "receives logs, though a KMS key is the default", PASS, BUCKET + UNDER_KMS + another_bucket(PHI).text),
    Case(
        KMS,
        "access logs that are switched off",
        FAIL,
        own() + balancer("application", "access_logs", PHI, enabled=False),
    ),
    Case(
        KMS,
        "the access logs of a load balancer of a type that is not known",
        UNKNOWN,
        OPEN_VARIABLE + BUCKET + balancer("T", "access_logs", PHI).text.replace('"T"', "var.open"),
    ),
    Case(
        KMS,
        "access logs, if a variable turns them on",
        UNKNOWN,
        OPEN_VARIABLE
        + BUCKET
        + balancer("application", "access_logs", PHI).text.replace("enabled = true", "enabled = var.open"),
    ),
    Case(
        KMS,
        "access logs to a bucket that a variable names, which is another one",
        FAIL,
        OPEN_VARIABLE + BUCKET + balancer("application", "access_logs", "var.open").text,
    ),
    Case(
        KMS,
        "access logs to the variable that names the bucket",
        UNKNOWN,
        OPEN_VARIABLE
        + BUCKET.replace('"phi-records"', "var.open")
        + balancer("application", "access_logs", "var.open").text,
    ),
    Case(
        KMS,
        "access logs to a name with a variable that may be that of the bucket",
        UNKNOWN,
        OPEN_VARIABLE + BUCKET + balancer("application", "access_logs", '"phi-${var.open}"').text,
    ),
    Case(
        KMS,
        "access logs to a name with a variable that ends otherwise",
        FAIL,
        OPEN_VARIABLE + BUCKET + balancer("application", "access_logs", '"${var.open}-logs"').text,
    ),
    Case(KMS, "lets in the account of load balancers that is looked up", NOT_APPLICABLE, looked_up("aws_elb")),
    Case(KMS, "lets in the account of trails that is looked up", FAIL, looked_up("aws_cloudtrail")),
    Case(KMS, "load balancers may not be listed", UNKNOWN, aws=bucket, denied=BALANCERS),
    Case(LOGS, "load balancers may not be listed", UNKNOWN, aws=bucket, denied=BALANCERS),
    Case(KMS, "a role of the account of load balancers", FAIL, lets_in_unknown("arn:aws:iam::127311923021:role/ehr")),
    *(
        case
        for control in (KMS, LOGS)
        for case in (
            Case(control, "an unknown account may write", UNKNOWN, lets_in_unknown("arn:aws:iam::OPEN:root")),
            Case(control, "an unknown principal may write", UNKNOWN, lets_in_unknown("OPEN")),
            Case(control, "an unknown account may do anything", UNKNOWN, lets_in_unknown("OPEN", "s3:*")),
            Case(
                control, "a role of an unknown account may write", FAIL, lets_in_unknown("arn:aws:iam::OPEN:role/ehr")
            ),
            Case(
                control, "a user of an unknown account may write", FAIL, lets_in_unknown("arn:aws:iam::OPEN:user/ehr")
            ),
            Case(
                control, "an unknown account may read", FAIL, lets_in_unknown("arn:aws:iam::OPEN:root", "s3:GetObject")
            ),
            Case(control, "an unknown account is denied", FAIL, lets_in_unknown("OPEN", effect="Deny")),
        )
    ),
)
