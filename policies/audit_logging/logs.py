"""Trails and log groups: what is done in the account is recorded, and the records are kept."""

import textwrap
from collections.abc import Callable, Iterable

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Inventory,
    Verdict,
    control,
    failed,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.services import cloudtrail, cloudwatch_logs, s3

RECORDED = ("164.312(b)", "164.308(a)(1)(ii)(D)")


def _with(*lines: str) -> str:
    """A trail with these arguments."""
    arguments = textwrap.indent("\n".join(lines).strip(), "  ")
    return (
        'resource "aws_cloudtrail" "phi" {\n  name           = "account"\n'
        f'  s3_bucket_name = "trail-111122223333"\n\n{arguments}\n}}'
    )


Recorder = cloudtrail.Trail | cloudtrail.WholeTrail


def another(trail: cloudtrail.Trail, inventory: Inventory, does: Callable[[Recorder], bool]) -> bool:
    """Whether another trail that is logging, be it the organization's, does what this one does not."""

    def helps(other: Recorder) -> bool:
        return other.label != trail.label and does(other) and other.is_logging

    groups: list[Iterable[Recorder]] = [inventory.all(cloudtrail.Trail), inventory.all(cloudtrail.WholeTrail)]
    return some(lambda trails: some(helps, trails), groups)


@control(
    title="CloudTrail trails are logging",
    severity=HIGH,
    hipaa=RECORDED,
    why="A trail that is switched off records nothing: whatever is done to systems with ePHI meanwhile leaves no trace.",
    fix=Fix(sets="aws_cloudtrail.enable_logging = true", cli="aws cloudtrail start-logging --name TRAIL"),
    peers={"checkov": "CKV_AWS_251"},
)
def cloudtrail_is_logging(trail: cloudtrail.Trail) -> Verdict:
    return passed("is logging") if trail.is_logging else failed("is switched off: it records nothing")


@control(
    title="CloudTrail trails deliver their log files without errors",
    severity=MEDIUM,
    hipaa=RECORDED,
    why="When S3 refuses the log files (a changed bucket policy, a disabled key), the record of access to ePHI has a hole.",
    fix=Fix(
        cli="aws cloudtrail get-trail-status --name TRAIL",
        note="The error names what to mend: the policy of the bucket or of the key, or a bucket that is gone.",
        not_by_machine="depends on the error that AWS reports",
    ),
)
def cloudtrail_delivers_without_errors(delivery: cloudtrail.Delivery) -> Verdict:
    error = delivery.error
    return failed(f"could not deliver log files: S3 answered {error}") if error else passed("delivers its log files")


