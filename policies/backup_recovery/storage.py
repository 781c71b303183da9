"""Storage: ePHI in buckets and file systems can be brought back after a mistake or an attack."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Verdict, control, failed, passed, some
from hipaa_guard.services import s3

_REPLICATED = """
resource "aws_s3_bucket_replication_configuration" "phi" {
  bucket = aws_s3_bucket.phi.id
  role   = aws_iam_role.replication.arn
  rule {
    id     = "everything"
    status = "Enabled"
    filter {}
    delete_marker_replication {
      status = "Enabled"
    }
    destination {
      bucket = aws_s3_bucket.copy.arn
    }
  }
  depends_on = [aws_s3_bucket_versioning.phi, aws_s3_bucket_versioning.copy]
}
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket" "copy" {
  bucket = "records-copy-111122223333"
}
resource "aws_s3_bucket_versioning" "copy" {
  bucket = aws_s3_bucket.copy.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_s3_bucket_public_access_block" "copy" {
  bucket                  = aws_s3_bucket.copy.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_policy" "copy" {
  bucket = aws_s3_bucket.copy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyPlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.copy.arn, "${aws_s3_bucket.copy.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
resource "aws_iam_role" "replication" {
  name = "records-replication"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "replication" {
  name = "replicate"
  role = aws_iam_role.replication.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = aws_s3_bucket.phi.arn
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"
        ]
        Resource = "${aws_s3_bucket.phi.arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = "${aws_s3_bucket.copy.arn}/*"
      }
    ]
  })
}"""


@control(
    title="S3 buckets keep previous versions of objects",
    severity=MEDIUM,
    hipaa=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.312(c)(1)"),
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
    title="S3 buckets copy all new objects to another bucket",
    severity=LOW,
    hipaa=("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
    why="Versions live and die with their bucket: a copy elsewhere brings ePHI back when the bucket or its region is lost.",
    fix=Fix(
        terraform=_REPLICATED,
        cli="""
            aws s3api put-bucket-versioning --bucket BUCKET --versioning-configuration Status=Enabled
            aws s3api put-bucket-versioning --bucket COPY_BUCKET --versioning-configuration Status=Enabled
            aws s3api put-bucket-replication --bucket BUCKET --replication-configuration file://replication.json
        """,
        note="Both buckets need versions, and the role the actions shown; for objects under a KMS key it also needs "
        "kms:Decrypt here, kms:Encrypt there, and the rule `source_selection_criteria` and the key of the copies. A copy in another region or account "
        "outlives theirs: give it a provider of its own. Objects that are there already are copied by S3 Batch Replication only. "
        "Copies by AWS Backup to another region or account are an equivalent.",
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
    refines="s3_bucket_versioning_enabled",
    advisory="S3 keeps objects in three zones without it; this adds a second place, and costs money.",
)
def s3_bucket_replication_enabled(bucket: s3.Bucket) -> Verdict:
    if bucket.replication is None:
        return failed("is not replicated")
    rules = bucket.replication_rules or []
    if some(lambda rule: rule.copies_all(under_kms=lambda: _under_kms(bucket)), rules):
        return passed("is replicated to another bucket")
    if not some(lambda rule: rule.status == "Enabled", rules):
        return failed("has replication rules, but none is in force")
    if some(lambda rule: rule.copies_every_name(), rules):
        return failed("encrypts objects with a KMS key, which its replication rules leave out")
    return failed("is replicated in part: each rule in force is for objects of a prefix or with tags")


def _under_kms(bucket: s3.Bucket) -> bool:
    return (bucket.encryption_algorithm or "").startswith("aws:kms")
