"""The controls on which events CloudTrail records, told to Terraform and to AWS."""

from __future__ import annotations

import json

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases

# What the arguments of Terraform are called by CreateTrail.
from tests.policies.cloudtrail.states import (
    MANAGEMENT,
    OBJECTS,
    READS,
    UNSET,
    WRITES,
    advanced,
    create,
    hcl,
    selectors,
    switched_off,
    trail,
    undelivered,
)


def basic(kinds: str = "All", *, management: bool = True, values: list[str] | None = None) -> Told:
    resource = {"Type": "AWS::S3::Object", "Values": values}
    data = f'data_resource {{\ntype = "AWS::S3::Object"\nvalues = {json.dumps(values)}\n}}' if values else ""
    return selectors(
        f"""event_selector {{
          read_write_type           = "{kinds}"
          include_management_events = {json.dumps(management)}
          {data}
        }}""",
        EventSelectors=[
            {
                "ReadWriteType": kinds,
                "IncludeManagementEvents": management,
                "DataResources": [resource] if values else [],
            }
        ],
    )


def without(*sources: str) -> Told:
    """Management events of all sources but these."""
    return selectors(
        f"event_selector {{\nexclude_management_event_sources = {json.dumps(sources)}\n}}",
        EventSelectors=[
            {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": list(sources)}
        ],
    )


LEAVABLE = ("kms.amazonaws.com", "rdsdata.amazonaws.com")
"""The sources that event selectors may leave out (CloudTrail API reference, EventSelector)."""
MANAGED = ("eventCategory", "equals", ["Management"])
EVERY = ["arn:aws:s3"]

test_management = cases(
    Case(MANAGEMENT, "are the default", PASS, trail()),
    Case(MANAGEMENT, "all", PASS, basic()),
    Case(MANAGEMENT, "only reads", FAIL, basic("ReadOnly")),
    Case(MANAGEMENT, "only writes", FAIL, basic("WriteOnly")),
    Case(MANAGEMENT, "only data events", FAIL, basic(management=False, values=EVERY)),
    Case(MANAGEMENT, "by an advanced selector", PASS, advanced(MANAGED)),
    Case(MANAGEMENT, "an advanced selector of writes", FAIL, advanced(MANAGED, ("readOnly", "equals", ["false"]))),
    Case(MANAGEMENT, "an advanced selector of data events only", FAIL, advanced(*OBJECTS)),
    *(
        Case(MANAGEMENT, f"all but those of {source}, by {how}", FAIL, told, says="leaves out some sources")
        for source in LEAVABLE
        for how, told in (
            ("an event selector", without(source)),
            ("an advanced selector", advanced(MANAGED, ("eventSource", "not_equals", [source]))),
        )
    ),
    Case(MANAGEMENT, "all, but the trail is switched off", FAIL, switched_off(basic()), says="switched off"),
    Case(MANAGEMENT, "all, but log files do not arrive", FAIL, undelivered(basic()), says="NoSuchBucket"),
    Case(MANAGEMENT, "no sources left out, by an empty list", PASS, without()),
    Case(
        MANAGEMENT,
        "reads and writes by a selector each",
        PASS,
        terraform=hcl(
            "phi",
            'event_selector {\nread_write_type = "ReadOnly"\n}\nevent_selector {\nread_write_type = "WriteOnly"\n}',
        ),
    ),
    Case(MANAGEMENT, "left out of a block that says nothing", PASS, terraform=hcl("phi", "event_selector {}")),
    Case(
        MANAGEMENT,
        "left to another trail",
        NOT_APPLICABLE,
        terraform=hcl("other", "is_multi_region_trail = true")
        + hcl("phi", 'event_selector {\nread_write_type = "ReadOnly"\n}'),
    ),
    Case(
        MANAGEMENT,
        "left to a trail of another account",
        FAIL,
        terraform='provider "aws" {\nallowed_account_ids = ["111122223333"]\n}\n'
        'provider "aws" {\nalias = "o"\nallowed_account_ids = ["444455556666"]\n}\n'
        + hcl("other", "is_multi_region_trail = true", "provider = aws.o")
        + hcl("phi", 'event_selector {\nread_write_type = "ReadOnly"\n}'),
    ),
    Case(
        MANAGEMENT,
        "left to a trail that is switched off",
        FAIL,
        terraform=hcl("other", "is_multi_region_trail = true", "enable_logging = false")
        + hcl("phi", 'event_selector {\nread_write_type = "ReadOnly"\n}'),
    ),
    Case(
        MANAGEMENT,
        "left to a trail for one region, by one for all",
        FAIL,
        terraform=hcl("other")
        + hcl("phi", "is_multi_region_trail = true", 'event_selector {\nread_write_type = "ReadOnly"\n}'),
    ),
)


HERE = 'provider "aws" {\nregion = "us-east-1"\n}\n'


def of_one_region(name: str = "phi") -> Told:
    """A trail in us-east-1 that records all objects there."""
    data = {"Type": "AWS::S3::Object", "Values": EVERY}

    def seed(aws: Aws) -> None:
        create(aws, name)
        aws.cloudtrail.put_event_selectors(
            TrailName=name,
            EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [data]}],
        )

    block = 'event_selector {\ndata_resource {\ntype = "AWS::S3::Object"\nvalues = ["arn:aws:s3"]\n}\n}'
    return Told(HERE + hcl(name, block), seed)


