"""Storage: ePHI in buckets and file systems is unreadable without its key."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, failed, not_applicable
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.judging.customer_keys import AWS_MANAGED, customer_managed_key
from hipaa_guard.judging.encryption import MEDIA, With, encrypted_with, encrypted_with_kms
from hipaa_guard.judging.log_targets import kms_is_refused
from hipaa_guard.services import s3

_WITH_A_KEY = Fix(
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
    note="Objects that are there keep their key until they are copied over themselves. Whoever reads or writes needs "
    "permission for the key as well: kms:Decrypt, and kms:GenerateDataKey to write.",
    not_by_machine=NEEDS_A_KEY,
    consequences=("cuts_access",),
)


_NEW = "new objects"
_OF_S3 = "keys that S3 owns (SSE-S3)"


def _kms_algorithm(bucket: s3.Bucket) -> str | None:
    algorithm = bucket.encryption_algorithm or "AES256"
    return algorithm if algorithm.startswith("aws:kms") else None


def _cannot(bucket: s3.Bucket, inventory: Inventory) -> Verdict | None:
    """The verdict on a bucket to which AWS could deliver no logs any more if a KMS key were its default."""
    logs = kms_is_refused(bucket, inventory)
    return None if logs is None else not_applicable(f"receives {logs}, which AWS delivers under keys of S3 alone")


@encrypted_with_kms(
    title="S3 buckets encrypt new objects by default with a KMS key",
    hipaa=MEDIA,
    why="S3 encrypts every object, but under its own keys anyone who may read the object may decrypt it: "
    "a KMS key adds a permission of its own and a record in CloudTrail of each use.",
    encrypts=_NEW,
    otherwise=_OF_S3,
    fix=_WITH_A_KEY,
    peers={
        "prowler": "s3_bucket_kms_encryption",
        "aws_config": "s3-default-encryption-kms",
        "powerpipe": "s3_bucket_default_encryption_enabled_kms",
        "cdk_nag": "HIPAA.Security-S3DefaultEncryptionKMS",
        "checkov": "CKV_AWS_145",
    },
)
def s3_bucket_encrypted_with_kms(bucket: s3.Bucket, inventory: Inventory) -> bool | With | Verdict:
    algorithm = _kms_algorithm(bucket)
    if algorithm is None:
        return _cannot(bucket, inventory) or False
    return With(f"a KMS key ({algorithm})")


@customer_managed_key(
    title="S3 buckets encrypt new objects by default with a key that the customer manages",
    hipaa=MEDIA,
    encrypts=_NEW,
    otherwise=f"{AWS_MANAGED} aws/s3",
    fix=_WITH_A_KEY,
    peers={"trivy": "AVD-AWS-0132"},
    refines="s3_bucket_encrypted_with_kms",
    advisory=OWN_KEY,
)
def s3_bucket_encrypted_with_cmk(bucket: s3.Bucket, inventory: Inventory) -> str | Verdict | None:
    if _kms_algorithm(bucket) is None:
        return _cannot(bucket, inventory) or failed(encrypted_with(_OF_S3, _NEW))
    return bucket.encryption_key
