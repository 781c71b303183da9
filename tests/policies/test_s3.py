"""The controls on S3, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from tests.cases import FAIL, PASS, UNKNOWN, Aws, Case, answered, cases

BUCKET = 'resource "aws_s3_bucket" "phi" { bucket = "phi-records" }\n'
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


def policy(**changes: Any) -> dict[str, Any]:
    """A bucket policy that denies plain HTTP, with changes, told to both sides."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v}]})

    def seed(aws: Aws) -> None:
        bucket(aws)
        aws.s3.put_bucket_policy(Bucket="phi-records", Policy=text)

    attached = (
        f'resource "aws_s3_bucket_policy" "p" {{\n bucket = aws_s3_bucket.phi.id\n policy = {json.dumps(text)}\n}}'
    )
    return {"terraform": BUCKET + attached, "aws": seed}


def versioning(status: str) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        bucket(aws)
        aws.s3.put_bucket_versioning(Bucket="phi-records", VersioningConfiguration={"Status": status})

    return {
        "terraform": BUCKET
        + f"""
        resource "aws_s3_bucket_versioning" "v" {{
          bucket = aws_s3_bucket.phi.id
          versioning_configuration {{ status = "{status}" }}
        }}""",
        "aws": seed,
    }


def block(*on: str) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        bucket(aws)
        aws.s3.put_public_access_block(
            Bucket="phi-records",
            PublicAccessBlockConfiguration={SWITCHES[name]: name in on for name in SWITCHES},
        )

    lines = "\n".join(f"{name} = {'true' if name in on else 'false'}" for name in SWITCHES)
    return {
        "terraform": BUCKET
        + f'resource "aws_s3_bucket_public_access_block" "b" {{\nbucket = aws_s3_bucket.phi.id\n{lines}\n}}',
        "aws": seed,
    }


def acl(canned: str) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        bucket(aws)
        aws.s3.put_bucket_acl(Bucket="phi-records", ACL=canned)

    return {
        "terraform": BUCKET
        + f'resource "aws_s3_bucket_acl" "a" {{\nbucket = aws_s3_bucket.phi.id\nacl = "{canned}"\n}}',
        "aws": seed,
    }


def encryption(algorithm: str, key: str | None = None) -> dict[str, Any]:
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
    return {
        "terraform": BUCKET
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
        "aws": seed,
    }


def ownership(setting: str, more: str = "", canned: str | None = None) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        bucket(aws)
        if canned is not None:
            aws.s3.put_bucket_acl(Bucket="phi-records", ACL=canned)
        aws.s3.put_bucket_ownership_controls(
            Bucket="phi-records", OwnershipControls={"Rules": [{"ObjectOwnership": setting}]}
        )

    return {
        "terraform": BUCKET
        + f"""
        resource "aws_s3_bucket_ownership_controls" "o" {{
          bucket = aws_s3_bucket.phi.id
          rule {{
            object_ownership = "{setting}"
          }}
        }}
        {more}""",
        "aws": seed,
    }


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


def replication(status: str) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        for name in ("phi-records", "copy"):
            aws.s3.create_bucket(Bucket=name)
            aws.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rule = {"ID": "all", "Priority": 1, "Filter": {}, "Status": status}
        rule |= {"DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": "arn:aws:s3:::copy"}}
        role = "arn:aws:iam::123456789012:role/replication"
        aws.s3.put_bucket_replication(Bucket="phi-records", ReplicationConfiguration={"Role": role, "Rules": [rule]})

    rule = f"""
        role = "arn:aws:iam::123456789012:role/replication"
        rule {{
          status = "{status}"
          destination {{
            bucket = "arn:aws:s3:::copy"
          }}
        }}"""
    return {"terraform": separate("replication_configuration", rule), "aws": seed}


