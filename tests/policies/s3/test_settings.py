"""The controls on S3 logging, ownership, versions, copies and sharing, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases
from tests.policies.s3.states import (
    BUCKET,
    LOG_DELIVERY,
    OPEN,
    OPEN_VARIABLE,
    OTHER,
    acl,
    bucket,
    grants,
    locked,
    logging,
    ownership,
    policy,
    replication,
    separate,
    versioning,
)

NO_ACLS, LOCK, MFA = "s3_bucket_acls_disabled", "s3_bucket_object_lock_enabled", "s3_bucket_mfa_delete"
COPIED, FOREIGN = "s3_bucket_replication_enabled", "s3_bucket_no_cross_account_policy"

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


def inside(lines: str) -> str:
    return f'resource "aws_s3_bucket" "phi" {{\n {lines}\n}}\n' + OPEN_VARIABLE


test_ownership = cases(
    Case(NO_ACLS, "turned off", PASS, ownership("BucketOwnerEnforced")),
    Case(NO_ACLS, "the writer owns objects", FAIL, ownership("ObjectWriter"), says="ObjectWriter"),
    Case(NO_ACLS, "the bucket's owner is preferred", FAIL, ownership("BucketOwnerPreferred")),
    Case(
        NO_ACLS,
        "no ownership controls",
        FAIL,
        terraform=BUCKET,
        aws=bucket,
        says="has no ownership controls configured of its own",
    ),
    Case(NO_ACLS, "an ACL, which needs ACLs to be on", FAIL, acl("private").in_terraform()),
    Case(NO_ACLS, "an ACL inside the bucket that only repeats the default", FAIL, terraform=inside('acl = "private"')),
    Case(NO_ACLS, "a canned ACL inside the bucket", FAIL, terraform=inside('acl = "log-delivery-write"')),
)

test_lock = cases(
    Case(LOCK, "off", FAIL, terraform=BUCKET, aws=bucket),
    Case(LOCK, "on from the start", PASS, terraform=inside("object_lock_enabled = true"), aws=locked),
    Case(LOCK, "off, said aloud", FAIL, terraform=inside("object_lock_enabled = false")),
    Case(
        LOCK,
        "turned on later",
        PASS,
        terraform=separate("object_lock_configuration", 'object_lock_enabled = "Enabled"'),
    ),
    Case(
        LOCK,
        "turned on by a default retention",
        PASS,
        terraform=separate(
            "object_lock_configuration", 'rule {\n default_retention {\n mode = "COMPLIANCE"\n days = 1\n }\n }'
        ),
    ),
    Case(
        LOCK,
        "inside the bucket",
        PASS,
        terraform=inside('object_lock_configuration {\n object_lock_enabled = "Enabled"\n }'),
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
        MFA, "off inside the bucket", FAIL, terraform=inside("versioning {\n enabled = true\n mfa_delete = false\n }")
    ),
)

test_replication = cases(
    Case(COPIED, "none", FAIL, terraform=BUCKET, aws=bucket),
    Case(COPIED, "a rule in force", PASS, replication("Enabled")),
    Case(COPIED, "a rule turned off", FAIL, replication("Disabled"), says="none is in force"),
    Case(COPIED, "a variable", UNKNOWN, replication("${var.open}").in_terraform()),
    Case(
        COPIED,
        "inside the bucket",
        PASS,
        terraform=inside("""replication_configuration {
          role = "arn:aws:iam::123456789012:role/replication"
          rules {
            status = "Disabled"
            destination {
              bucket = "arn:aws:s3:::copy"
            }
          }
          rules {
            status = "Enabled"
            destination {
              bucket = "arn:aws:s3:::copy"
            }
          }
        }"""),
    ),
)

SERVICE = {"Principal": {"Service": "logging.s3.amazonaws.com"}}

test_sharing = cases(
    Case(FOREIGN, "no policy", PASS, terraform=BUCKET, aws=bucket),
    Case(FOREIGN, "denies everyone plain HTTP", PASS, policy()),
    Case(
        FOREIGN, "a role of the account itself", PASS, policy(**OPEN | {"Principal": {"AWS": "123456789012"}}).in_aws()
    ),
    Case(FOREIGN, "a role of another account", FAIL, policy(**OPEN | OTHER).in_aws(), says="999988887777"),
    Case(FOREIGN, "an account, where one's own is not known", UNKNOWN, policy(**OPEN | OTHER).in_terraform()),
    Case(FOREIGN, "everyone", FAIL, policy(**OPEN)),
    Case(
        FOREIGN,
        "a service of AWS, for whomever it acts",
        PASS,
        policy(**OPEN | SERVICE),
        says="names no other account, though it lets logging.s3.amazonaws.com in",
    ),
    Case(
        FOREIGN,
        "a service of AWS, for one account",
        PASS,
        policy(**OPEN | SERVICE | {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}).in_aws(),
        says="has a policy that names no other account",
    ),
    Case(
        FOREIGN,
        "everyone in an organization",
        FAIL,
        policy(**OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
        says="organization",
    ),
)
