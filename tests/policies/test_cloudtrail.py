"""The controls on CloudTrail, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.cases import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases

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
    if not aws.s3.list_buckets()["Buckets"]:
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


def trail(**arguments: Any) -> dict[str, Any]:
    """The trail ``phi`` with these arguments, told to both sides."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in arguments.items()]
    return {
        "terraform": hcl("phi", *lines),
        "aws": lambda aws: create(aws, "phi", **{NAMES[name]: value for name, value in arguments.items()}),
    }


def beside(other: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """The trail ``phi``, and another one."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in other.items()]

    def seed(aws: Aws) -> None:
        create(aws, "other", **{NAMES[name]: value for name, value in other.items()})
        create(aws, "phi", **{NAMES[name]: value for name, value in arguments.items()})

    mine = [f"{name} = {json.dumps(value)}" for name, value in arguments.items()]
    return {"terraform": hcl("other", *lines) + hcl("phi", *mine), "aws": seed}


def unset(argument: str) -> str:
    return UNSET + hcl("phi", f"{argument} = var.unset")


def stopped(aws: Aws) -> None:
    create(aws, "phi", logging=False)


test_logging = cases(
    Case(LOGGING, "is logging unless told otherwise", PASS, **trail()),
    Case(LOGGING, "switched off", FAIL, terraform=hcl("phi", "enable_logging = false"), aws=stopped),
    Case(LOGGING, "a variable without a value", UNKNOWN, terraform=unset("enable_logging")),
    Case(LOGGING, "may not be read", UNKNOWN, aws=trail()["aws"], denied="cloudtrail:GetTrailStatus"),
    Case(ERRORS, "none", PASS, aws=trail()["aws"]),
    Case(
        ERRORS,
        "the bucket refuses",
        FAIL,
        aws=trail()["aws"],
        answers=lambda session: answered(
            session, "cloudtrail", "GetTrailStatus", {"IsLogging": True, "LatestDeliveryError": "AccessDenied"}
        ),
        says="AccessDenied",
    ),
    Case(ERRORS, "may not be read", UNKNOWN, aws=trail()["aws"], denied="cloudtrail:GetTrailStatus"),
)

test_regions = cases(
    Case(REGIONS, "one region is the default", FAIL, **trail()),
    Case(REGIONS, "all regions", PASS, **trail(is_multi_region_trail=True)),
    Case(REGIONS, "one region, said aloud", FAIL, **trail(is_multi_region_trail=False)),
    Case(REGIONS, "another trail records all regions", NOT_APPLICABLE, **beside({"is_multi_region_trail": True})),
    Case(REGIONS, "another trail records one region too", FAIL, **beside({})),
    Case(
        REGIONS,
        "another trail would record all regions, but is switched off",
        FAIL,
        terraform=hcl("other", "is_multi_region_trail = true", "enable_logging = false") + hcl("phi"),
    ),
    Case(REGIONS, "a variable without a value", UNKNOWN, terraform=unset("is_multi_region_trail")),
    Case(
        REGIONS,
        "whether the other trail is logging may not be read",
        UNKNOWN,
        aws=beside({"is_multi_region_trail": True})["aws"],
        denied="cloudtrail:GetTrailStatus",
    ),
    Case(GLOBAL, "is the default", PASS, **trail()),
    Case(GLOBAL, "left out", FAIL, **trail(include_global_service_events=False)),
    Case(
        GLOBAL,
        "left to another trail",
        NOT_APPLICABLE,
        **beside({"include_global_service_events": True}, include_global_service_events=False),
    ),
    Case(GLOBAL, "a variable without a value", UNKNOWN, terraform=unset("include_global_service_events")),
)


def selectors(text: str, **answer: Any) -> dict[str, Any]:
    """The trail ``phi`` with selectors, as Terraform writes them and as AWS takes them."""

    def seed(aws: Aws) -> None:
        create(aws, "phi", IsMultiRegionTrail=True)
        aws.cloudtrail.put_event_selectors(TrailName="phi", **answer)

    return {"terraform": hcl("phi", text), "aws": seed}


def basic(kinds: str = "All", *, management: bool = True, values: list[str] | None = None) -> dict[str, Any]:
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


def advanced(*fields: tuple[str, str, list[str]]) -> dict[str, Any]:
    names = {
        "equals": "Equals",
        "starts_with": "StartsWith",
        "not_starts_with": "NotStartsWith",
        "not_equals": "NotEquals",
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


OBJECTS = (("eventCategory", "equals", ["Data"]), ("resources.type", "equals", ["AWS::S3::Object"]))
MANAGED = ("eventCategory", "equals", ["Management"])
EVERY = ["arn:aws:s3"]

test_management = cases(
    Case(MANAGEMENT, "are the default", PASS, **trail()),
    Case(MANAGEMENT, "all", PASS, **basic()),
    Case(MANAGEMENT, "only reads", FAIL, **basic("ReadOnly")),
    Case(MANAGEMENT, "only writes", FAIL, **basic("WriteOnly")),
    Case(MANAGEMENT, "only data events", FAIL, **basic(management=False, values=EVERY)),
    Case(MANAGEMENT, "by an advanced selector", PASS, **advanced(MANAGED)),
    Case(MANAGEMENT, "an advanced selector of writes", FAIL, **advanced(MANAGED, ("readOnly", "equals", ["false"]))),
    Case(MANAGEMENT, "an advanced selector of data events only", FAIL, **advanced(*OBJECTS)),
    Case(
        MANAGEMENT,
        "all but those of KMS",
        PASS,
        **advanced(MANAGED, ("eventSource", "not_equals", ["kms.amazonaws.com"])),
    ),
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
        terraform=hcl("other") + hcl("phi", 'event_selector {\nread_write_type = "ReadOnly"\n}'),
    ),
    Case(
        MANAGEMENT,
        "a variable without a value",
        UNKNOWN,
        terraform=UNSET + hcl("phi", "event_selector {\nread_write_type = var.unset\n}"),
    ),
    Case(MANAGEMENT, "may not be read", UNKNOWN, aws=trail()["aws"], denied="cloudtrail:GetEventSelectors"),
)


def data_cases(control: str, mine: str, others: str, read_only: str) -> list[Case]:
    """The same cases for reads and for writes."""
    partition = 'data "aws_partition" "p" {}\n'
    return [
        Case(control, "the default", FAIL, **trail()),
        Case(control, "all buckets", PASS, **basic(values=EVERY)),
        Case(control, "all buckets, by the longer prefix", PASS, **basic(values=["arn:aws:s3:::"])),
        Case(control, "all buckets of GovCloud", PASS, terraform=basic(values=["arn:aws-us-gov:s3"])["terraform"]),
        Case(control, "these only", PASS, **basic(mine, values=EVERY)),
        Case(control, "the others only", FAIL, **basic(others, values=EVERY)),
        Case(control, "one bucket", FAIL, **basic(values=["arn:aws:s3:::records/"]), says="some S3 objects only"),
        Case(control, "one bucket and all buckets", PASS, **basic(values=["arn:aws:s3:::records/", *EVERY])),
        Case(control, "by an advanced selector", PASS, **advanced(*OBJECTS)),
        Case(control, "these by an advanced selector", PASS, **advanced(*OBJECTS, ("readOnly", "equals", [read_only]))),
        Case(
            control,
            "the others by an advanced selector",
            FAIL,
            **advanced(*OBJECTS, ("readOnly", "equals", ["false" if read_only == "true" else "true"])),
        ),
        Case(
            control,
            "one bucket by an advanced selector",
            FAIL,
            **advanced(*OBJECTS, ("resources.ARN", "starts_with", ["arn:aws:s3:::records/"])),
        ),
        Case(
            control,
            "all but one bucket by an advanced selector",
            FAIL,
            **advanced(*OBJECTS, ("resources.ARN", "not_starts_with", ["arn:aws:s3:::records/"])),
        ),
        Case(
            control,
            "all buckets by prefix of an advanced selector",
            PASS,
            **advanced(*OBJECTS, ("resources.ARN", "starts_with", ["arn:aws:s3:::"])),
        ),
        Case(
            control,
            "one kind of event by an advanced selector",
            FAIL,
            **advanced(*OBJECTS, ("eventName", "equals", ["PutObjectAcl"])),
        ),
        Case(
            control,
            "invocations of functions only",
            FAIL,
            **advanced(OBJECTS[0], ("resources.type", "equals", ["AWS::Lambda::Function"])),
        ),
        Case(
            control,
            "all buckets of a partition that is looked up",
            PASS,
            terraform=partition
            + basic(values=["arn:PARTITION:s3:::"])["terraform"].replace(
                "PARTITION", "${data.aws_partition.p.partition}"
            ),
        ),
        Case(
            control,
            "a bucket of the configuration",
            FAIL,
            terraform='resource "aws_s3_bucket" "records" {}\n'
            + basic(values=["ARN"])["terraform"].replace("ARN", "${aws_s3_bucket.records.arn}/"),
        ),
        Case(
            control,
            "left to another trail",
            NOT_APPLICABLE,
            terraform=hcl("phi") + basic(values=EVERY)["terraform"].replace("phi", "other"),
        ),
        Case(
            control,
            "prefixes in a variable without a value",
            UNKNOWN,
            terraform=UNSET + basic(values=["V"])["terraform"].replace('["V"]', "var.unset"),
        ),
        Case(control, "may not be read", UNKNOWN, aws=trail()["aws"], denied="cloudtrail:GetEventSelectors"),
    ]


test_reads = cases(*data_cases(READS, "ReadOnly", "WriteOnly", "true"))
test_writes = cases(*data_cases(WRITES, "WriteOnly", "ReadOnly", "false"))


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
    Case(ACCOUNT, "a trail for one region", FAIL, aws=trail()["aws"]),
    Case(ACCOUNT, "a trail that is switched off", FAIL, aws=multi_region(logging=False)),
    Case(ACCOUNT, "a trail of reads", FAIL, aws=reads_only),
    Case(ACCOUNT, "the trail of the organization", PASS, aws=lambda _: None, answers=of_the_organization),
    Case(ACCOUNT, "a trail at home in a region that was not read", UNKNOWN, aws=lambda _: None, answers=home_elsewhere),
    Case(ACCOUNT, "trails may not be listed", UNKNOWN, aws=multi_region(), denied="cloudtrail:DescribeTrails"),
    Case(ACCOUNT, "the state may not be read", UNKNOWN, aws=multi_region(), denied="cloudtrail:GetTrailStatus"),
)


def to_log_group(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="trail")
    role = aws.iam.create_role(RoleName="trail", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"
    create(aws, "phi", CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)


def with_key(aws: Aws) -> None:
    create(aws, "phi", KmsKeyId=aws.kms.create_key()["KeyMetadata"]["Arn"])


test_log_group_key_validation = cases(
    Case(TO_LOGS, "none", FAIL, **trail()),
    Case(
        TO_LOGS,
        "a log group",
        PASS,
        terraform='resource "aws_cloudwatch_log_group" "trail" {}\n'
        + hcl("phi", 'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"'),
        aws=to_log_group,
    ),
    Case(TO_LOGS, "null", FAIL, terraform=hcl("phi", "cloud_watch_logs_group_arn = null")),
    Case(TO_LOGS, "a variable without a value", UNKNOWN, terraform=unset("cloud_watch_logs_group_arn")),
    Case(KEY, "none", FAIL, **trail()),
    Case(
        KEY,
        "a key",
        PASS,
        terraform='resource "aws_kms_key" "k" {}\n' + hcl("phi", "kms_key_id = aws_kms_key.k.arn"),
        aws=with_key,
    ),
    Case(KEY, "a variable without a value", UNKNOWN, terraform=unset("kms_key_id")),
    Case(VALIDATION, "off is the default", FAIL, **trail()),
    Case(VALIDATION, "on", PASS, **trail(enable_log_file_validation=True)),
    Case(VALIDATION, "off, said aloud", FAIL, **trail(enable_log_file_validation=False)),
    Case(VALIDATION, "a variable without a value", UNKNOWN, terraform=unset("enable_log_file_validation")),
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
    Case(BUCKET_PUBLIC, "the policy may not be read", UNKNOWN, aws=then(), denied="s3:GetBucketPolicy"),
    Case(BUCKET_LOGS, "none", FAIL, terraform=OWN, aws=then()),
    Case(BUCKET_LOGS, "delivered", PASS, terraform=OWN + TARGET, aws=then(logged)),
    Case(BUCKET_LOGS, "the bucket is declared elsewhere", UNKNOWN, terraform=hcl("phi")),
    Case(BUCKET_LOGS, "the bucket is in another account", UNKNOWN, aws=without_bucket),
    Case(BUCKET_LOGS, "may not be read", UNKNOWN, aws=then(), denied="s3:GetBucketLogging"),
)
