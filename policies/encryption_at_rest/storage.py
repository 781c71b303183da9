"""Storage: ePHI in buckets and file systems is unreadable without its key."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Inventory, Verdict, control, failed, passed
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.judging.customer_keys import is_customer_managed
from hipaa_guard.services import s3


@control(
    title="S3 buckets encrypt new objects with a KMS key",
    severity=MEDIUM,
    hipaa=("164.312(a)(2)(iv)",),
    why="S3 encrypts every object, but under its own keys anyone who may read the object may decrypt it: "
    "a KMS key adds a permission of its own and a record in CloudTrail of each use.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_server_side_encryption_configuration" "phi" {
              bucket = aws_s3_bucket.phi.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = aws_kms_key.phi.arn
                }
                bucket_key_enabled = true
              }
            }
            resource "aws_kms_key" "phi" {
              enable_key_rotation = true
            }
        """,
        cli="""
            aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration \\
              '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"},"BucketKeyEnabled":true}]}'
        """,
        not_by_machine=NEEDS_A_KEY,
    ),
    peers={
        "prowler": "s3_bucket_kms_encryption",
        "aws_config": "s3-default-encryption-kms",
        "powerpipe": "s3_bucket_default_encryption_enabled_kms",
        "cdk_nag": "HIPAA.Security-S3DefaultEncryptionKMS",
        "checkov": "CKV_AWS_145",
    },
)
def s3_bucket_encrypted_with_kms(bucket: s3.Bucket) -> Verdict:
    algorithm = bucket.encryption_algorithm or "AES256"
    if algorithm.startswith("aws:kms"):
        return passed(f"encrypts new objects with {algorithm}")
    return failed("encrypts new objects with keys that S3 owns (SSE-S3), not with a KMS key")


@control(
    title="S3 buckets encrypt new objects with a key that the customer manages",
    severity=LOW,
    hipaa=("164.312(a)(2)(iv)",),
    why="The policy of the AWS managed key aws/s3 cannot be changed, so access to ePHI cannot be cut off at the key.",
    fix=Fix(
        terraform="""
            resource "aws_s3_bucket_server_side_encryption_configuration" "phi" {
              bucket = aws_s3_bucket.phi.id
              rule {
                apply_server_side_encryption_by_default {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = aws_kms_key.phi.arn
                }
                bucket_key_enabled = true
              }
            }
            resource "aws_kms_key" "phi" {
              enable_key_rotation = true
            }
        """,
        cli="""
            aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration \\
              '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY_ARN"},"BucketKeyEnabled":true}]}'
        """,
        not_by_machine=NEEDS_A_KEY,
    ),
    peers={"trivy": "AVD-AWS-0132"},
)
def s3_bucket_encrypted_with_cmk(bucket: s3.Bucket, inventory: Inventory) -> Verdict:
    if not (bucket.encryption_algorithm or "AES256").startswith("aws:kms"):
        return failed("encrypts new objects with keys that S3 owns (SSE-S3)")
    if is_customer_managed(bucket.encryption_key, inventory):
        return passed("encrypts new objects with a KMS key that the customer manages")
    return failed("encrypts new objects with the AWS managed key aws/s3")
