"""The controls on SNS, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases

ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:phi-results"
OPEN = '\nvariable "open" {}'
KEY = '\nresource "aws_kms_key" "k" {}'


def topic(lines: str = "", more: str = "", **attributes: str) -> Told:
    """A topic with some arguments, told to both sides; ``own`` stands for a KMS key of the account."""

    def seed(aws: Aws) -> None:
        told = {k: aws.kms.create_key()["KeyMetadata"]["Arn"] if v == "own" else v for k, v in attributes.items()}
        aws.sns.create_topic(Name="phi-results", Attributes=told)

    return Told(terraform=f'resource "aws_sns_topic" "phi" {{\n name = "phi-results"\n {lines}\n}}\n{more}', aws=seed)


def policy(**changes: Any) -> Told:
    """A topic whose policy denies plain HTTP, with changes."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": ARN,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v}]})
    attached = f'resource "aws_sns_topic_policy" "p" {{\n arn = aws_sns_topic.phi.arn\n policy = {json.dumps(text)}\n}}'
    return topic(more=attached, Policy=text)


def allows(**changes: Any) -> Told:
    return policy(**{"Effect": "Allow", "Condition": None} | changes)


def subscription(protocol: str, endpoint: str) -> Told:
    def seed(aws: Aws) -> None:
        arn = aws.sns.create_topic(Name="phi-results")["TopicArn"]
        aws.sns.subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)

    return Told(
        terraform=f"""
        resource "aws_sns_topic" "t" {{}}
        resource "aws_sns_topic_subscription" "phi" {{
          topic_arn = aws_sns_topic.t.arn
          protocol  = "{protocol}"
          endpoint  = "{endpoint}"
        }}""",
        aws=seed,
    )


ENCRYPTED, CMK = "sns_topic_encrypted_at_rest", "sns_topic_encrypted_with_cmk"
PUBLIC, TLS = "sns_topic_policy_not_public", "sns_topic_tls_required"
FOREIGN, WEB = "sns_topic_policy_no_cross_account", "sns_subscription_https"
MANAGED = "alias/aws/sns"
DENIED = "sns:GetTopicAttributes"

test_encryption = cases(
    Case(ENCRYPTED, "the default of SNS", FAIL, topic()),
    Case(ENCRYPTED, "the AWS managed key", PASS, topic(f'kms_master_key_id = "{MANAGED}"', KmsMasterKeyId=MANAGED)),
    Case(
        ENCRYPTED, "a key of one's own", PASS, topic("kms_master_key_id = aws_kms_key.k.id", KEY, KmsMasterKeyId="own")
    ),
    Case(ENCRYPTED, "an empty text for a key", FAIL, topic('kms_master_key_id = ""').in_terraform()),
    Case(ENCRYPTED, "may not be read", UNKNOWN, topic().in_aws(), denied=DENIED, says=DENIED),
    Case(CMK, "the default of SNS", FAIL, topic()),
    Case(CMK, "the AWS managed key", FAIL, topic(f'kms_master_key_id = "{MANAGED}"', KmsMasterKeyId=MANAGED)),
    Case(CMK, "a key of one's own", PASS, topic("kms_master_key_id = aws_kms_key.k.id", KEY, KmsMasterKeyId="own")),
)

test_tls = cases(
    Case(TLS, "the default policy", FAIL, topic()),
    Case(
        TLS,
        "the default policy, and a key, with which SNS takes HTTPS alone",
        FAIL,
        topic(f'kms_master_key_id = "{MANAGED}"', KmsMasterKeyId=MANAGED),
        says="only its encryption",
        severity=LOW,
    ),
    Case(
        TLS, "the default policy, and perhaps a key", FAIL, topic("kms_master_key_id = var.open", OPEN).in_terraform()
    ),
    Case(TLS, "denies publishing over plain HTTP", PASS, policy()),
    Case(TLS, "denies every action over plain HTTP", PASS, policy(Action="SNS:*")),
    Case(TLS, "denies subscribing only", FAIL, policy(Action="sns:Subscribe")),
    Case(TLS, "spares other callers", FAIL, policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    Case(TLS, "denies TLS instead", FAIL, policy(Condition={"Bool": {"aws:SecureTransport": "true"}})),
    Case(
        TLS,
        "names the topic by reference",
        PASS,
        terraform="""
        resource "aws_sns_topic" "phi" {}
        resource "aws_sns_topic_policy" "p" {
          arn    = aws_sns_topic.phi.arn
          policy = data.aws_iam_policy_document.tls.json
        }
        data "aws_iam_policy_document" "tls" {
          statement {
            effect    = "Deny"
            actions   = ["sns:Publish"]
            resources = [aws_sns_topic.phi.arn]
            principals {
              type        = "AWS"
              identifiers = ["*"]
            }
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }""",
    ),
)

OWNER = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
OWN = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
OTHER = {"AWS": "999988887777"}

test_access = cases(
    Case(PUBLIC, "the default policy: everyone, if the account owns the source", PASS, topic()),
    Case(PUBLIC, "the default policy, written out", PASS, allows(Principal={"AWS": "*"}, Condition=OWNER)),
    Case(PUBLIC, "everyone may publish", FAIL, allows()),
    Case(
        PUBLIC,
        "everyone may subscribe over TLS",
        FAIL,
        allows(Action="sns:Subscribe", Condition={"Bool": {"aws:SecureTransport": "true"}}),
    ),
    Case(PUBLIC, "one role may publish", PASS, allows(Principal=OWN)),
    *(
        Case(PUBLIC, f"S3 may publish for {whose}", verdict, allows(Condition={"ArnLike": {"aws:SourceArn": arn}}))
        for whose, verdict, arn in (
            ("a bucket, with wildcards before its name", PASS, "arn:aws:s3:*:*:phi-records"),
            ("buckets whose names begin alike", FAIL, "arn:aws:s3:*:*:phi-*"),
            ("access points of a name that anybody may give", FAIL, "arn:aws:s3:*:*:accesspoint/phi"),
        )
    ),
    Case(FOREIGN, "the default policy", PASS, topic()),
    Case(FOREIGN, "a role of the account itself", PASS, allows(Principal=OWN).in_aws()),
    Case(FOREIGN, "another account", FAIL, allows(Principal=OTHER).in_aws(), says="999988887777"),
    Case(
        FOREIGN,
        "everyone, if another account owns the source",
        FAIL,
        allows(Condition={"StringEquals": {"AWS:SourceOwner": "999988887777"}}).in_aws(),
        says="999988887777",
    ),
    Case(FOREIGN, "everyone", FAIL, allows()),
    Case(FOREIGN, "a service of AWS", FAIL, allows(Principal={"Service": "events.amazonaws.com"})),
    Case(FOREIGN, "an account, where one's own is not known", UNKNOWN, allows(Principal=OTHER).in_terraform()),
)


test_subscriptions = cases(
    Case(WEB, "plain HTTP", FAIL, subscription("http", "http://phi.example.org/")),
    Case(WEB, "HTTPS", PASS, subscription("https", "https://phi.example.org/")),
    Case(WEB, "a queue", NOT_APPLICABLE, subscription("sqs", f"arn:aws:sqs:us-east-1:{ACCOUNT}:phi-messages")),
    Case(
        WEB,
        "a protocol that is not known",
        UNKNOWN,
        terraform="""
        variable "open" {}
        resource "aws_sns_topic_subscription" "phi" {
          topic_arn = "arn:aws:sns:us-east-1:111122223333:results"
          protocol  = var.open
          endpoint  = "phi.example.org"
        }""",
        says="var.open",
    ),
)
