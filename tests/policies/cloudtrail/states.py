"""Trails of CloudTrail, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import Aws, Told, answered

# What the arguments of Terraform are called by CreateTrail.
NAMES = {
    "is_multi_region_trail": "IsMultiRegionTrail",
    "include_global_service_events": "IncludeGlobalServiceEvents",
    "enable_log_file_validation": "EnableLogFileValidation",
    "kms_key_id": "KmsKeyId",
}
UNSET = 'variable "unset" {}\n'
LOGGING = "cloudtrail_is_logging"
ERRORS = "cloudtrail_delivers_without_errors"
REGIONS = "cloudtrail_multi_region"
GLOBAL = "cloudtrail_global_service_events"
MANAGEMENT = "cloudtrail_trail_management_events_logged"
ACCOUNT = "cloudtrail_management_events_logged"
READS, WRITES = "cloudtrail_s3_data_events_read_logged", "cloudtrail_s3_data_events_write_logged"
TO_LOGS = "cloudtrail_sends_to_cloudwatch_logs"
BUCKET_LOGS, BUCKET_PUBLIC = "cloudtrail_bucket_access_logging", "cloudtrail_bucket_not_public"
VALIDATION, KEY = "cloudtrail_log_file_validation_enabled", "cloudtrail_encrypted_with_kms"


def bucket(aws: Aws) -> None:
    if "trail-files" not in [each["Name"] for each in aws.s3.list_buckets()["Buckets"]]:
        aws.s3.create_bucket(Bucket="trail-files")
        aws.s3.delete_public_access_block(Bucket="trail-files")


def hcl(name: str, *lines: str) -> str:
    return "\n".join(
        [f'resource "aws_cloudtrail" "{name}" {{', f'name = "{name}"', 's3_bucket_name = "trail-files"', *lines, "}\n"]
    )


def create(aws: Aws, name: str, *, logging: bool = True, **arguments: Any) -> None:
    bucket(aws)
    aws.cloudtrail.create_trail(Name=name, S3BucketName="trail-files", **arguments)
    if logging:
        aws.cloudtrail.start_logging(Name=name)


def trail(**arguments: Any) -> Told:
    """The trail ``phi`` with these arguments, told to both sides."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in arguments.items()]
    return Told(
        terraform=hcl("phi", *lines),
        aws=lambda aws: create(aws, "phi", **{NAMES[name]: value for name, value in arguments.items()}),
    )


def beside(other: dict[str, Any], **arguments: Any) -> Told:
    """The trail ``phi``, and another one."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in other.items()]

    def seed(aws: Aws) -> None:
        create(aws, "other", **{NAMES[name]: value for name, value in other.items()})
        create(aws, "phi", **{NAMES[name]: value for name, value in arguments.items()})

    mine = [f"{name} = {json.dumps(value)}" for name, value in arguments.items()]
    return Told(terraform=hcl("other", *lines) + hcl("phi", *mine), aws=seed)


def unset(argument: str) -> str:
    return UNSET + hcl("phi", f"{argument} = var.unset")


def switched_off(told: Told) -> Told:
    """The trail ``phi`` of a state, which is not logging."""
    made = told + Told("", lambda aws: aws.cloudtrail.stop_logging(Name="phi"))
    return Told(told.text.replace('name = "phi"', 'name = "phi"\nenable_logging = false'), made.aws)


def undelivered(told: Told, **errors: str) -> Told:
    """The account of a state in which the latest deliveries ended in errors, by the members of GetTrailStatus."""
    status = {"IsLogging": True, **(errors or {"LatestDeliveryError": "NoSuchBucket"})}
    return told.in_aws() + Told(answers=lambda session: answered(session, "cloudtrail", "GetTrailStatus", status))


def stopped(aws: Aws) -> None:
    create(aws, "phi", logging=False)


def selectors(text: str, **answer: Any) -> Told:
    """The trail ``phi`` with selectors, as Terraform writes them and as AWS takes them."""

    def seed(aws: Aws) -> None:
        create(aws, "phi", IsMultiRegionTrail=True)
        aws.cloudtrail.put_event_selectors(TrailName="phi", **answer)

    return Told(terraform=hcl("phi", "is_multi_region_trail = true", text), aws=seed)


OBJECTS = (("eventCategory", "equals", ["Data"]), ("resources.type", "equals", ["AWS::S3::Object"]))
"""The conditions of an advanced selector for the data events of S3 objects."""


def advanced(*fields: tuple[str, str, list[str]]) -> Told:
    names = {
        "equals": "Equals",
        "starts_with": "StartsWith",
        "not_starts_with": "NotStartsWith",
        "not_equals": "NotEquals",
        "ends_with": "EndsWith",
        "not_ends_with": "NotEndsWith",
    }
    blocks = [
        f'field_selector {{\nfield = "{field}"\n{how} = {json.dumps(values)}\n}}' for field, how, values in fields
    ]
    return selectors(
        "advanced_event_selector {\n" + "\n".join(blocks) + "\n}",
        AdvancedEventSelectors=[
            {"FieldSelectors": [{"Field": field, names[how]: values} for field, how, values in fields]}
        ],
    )