def open_in_a_closed_account(aws: Aws) -> None:
    policy(**OPEN)["aws"](aws)
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
NO_ACLS, LOCK, MFA = "s3_bucket_acls_disabled", "s3_bucket_object_lock_enabled", "s3_bucket_mfa_delete"
COPIED, FOREIGN = "s3_bucket_replication_enabled", "s3_bucket_no_cross_account_policy"
OTHER = {"Principal": {"AWS": "arn:aws:iam::999988887777:role/partner"}}
TLS, NOT_PUBLIC, ACL = "s3_bucket_tls_required", "s3_bucket_policy_not_public", "s3_bucket_acl_not_public"

test_tls = cases(
    Case(TLS, "no policy", FAIL, terraform=BUCKET, aws=bucket, says="no bucket policy"),
    Case(TLS, "denies all plain HTTP", PASS, **policy()),
    Case(TLS, "denies every action by the widest pattern", PASS, **policy(Action="*", Resource="*")),
    Case(TLS, "denies everyone, written as AWS principals", PASS, **policy(Principal={"AWS": "*"})),
    Case(TLS, "spares other callers", FAIL, **policy(Principal={"AWS": "arn:aws:iam::123456789012:root"})),
    Case(TLS, "spares the objects", FAIL, **policy(Resource=ARN)),
    Case(TLS, "spares the bucket itself", FAIL, **policy(Resource=f"{ARN}/*")),
    Case(TLS, "denies uploads only", FAIL, **policy(Action="s3:PutObject")),
    Case(TLS, "denies TLS instead of plain HTTP", FAIL, **policy(Condition={"Bool": {"aws:SecureTransport": "true"}})),
    Case(
        TLS,
        "denies plain HTTP from one network only",
        FAIL,
        **policy(
            Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
        ),
    ),
    Case(TLS, "another bucket's name", FAIL, **policy(Resource=["arn:aws:s3:::other", "arn:aws:s3:::other/*"])),
    Case(
        TLS, "the policy may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketPolicy", says="s3:GetBucketPolicy"
    ),
    Case(TLS, "no policy, and a name decided at apply", FAIL, terraform='resource "aws_s3_bucket" "phi" {}'),
    Case(
        TLS,
        "the policy names the bucket by reference",
        PASS,
        terraform="""
        resource "aws_s3_bucket" "phi" {}
        data "aws_iam_policy_document" "tls" {
          statement {
            effect    = "Deny"
            actions   = ["s3:*"]
            resources = [aws_s3_bucket.phi.arn, "${aws_s3_bucket.phi.arn}/*"]
            principals {
              type        = "*"
              identifiers = ["*"]
            }
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.phi.id
          policy = data.aws_iam_policy_document.tls.json
        }""",
    ),
    Case(
        TLS,
        "the policy is a variable without a value",
        UNKNOWN,
        terraform=BUCKET
        + """
        variable "policy" { type = string }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.phi.id
          policy = var.policy
        }""",
        says="var.policy",
    ),
)

