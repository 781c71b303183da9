"""Storage: only those who may see ePHI in buckets are given a way to it."""

from hipaa_guard.authoring import LOW, Fix, Inventory, PolicyDocument, Verdict, control, failed, passed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.access_points import ACCESS_POINTS_DECIDE, access_points_let_in
from hipaa_guard.judging.cross_account import no_cross_account, on_access_by, services_let_in
from hipaa_guard.judging.public_buckets import (
    ACLS_OFF,
    accounts_let_in_by_acl,
    is_overruled,
    opened_by_acl,
)
from hipaa_guard.judging.several import any_failing
from hipaa_guard.services import s3

_SHOWN = 2
"""Accounts that a message names: their canonical user ids are long."""


@control(
    title="S3 buckets have access control lists turned off",
    severity=LOW,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    why="With ACLs on, whoever uploads a record may open it to others past every policy, and no policy shows it.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_ownership_controls" "phi" {
              bucket = aws_s3_bucket.phi.id
              rule {
                object_ownership = "BucketOwnerEnforced"
              }
            }
        """,
        cli="""
            aws s3api put-bucket-acl --bucket BUCKET --acl private
            aws s3api put-bucket-ownership-controls --bucket BUCKET \\
              --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'
        """,
        note="S3 refuses it while the ACL lets in others than the owner: make the ACL private and apply that first, then "
        "remove each aws_s3_bucket_acl of the bucket, as S3 takes no ACL any more. CloudFront needs ACLs for standard "
        "logs of the first version (legacy): let it deliver the second version first.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "s3_bucket_acl_prohibited", "aws_config": "s3-bucket-acl-prohibited", "checkov": "CKV2_AWS_65"},
    refines="s3_bucket_acl_not_public",
    advisory="ACLs that let everyone in are judged by a control that stops a pipeline.",
)
def s3_bucket_acls_disabled(bucket: s3.Bucket) -> Verdict:
    ownership = bucket.object_ownership
    if ownership == ACLS_OFF:
        return passed(f"has ACLs turned off: object ownership is {ACLS_OFF}")
    if ownership is None and bucket.origin.source == "aws":
        return failed("has ACLs turned on: it has no ownership controls")
    if ownership is None:
        return failed(
            "has no ownership controls configured of its own: only "
            f"{s3.only_of_new_buckets('object_ownership')} turns ACLs off"
        )
    return failed(f"has ACLs turned on: object ownership is {ownership}")


@no_cross_account(
    title="S3 bucket policies and ACLs give access to no other AWS account",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_policy" "phi" {
              bucket = aws_s3_bucket.phi.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Deny"
                  Principal = "*"
                  Action    = "s3:*"
                  Resource  = [aws_s3_bucket.phi.arn, "${aws_s3_bucket.phi.arn}/*"]
                  Condition = { Bool = { "aws:SecureTransport" = "false" } }
                }]
              })
            }
        """,
        cli="aws s3api put-bucket-policy --bucket BUCKET --policy file://own-principals-only.json",
        note="Access within the account needs no bucket policy: IAM policies give it. The policy shown takes the place of "
        "what the bucket has, so keep the statements that AWS services need. An ACL that names other accounts is made "
        "private: aws s3api put-bucket-acl --bucket BUCKET --acl private. " + ACCESS_POINTS_DECIDE,
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "s3_bucket_cross_account_access"},
    refines="s3_bucket_policy_not_public",
)
def s3_bucket_no_cross_account_policy(bucket: s3.Bucket, inventory: Inventory) -> PolicyDocument | Verdict | None:
    return any_failing(
        lambda: access_points_let_in(bucket, inventory),
        lambda: _acl_lets_in(bucket, inventory),
        lambda: _policy_lets_in(bucket, inventory),
    )


def _policy_lets_in(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    policy = bucket.policy
    if policy is not None and policy.is_public() and is_overruled(policy, bucket, inventory):
        # Services of AWS are still let in.
        return services_let_in(policy) or passed(
            "has a policy open to everyone that a public access block restricts to its own account"
        )
    return on_access_by(policy, bucket.origin.own_account, owner=lambda: bucket.owner_id)


def _acl_lets_in(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    if opened_by_acl(bucket, inventory):
        return failed("has an ACL that allows everyone")
    named = accounts_let_in_by_acl(bucket)
    if named:
        more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
        return failed(f"has an ACL that allows other accounts: {', '.join(named[:_SHOWN])}{more}")
    return passed("has no ACL in force that names another account")
