"""The IAM actions that calls need, and the least-privilege policy of a scan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.plan import Question, Wanted, planned
from hipaa_guard.facts.resource import Resource

# boto3's service -> IAM's prefix, where they differ. The prefix is the signing name, except for the last two groups.
_PREFIXES = {
    "accessanalyzer": "access-analyzer",
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "bedrock-agent": "bedrock",
    "cloudhsmv2": "cloudhsm",
    "connecthealth": "health-agent",
    "docdb": "rds",
    "dynamodbstreams": "dynamodb",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "keyspaces": "cassandra",
    "kinesisanalyticsv2": "kinesisanalytics",
    "lex-models": "lex",
    "lexv2-models": "lex",
    "mailmanager": "ses",
    "mwaa": "airflow",
    "neptune": "rds",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "pinpoint": "mobiletargeting",
    "pinpoint-sms-voice": "sms-voice",
    "pinpoint-sms-voice-v2": "sms-voice",
    "s3control": "s3",
    "s3outposts": "s3-outposts",
    "service-quotas": "servicequotas",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
    "timestream-query": "timestream",
    "timestream-write": "timestream",
    "voice-id": "voiceid",
    # signed as monitoring, tagging, cloudcontrolapi
    "cloudwatch": "cloudwatch",
    "resourcegroupstaggingapi": "tag",
    "cloudcontrol": "cloudformation",
}

# Operations whose IAM action has another name (Service Authorization Reference, and "Permissions" in the API reference
# of each operation).
_ACTIONS: Mapping[str, Sequence[str]] = {
    "accessanalyzer.get_finding_v2": ("access-analyzer:GetFinding",),
    "accessanalyzer.list_findings_v2": ("access-analyzer:ListFindings",),
    "lambda.get_layer_version_by_arn": ("lambda:GetLayerVersion",),
    "resource-explorer-2.list_resources": ("resource-explorer-2:Search",),
    "s3.get_bucket_accelerate_configuration": ("s3:GetAccelerateConfiguration",),
    "s3.get_bucket_analytics_configuration": ("s3:GetAnalyticsConfiguration",),
    "s3.get_bucket_cors": ("s3:GetBucketCORS",),
    "s3.get_bucket_encryption": ("s3:GetEncryptionConfiguration",),
    "s3.get_bucket_intelligent_tiering_configuration": ("s3:GetIntelligentTieringConfiguration",),
    "s3.get_bucket_inventory_configuration": ("s3:GetInventoryConfiguration",),
    "s3.get_bucket_lifecycle": ("s3:GetLifecycleConfiguration",),
    "s3.get_bucket_lifecycle_configuration": ("s3:GetLifecycleConfiguration",),
    "s3.get_bucket_metrics_configuration": ("s3:GetMetricsConfiguration",),
    "s3.get_bucket_notification_configuration": ("s3:GetBucketNotification",),
    "s3.get_bucket_replication": ("s3:GetReplicationConfiguration",),
    "s3.get_object_lock_configuration": ("s3:GetBucketObjectLockConfiguration",),
    "s3.get_public_access_block": ("s3:GetBucketPublicAccessBlock",),
    "s3.head_bucket": ("s3:ListBucket",),
    "s3.list_bucket_analytics_configurations": ("s3:GetAnalyticsConfiguration",),
    "s3.list_bucket_intelligent_tiering_configurations": ("s3:GetIntelligentTieringConfiguration",),
    "s3.list_bucket_inventory_configurations": ("s3:GetInventoryConfiguration",),
    "s3.list_bucket_metrics_configurations": ("s3:GetMetricsConfiguration",),
    "s3.list_buckets": ("s3:ListAllMyBuckets",),
    "s3.list_directory_buckets": ("s3express:ListAllMyDirectoryBuckets",),
    "s3control.get_public_access_block": ("s3:GetAccountPublicAccessBlock",),
}

# One action for all reads of a service.
_ONE_ACTION = {"apigateway": "apigateway:GET", "apigatewayv2": "apigateway:GET", "keyspaces": "cassandra:Select"}

# The calls of every scan before it has a plan.
ALWAYS = ("ec2:DescribeRegions", "sts:GetCallerIdentity")

# Reads of stored data: health records, messages, secrets, query results, logs, code. A scan needs none of them.
DATA_READS = (
    "athena:GetQueryResults*",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "connect:GetAttachedFile",
    "connect:GetContactAttributes",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:GetConsole*",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "es:ESHttp*",
    "health-agent:GetPatient*",
    "health-agent:MatchPatient",
    "healthlake:GetExportedFile",
    "healthlake:GetHistoryByResourceId",
    "healthlake:ReadResource",
    "healthlake:Search*",
    "healthlake:VersionReadResource",
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "kinesisvideo:GetClip",
    "kinesisvideo:GetImages",
    "kinesisvideo:GetMedia*",
    "kms:Decrypt",
    "lambda:GetFunction",
    "lambda:GetLayerVersion",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "medical-imaging:GetDICOMBulkdata",
    "medical-imaging:GetDICOMInstance*",
    "medical-imaging:GetDICOMSeriesMetadata",
    "medical-imaging:GetImage*",
    "medical-imaging:Search*",
    "omics:GetReadSet",
    "omics:GetReference",
    "rds-data:*",
    "rds:Download*",
    "redshift-data:GetStatementResult",
    "s3-object-lambda:GetObject*",
    "s3:GetDataAccess",
    "s3:GetObject*",
    "s3express:CreateSession",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "ses:GetArchiveMessage*",
    "sqs:ReceiveMessage",
    "ssm:GetParameter*",
    "timestream:Select*",
    "transcribe:GetMedicalScribeJob",
    "transcribe:GetMedicalTranscriptionJob",
    "transcribe:GetTranscriptionJob",
)

# The policy of a session is packed into its token, which has little room.
_SESSION_DENIES = (
    "athena:GetQueryResults*",
    "dynamodb:*GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "healthlake:ReadResource",
    "healthlake:Search*",
    "kms:Decrypt",
    "lambda:GetFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "medical-imaging:GetImage*",
    "rds:Download*",
    "s3:GetObject*",
    "secretsmanager:*GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter*",
)


def action_of(operation: str, api_name: str | None = None) -> str:
    """The IAM action that a denied call of an operation most likely lacked."""
    return actions_of(operation, api_name)[0]


def actions_of(operation: str, api_name: str | None = None) -> Sequence[str]:
    """The IAM actions that an operation needs. With `api_name`, AWS's name of it need not be looked up."""
    service, _, method = operation.partition(".")
    if operation in _ACTIONS:
        return _ACTIONS[operation]
    if service in _ONE_ACTION:
        return (_ONE_ACTION[service],)
    name = api_name or _api_names(service).get(method) or "".join(part.capitalize() for part in method.split("_"))
    return (f"{_PREFIXES.get(service, service)}:{name}",)


