"""Trails: what is done in the account is recorded, everywhere, and the record arrives."""

from collections.abc import Callable

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Inventory,
    Verdict,
    control,
    every,
    failed,
    not_applicable,
    passed,
)
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.judging.fix_parts import OWN_ACCOUNT
from hipaa_guard.judging.log_delivery import access_logs_of, trails_record_objects_of, undelivered
from hipaa_guard.judging.log_targets import TRAIL_BUCKET, with_access_logs
from hipaa_guard.services import cloudtrail, s3

_RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


@control(
    title="CloudTrail trails are logging",
    severity=HIGH,
    hipaa=_RECORDED,
    why="A trail that is switched off records nothing: whatever is done to systems with ePHI meanwhile leaves no trace.",
    fix=Fix(
        sets="aws_cloudtrail.enable_logging = true",
        cli="aws cloudtrail start-logging --name TRAIL",
        note="The first copy of management events is free of charge; further copies, data events and the bucket are not.",
        consequences=("costs_money",),
    ),
    peers={"checkov": "CKV_AWS_251"},
)
def cloudtrail_is_logging(trail: cloudtrail.Trail) -> Verdict:
    return passed("is logging") if trail.is_logging else failed("is switched off: it records nothing")


@control(
    title="CloudTrail trails deliver what they record without errors",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="When S3 refuses the log files (a changed bucket policy, a disabled key), the record of access to ePHI has a hole.",
    fix=Fix(
        cli="aws cloudtrail get-trail-status --name TRAIL_ARN --region REGION",
        note="A trail for all regions delivers in each region by itself: ask in the region that the message names. "
        "The error names what to mend: the policy of the bucket or of the key, or a bucket that is gone.",
        not_by_machine="depends on the error that AWS reports",
    ),
)
def cloudtrail_delivers_without_errors(delivery: cloudtrail.Delivery, inventory: Inventory) -> Verdict:
    errors = undelivered(delivery, inventory)
    if errors:
        return failed(f"could not deliver {'; nor '.join(errors)}")
    return passed("delivers without an error what it records, in each region that was scanned")


def _covers_all_regions(trail: cloudtrail.Recorder) -> bool:
    return trail.is_multi_region


def _left_to_others(trail: cloudtrail.Trail, inventory: Inventory) -> bool:
    """Whether other trails record management of all regions, be it reads and writes by a trail each.

    A trail that records data events alone does not stand in for this one.
    """

    def everywhere(verb: str) -> Callable[[cloudtrail.Recorder], bool]:
        tests = (_covers_all_regions, cloudtrail.records_management(verb, whole=False))
        return lambda other: every(lambda test: test(other), tests)

    return every(lambda verb: cloudtrail.another(trail, inventory, everywhere(verb)), cloudtrail.KINDS)


