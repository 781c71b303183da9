"""Storage: ePHI in buckets and file systems can be brought back after a mistake or an attack."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Verdict, control, failed, passed, some
from hipaa_guard.services import s3


@control(
    title="S3 buckets keep previous versions of objects",
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(ii)(A)", "164.312(c)(1)"),
    why="Without versions, a record of ePHI that is overwritten or deleted cannot be restored.",
    fix=Fix(
        sets="""
            aws_s3_bucket_versioning.bucket = aws_s3_bucket.phi.id
            aws_s3_bucket_versioning.versioning_configuration.status = "Enabled"
        """,
        inline="aws_s3_bucket.versioning.enabled = true",
        cli="aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "s3_bucket_object_versioning",
        "aws_config": "s3-bucket-versioning-enabled",
        "powerpipe": "s3_bucket_versioning_enabled",
        "cdk_nag": "HIPAA.Security-S3BucketVersioningEnabled",
        "checkov": "CKV_AWS_21",
        "trivy": "AVD-AWS-0090",
    },
)
def s3_bucket_versioning_enabled(bucket: s3.Bucket) -> Verdict:
    if bucket.versioning == "Enabled":
        return passed("keeps previous versions of objects")
    return failed(f"does not keep versions: versioning is {bucket.versioning or 'not configured'}")


@control(
    title="S3 buckets copy objects to another bucket",
    severity=LOW,
    hipaa=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    why="Versions live and die with their bucket: a copy elsewhere brings ePHI back when the bucket or its region is lost.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_replication_configuration" "phi" {
              bucket = aws_s3_bucket.phi.id
              role   = "arn:aws:iam::111122223333:role/replication"
              rule {
                status = "Enabled"
                destination {
                  bucket = "arn:aws:s3:::records-copy-111122223333"
                }
              }
            }
        """,
        cli="aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://replication.json",
        note="Copies by AWS Backup to another region or account are an equivalent. Both buckets need versioning.",
        not_by_machine="needs a second bucket and a role, which are yours to choose",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "s3_bucket_cross_region_replication",
        "aws_config": "s3-bucket-replication-enabled",
        "powerpipe": "s3_bucket_cross_region_replication_enabled",
        "cdk_nag": "HIPAA.Security-S3BucketReplicationEnabled",
        "checkov": "CKV_AWS_144",
    },
)
def s3_bucket_replication_enabled(bucket: s3.Bucket) -> Verdict:
    rules = bucket.replication
    if rules is None:
        return failed("is not replicated")
    if some(lambda status: status == "Enabled", rules):
        return passed("is replicated to another bucket")
    return failed("has replication rules, but none is in force")
