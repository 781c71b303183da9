"""The controls on S3 logging, ownership, versions, copies and sharing, told to Terraform and to AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.authoring import LOW
from hipaa_guard.controls.findings import judge
from hipaa_guard.services import s3
from hipaa_guard.services.s3.defaults import DEFAULTS
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases
from hipaa_guard.testing.judging import all_controls, terraform_inventory
from tests.policies.s3.states import (
    BUCKET,
    LOG_DELIVERY,
    OPEN_VARIABLE,
    acl,
    bucket,
    grants,
    inside,
    locked,
    logging,
    ownership,
    retained,
    separate,
    versioning,
)

NO_ACLS, LOCK, MFA = "s3_bucket_acls_disabled", "s3_bucket_object_lock_enabled", "s3_bucket_mfa_delete"
COPIED = "s3_bucket_replication_enabled"

LOGS = "s3_bucket_access_logging_enabled"
LOG_BUCKET = '\nresource "aws_s3_bucket" "l" {}\n'


def logged_to(target: str) -> str:
    return separate("logging", f'target_bucket = {target}\n target_prefix = ""').replace(OPEN_VARIABLE, "")


def logged_from(target: str) -> str:
    """Another bucket, with its logs delivered to a target."""
    return (
        LOG_BUCKET + f'resource "aws_s3_bucket_logging" "l" {{\n bucket = aws_s3_bucket.l.id\n target_prefix = ""\n'
        f" target_bucket = {target}\n}}\n"
    )


def delivered(aws: Aws, source: str, target: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
    text = {"Version": "2012-10-17", "Statement": [statement | {"Resource": f"arn:aws:s3:::{target}/*"}]}
    aws.s3.put_bucket_policy(Bucket=target, Policy=json.dumps(text))
    enabled = {"TargetBucket": target, "TargetPrefix": ""}
    aws.s3.put_bucket_logging(Bucket=source, BucketLoggingStatus={"LoggingEnabled": enabled})


def to_itself(aws: Aws) -> None:
    bucket(aws)
    delivered(aws, "phi-records", "phi-records")


def from_another(aws: Aws) -> None:
    bucket(aws)
    aws.s3.create_bucket(Bucket="another")
    delivered(aws, "another", "phi-records")


def open_for_logs(aws: Aws) -> None:
    bucket(aws)
    owner = aws.s3.get_bucket_acl(Bucket="phi-records")["Owner"]
    grant = {"Grantee": {"Type": "Group", "URI": LOG_DELIVERY}, "Permission": "WRITE"}
    aws.s3.put_bucket_acl(Bucket="phi-records", AccessControlPolicy={"Grants": [grant], "Owner": owner})


test_logging = cases(
    Case(LOGS, "none", FAIL, terraform=BUCKET, aws=bucket),
    Case(
        LOGS,
        "delivered to a log bucket",
        PASS,
        terraform=BUCKET
        + """
        resource "aws_s3_bucket_logging" "l" {
          bucket        = aws_s3_bucket.phi.id
          target_bucket = "access-log-archive"
          target_prefix = "phi/"
        }""",
        aws=logging,
    ),
    Case(
        LOGS, "delivered into itself", FAIL, terraform=logged_to("aws_s3_bucket.phi.id"), aws=to_itself, says="itself"
    ),
    Case(LOGS, "delivered into itself, by name", FAIL, terraform=logged_to('"phi-records"'), says="itself"),
    Case(
        LOGS, "delivered to a bucket that is declared too", PASS, terraform=logged_to("aws_s3_bucket.l.id") + LOG_BUCKET
    ),
    Case(LOGS, "delivered to a variable without a value", PASS, terraform=logged_to("var.open") + OPEN_VARIABLE),
    Case(
        LOGS,
        "delivered to the variable that names the bucket",
        UNKNOWN,
        terraform=(logged_to("var.open") + OPEN_VARIABLE).replace('"phi-records"', "var.open", 1),
    ),
    Case(
        LOGS,
        "delivered to a name made of the same variable as that of the bucket",
        PASS,
        terraform=(logged_to('"${var.open}-logs"') + OPEN_VARIABLE).replace(
            '"phi-records"', '"${var.open}-records"', 1
        ),
    ),
    Case(
        LOGS,
        "not known whether delivered",
        UNKNOWN,
        terraform=BUCKET
        + OPEN_VARIABLE
        + LOG_BUCKET.replace("{}", '{\n bucket = "logs"\n}')
        + 'resource "aws_s3_bucket_logging" "s" {\n'
        + ' bucket = var.open ? aws_s3_bucket.phi.id : "another"\n target_bucket = "logs"\n target_prefix = ""\n}\n',
    ),
    Case(
        LOGS,
        "the logs of what a variable names, which is another bucket",
        FAIL,
        terraform=BUCKET
        + OPEN_VARIABLE
        + 'resource "aws_s3_bucket_logging" "s" {\n bucket = var.open\n target_bucket = "logs"\n target_prefix = ""\n}\n',
    ),
    Case(
        LOGS,
        "takes in the logs of another",
        NOT_APPLICABLE,
        terraform=BUCKET + logged_from("aws_s3_bucket.phi.id"),
        aws=from_another,
        says="receives the access logs",
    ),
    Case(
        LOGS, "takes in the logs of another, by name", NOT_APPLICABLE, terraform=BUCKET + logged_from('"phi-records"')
    ),
    Case(LOGS, "another has its logs elsewhere", FAIL, terraform=BUCKET + logged_from('"elsewhere"')),
    Case(
        LOGS,
        "another has its logs where a variable says, which is another bucket",
        FAIL,
        terraform=BUCKET + logged_from("var.open") + OPEN_VARIABLE,
    ),
    Case(
        LOGS,
        "an ACL lets logs in",
        NOT_APPLICABLE,
        terraform=acl("log-delivery-write").text,
        aws=open_for_logs,
    ),
    Case(LOGS, "a grant lets logs in", NOT_APPLICABLE, terraform=grants(f'"{LOG_DELIVERY}"')),
    Case(LOGS, "an ACL lets everyone in", FAIL, acl("public-read")),
)


test_ownership = cases(
    Case(NO_ACLS, "turned off", PASS, ownership("BucketOwnerEnforced")),
    Case(NO_ACLS, "the writer owns objects", FAIL, ownership("ObjectWriter"), says="ObjectWriter"),
    Case(NO_ACLS, "the bucket's owner is preferred", FAIL, ownership("BucketOwnerPreferred")),
    Case(
        NO_ACLS,
        "only the default of new buckets turns them off",
        FAIL,
        terraform=BUCKET,
        says="only the default that S3 sets on buckets made since April 2023",
    ),
    Case(NO_ACLS, "no ownership controls", FAIL, aws=bucket, says="has ACLs turned on"),
    Case(NO_ACLS, "an ACL, which needs ACLs to be on", FAIL, acl("private").in_terraform()),
    Case(NO_ACLS, "an ACL inside the bucket that only repeats the default", FAIL, terraform=inside('acl = "private"')),
    Case(NO_ACLS, "a canned ACL inside the bucket", FAIL, terraform=inside('acl = "log-delivery-write"')),
)

UNASKED = "locks only versions whose upload asks"
RULE = 'rule {\n default_retention {\n mode = "GOVERNANCE"\n years = 1\n }\n }'

test_lock = cases(
    Case(LOCK, "off", FAIL, terraform=BUCKET, aws=bucket, says="Object Lock off"),
    Case(LOCK, "off, said aloud", FAIL, terraform=inside("object_lock_enabled = false")),
    Case(
        LOCK,
        "on from the start, without retention",
        FAIL,
        terraform=inside("object_lock_enabled = true"),
        aws=locked,
        says=UNASKED,
    ),
    Case(
        LOCK,
        "turned on later, without retention",
        FAIL,
        terraform=separate("object_lock_configuration", 'object_lock_enabled = "Enabled"'),
        says=UNASKED,
    ),
    Case(
        LOCK,
        "inside the bucket, without retention",
        FAIL,
        terraform=inside('object_lock_configuration {\n object_lock_enabled = "Enabled"\n }'),
    ),
    Case(LOCK, "a month in governance mode", PASS, retained("GOVERNANCE", Days=30), says="BypassGovernanceRetention"),
    Case(LOCK, "a year in compliance mode", PASS, retained("COMPLIANCE", Years=1), says="365 days, in compliance mode"),
    Case(LOCK, "a week", PASS, retained("COMPLIANCE", Days=7)),
    Case(LOCK, "less than a week", FAIL, retained("COMPLIANCE", Days=6), says="for 6 days, less than 7"),
    Case(LOCK, "one day", FAIL, retained("GOVERNANCE", Days=1), says="for 1 day, less than 7"),
    Case(
        LOCK,
        "no time",
        FAIL,
        terraform=separate("object_lock_configuration", 'rule {\n default_retention {\n mode = "COMPLIANCE"\n }\n }'),
        says="for 0 days",
    ),
    Case(
        LOCK,
        "a year, inside the bucket",
        PASS,
        terraform=inside(f'object_lock_configuration {{\n object_lock_enabled = "Enabled"\n {RULE}\n }}'),
    ),
)

VARIABLE = "\n" + OPEN_VARIABLE
MFA_ON = 'versioning_configuration {\n status = "Enabled"\n mfa_delete = "Enabled"\n }'


def mfa_delete(session: Any) -> None:
    answered(session, "s3", "GetBucketVersioning", {"Status": "Enabled", "MFADelete": "Enabled"})


test_mfa_delete = cases(
    Case(MFA, "never versioned", NOT_APPLICABLE, terraform=BUCKET, aws=bucket, says="keeps no versions"),
    Case(MFA, "versioning turned off in so many words", NOT_APPLICABLE, versioning("Disabled").in_terraform()),
    Case(MFA, "versioning suspended, which keeps the versions there are", FAIL, versioning("Suspended")),
    Case(MFA, "versioning set by a variable", UNKNOWN, terraform=versioning("${var.open}").text + VARIABLE),
    Case(MFA, "versions without it", FAIL, versioning("Enabled")),
    Case(MFA, "on", PASS, terraform=separate("versioning", MFA_ON), aws=bucket, answers=mfa_delete),
    Case(MFA, "on inside the bucket", PASS, terraform=inside("versioning {\n enabled = true\n mfa_delete = true\n }")),
    Case(
        MFA,
        "asked for without versions, which the aws provider leaves out",
        NOT_APPLICABLE,
        terraform=separate("versioning", MFA_ON.replace('"Enabled"', '"Disabled"', 1)),
    ),
    Case(
        MFA,
        "asked for inside a bucket without versions",
        NOT_APPLICABLE,
        terraform=inside("versioning {\n enabled = false\n mfa_delete = true\n }"),
    ),
    Case(
        MFA,
        "on, and versions by a variable without a value",
        UNKNOWN,
        terraform=separate("versioning", MFA_ON.replace('"Enabled"', "var.open", 1)),
    ),
    Case(
        MFA,
        "on, and versioning suspended",
        PASS,
        terraform=separate("versioning", MFA_ON.replace('"Enabled"', '"Suspended"', 1)),
    ),
    Case(
        MFA, "off inside the bucket", FAIL, terraform=inside("versioning {\n enabled = true\n mfa_delete = false\n }")
    ),
)


def test_every_default_is_that_of_a_fact_and_of_the_source_that_says_so() -> None:
    for name, default in DEFAULTS.items():
        assert s3.Bucket.facts[name].unset == (default.value if default.of_every_bucket else None), name
        assert default.since
        assert default.source


@pytest.mark.parametrize("provider", ["aws", "awscc"])
def test_of_a_plain_bucket_the_message_says_where_only_a_default_of_new_buckets_protects(
    provider: str, tmp_path: Path
) -> None:
    """Each control that fails because a default holds for new buckets only says so, and is of severity low."""
    text = f'resource "{provider}_s3_bucket" "phi" {{\n}}\n'
    controls = [control for control in all_controls().values() if control.kind is s3.Bucket]
    found = {each.control_id: each for each in judge(controls, terraform_inventory(text, controls, tmp_path))}
    told = {id_ for id_, each in found.items() if "default that S3 sets" in each.message}
    assert told == {"s3_bucket_acls_disabled", "s3_bucket_public_access_blocked"}
    assert {found[id_].severity for id_ in told} == {LOW}
