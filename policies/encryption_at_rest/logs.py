"""Trails and log groups: what they tell of patients and systems is unreadable without its key."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Member, Verdict, failed, family, passed
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.services import cloudtrail, cloudwatch_logs


@family(
    Member(
        "cloudtrail_encrypted_with_kms",
        cloudtrail.Trail,
        title="CloudTrail trails encrypt log files with a KMS key",
        severity=MEDIUM,
        why="Names of objects and queries in log files may tell about patients: a KMS key adds a permission of its own "
        "to that of the bucket.",
        fix=Fix(
            terraform="""
                resource "aws_cloudtrail" "phi" {
                  name           = "account"
                  s3_bucket_name = "trail-111122223333"
                  kms_key_id     = aws_kms_key.trail.arn
                }
                resource "aws_kms_key" "trail" {
                  enable_key_rotation = true
                }
            """,
            cli="aws cloudtrail update-trail --name TRAIL --kms-key-id KEY_ARN",
            not_by_machine=NEEDS_A_KEY,
        ),
        peers={
            "prowler": "cloudtrail_kms_encryption_enabled",
            "aws_config": "cloud-trail-encryption-enabled",
            "powerpipe": "cloudtrail_trail_logs_encrypted_with_kms_cmk",
            "cdk_nag": "HIPAA.Security-CloudTrailEncryptionEnabled",
            "checkov": "CKV_AWS_35",
            "trivy": "AVD-AWS-0015",
        },
    ),
    Member(
        "log_group_encrypted_with_kms",
        cloudwatch_logs.LogGroup,
        title="CloudWatch log groups are encrypted with a KMS key",
        fix=Fix(
            terraform="""
                resource "aws_cloudwatch_log_group" "phi" {
                  name       = "records-app"
                  kms_key_id = aws_kms_key.logs.arn
                }
                resource "aws_kms_key" "logs" {
                  enable_key_rotation = true
                }
            """,
            cli="aws logs associate-kms-key --log-group-name GROUP --kms-key-id KEY_ARN",
            not_by_machine=NEEDS_A_KEY,
        ),
        peers={
            "prowler": "cloudwatch_log_group_kms_encryption_enabled",
            "powerpipe": "log_group_encryption_at_rest_enabled",
            "cdk_nag": "HIPAA.Security-CloudWatchLogGroupEncrypted",
            "checkov": "CKV_AWS_158",
            "trivy": "AVD-AWS-0017",
        },
    ),
    severity=LOW,
    hipaa=("164.312(a)(2)(iv)",),
    why="Applications write ePHI into logs by mistake. AWS encrypts them, but with a KMS key access can be cut off.",
)
def logs_encrypted_with_kms(logs: cloudtrail.Trail | cloudwatch_logs.LogGroup) -> Verdict:
    if logs.key is None:
        return failed("names no KMS key: AWS encrypts it with a key of its own")
    return passed("is encrypted with a KMS key")
