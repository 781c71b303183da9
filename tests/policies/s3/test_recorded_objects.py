"""Buckets whose requests trails record, so that they need no access logs, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, UNKNOWN, Aws, Case, Told, answered, cases, resource
from tests.policies.cloudtrail.states import create, switched_off, undelivered
from tests.policies.s3.states import ARN, BUCKET, OPEN_VARIABLE, own

LOGS = "s3_bucket_access_logging_enabled"
EVERY, OF_BUCKET, REFERENCE = ("arn:aws:s3",), (f"{ARN}/",), ("${aws_s3_bucket.phi.arn}/",)


def trail(
    values: tuple[str, ...] = EVERY,
    kinds: str = "All",
    *,
    name: str = "phi",
    lines: str = "is_multi_region_trail = true",
) -> Told:
    """A trail that records events of objects by an event selector."""
    block = (
        f'event_selector {{\nread_write_type = "{kinds}"\ndata_resource {{\ntype = "AWS::S3::Object"\n'
        f"values = {json.dumps(values)}\n}}\n}}"
    )
    data = {"Type": "AWS::S3::Object", "Values": list(values)}

    def seed(aws: Aws) -> None:
        create(aws, name, IsMultiRegionTrail="is_multi_region_trail" in lines)
        selector = {"ReadWriteType": kinds, "IncludeManagementEvents": True, "DataResources": [data]}
        aws.cloudtrail.put_event_selectors(TrailName=name, EventSelectors=[selector])

    return Told(resource("aws_cloudtrail", f'name = "{name}"\ns3_bucket_name = "f"\n{lines}\n{block}', name), seed)


def advanced(*limits: tuple[str, str, str]) -> Told:
    """A trail that records events of objects by an advanced selector with these limits: field, operator, value."""
    fields = [("eventCategory", "equals", "Data"), ("resources.type", "equals", "AWS::S3::Object"), *limits]
    called = {"equals": "Equals", "starts_with": "StartsWith", "not_starts_with": "NotStartsWith"}
    blocks = "\n".join(f'field_selector {{\nfield = "{field}"\n{how} = ["{value}"]\n}}' for field, how, value in fields)
    lines = (
        f'name = "phi"\ns3_bucket_name = "f"\nis_multi_region_trail = true\nadvanced_event_selector {{\n{blocks}\n}}'
    )

    def seed(aws: Aws) -> None:
        create(aws, "phi", IsMultiRegionTrail=True)
        told = [{"Field": field, called[how]: [value]} for field, how, value in fields]
        aws.cloudtrail.put_event_selectors(TrailName="phi", AdvancedEventSelectors=[{"FieldSelectors": told}])

    return Told(resource("aws_cloudtrail", lines), seed)


def of_the_organization(session: Any) -> None:
    shown = {
        "Name": "organization",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization",
        "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": True,
    }
    selector = {"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
    answered(session, "cloudtrail", "DescribeTrails", {"trailList": [shown]})
    answered(session, "cloudtrail", "GetTrailStatus", {"IsLogging": True})
    answered(session, "cloudtrail", "GetEventSelectors", {"EventSelectors": [selector]})


def in_regions(own_region: str, of_trail: str) -> str:
    """A bucket and a trail for one region, each in a region."""
    providers = (
        f'provider "aws" {{\nregion = "{own_region}"\n}}\nprovider "aws" {{\nalias = "t"\nregion = "{of_trail}"\n}}'
    )
    return f"{providers}\n{BUCKET}{trail(lines='provider = aws.t').text}"


def in_accounts(own_account: str, of_trail: str) -> str:
    """A bucket and a trail for all regions, each in an account."""
    providers = (
        f'provider "aws" {{\nallowed_account_ids = ["{own_account}"]\n}}\n'
        f'provider "aws" {{\nalias = "t"\nallowed_account_ids = ["{of_trail}"]\n}}'
    )
    lines = "provider = aws.t\nis_multi_region_trail = true"
    return f"{providers}\n{BUCKET}{trail(lines=lines).text}"


ONE_TRAIL = "leaves the record to a trail"

test_recorded = cases(
    Case(LOGS, "all objects", NOT_APPLICABLE, own() + trail(), says=ONE_TRAIL),
    Case(LOGS, "all objects of this bucket", NOT_APPLICABLE, own() + trail(OF_BUCKET)),
    Case(LOGS, "all objects of this bucket, by reference", NOT_APPLICABLE, (own() + trail(REFERENCE)).in_terraform()),
    Case(LOGS, "all objects of another bucket", FAIL, own() + trail(("arn:aws:s3:::another/",))),
    Case(LOGS, "all objects of a bucket whose name begins so", FAIL, own() + trail((f"{ARN}-archive/",))),
    Case(LOGS, "some objects of this bucket", FAIL, own() + trail((f"{ARN}/reports/",))),
    Case(LOGS, "reads only", FAIL, own() + trail(kinds="ReadOnly")),
    Case(LOGS, "writes only", FAIL, own() + trail(kinds="WriteOnly")),
    Case(
        LOGS,
        "reads and writes by a trail each",
        NOT_APPLICABLE,
        own() + trail(kinds="ReadOnly") + trail(kinds="WriteOnly", name="other"),
    ),
    Case(LOGS, "all objects, and the trail is switched off", FAIL, switched_off(own() + trail())),
    Case(LOGS, "all objects, and log files do not arrive", FAIL, undelivered(own() + trail())),
    Case(
        LOGS,
        "all objects, by the trail of the organization",
        NOT_APPLICABLE,
        own().in_aws(),
        answers=of_the_organization,
    ),
    Case(LOGS, "all objects, by an advanced selector", NOT_APPLICABLE, own() + advanced()),
    Case(
        LOGS,
        "all objects of this bucket, by an advanced selector",
        NOT_APPLICABLE,
        own() + advanced(("resources.ARN", "starts_with", f"{ARN}/")),
    ),
    Case(
        LOGS,
        "all objects of others, by an advanced selector",
        FAIL,
        own() + advanced(("resources.ARN", "not_starts_with", f"{ARN}/")),
    ),
    Case(
        LOGS,
        "one kind of request for this bucket, by an advanced selector",
        FAIL,
        own() + advanced(("resources.ARN", "starts_with", f"{ARN}/"), ("eventName", "equals", "GetObject")),
    ),
    Case(LOGS, "by a trail for the region of the bucket", NOT_APPLICABLE, in_regions("eu-west-1", "eu-west-1")),
    Case(LOGS, "by a trail for another region", FAIL, in_regions("eu-west-1", "us-east-1")),
    Case(LOGS, "by a trail of another account", FAIL, in_accounts("111122223333", "444455556666")),
    Case(
        LOGS,
        "by a trail of the same account, with another provider",
        NOT_APPLICABLE,
        in_accounts(*["111122223333"] * 2),
    ),
    Case(
        LOGS,
        "by a trail of an account that is not known",
        UNKNOWN,
        OPEN_VARIABLE
        + in_accounts("111122223333", "").replace(
            'allowed_account_ids = [""]', "assume_role {\nrole_arn = var.open\n}"
        ),
    ),
    Case(LOGS, "by a trail for the region of the account", NOT_APPLICABLE, (own() + trail(lines="")).in_aws()),
    Case(LOGS, "by a trail for a region that is not known", UNKNOWN, (own() + trail(lines="")).in_terraform()),
    Case(
        LOGS,
        "what a variable names",
        UNKNOWN,
        OPEN_VARIABLE + BUCKET + trail(("V",)).text.replace('["V"]', "var.open"),
    ),
    Case(LOGS, "selectors may not be read", UNKNOWN, (own() + trail()).in_aws(), denied="cloudtrail:GetEventSelectors"),
)