def elsewhere() -> Told:
    """A bucket in another region."""
    provider = 'provider "aws" {\nalias = "west"\nregion = "us-west-2"\n}\n'
    place = {"LocationConstraint": "us-west-2"}
    return Told(
        provider + 'resource "aws_s3_bucket" "west" {\nprovider = aws.west\n}\n',
        lambda aws: aws.s3.create_bucket(Bucket="records-west", CreateBucketConfiguration=place),
    )


def data_cases(control: str, mine: str, others: str, read_only: str) -> list[Case]:
    """The same cases for reads and for writes."""
    partition = 'data "aws_partition" "p" {}\n'
    return [
        Case(control, "the default", FAIL, trail()),
        Case(control, "all buckets", PASS, basic(values=EVERY)),
        Case(control, "all buckets, by the longer prefix", PASS, basic(values=["arn:aws:s3:::"])),
        Case(control, "all buckets of GovCloud", PASS, basic(values=["arn:aws-us-gov:s3"]).in_terraform()),
        Case(control, "these only", PASS, basic(mine, values=EVERY)),
        Case(control, "the others only", FAIL, basic(others, values=EVERY)),
        Case(control, "one bucket", FAIL, basic(values=["arn:aws:s3:::records/"]), says="some S3 objects only"),
        Case(control, "one bucket and all buckets", PASS, basic(values=["arn:aws:s3:::records/", *EVERY])),
        Case(control, "by an advanced selector", PASS, advanced(*OBJECTS)),
        Case(control, "these by an advanced selector", PASS, advanced(*OBJECTS, ("readOnly", "equals", [read_only]))),
        Case(
            control,
            "the others by an advanced selector",
            FAIL,
            advanced(*OBJECTS, ("readOnly", "equals", ["false" if read_only == "true" else "true"])),
        ),
        Case(
            control,
            "one bucket by an advanced selector",
            FAIL,
            advanced(*OBJECTS, ("resources.ARN", "starts_with", ["arn:aws:s3:::records/"])),
        ),
        Case(
            control,
            "all but one bucket by an advanced selector",
            FAIL,
            advanced(*OBJECTS, ("resources.ARN", "not_starts_with", ["arn:aws:s3:::records/"])),
        ),
        Case(
            control,
            "all buckets by prefix of an advanced selector",
            PASS,
            advanced(*OBJECTS, ("resources.ARN", "starts_with", ["arn:aws:s3:::"])),
        ),
        Case(
            control,
            "one kind of event by an advanced selector",
            FAIL,
            advanced(*OBJECTS, ("eventName", "equals", ["PutObjectAcl"])),
        ),
        Case(
            control,
            "invocations of functions only",
            FAIL,
            advanced(OBJECTS[0], ("resources.type", "equals", ["AWS::Lambda::Function"])),
        ),
        Case(
            control,
            "all buckets of a partition that is looked up",
            PASS,
            terraform=partition
            + basic(values=["arn:PARTITION:s3:::"]).text.replace("PARTITION", "${data.aws_partition.p.partition}"),
        ),
        Case(
            control,
            "a bucket of the configuration",
            FAIL,
            terraform='resource "aws_s3_bucket" "records" {}\n'
            + basic(values=["ARN"]).text.replace("ARN", "${aws_s3_bucket.records.arn}/"),
        ),
        Case(
            control,
            "left to another trail",
            NOT_APPLICABLE,
            terraform=hcl("phi") + basic(values=EVERY).text.replace("phi", "other"),
        ),
        Case(control, "all buckets, switched off", FAIL, switched_off(basic(values=EVERY)), says="switched off"),
        Case(control, "all buckets, not delivered", FAIL, undelivered(basic(values=EVERY)), says="NoSuchBucket"),
        Case(control, "all buckets, by a trail for one region", PASS, of_one_region().in_aws()),
        Case(control, "all buckets of one region, as far as is declared", UNKNOWN, of_one_region().in_terraform()),
        Case(
            control,
            "all buckets of one region, and one lies elsewhere",
            FAIL,
            of_one_region() + elsewhere(),
            says="buckets lie in others",
        ),
        Case(
            control,
            "the other trail records one region, and a bucket lies elsewhere",
            FAIL,
            trail() + of_one_region("other") + elsewhere(),
        ),
        Case(
            control,
            "prefixes in a variable without a value",
            UNKNOWN,
            terraform=UNSET + basic(values=["V"]).text.replace('["V"]', "var.unset"),
        ),
        Case(control, "may not be read", UNKNOWN, trail().in_aws(), denied="cloudtrail:GetEventSelectors"),
    ]


test_reads = cases(*data_cases(READS, "ReadOnly", "WriteOnly", "true"))
test_writes = cases(*data_cases(WRITES, "WriteOnly", "ReadOnly", "false"))