test_versioning = cases(
    Case("s3_bucket_versioning_enabled", "never configured", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_versioning_enabled", "enabled", PASS, **versioning("Enabled")),
    Case("s3_bucket_versioning_enabled", "suspended", FAIL, **versioning("Suspended"), says="Suspended"),
    Case(
        "s3_bucket_versioning_enabled",
        "enabled inside the bucket's own block",
        PASS,
        terraform='resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}',
    ),
    Case(
        "s3_bucket_versioning_enabled",
        "set by a variable with no value",
        UNKNOWN,
        terraform=BUCKET
        + """
        variable "status" {}
        resource "aws_s3_bucket_versioning" "v" {
          bucket = aws_s3_bucket.phi.id
          versioning_configuration { status = var.status }
        }""",
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

test_public_access = cases(
    Case("s3_bucket_public_access_blocked", "no block", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_public_access_blocked", "all four on", PASS, **block(*ALL_ON)),
    Case("s3_bucket_public_access_blocked", "one off", FAIL, **block(*ALL_ON[:3]), says="restrict_public_buckets"),
    Case(
        "s3_bucket_public_access_blocked",
        "may not be read",
        UNKNOWN,
        aws=bucket,
        denied="s3:GetPublicAccessBlock",
        says="s3:GetBucketPublicAccessBlock",
    ),
    Case(
        "s3_bucket_public_access_blocked",
        "left out switches are off",
        FAIL,
        terraform=BUCKET
        + 'resource "aws_s3_bucket_public_access_block" "b" {\nbucket = aws_s3_bucket.phi.id\nblock_public_acls = true\n}',
    ),
    Case(
        "s3_bucket_public_access_blocked",
        "one off and one not known",
        FAIL,
        terraform=separate("public_access_block", "block_public_acls = var.open\n block_public_policy = false"),
        says="block_public_policy",
    ),
    Case(
        "s3_bucket_public_access_blocked",
        "one not known, the others on",
        UNKNOWN,
        terraform=separate(
            "public_access_block", "\n".join(f"{n} = {'var.open' if n == ALL_ON[0] else 'true'}" for n in ALL_ON)
        ),
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
    Case(NOT_PUBLIC, "allows everyone to read", FAIL, **policy(**OPEN)),
    Case(NOT_PUBLIC, "allows one account", PASS, **policy(**OPEN | {"Principal": {"AWS": "123456789012"}})),
    Case(
        NOT_PUBLIC,
        "allows everyone of one organisation",
        PASS,
        **policy(**OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
    ),
    Case(
        NOT_PUBLIC,
        "allows everyone from any address",
        FAIL,
        **policy(**OPEN | {"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}),
    ),
    Case(
        NOT_PUBLIC,
        "allows everyone except whoever uses plain HTTP",
        FAIL,
        **policy(**OPEN | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
    ),
    Case(
        NOT_PUBLIC, "open to everyone, but closed by the account", PASS, aws=open_in_a_closed_account, says="overrules"
    ),
    Case(
        NOT_PUBLIC,
        "open to everyone, and the account's block may not be read",
        UNKNOWN,
        aws=open_in_a_closed_account,
        denied="s3control:GetPublicAccessBlock",
    ),
    Case(NOT_PUBLIC, "the policy may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketPolicy"),
    Case(ACL, "private", PASS, **acl("private")),
    Case(ACL, "none", PASS, terraform=BUCKET, aws=bucket),
    Case(ACL, "everyone may read", FAIL, **acl("public-read")),
    Case(ACL, "every AWS customer may read", FAIL, **acl("authenticated-read")),
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
        **ownership(
            "BucketOwnerEnforced",
            'resource "aws_s3_bucket_acl" "a" {\nbucket = aws_s3_bucket.phi.id\nacl = "public-read"\n}',
            "public-read",
        ),
        says="void",
    ),
    Case(ACL, "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketAcl"),
)

test_encryption = cases(
    Case("s3_bucket_encrypted_with_kms", "the default of S3", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_encrypted_with_kms", "SSE-S3 said aloud", FAIL, **encryption("AES256")),
    Case("s3_bucket_encrypted_with_kms", "a KMS key", PASS, **encryption("aws:kms", "own")),
    Case("s3_bucket_encrypted_with_kms", "the AWS managed key", PASS, **encryption("aws:kms")),
    Case("s3_bucket_encrypted_with_kms", "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketEncryption"),
    Case("s3_bucket_encrypted_with_cmk", "the default of S3", FAIL, terraform=BUCKET, aws=bucket),
    Case("s3_bucket_encrypted_with_cmk", "the AWS managed key", FAIL, **encryption("aws:kms")),
    Case(
        "s3_bucket_encrypted_with_cmk",
        "the alias of the AWS managed key",
        FAIL,
        **encryption("aws:kms", "alias/aws/s3"),
    ),
    Case("s3_bucket_encrypted_with_cmk", "a key of one's own", PASS, **encryption("aws:kms", "own")),
    Case("s3_bucket_encrypted_with_cmk", "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketEncryption"),
)

test_logging = cases(
    Case("s3_bucket_access_logging_enabled", "none", FAIL, terraform=BUCKET, aws=bucket),
    Case(
        "s3_bucket_access_logging_enabled",
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
    Case("s3_bucket_access_logging_enabled", "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketLogging"),
)


def inside(lines: str) -> str:
    return f'resource "aws_s3_bucket" "phi" {{\n {lines}\n}}\n' + OPEN_VARIABLE


test_ownership = cases(
    Case(NO_ACLS, "turned off", PASS, **ownership("BucketOwnerEnforced")),
    Case(NO_ACLS, "the writer owns objects", FAIL, **ownership("ObjectWriter"), says="ObjectWriter"),
    Case(NO_ACLS, "the bucket's owner is preferred", FAIL, **ownership("BucketOwnerPreferred")),
    Case(NO_ACLS, "no ownership controls", FAIL, terraform=BUCKET, aws=bucket, says="not configured"),
    Case(NO_ACLS, "an ACL, which needs ACLs to be on", FAIL, terraform=acl("private")["terraform"]),
    Case(NO_ACLS, "an ACL inside the bucket that only repeats the default", FAIL, terraform=inside('acl = "private"')),
    Case(NO_ACLS, "a canned ACL inside the bucket", FAIL, terraform=inside('acl = "log-delivery-write"')),
    Case(NO_ACLS, "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketOwnershipControls"),
    Case(
        NO_ACLS,
        "a variable without a value",
        UNKNOWN,
        terraform=separate("ownership_controls", "rule {\n object_ownership = var.open\n }"),
    ),
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
    Case(LOCK, "may not be read", UNKNOWN, aws=bucket, denied="s3:GetObjectLockConfiguration"),
    Case(LOCK, "a variable without a value", UNKNOWN, terraform=inside("object_lock_enabled = var.open")),
)

MFA_ON = 'versioning_configuration {\n status = "Enabled"\n mfa_delete = "Enabled"\n }'


def mfa_delete(session: Any) -> None:
    answered(session, "s3", "GetBucketVersioning", {"Status": "Enabled", "MFADelete": "Enabled"})


test_mfa_delete = cases(
    Case(MFA, "never configured", FAIL, terraform=BUCKET, aws=bucket),
    Case(MFA, "versions without it", FAIL, **versioning("Enabled")),
    Case(MFA, "on", PASS, terraform=separate("versioning", MFA_ON), aws=bucket, answers=mfa_delete),
    Case(MFA, "on inside the bucket", PASS, terraform=inside("versioning {\n enabled = true\n mfa_delete = true\n }")),
    Case(
        MFA, "off inside the bucket", FAIL, terraform=inside("versioning {\n enabled = true\n mfa_delete = false\n }")
    ),
    Case(MFA, "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketVersioning"),
    Case(MFA, "a variable", UNKNOWN, terraform=inside("versioning {\n mfa_delete = var.open\n }")),
)

test_replication = cases(
    Case(COPIED, "none", FAIL, terraform=BUCKET, aws=bucket),
    Case(COPIED, "a rule in force", PASS, **replication("Enabled")),
    Case(COPIED, "a rule turned off", FAIL, **replication("Disabled"), says="none is in force"),
    Case(COPIED, "may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketReplication"),
    Case(COPIED, "a variable", UNKNOWN, terraform=replication("${var.open}")["terraform"]),
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

test_sharing = cases(
    Case(FOREIGN, "no policy", PASS, terraform=BUCKET, aws=bucket),
    Case(FOREIGN, "denies everyone plain HTTP", PASS, **policy()),
    Case(
        FOREIGN,
        "a role of the account itself",
        PASS,
        aws=policy(**OPEN | {"Principal": {"AWS": "123456789012"}})["aws"],
    ),
    Case(FOREIGN, "a role of another account", FAIL, aws=policy(**OPEN | OTHER)["aws"], says="999988887777"),
    Case(FOREIGN, "an account, where one's own is not known", UNKNOWN, terraform=policy(**OPEN | OTHER)["terraform"]),
    Case(FOREIGN, "everyone", FAIL, **policy(**OPEN)),
    Case(FOREIGN, "a service of AWS", PASS, **policy(**OPEN | {"Principal": {"Service": "logging.s3.amazonaws.com"}})),
    Case(
        FOREIGN,
        "everyone in an organization",
        FAIL,
        **policy(**OPEN | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
        says="organization",
    ),
    Case(FOREIGN, "the policy may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketPolicy"),
)
