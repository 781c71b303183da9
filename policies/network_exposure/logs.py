"""Trails and logs: nobody outside can reach the record of access to ePHI."""

from hipaa_guard.authoring import CRITICAL, MEDIUM, Fix, Inventory, PolicyDocument, Verdict, control, failed, passed
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.access_points import opened_by_access_points
from hipaa_guard.judging.fix_parts import OWN_ACCOUNT
from hipaa_guard.judging.log_delivery import first_way
from hipaa_guard.judging.log_targets import LOG_RESOURCE_POLICY, TRAIL_BUCKET
from hipaa_guard.judging.public_buckets import opened_by_acl, opened_by_policy
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import cloudtrail, cloudwatch_logs, s3

_CLOSED_BUCKET = """
resource "aws_cloudtrail" "phi" {
  name           = "account"
  s3_bucket_name = aws_s3_bucket.trail.id
  depends_on     = [aws_s3_bucket_policy.trail]
}
resource "aws_s3_bucket_public_access_block" "trail" {
  bucket                  = aws_s3_bucket.trail.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}"""


@control(
    title="Buckets that receive trails are not public",
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Log files tell the world which systems hold ePHI, who reaches them and how; whoever may write can forge them.",
    fix=Fix(
        terraform=_CLOSED_BUCKET + TRAIL_BUCKET + OWN_ACCOUNT,
        cli="""
            aws s3api put-public-access-block --bucket TRAIL_BUCKET --public-access-block-configuration \\
              BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
        """,
        not_by_machine="is made at the bucket, by s3_bucket_public_access_blocked",
        consequences=("cuts_access",),
    ),
    peers={"prowler": "cloudtrail_logs_s3_bucket_is_not_publicly_accessible", "trivy": "AVD-AWS-0161"},
)
def cloudtrail_bucket_not_public(trail: cloudtrail.Trail, inventory: Inventory) -> Verdict:
    bucket = inventory.find(s3.Bucket, trail.bucket) or cloudtrail.not_in_sight(trail.bucket)
    opened = first_way(
        ("to a bucket whose policy allows everyone", lambda: opened_by_policy(bucket, inventory)),
        ("to a bucket whose ACL allows everyone", lambda: opened_by_acl(bucket, inventory)),
        (
            "to a bucket that hands access on to an access point, whose policy allows everyone",
            lambda: opened_by_access_points(bucket, inventory),
        ),
    )
    return passed("is delivered to a bucket that is not public") if opened is None else failed(f"is delivered {opened}")


@policy_not_public(
    title="Resource policies of CloudWatch Logs allow nothing to everyone",
    severity=MEDIUM,
    why="CloudWatch Logs heeds the policy of a log group for AWS services alone, that of a destination for every account: "
    "open to everyone, it lets strangers write log events, which bury the true record of access to ePHI.",
    policy="policy document",
    fix=Fix(
        terraform=LOG_RESOURCE_POLICY,
        cli="""
            aws logs put-resource-policy --policy-name POLICY --policy-document file://named-services-only.json
            aws logs put-destination-policy --destination-name DESTINATION --access-policy file://named-accounts-only.json
        """,
        note="A policy of one log group also takes --resource-arn, and the --expected-revision-id that "
        "describe-resource-policies tells. The second command is for a destination.",
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"prowler": "cloudwatch_log_group_not_publicly_accessible"},
)
def log_group_not_public(resource_policy: cloudwatch_logs.ResourcePolicy) -> PolicyDocument | None:
    return resource_policy.policy
