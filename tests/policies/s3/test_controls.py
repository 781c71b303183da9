"""The controls on S3 that keep others out and ePHI unreadable, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.s3.states import (
    ACCOUNT_BLOCK,
    ALL_ON,
    BUCKET,
    EVERYONE,
    LOG_DELIVERY,
    OPEN,
    account_block,
    acl,
    block,
    bucket,
    encryption,
    grants,
    in_a_closed_account,
    ownership,
    policy,
    separate,
    versioning,
)

NOT_PUBLIC, ACL = "s3_bucket_policy_not_public", "s3_bucket_acl_not_public"

test_versioning = cases(
    Case("s3_bucket_versioning_enabled", "never configured", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_versioning_enabled", "enabled", PASS, versioning("Enabled")),
    Case("s3_bucket_versioning_enabled", "suspended", FAIL, versioning("Suspended"), says="Suspended"),
    Case(
        "s3_bucket_versioning_enabled",
        "enabled inside the bucket's own block",
        PASS,
        terraform='resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}',
    ),
    Case(
        "s3_bucket_versioning_enabled",
        "may not be read",
        UNKNOWN,
        aws=bucket,
        denied="s3:GetBucketVersioning",
        says="s3:GetBucketVersioning",
    ),
)

BLOCKED = "s3_bucket_public_access_blocked"

test_public_access = cases(
    Case(
        BLOCKED,
        "only the default of new buckets blocks",
        FAIL,
        terraform=BUCKET,
        says="only the default that S3 sets on buckets made since April 2023",
        severity=LOW,
    ),
    Case(BLOCKED, "no block", FAIL, aws=bucket, says="has no public access block: nothing turns block_public_acls"),
    Case(
        BLOCKED,
        "no block of its own, all settings of the account",
        PASS,
        terraform=BUCKET + f'resource "aws_s3_account_public_access_block" "a" {{\n{ACCOUNT_BLOCK}\n}}',
        aws=in_a_closed_account,
    ),
    Case(BLOCKED, "all four on", PASS, block(*ALL_ON)),
    Case(BLOCKED, "one off", FAIL, block(*ALL_ON[:3]), says="restrict_public_buckets"),
    Case(
        BLOCKED,
        "may not be read",
        UNKNOWN,
        aws=bucket,
        denied="s3:GetPublicAccessBlock",
        says="s3:GetBucketPublicAccessBlock",
    ),
    Case(
        BLOCKED,
        "left out switches are off",
        FAIL,
        terraform=BUCKET
        + 'resource "aws_s3_bucket_public_access_block" "b" {\nbucket = aws_s3_bucket.phi.id\nblock_public_acls = true\n}',
    ),
    Case(
        BLOCKED,
        "one off and one not known",
        FAIL,
        terraform=separate("public_access_block", "block_public_acls = var.open\n block_public_policy = false"),
        says="block_public_policy",
    ),
    Case(
        "s3_account_public_access_blocked",
        "all four on",
        PASS,
        terraform=f'resource "aws_s3_account_public_access_block" "phi" {{\n{ACCOUNT_BLOCK}\n}}',
        aws=account_block,
    ),
    Case(
        "s3_account_public_access_blocked",
        "one left out",
        FAIL,
        terraform='resource "aws_s3_account_public_access_block" "phi" {\n block_public_acls = true\n}',
    ),
    Case("s3_account_public_access_blocked", "none in the account", FAIL, aws=lambda _: None),
    Case(
        "s3_account_public_access_blocked",
        "may not be read",
        UNKNOWN,
        aws=account_block,
        denied="s3control:GetPublicAccessBlock",
        says="s3:GetAccountPublicAccessBlock",
    ),
)

test_public = cases(
    Case(NOT_PUBLIC, "no policy", PASS, terraform=BUCKET, aws=bucket),
    Case(NOT_PUBLIC, "allows everyone to read", FAIL, policy(**OPEN)),
    Case(NOT_PUBLIC, "allows one account", PASS, policy(**OPEN | {"Principal": {"AWS": "123456789012"}})),
    Case(
        NOT_PUBLIC,
        "allows everyone of one organisation",
        PASS,
        policy(**OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
    ),
    Case(
        NOT_PUBLIC,
        "allows everyone from any address",
        FAIL,
        policy(**OPEN | {"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}),
    ),
    Case(
        NOT_PUBLIC,
        "allows everyone except whoever uses plain HTTP",
        FAIL,
        policy(**OPEN | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
    ),
    Case(ACL, "private", PASS, acl("private")),
    Case(ACL, "none", PASS, terraform=BUCKET, aws=bucket),
    Case(ACL, "everyone may read", FAIL, acl("public-read")),
    Case(ACL, "every AWS customer may read", FAIL, acl("authenticated-read")),
    Case(ACL, "a group grant to everyone", FAIL, terraform=grants(f'"{EVERYONE}"')),
    Case(ACL, "a group grant to the delivery of logs", PASS, terraform=grants(f'"{LOG_DELIVERY}"')),
    Case(ACL, "a group grant that is not known", UNKNOWN, terraform=grants("var.open"), says="var.open"),
    Case(
        ACL,
        "a grant to everyone inside the bucket",
        FAIL,
        terraform=f'resource "aws_s3_bucket" "phi" {{\n grant {{\n type = "Group"\n permissions = ["READ"]\n uri = "{EVERYONE}"\n }}\n}}',
    ),
    Case(
        ACL,
        "everyone may read, but ACLs are turned off",
        PASS,
        ownership(
            "BucketOwnerEnforced",
            'resource "aws_s3_bucket_acl" "a" {\nbucket = aws_s3_bucket.phi.id\nacl = "public-read"\n}',
            "public-read",
        ),
        says="no ACL in force",
    ),
)

test_encryption = cases(
    Case("s3_bucket_encrypted_with_kms", "the default of S3", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_encrypted_with_kms", "SSE-S3 said aloud", FAIL, encryption("AES256")),
    Case("s3_bucket_encrypted_with_kms", "a KMS key", PASS, encryption("aws:kms", "own")),
    Case("s3_bucket_encrypted_with_kms", "the AWS managed key", PASS, encryption("aws:kms")),
    Case(
        "s3_bucket_encrypted_with_cmk",
        "the default of S3",
        FAIL,
        terraform=BUCKET,
        aws=bucket,
        says="new objects with keys that S3",
    ),
    Case(
        "s3_bucket_encrypted_with_cmk",
        "the AWS managed key",
        FAIL,
        encryption("aws:kms"),
        says="new objects with the AWS managed key aws/s3",
    ),
    Case(
        "s3_bucket_encrypted_with_cmk", "the alias of the AWS managed key", FAIL, encryption("aws:kms", "alias/aws/s3")
    ),
    Case("s3_bucket_encrypted_with_cmk", "a key of one's own", PASS, encryption("aws:kms", "own"), says="new objects"),
)
