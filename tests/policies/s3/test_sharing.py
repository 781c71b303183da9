"""The policies and ACLs of S3 buckets that let in other accounts, told to Terraform and to AWS."""

from __future__ import annotations

import json

from hipaa_guard.authoring import HIGH
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.s3.states import (
    BUCKET,
    LOG_DELIVERY,
    OPEN,
    OTHER,
    acl,
    block,
    bucket,
    policy,
    separate,
    statements,
)

FOREIGN = "s3_bucket_no_cross_account_policy"
OTHERS = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
CLOUDFRONT = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"
EC2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"
LOOKED_UP = """
data "aws_canonical_user_id" "own" {}
data "aws_cloudfront_log_delivery_canonical_user_id" "logs" {}
"""
BY_ID = 'type = "CanonicalUser"\n id = {}'
ACLS_OFF = """
resource "aws_s3_bucket_ownership_controls" "o" {
  bucket = aws_s3_bucket.phi.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
"""


def granted(grantee: str) -> str:
    """A bucket of which the ACL names its owner as it is looked up, and grants a grantee access."""
    return LOOKED_UP + separate(
        "acl",
        f"""access_control_policy {{
          grant {{
            permission = "READ"
            grantee {{
              {grantee}
            }}
          }}
          owner {{
            id = data.aws_canonical_user_id.own.id
          }}
        }}""",
    )


def shared(with_: str | None, *, then_off: bool = False) -> Told:
    """A bucket of which the ACL grants a canonical user id access; None: that of its owner."""

    def seed(aws: Aws) -> None:
        bucket(aws)
        owner = aws.s3.get_bucket_acl(Bucket="phi-records")["Owner"]
        grantee = {"Type": "CanonicalUser", "ID": with_ or owner["ID"]}
        grants = [{"Grantee": grantee, "Permission": "READ"}]
        aws.s3.put_bucket_acl(Bucket="phi-records", AccessControlPolicy={"Grants": grants, "Owner": owner})
        if then_off:
            rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            aws.s3.put_bucket_ownership_controls(Bucket="phi-records", OwnershipControls=rules)

    named = "data.aws_canonical_user_id.own.id" if with_ is None else json.dumps(with_)
    return Told(granted(BY_ID.format(named)) + (ACLS_OFF if then_off else ""), seed)


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
        FAIL,
        policy(**OPEN | SERVICE),
        says="lets in logging.s3.amazonaws.com for any customer",
        severity=HIGH,
    ),
    Case(
        FOREIGN,
        "a service of AWS for whomever it acts, and everyone whom a block keeps out",
        FAIL,
        statements(OPEN, OPEN | SERVICE).in_terraform(block("restrict_public_buckets").text.replace(BUCKET, "")),
        says="lets in logging.s3.amazonaws.com for any customer",
        severity=HIGH,
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
    Case(FOREIGN, "the ACL lets in everyone", FAIL, acl("public-read"), says="an ACL that allows everyone"),
    Case(FOREIGN, "the ACL is the owner's", PASS, acl("private")),
    Case(FOREIGN, "the ACL lets EC2 read", PASS, acl("aws-exec-read").in_terraform(), aws=shared(EC2).aws),
    Case(FOREIGN, "the ACL lets logs in", PASS, terraform=granted(f'type = "Group"\n uri = "{LOG_DELIVERY}"')),
    Case(FOREIGN, "the ACL names another account", FAIL, shared(OTHERS), says=f"allows other accounts: {OTHERS}"),
    Case(FOREIGN, "the ACL names the owner", PASS, shared(None)),
    Case(FOREIGN, "the ACL names CloudFront's delivery of logs", PASS, shared(CLOUDFRONT)),
    Case(
        FOREIGN,
        "the ACL names another account, but ACLs are off",
        PASS,
        shared(OTHERS, then_off=True),
    ),
    Case(FOREIGN, "the ACL names an id that is not known", UNKNOWN, terraform=granted(BY_ID.format("var.open"))),
    Case(
        FOREIGN,
        "the ACL names an id that is not known, and the policy everyone",
        FAIL,
        terraform=granted(BY_ID.format("var.open")) + policy(**OPEN).text.replace(BUCKET, ""),
    ),
    Case(
        FOREIGN,
        "the policy is not known, and the ACL names another account",
        FAIL,
        terraform=granted(BY_ID.format(f'"{OTHERS}"'))
        + 'resource "aws_s3_bucket_policy" "p" {\n bucket = aws_s3_bucket.phi.id\n policy = var.open\n}\n',
    ),
    Case(
        FOREIGN,
        "the ACL names one's own id as it is looked up",
        PASS,
        terraform=granted(BY_ID.format("data.aws_canonical_user_id.own.id")),
    ),
    Case(
        FOREIGN,
        "the ACL names the id of CloudFront as it is looked up",
        PASS,
        terraform=granted(BY_ID.format("data.aws_cloudfront_log_delivery_canonical_user_id.logs.id")),
    ),
    Case(
        FOREIGN,
        "the ACL names an account by its e-mail address",
        FAIL,
        terraform=granted('type = "AmazonCustomerByEmail"\n email_address = "records@example.org"'),
        says="e-mail",
    ),
    Case(
        FOREIGN,
        "a variable that may be null gives an e-mail address",
        UNKNOWN,
        terraform=granted('type = "CanonicalUser"\n email_address = var.email') + '\nvariable "email" {}',
    ),
    Case(
        FOREIGN,
        "a grant inside the bucket names an account, perhaps its own",
        UNKNOWN,
        terraform=f"""resource "aws_s3_bucket" "phi" {{
          grant {{
            type        = "CanonicalUser"
            id          = "{OTHERS}"
            permissions = ["READ"]
          }}
        }}""",
    ),
    Case(
        FOREIGN,
        "a grant inside the bucket names one's own id as it is looked up",
        PASS,
        terraform="""resource "aws_s3_bucket" "phi" {
          grant {
            type        = "CanonicalUser"
            id          = data.aws_canonical_user_id.own.id
            permissions = ["FULL_CONTROL"]
          }
        }
        data "aws_canonical_user_id" "own" {}""",
    ),
)


OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
"""The canonical user id of the simulated account."""


def to_canonical(id_: str) -> Told:
    """A bucket of which the policy names a canonical user id."""
    return policy(**OPEN | {"Principal": {"CanonicalUser": id_}})


def in_source(named: str, owner: str | None) -> str:
    """A bucket of which the policy names a canonical user id, and the ACL perhaps that of its owner."""
    declared = "" if owner is None else granted(BY_ID.format(owner)).replace("data.aws_canonical_user_id.own.id", owner)
    return (
        (declared or LOOKED_UP + BUCKET)
        + f"""
resource "aws_s3_bucket_policy" "named" {{
  bucket = aws_s3_bucket.phi.id
  policy = jsonencode({{
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ CanonicalUser = {named} }}
      Action    = "s3:GetObject"
      Resource  = "${{aws_s3_bucket.phi.arn}}/*"
    }}]
  }})
}}
"""
    )


test_canonical_users = cases(
    Case(FOREIGN, "the policy names a canonical user", UNKNOWN, terraform=in_source(json.dumps(OTHERS), None)),
    Case(
        FOREIGN,
        "the policy names another account's canonical user id",
        FAIL,
        terraform=in_source(json.dumps(OTHERS), json.dumps(OWNER)),
        aws=to_canonical(OTHERS).aws,
        says=f"canonical user {OTHERS[:8]}",
    ),
    Case(
        FOREIGN,
        "the policy names the owner's canonical user id",
        PASS,
        terraform=in_source(json.dumps(OWNER), json.dumps(OWNER)),
        aws=to_canonical(OWNER).aws,
    ),
    Case(
        FOREIGN,
        "the policy names the canonical user id that is looked up",
        PASS,
        terraform=in_source("data.aws_canonical_user_id.own.id", None),
    ),
)