@control(
    title="CloudTrail trails record all regions",
    severity=HIGH,
    hipaa=RECORDED,
    why="Copies of ePHI made in a region that no trail covers leave no record.",
    fix=Fix(
        sets="aws_cloudtrail.is_multi_region_trail = true",
        where_written="aws_cloudtrail.include_global_service_events = true",
        cli="aws cloudtrail update-trail --name TRAIL --is-multi-region-trail",
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
    if trail.is_multi_region:
        return passed("records all regions")
    if another(trail, inventory, lambda other: other.is_multi_region):
        return not_applicable("records one region, beside a trail that records all")
    return failed("records only the region it was made in")


@control(
    title="CloudTrail trails record the events of global services",
    severity=MEDIUM,
    hipaa=RECORDED,
    why="IAM and STS are global: without their events nobody sees who gained access to ePHI, or how.",
    fix=Fix(
        sets="aws_cloudtrail.include_global_service_events = true",
        cli="aws cloudtrail update-trail --name TRAIL --include-global-service-events",
    ),
)
def cloudtrail_global_service_events(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if trail.includes_global_services:
        return passed("records the events of global services")
    if another(trail, inventory, lambda other: other.includes_global_services):
        return not_applicable("leaves the events of global services to another trail")
    return failed("leaves out the events of global services such as IAM")


def _manages(trail: Recorder) -> bool:
    """Whether management events of both kinds are recorded; KMS and RDS Data API may be left out as too many."""
    reads = some(lambda one: one.category == "Management" and one.reads, trail.selectors)
    return reads and some(lambda one: one.category == "Management" and one.writes, trail.selectors)


@control(
    title="CloudTrail trails record management events, reads and writes",
    severity=MEDIUM,
    hipaa=RECORDED,
    why="Management events tell who opened a store of ePHI, copied it or took its protection away.",
    fix=Fix(
        terraform=_with('event_selector {\n  read_write_type           = "All"\n  include_management_events = true\n}'),
        cli="""
            aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
              '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'
        """,
        not_by_machine="depends on the event selectors that the trail has",
    ),
)
def cloudtrail_trail_management_events_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    if _manages(trail):
        return passed("records management events of both kinds")
    if another(trail, inventory, _manages):
        return not_applicable("leaves management events to another trail")
    return failed("does not record all management events: its event selectors leave out reads, writes or both")


def _covers(arn: str, inventory: Inventory) -> bool:
    trail = inventory.find(cloudtrail.WholeTrail, arn)
    return trail is not None and trail.is_logging and _manages(trail)


@control(
    title="A trail that is logging records management events of the account in all regions",
    severity=HIGH,
    hipaa=(*RECORDED, "164.308(a)(5)(ii)(C)"),
    why="Without such a trail nobody can find out after an incident who signed in and what was done to ePHI.",
    fix=Fix(
        cli="""
            aws cloudtrail create-trail --name account --s3-bucket-name BUCKET --is-multi-region-trail
            aws cloudtrail start-logging --name account
        """,
        not_by_machine="needs a trail, whose bucket is yours to choose",
    ),
    peers={"prowler": "cloudtrail_multi_region_enabled_logging_management_events", "aws_config": "cloudtrail-enabled"},
)
def cloudtrail_management_events_logged(account: cloudtrail.Account, inventory: Inventory) -> Verdict:
    if not account.whole_trails:
        return failed("has no trail that covers all regions")
    if some(lambda arn: _covers(arn, inventory), account.whole_trails):
        return passed("has a trail that is logging management events in all regions")
    return failed("has trails for all regions, but none of them is logging management events of both kinds")


def _objects(verb: str, unlimited: bool) -> Callable[[Recorder], bool]:
    """Whether a trail records reads or writes of S3 objects: of all buckets, or of some at least."""

    def recorded(one: cloudtrail.Selector) -> bool:
        about = one.category == "Data" and one.resource_type == "AWS::S3::Object"
        return about and (one.reads if verb == "reads" else one.writes) and (one.unlimited or not unlimited)

    return lambda trail: some(recorded, trail.selectors)


def _object_events(trail: cloudtrail.Trail, inventory: Inventory, verb: str) -> Verdict:
    if _objects(verb, unlimited=True)(trail):
        return passed(f"records {verb} of objects in all S3 buckets")
    if another(trail, inventory, _objects(verb, unlimited=True)):
        return not_applicable(f"leaves {verb} of S3 objects to another trail")
    if _objects(verb, unlimited=False)(trail):
        return failed(f"records {verb} of some S3 objects only: its selectors name buckets, or leave some out")
    return failed(f"does not record {verb} of S3 objects")


OBJECT_EVENTS = """
advanced_event_selector {
  field_selector {
    field  = "eventCategory"
    equals = ["Management"]
  }
}
advanced_event_selector {
  field_selector {
    field  = "eventCategory"
    equals = ["Data"]
  }
  field_selector {
    field  = "resources.type"
    equals = ["AWS::S3::Object"]
  }
}"""
EACH_EVENT_COSTS = "needs a choice of buckets, since every recorded request costs"
OBJECT_EVENTS_CLI = """
    aws cloudtrail put-event-selectors --trail-name TRAIL --event-selectors \\
      '[{"ReadWriteType":"All","IncludeManagementEvents":true,
        "DataResources":[{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]'
"""


@control(
    title="CloudTrail trails record who reads objects in S3 buckets",
    severity=MEDIUM,
    hipaa=RECORDED,
    why="Trails leave out object events unless told otherwise, so that reading ePHI from a bucket goes unrecorded.",
    fix=Fix(terraform=_with(OBJECT_EVENTS), cli=OBJECT_EVENTS_CLI, not_by_machine=EACH_EVENT_COSTS),
    peers={
        "prowler": "cloudtrail_s3_dataevents_read_enabled",
        "aws_config": "cloudtrail-s3-dataevents-enabled",
        "powerpipe": "cloudtrail_s3_data_events_enabled",
        "trivy": "AVD-AWS-0172",
    },
)
def cloudtrail_s3_data_events_read_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    return _object_events(trail, inventory, "reads")


@control(
    title="CloudTrail trails record who writes and deletes objects in S3 buckets",
    severity=MEDIUM,
    hipaa=RECORDED,
    why="Trails leave out object events unless told otherwise, so that altering or deleting ePHI goes unrecorded.",
    fix=Fix(terraform=_with(OBJECT_EVENTS), cli=OBJECT_EVENTS_CLI, not_by_machine=EACH_EVENT_COSTS),
    peers={
        "prowler": "cloudtrail_s3_dataevents_write_enabled",
        "aws_config": "cloudtrail-s3-dataevents-enabled",
        "powerpipe": "cloudtrail_s3_data_events_enabled",
        "trivy": "AVD-AWS-0171",
    },
)
def cloudtrail_s3_data_events_write_logged(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    return _object_events(trail, inventory, "writes")


TRAIL_LOG_GROUP = """
resource "aws_cloudwatch_log_group" "trail" {
  name = "trail"
}
resource "aws_iam_role" "trail" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}"""


@control(
    title="CloudTrail trails deliver their events to CloudWatch Logs",
    severity=LOW,
    hipaa=(*RECORDED, "164.308(a)(5)(ii)(C)"),
    why="Only events in a log group can be searched and raise alarms within minutes; files in a bucket wait for readers.",
    fix=Fix(
        terraform=_with(
            'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"',
            "cloud_watch_logs_role_arn  = aws_iam_role.trail.arn",
        )
        + TRAIL_LOG_GROUP,
        cli="""
            aws cloudtrail update-trail --name TRAIL --cloud-watch-logs-log-group-arn LOG_GROUP_ARN \\
              --cloud-watch-logs-role-arn ROLE_ARN
        """,
        not_by_machine="needs a log group and a role, which are yours to choose",
    ),
    peers={
        "prowler": "cloudtrail_cloudwatch_logging_enabled",
        "aws_config": "cloud-trail-cloud-watch-logs-enabled",
        "powerpipe": "cloudtrail_trail_integrated_with_logs",
        "cdk_nag": "HIPAA.Security-CloudTrailCloudWatchLogsEnabled",
        "checkov": "CKV2_AWS_10",
        "trivy": "AVD-AWS-0162",
    },
)
def cloudtrail_sends_to_cloudwatch_logs(trail: cloudtrail.Trail) -> Verdict:
    if trail.log_group is None:
        return failed("delivers nothing to CloudWatch Logs")
    return passed("delivers its events to a log group")


@control(
    title="Buckets that receive trails deliver server access logs",
    severity=LOW,
    hipaa=RECORDED,
    why="Whoever reads or removes the record of access to ePHI must leave a record too.",
    fix=Fix(
        terraform="""
            resource "aws_cloudtrail" "phi" {
              name           = "account"
              s3_bucket_name = aws_s3_bucket.trail.id
            }
            resource "aws_s3_bucket" "trail" {}
            resource "aws_s3_bucket_logging" "trail" {
              bucket        = aws_s3_bucket.trail.id
              target_bucket = "access-logs-111122223333"
              target_prefix = "trail/"
            }
        """,
        cli="""
            aws s3api put-bucket-logging --bucket TRAIL_BUCKET --bucket-logging-status \\
              '{"LoggingEnabled":{"TargetBucket":"LOG_BUCKET","TargetPrefix":"trail/"}}'
        """,
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
    peers={"prowler": "cloudtrail_logs_s3_bucket_access_logging_enabled", "trivy": "AVD-AWS-0163"},
)
def cloudtrail_bucket_access_logging(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    bucket = inventory.find(s3.Bucket, trail.bucket) or cloudtrail.not_in_sight(trail.bucket)
    if bucket.log_target is None:
        return failed("is delivered to a bucket without server access logs")
    return passed("is delivered to a bucket with server access logs")


YEAR, SIX_YEARS = 365, 2192


def _kept(group: cloudwatch_logs.LogGroup, days: int) -> Verdict:
    if group.log_class == "DELIVERY":
        return not_applicable("only passes events on to where they are kept (class DELIVERY)")
    retention = group.retention_days
    if not retention:
        return passed("keeps events until somebody deletes them")
    if retention >= days:
        return passed(f"keeps events for {retention} days")
    return failed(f"deletes events after {retention} day{'' if retention == 1 else 's'}, before {days}")


@control(
    title="CloudWatch log groups keep events for at least a year",
    severity=MEDIUM,
    hipaa=("164.312(b)",),
    why="Intrusions are often found after months: by then the record of who reached ePHI must still be there.",
    fix=Fix(
        sets="aws_cloudwatch_log_group.retention_in_days = 365",
        cli="aws logs put-retention-policy --log-group-name GROUP --retention-in-days 365",
        note="The rule names no period for logs; a year is common practice. Write down the one you choose.",
    ),
    peers={
        "prowler": "cloudwatch_log_group_retention_policy_specific_days_enabled",
        "powerpipe": "cloudwatch_log_group_retention_period_365",
        "checkov": "CKV_AWS_338",
    },
)
def log_group_retention_min_one_year(group: cloudwatch_logs.LogGroup) -> Verdict:
    return _kept(group, YEAR)


@control(
    title="CloudWatch log groups keep events for six years",
    severity=LOW,
    hipaa=("164.316(b)(2)(i)",),
    why="The six years of the rule run for documentation of required actions and assessments, not for every log: "
    "where a log group is your record of these, it must last as long; elsewhere a shorter period may be chosen.",
    fix=Fix(
        sets="aws_cloudwatch_log_group.retention_in_days = 2192",
        cli="aws logs put-retention-policy --log-group-name GROUP --retention-in-days 2192",
        note="For log groups that hold no such documentation record an exception with this reason.",
    ),
)
def log_group_retention_six_years(group: cloudwatch_logs.LogGroup) -> Verdict:
    return _kept(group, SIX_YEARS)
