"""Services that take on roles for whatever customer asks them to, unless the role's trust policy says for whom.

A table: for each service the page on which AWS documents the risk (the "confused deputy") for roles, and shows a trust
policy that names the account or the resource. As of 2026-11-30. A service whose page speaks of resource policies alone
(EC2, Lambda, CloudTrail, CodeBuild, Lex, event buses), or that has no such page (Backup, Glue) is not in it. ECS is not
either: its guide recommends these conditions for the roles of tasks, and shows none for those of the agents that start
tasks, which have the same principal.
"""

from __future__ import annotations

from hipaa_guard.facts.lists import some
from hipaa_guard.facts.partial_patterns import holds
from hipaa_guard.facts.policies.binding_conditions import SYMBOL_START
from hipaa_guard.facts.policies.document import Statement
from hipaa_guard.facts.policies.statements import EVERY_SERVICE
from hipaa_guard.facts.values import Cause, Undecided, Unknown
from hipaa_guard.lean import regex

PAGES = {
    "airflow": "Amazon MWAA user guide, Cross-service confused deputy prevention",
    "airflow-env": "Amazon MWAA user guide, Cross-service confused deputy prevention",
    "appstream": "Amazon AppStream 2.0 developer guide, fleet machine role cross-service confused deputy prevention",
    "autoscaling": "Amazon EC2 Auto Scaling user guide, Cross-service confused deputy prevention",
    "batch": "AWS Batch user guide, Cross-service confused deputy prevention",
    "bedrock": "Amazon Bedrock user guide, Create a service role for model customization; for model import",
    "cognito-idp": "Amazon Cognito developer guide, SMS message settings for Amazon Cognito user pools",
    "cognito-sync": "Amazon Cognito developer guide, Push sync",
    "comprehend": "Amazon Comprehend developer guide, Cross-service confused deputy prevention",
    "config": "AWS Config developer guide, Permissions for the IAM Role Assigned to AWS Config",
    "datasync": "AWS DataSync user guide, Cross-service confused deputy prevention",
    "dlm": "Amazon EBS user guide, IAM service roles for Amazon Data Lifecycle Manager",
    "dms": "AWS DMS user guide, Cross-service confused deputy prevention",
    "elasticmapreduce": "Amazon EMR management guide, Create an EMR Studio service role",
    "es": "Amazon OpenSearch Service developer guide, Cross-service confused deputy prevention",
    "frauddetector": "Amazon Fraud Detector user guide, Confused deputy prevention",
    "grafana": "Amazon Managed Grafana user guide, Cross-service confused deputy prevention",
    "greengrass": "AWS IoT Greengrass developer guide, Greengrass service role",
    "healthlake": "AWS HealthLake developer guide, Setting up permissions for import jobs; for export jobs",
    "iot": "AWS IoT Core developer guide, Cross-service confused deputy prevention",
    "iotdeviceadvisor": "AWS IoT Core developer guide, Security best practices in AWS IoT Core",
    "iotfleethub": "AWS IoT Fleet Hub guide, Cross-service confused deputy prevention",
    "kendra": "Amazon Kendra developer guide, IAM access roles for Amazon Kendra",
    "kinesisanalytics": "Kinesis Data Analytics for SQL developer guide, Cross-service confused deputy prevention",
    "logs": "Amazon CloudWatch Logs user guide, Confused deputy prevention; Log group-level subscription filters",
    "medical-imaging": "AWS HealthImaging developer guide, Cross-service confused deputy prevention in HealthImaging",
    "monitoring.rds": "Amazon RDS user guide, Setting up and enabling Enhanced Monitoring",
    "omics": "AWS HealthOmics user guide, Cross-service confused deputy prevention",
    "osis-pipelines": "Amazon OpenSearch Service developer guide, OpenSearch Ingestion pipelines that write to domains",
    "personalize": "Amazon Personalize developer guide, Cross-service confused deputy prevention",
    "pinpoint": "Amazon Pinpoint developer guide, IAM roles for importing and exporting endpoints or segments",
    "pipes": "Amazon EventBridge user guide, Getting started: Create an Amazon EventBridge pipe",
    "qbusiness": "Amazon Q Business user guide, IAM role for an Amazon Kendra retriever",
    "rds": "Amazon RDS user guide, Preventing cross-service confused deputy problems",
    "rekognition": "Amazon Rekognition developer guide, Cross-service confused deputy prevention",
    "sagemaker": "Amazon SageMaker AI developer guide, Cross-service confused deputy prevention",
    "scheduler": "EventBridge Scheduler user guide, Confused deputy prevention in EventBridge Scheduler",
    "ses": "Amazon SES developer guide, Set up a Data Firehose event destination for Amazon SES event publishing",
    "sms-voice": "AWS End User Messaging SMS user guide, IAM policy for Amazon Data Firehose",
    "spotfleet": "Amazon EC2 user guide, Spot Fleet permissions",
    "ssm": "AWS Systems Manager user guide, Cross-service confused deputy prevention",
    "states": "AWS Step Functions developer guide, Creating an IAM role for your state machine",
    "storagegateway": "Amazon S3 File Gateway user guide, Cross-service confused deputy prevention",
    "textract": "Amazon Textract developer guide, Cross-service confused deputy prevention",
    "transcribe": "Amazon Transcribe developer guide, Identity-based policy examples",
    "transfer": "AWS Transfer Family user guide, Cross-service confused deputy prevention",
    "vpc-flow-logs": "Amazon VPC user guide, IAM role for publishing flow logs to CloudWatch Logs",
}
"""A service principal without the suffix, or its first word, as some have a region after it -> the page of its
documentation."""

_PRINCIPAL = regex(r"([a-z0-9*-]+)(\..+)?\.amazonaws\.com(\.cn)?")
"""``states.amazonaws.com``, and in some services and partitions ``states.us-east-1.amazonaws.com``."""


def acts_for_anyone(statement: Statement) -> list[str]:
    """The services of the table that a statement of a trust policy lets in, whoever they act for.

    Raises:
        Undecided: a service or a condition is not known, and no known service is let in so.

    """
    if not some(lambda service: holds(_is_named, service), statement.services()):
        return []
    return [
        each if each == EVERY_SERVICE else f"{_word(each)}.amazonaws.com"
        for each in statement.unbound_services()
        if _is_named(each)
    ]


def _is_named(principal: str) -> bool:
    """Whether a service principal is of a service in the table, or may be: a wildcard stands for what is not known.

    Raises:
        Undecided: its first word is looked up.

    """
    if principal.startswith(SYMBOL_START):
        raise Undecided(Unknown("a service that it lets in is read when Terraform plans", Cause.DATA_SOURCE))
    word = _word(principal)
    return principal == EVERY_SERVICE or "*" in word or word in PAGES


def _word(principal: str) -> str:
    found = _PRINCIPAL.fullmatch(principal.lower())
    if found is None:
        return ""
    whole = found[1] + (found[2] or "")
    return whole if whole in PAGES else found[1]
