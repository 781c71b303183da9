"""Server access logs: delivered by CloudWatch Logs, into the bucket itself, to a bucket that is gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import FAIL, PASS, Aws, Case, Told, cases, resource
from tests.policies.elbv2.vended import answers, source
from tests.policies.s3.states import BUCKET, OPEN_VARIABLE, bucket, own

OF_BUCKET, TRAIL_BUCKET = "s3_bucket_access_logging_enabled", "cloudtrail_bucket_access_logging"
THROUGH = "through CloudWatch Logs"
BUCKET_ARN = "aws_s3_bucket.phi.arn"
SERVER = "S3_SERVER_ACCESS_LOGS"
TRAIL = resource("aws_cloudtrail", 'name = "phi"\ns3_bucket_name = aws_s3_bucket.phi.id')


def trail_into_it(aws: Aws) -> None:
    bucket(aws)
    aws.cloudtrail.create_trail(Name="phi", S3BucketName="phi-records")


def into_itself(aws: Aws) -> None:
    trail_into_it(aws)
    write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    aws.s3.put_bucket_policy(
        Bucket="phi-records",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [write | {"Resource": "arn:aws:s3:::phi-records/*"}]}),
    )
    aws.s3.put_bucket_logging(
        Bucket="phi-records",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "phi-records", "TargetPrefix": "logs/"}},
    )


def to_a_bucket_that_is_gone(aws: Aws) -> None:
    into_itself(aws)
    aws.s3.create_bucket(Bucket="gone")
    write = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    text = {"Version": "2012-10-17", "Statement": [write | {"Resource": "arn:aws:s3:::gone/*"}]}
    aws.s3.put_bucket_policy(Bucket="gone", Policy=json.dumps(text))
    enabled = {"TargetBucket": "gone", "TargetPrefix": ""}
    aws.s3.put_bucket_logging(Bucket="phi-records", BucketLoggingStatus={"LoggingEnabled": enabled})
    aws.s3.delete_bucket(Bucket="gone")


INTO_ITSELF = resource(
    "aws_s3_bucket_logging",
    'bucket = aws_s3_bucket.phi.id\ntarget_bucket = aws_s3_bucket.phi.bucket\ntarget_prefix = "logs/"',
)
test_buckets = cases(
    Case(
        OF_BUCKET,
        "delivered",
        PASS,
        own() + Told(source(f'"{SERVER}"', BUCKET_ARN), answers=answers(SERVER, lambda: "arn:aws:s3:::phi-records")),
        says=THROUGH,
    ),
    Case(OF_BUCKET, "delivered, by its ARN", PASS, BUCKET + source(f'"{SERVER}"', '"arn:aws:s3:::phi-records"')),
    Case(
        OF_BUCKET,
        "a source without a delivery",
        FAIL,
        own()
        + Told(
            source(f'"{SERVER}"', BUCKET_ARN, sent=False),
            answers=answers(SERVER, lambda: "arn:aws:s3:::phi-records", sent=False),
        ),
    ),
    Case(
        OF_BUCKET,
        "those of a bucket whose name ends so",
        FAIL,
        own()
        + Told(
            source(f'"{SERVER}"', '"arn:aws:s3:::my-phi-records"'),
            answers=answers(SERVER, lambda: "arn:aws:s3:::my-phi-records"),
        ),
    ),
    Case(OF_BUCKET, "by the awscc provider", PASS, BUCKET + source(f'"{SERVER}"', BUCKET_ARN, provider="awscc_logs")),
    Case(
        TRAIL_BUCKET,
        "delivered",
        PASS,
        Told(
            BUCKET + TRAIL + source(f'"{SERVER}"', BUCKET_ARN),
            trail_into_it,
            answers(SERVER, lambda: "arn:aws:s3:::phi-records"),
        ),
    ),
    *(
        Case(control, "to a bucket that is gone", FAIL, aws=to_a_bucket_that_is_gone, says="gone, which is no bucket")
        for control in (OF_BUCKET, TRAIL_BUCKET)
    ),
    Case(
        TRAIL_BUCKET,
        "delivered into itself",
        FAIL,
        Told(BUCKET + TRAIL + INTO_ITSELF, into_itself),
        says="into itself",
    ),
)


@pytest.mark.parametrize("name", ['"existing"', "var.open", "data.aws_s3_bucket.it.id", '"${var.open}-logs"'])
def test_a_bucket_that_is_declared_elsewhere_does_not_pass_for_logs_into_itself(name: str, tmp_path: Path) -> None:
    def statuses(target: str) -> set[str]:
        lines = f'bucket = {name}\ntarget_bucket = {target}\ntarget_prefix = ""'
        looked_up = 'data "aws_s3_bucket" "it" {\nbucket = "existing"\n}\n'
        text = OPEN_VARIABLE + looked_up + resource("aws_s3_bucket_logging", lines)
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        found = scan_terraform(TerraformTarget(tmp_path), Options(only=[OF_BUCKET])).findings
        return {finding.status.value for finding in found}

    assert statuses(name) <= {"fail", "unknown"}
    assert statuses('"access-logs"') == {"pass"}
