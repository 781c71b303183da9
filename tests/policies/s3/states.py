"""Buckets of S3 with what is attached to them, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import Aws, Told, answered, resource

BUCKET = 'resource "aws_s3_bucket" "phi" { bucket = "phi-records" }\n'
OF_BUCKET = "bucket = aws_s3_bucket.phi.id"
ARN = "arn:aws:s3:::phi-records"
OPEN_VARIABLE = 'variable "open" {}\n'
ALL_ON = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
SWITCHES = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def bucket(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket="phi-records")
    # Buckets of today start with all four blocks on; each case says what it wants.
    aws.s3.delete_public_access_block(Bucket="phi-records")


def own() -> Told:
    return Told(BUCKET, bucket)


def policy(**changes: Any) -> Told:
    """A bucket policy that denies plain HTTP, with changes, told to both sides."""
    return statements(changes)


def statements(*changes: dict[str, Any]) -> Told:
    """A bucket policy with a statement that denies plain HTTP for each of the changes to it."""
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    written = [{key: value for key, value in (denial | change).items() if value} for change in changes]
    text = json.dumps({"Version": "2012-10-17", "Statement": written})
    return own() + Told(
        resource("aws_s3_bucket_policy", f"{OF_BUCKET}\n policy = {json.dumps(text)}", "p"),
        lambda aws: aws.s3.put_bucket_policy(Bucket="phi-records", Policy=text),
    )


def versioning(status: str) -> Told:
    block = f'versioning_configuration {{\n status = "{status}"\n }}'
    return own() + Told(
        resource("aws_s3_bucket_versioning", f"{OF_BUCKET}\n {block}", "v"),
        lambda aws: aws.s3.put_bucket_versioning(Bucket="phi-records", VersioningConfiguration={"Status": status}),
    )


def block(*on: str) -> Told:
    lines = "\n".join(f"{name} = {'true' if name in on else 'false'}" for name in SWITCHES)
    asked = {called: name in on for name, called in SWITCHES.items()}
    return own() + Told(
        resource("aws_s3_bucket_public_access_block", f"{OF_BUCKET}\n{lines}", "b"),
        lambda aws: aws.s3.put_public_access_block(Bucket="phi-records", PublicAccessBlockConfiguration=asked),
    )


def acl(canned: str) -> Told:
    return own() + Told(
        resource("aws_s3_bucket_acl", f'{OF_BUCKET}\n acl = "{canned}"', "a"),
        lambda aws: aws.s3.put_bucket_acl(Bucket="phi-records", ACL=canned),
    )


def encryption(algorithm: str, key: str | None = None) -> Told:
    def seed(aws: Aws) -> None:
        bucket(aws)
        default = {"SSEAlgorithm": algorithm}
        if key == "own":
            default["KMSMasterKeyID"] = aws.kms.create_key()["KeyMetadata"]["Arn"]
        elif key:
            default["KMSMasterKeyID"] = key
        aws.s3.put_bucket_encryption(
            Bucket="phi-records",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )

    line = "" if key is None else f"kms_master_key_id = {'aws_kms_key.k.arn' if key == 'own' else json.dumps(key)}"
    return Told(
        terraform=BUCKET
        + f"""
        resource "aws_kms_key" "k" {{}}
        resource "aws_s3_bucket_server_side_encryption_configuration" "e" {{
          bucket = aws_s3_bucket.phi.id
          rule {{
            apply_server_side_encryption_by_default {{
              sse_algorithm = "{algorithm}"
              {line}
            }}
          }}
        }}""",
        aws=seed,
    )


def ownership(setting: str, more: str = "", canned: str | None = None) -> Told:
    def seed(aws: Aws) -> None:
        bucket(aws)
        if canned is not None:
            aws.s3.put_bucket_acl(Bucket="phi-records", ACL=canned)
        aws.s3.put_bucket_ownership_controls(
            Bucket="phi-records", OwnershipControls={"Rules": [{"ObjectOwnership": setting}]}
        )

    return Told(
        terraform=BUCKET
        + f"""
        resource "aws_s3_bucket_ownership_controls" "o" {{
          bucket = aws_s3_bucket.phi.id
          rule {{
            object_ownership = "{setting}"
          }}
        }}
        {more}""",
        aws=seed,
    )


def inside(lines: str) -> str:
    return f'resource "aws_s3_bucket" "phi" {{\n {lines}\n}}\n' + OPEN_VARIABLE


def separate(type: str, lines: str) -> str:
    """The bucket, and a resource of its own that says something of it."""
    return (
        BUCKET
        + f'resource "aws_s3_bucket_{type}" "s" {{\n bucket = aws_s3_bucket.phi.id\n {lines}\n}}\n'
        + OPEN_VARIABLE
    )


def grants(uri: str) -> str:
    """An ACL of two grants, the second to a group."""
    return separate(
        "acl",
        f"""
        access_control_policy {{
          grant {{
            permission = "FULL_CONTROL"
            grantee {{
              type = "CanonicalUser"
              id   = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
            }}
          }}
          grant {{
            permission = "READ"
            grantee {{
              type = "Group"
              uri  = {uri}
            }}
          }}
          owner {{
            id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
          }}
        }}""",
    )


def locked(aws: Aws) -> None:
    aws.s3.create_bucket(Bucket="phi-records", ObjectLockEnabledForBucket=True)


def retained(mode: str, **time: int) -> Told:
    """A bucket with a default retention of ``Days`` or ``Years``."""

    def seed(aws: Aws) -> None:
        locked(aws)
        rule = {"DefaultRetention": {"Mode": mode, **time}}
        aws.s3.put_object_lock_configuration(
            Bucket="phi-records", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )

    lines = "\n".join(f"{unit.lower()} = {number}" for unit, number in time.items())
    rule = f'rule {{\n default_retention {{\n mode = "{mode}"\n {lines}\n }}\n }}'
    return Told(separate("object_lock_configuration", rule), seed)


def replication(status: str, lines: str = "", **changes: Any) -> Told:
    """A bucket with one rule that copies it, told to both sides."""

    rule = {"ID": "all", "Priority": 1, "Filter": {}, "Status": status}
    rule |= {"DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    configuration = {"Role": "arn:aws:iam::123456789012:role/replication", "Rules": [rule | changes]}

    def seed(aws: Aws) -> None:
        for name in ("phi-records", "copy"):
            aws.s3.create_bucket(Bucket=name)
            aws.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        aws.s3.put_bucket_replication(Bucket="phi-records", ReplicationConfiguration=configuration)

    def register(session: Any) -> None:  # moto does not keep which objects a rule is for
        answered(session, "s3", "GetBucketReplication", {"ReplicationConfiguration": configuration})

    text = f"""
        role = "arn:aws:iam::123456789012:role/replication"
        rule {{
          status = "{status}"
          destination {{
            bucket = "arn:aws:s3:::copy"
          }}
          {lines}
        }}"""
    told = Told(terraform=separate("replication_configuration", text), aws=seed)
    return told + Told(answers=register) if changes else told


def open_in_a_closed_account(aws: Aws) -> None:
    policy(**OPEN).make(aws)
    account_block(aws)


def in_a_closed_account(aws: Aws) -> None:
    bucket(aws)
    account_block(aws)


def logging(aws: Aws) -> None:
    bucket(aws)
    aws.s3.create_bucket(Bucket="access-log-archive")
    aws.s3.put_bucket_policy(
        Bucket="access-log-archive",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logging.s3.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": "arn:aws:s3:::access-log-archive/*",
                    }
                ],
            }
        ),
    )
    aws.s3.put_bucket_logging(
        Bucket="phi-records",
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "access-log-archive", "TargetPrefix": "phi/"}},
    )


def account_block(aws: Aws) -> None:
    aws.s3control.put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration=dict.fromkeys(SWITCHES.values(), True),
    )


ACCOUNT_BLOCK = "\n".join(f"{name} = true" for name in ALL_ON)
OPEN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{ARN}/*", "Condition": None}
EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
OTHER = {"Principal": {"AWS": "arn:aws:iam::999988887777:role/partner"}}