@cache
def _api_names(service: str) -> Mapping[str, str]:
    """boto3's method names of a service -> AWS's operation names; empty where botocore has no such service."""
    from botocore import xform_name
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import create_loader

    try:
        model = create_loader().load_service_model(service, "service-2")
    except UnknownServiceError:
        return {}
    return {xform_name(name): name for name in model["operations"]}


def actions_for(
    kinds: Iterable[type[Resource]], facts: Wanted | None = None, questions: Sequence[Question] = ()
) -> list[str]:
    """The IAM actions of a scan of these kinds and facts, with further questions, sorted."""
    found = set(ALWAYS)
    for operation in (*planned(kinds, facts).operations, *(question.operation for question in questions)):
        for each in (operation, *operation_quirks.also_called(operation)):
            found.update(actions_of(each))
    return sorted(found)


def policy_of(actions: Collection[str]) -> dict[str, Any]:
    """An IAM policy that allows exactly these actions and denies reading stored data."""
    allowed = [allowance(actions)] if actions else []  # IAM takes no statement without an action
    return {"Version": "2012-10-17", "Statement": [*allowed, denial()]}


def allowance(actions: Collection[str]) -> dict[str, Any]:
    """The statement that allows exactly these actions. One for each service would take the room of thirty actions."""
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}


def denial() -> dict[str, Any]:
    """The statement that denies reading stored data, even if other policies allow it."""
    return {"Sid": "NeverReadStoredData", "Effect": "Deny", "Action": list(DATA_READS), "Resource": "*"}


def session_policy() -> dict[str, Any]:
    """The session policy of an assumed role in a scan: all that the role may do, except reading stored data."""
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": list(_SESSION_DENIES), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [allow, deny]}