@control(
    title="CloudTrail trails record all regions",
    severity=HIGH,
    hipaa=_RECORDED,
    why="Copies of ePHI made in a region that no trail covers leave no record.",
    fix=Fix(
        sets="aws_cloudtrail.is_multi_region_trail = true",
        where_written="aws_cloudtrail.include_global_service_events = true",
        cli="aws cloudtrail update-trail --name TRAIL --is-multi-region-trail",
        note="AWS bills the files in the bucket, management events that another trail of the region records too, and data "
        "events, which the trail then records in every region.",
        consequences=("costs_money",),
    ),
    peers={
        "checkov": "CKV_AWS_67",
        "trivy": "AVD-AWS-0014",
        "prowler": "cloudtrail_multi_region_enabled",
        "aws_config": "multi-region-cloudtrail-enabled",
        "powerpipe": "cloudtrail_multi_region_trail_enabled",
    },
)
def cloudtrail_multi_region(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if cloudtrail.records(trail, inventory, lambda it: it.is_multi_region):
        return passed("records all regions")
    if _left_to_others(trail, inventory):
        return not_applicable("leaves all regions to another trail")
    if trail.is_multi_region:
        return failed(cloudtrail.silence(trail, inventory) or "leaves no record")
    return failed("records only the region it was made in")


@control(
    title="CloudTrail trails record the events of global services",
    severity=MEDIUM,
    hipaa=_RECORDED,
    why="IAM and STS are global: without their events nobody sees who gained access to ePHI, or how.",
    fix=Fix(
        sets="""
            aws_cloudtrail.include_global_service_events = true
            aws_cloudtrail.is_multi_region_trail = true
        """,
        cli="aws cloudtrail update-trail --name TRAIL --is-multi-region-trail --include-global-service-events",
        note="Since 2021-11-22 events of IAM, STS and CloudFront are recorded in us-east-1 alone: a trail for another "
        "region never has them. They are management events: where the selectors of the trail leave these out, follow the "
        "fix of cloudtrail_trail_management_events_logged as well.",
        consequences=("costs_money",),
    ),
)
def cloudtrail_global_service_events(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if cloudtrail.records(trail, inventory, cloudtrail.records_global_services):
        return passed("records the events of global services")
    if cloudtrail.another(trail, inventory, cloudtrail.records_global_services):
        return not_applicable("leaves the events of global services to another trail")
    if cloudtrail.shared(trail, inventory, cloudtrail.records_global):
        return passed("records the events of global services of one kind, reads or writes, and another trail the other")
    if not trail.includes_global_services:
        return failed("leaves out the events of global services such as IAM")
    if not cloudtrail.sees_global_services(trail):
        return failed("records one region, and events of global services such as IAM are recorded in us-east-1")
    if not cloudtrail.records_global_services(trail):
        return failed(
            "does not record all events of global services such as IAM, which are management events: "
            "its event selectors leave out reads, writes or both"
        )
    return failed(cloudtrail.silence(trail, inventory) or "leaves no record")


_TRAIL_WITH_LOG_GROUP = """
resource "aws_cloudtrail" "phi" {
  name           = "account"
  s3_bucket_name = "trail-111122223333"

  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn  = aws_iam_role.trail.arn
  depends_on                 = [aws_iam_role_policy.trail]
}
resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail"
  retention_in_days = 365
}
resource "aws_iam_role" "trail" {
  name = "trail"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "trail" {
  name = "deliver"
  role = aws_iam_role.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.trail.arn}:log-stream:*"
    }]
  })
}"""


@control(
    title="CloudTrail trails deliver their events to CloudWatch Logs",
    severity=LOW,
    hipaa=(*_RECORDED, "164.308(a)(5)(ii)(C)"),
    why="Only events in a log group can be searched and raise alarms within minutes; files in a bucket wait for readers.",
    fix=Fix(
        terraform=_TRAIL_WITH_LOG_GROUP,
        cli="""
            aws cloudtrail update-trail --name TRAIL --cloud-watch-logs-log-group-arn LOG_GROUP_ARN \\
              --cloud-watch-logs-role-arn ROLE_ARN
        """,
        note="The role must let CloudTrail create log streams in the group and put events into them, or the delivery "
        "fails. Each event that is delivered and kept costs.",
        not_by_machine="needs a log group and a role, which are yours to choose",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "cloudtrail_cloudwatch_logging_enabled",
        "aws_config": "cloud-trail-cloud-watch-logs-enabled",
        "powerpipe": "cloudtrail_trail_integrated_with_logs",
        "cdk_nag": "HIPAA.Security-CloudTrailCloudWatchLogsEnabled",
        "checkov": "CKV2_AWS_10",
        "trivy": "AVD-AWS-0162",
    },
    advisory="The trail is kept in its bucket without it; this adds alarms.",
)
def cloudtrail_sends_to_cloudwatch_logs(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if trail.log_group is None:
        return failed("delivers nothing to CloudWatch Logs")
    if not trail.is_logging:
        return failed("is switched off: it delivers nothing to its log group")
    error = cloudtrail.failed_delivery(trail, inventory, lambda delivery: delivery.log_group_error)
    if error:
        return failed(f"could not deliver events to its log group: CloudWatch Logs answered {error}")
    return passed("delivers its events to a log group")


_TRAIL_WITH_BUCKET = """
resource "aws_cloudtrail" "phi" {
  name           = "account"
  s3_bucket_name = aws_s3_bucket.trail.id
  depends_on     = [aws_s3_bucket_policy.trail]
}"""


@control(
    title="Buckets that receive trails deliver server access logs",
    severity=LOW,
    hipaa=_RECORDED,
    why="Whoever reads or removes the record of access to ePHI must leave a record too.",
    fix=Fix(
        terraform=_TRAIL_WITH_BUCKET + with_access_logs("trail") + TRAIL_BUCKET + OWN_ACCOUNT,
        cli="""
            aws s3api put-bucket-logging --bucket TRAIL_BUCKET --bucket-logging-status \\
              '{"LoggingEnabled":{"TargetBucket":"LOG_BUCKET","TargetPrefix":"trail/"}}'
        """,
        note="Without the policy of the log bucket nothing arrives. Its default encryption must be SSE-S3.",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
    peers={"prowler": "cloudtrail_logs_s3_bucket_access_logging_enabled", "trivy": "AVD-AWS-0163"},
    advisory="The bucket's own policy and the trail's digests protect the log; this adds who read it.",
)
def cloudtrail_bucket_access_logging(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    bucket = inventory.find(s3.Bucket, trail.bucket) or cloudtrail.not_in_sight(trail.bucket)
    logs = access_logs_of(bucket, inventory)
    if logs.way is not None:
        return passed("is delivered to a bucket with server access logs")
    if logs.in_vain:
        return failed(f"is delivered to a bucket that delivers server access logs {logs.in_vain}")
    # The bucket may receive other logs too: that is no record of who reaches those of the trail.
    if trails_record_objects_of(bucket, inventory):
        return not_applicable("is delivered to a bucket of whose objects a trail tells all reads and writes")
    return failed("is delivered to a bucket without server access logs")
