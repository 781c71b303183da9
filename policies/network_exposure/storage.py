"""Storage: nobody outside can reach ePHI in buckets."""

from hipaa_guard.authoring import (
    CRITICAL,
    HIGH,
    LOW,
    Fix,
    Inventory,
    Member,
    PolicyDocument,
    Verdict,
    control,
    failed,
    family,
    passed,
)
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.access_points import ACCESS_POINTS_DECIDE, access_points_open
from hipaa_guard.judging.public_buckets import (
    is_overruled,
    object_opened_by_acl,
    opened_by_acl,
    settings_off,
)
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.judging.several import any_failing
from hipaa_guard.services import s3


@family(
    Member(
        "s3_bucket_public_access_blocked",
        s3.Bucket,
        title="S3 buckets are under all four public access blocks",
        fix=Fix(
            sets="""
                aws_s3_bucket_public_access_block.bucket = aws_s3_bucket.phi.id
                aws_s3_bucket_public_access_block.block_public_acls = true
                aws_s3_bucket_public_access_block.block_public_policy = true
                aws_s3_bucket_public_access_block.ignore_public_acls = true
                aws_s3_bucket_public_access_block.restrict_public_buckets = true
            """,
            cli="""
                aws s3api put-public-access-block --bucket BUCKET --public-access-block-configuration \\
                  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
            """,
            consequences=("cuts_access",),
        ),
        peers={
            "prowler": "s3_bucket_level_public_access_block",
            "powerpipe": "s3_public_access_block_bucket",
            "cdk_nag": "HIPAA.Security-S3BucketLevelPublicAccessProhibited",
            "checkov": ("CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"),
            "trivy": ("AVD-AWS-0086", "AVD-AWS-0087", "AVD-AWS-0091", "AVD-AWS-0093", "AVD-AWS-0094"),
        },
        advisory="S3 keeps buckets made since April 2023 closed by default; this keeps them so whatever somebody changes.",
    ),
    Member(
        "s3_account_public_access_blocked",
        s3.AccountPublicAccess,
        title="The account has all four S3 public access blocks on",
        fix=Fix(
            sets="""
                aws_s3_account_public_access_block.block_public_acls = true
                aws_s3_account_public_access_block.block_public_policy = true
                aws_s3_account_public_access_block.ignore_public_acls = true
                aws_s3_account_public_access_block.restrict_public_buckets = true
            """,
            cli="""
                aws s3control put-public-access-block --account-id ACCOUNT --public-access-block-configuration \\
                  BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
            """,
            consequences=("cuts_access",),
        ),
        peers={
            "prowler": "s3_account_level_public_access_blocks",
            "aws_config": "s3-account-level-public-access-blocks-periodic",
            "powerpipe": "s3_public_access_block_account",
        },
    ),
    severity=HIGH,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Without the blocks one careless ACL or policy puts ePHI on the internet; the blocks overrule both.",
)
def public_access_blocked(place: s3.Bucket | s3.AccountPublicAccess, inventory: Inventory) -> Verdict:
    return _bucket_blocked(place, inventory) if isinstance(place, s3.Bucket) else _account_blocked(place)


def _account_blocked(account: s3.AccountPublicAccess) -> Verdict:
    block = account.public_access_block
    if block is None:
        return failed("has no public access block: an ACL or a policy may open its buckets to everyone")
    off = block.off()
    if off:
        return failed(f"has a public access block with {', '.join(off)} off")
    return passed("blocks public access with all four settings")


def _bucket_blocked(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    off = settings_off(bucket, inventory)
    block = bucket.public_access_block
    if not off:
        return passed("blocks public access with all four settings, its own and those of its account together")
    if block is not None:
        return failed(f"has a public access block with {', '.join(off)} off")
    if bucket.origin.source == "aws":
        return failed(f"has no public access block: nothing turns {', '.join(off)} on")
    return failed(
        f"has no public access block configured of its own: only {s3.only_of_new_buckets('public_access_block')} keeps an "
        "ACL or a policy from opening it to everyone",
        severity=LOW,
    )


@policy_not_public(
    title="S3 bucket policies grant nothing to everyone",
    policy="bucket policy",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_policy" "phi" {
              bucket = aws_s3_bucket.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { AWS = "arn:aws:iam::111122223333:role/records-app" }
                  Action    = "s3:GetObject"
                  Resource  = "${aws_s3_bucket.phi.arn}/*"
                }]
              })
            }
        """,
        cli="aws s3api put-bucket-policy --bucket BUCKET --policy file://named-principals-only.json",
        note=f"The policy shown takes the place of what the bucket has. {ACCESS_POINTS_DECIDE}",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": ("s3_bucket_public_access", "s3_bucket_policy_public_write_access"),
        "aws_config": ("s3-bucket-public-read-prohibited", "s3-bucket-public-write-prohibited"),
        "powerpipe": "s3_bucket_policy_restrict_public_access",
        "checkov": "CKV_AWS_70",
    },
)
def s3_bucket_policy_not_public(bucket: s3.Bucket, inventory: Inventory) -> PolicyDocument | Verdict | None:
    return any_failing(lambda: access_points_open(bucket, inventory), lambda: _policy_open(bucket, inventory))


def _policy_open(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    policy = bucket.policy
    if policy is not None and policy.is_public() and is_overruled(policy, bucket, inventory):
        return passed("has a policy open to everyone that a public access block overrules")
    return policy_not_public.says(policy, policy="bucket policy")


@control(
    title="S3 bucket ACLs grant nothing to everyone",
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="A grant to AllUsers or AuthenticatedUsers gives ePHI to the internet or to every AWS customer.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_ownership_controls" "phi" {
              bucket = aws_s3_bucket.phi.id
              rule {
                object_ownership = "BucketOwnerPreferred"
              }
            }
            resource "aws_s3_bucket_acl" "phi" {
              bucket     = aws_s3_bucket.phi.id
              acl        = "private"
              depends_on = [aws_s3_bucket_ownership_controls.phi]
            }
        """,
        cli="aws s3api put-bucket-acl --bucket BUCKET --acl private",
        note="Terraform sets an ACL only after ownership controls that turn ACLs on. Once the ACL is private, they can be "
        "turned off (s3_bucket_acls_disabled), which S3 refuses while it lets in others.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={
        "prowler": ("s3_bucket_public_list_acl", "s3_bucket_public_write_acl"),
        "powerpipe": ("s3_bucket_restrict_public_read_access", "s3_bucket_restrict_public_write_access"),
        "cdk_nag": "HIPAA.Security-S3BucketPublicReadProhibited",
        "checkov": ("CKV_AWS_20", "CKV_AWS_57"),
        "trivy": "AVD-AWS-0092",
    },
)
def s3_bucket_acl_not_public(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    return any_failing(lambda: _objects_open(bucket, inventory), lambda: _acl_open(bucket, inventory))


def _objects_open(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    if bucket.origin.source == "terraform" and object_opened_by_acl(bucket, inventory):
        return failed(f"holds an object with an ACL that grants access to everyone: {bucket.public_object}")
    return passed("holds no declared object with an ACL in force that grants access to everyone")


def _acl_open(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    if opened_by_acl(bucket, inventory):
        return failed("has an ACL that grants access to everyone")
    return passed("has no ACL in force that grants access to everyone")
