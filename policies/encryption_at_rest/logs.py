"""Trails and log groups: what they tell of patients and systems is unreadable without its key."""

from hipaa_guard.authoring import LOW, Fix
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY
from hipaa_guard.judging.encryption import encrypted_with_kms
from hipaa_guard.services import cloudtrail, cloudwatch_logs

_OF_AWS = "a key of AWS's own"


@encrypted_with_kms(
    title="CloudTrail trails encrypt log files with a KMS key",
    why="Names of objects and queries in log files may tell about patients: a KMS key adds a permission of its own "
    "to that of the bucket.",
    encrypts="log files",
    otherwise=_OF_AWS,
    fix=Fix(
        terraform="""
            resource "aws_cloudtrail" "phi" {
              name           = "account"
              s3_bucket_name = "trail-111122223333"
              kms_key_id     = aws_kms_key.trail.arn
            }
            resource "aws_kms_key" "trail" {
              enable_key_rotation = true
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
                    Action    = "kms:*"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { Service = "cloudtrail.amazonaws.com" }
                    Action    = ["kms:GenerateDataKey*", "kms:DescribeKey"]
                    Resource  = "*"
                    Condition = {
                      StringEquals = {
                        "aws:SourceArn" = "arn:aws:cloudtrail:us-east-1:${data.aws_caller_identity.current.account_id}:trail/account"
                      }
                    }
                  },
                ]
              })
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="""
            aws kms put-key-policy --key-id KEY --policy file://lets-cloudtrail-encrypt.json
            aws cloudtrail update-trail --name TRAIL --kms-key-id KEY_ARN
        """,
        note="CloudTrail must be let in by the policy of the key, which lies in the region of the bucket; the "
        "example is of us-east-1. Whoever reads "
        "the log files then needs kms:Decrypt for the key.",
        not_by_machine=NEEDS_A_KEY,
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "cloudtrail_kms_encryption_enabled",
        "aws_config": "cloud-trail-encryption-enabled",
        "powerpipe": "cloudtrail_trail_logs_encrypted_with_kms_cmk",
        "cdk_nag": "HIPAA.Security-CloudTrailEncryptionEnabled",
        "checkov": "CKV_AWS_35",
        "trivy": "AVD-AWS-0015",
    },
)
def cloudtrail_encrypted_with_kms(trail: cloudtrail.Trail) -> bool:
    return trail.key is not None


@encrypted_with_kms(
    title="CloudWatch log groups are encrypted with a KMS key",
    severity=LOW,
    why="Applications write ePHI into logs by mistake. AWS encrypts them, but with a KMS key access can be cut off.",
    otherwise=_OF_AWS,
    fix=Fix(
        terraform="""
            resource "aws_cloudwatch_log_group" "phi" {
              name       = "records-app"
              kms_key_id = aws_kms_key.logs.arn
            }
            resource "aws_kms_key" "logs" {
              enable_key_rotation = true
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
                    Action    = "kms:*"
                    Resource  = "*"
                  },
                  {
                    Effect    = "Allow"
                    Principal = { Service = "logs.us-east-1.amazonaws.com" }
                    Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
                    Resource  = "*"
                    Condition = {
                      ArnEquals = {
                        "kms:EncryptionContext:aws:logs:arn" = (
                          "arn:aws:logs:us-east-1:${data.aws_caller_identity.current.account_id}:log-group:records-app"
                        )
                      }
                    }
                  },
                ]
              })
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="""
            aws kms put-key-policy --key-id KEY --policy file://lets-logs-encrypt.json
            aws logs associate-kms-key --log-group-name GROUP --kms-key-id KEY_ARN
        """,
        note="CloudWatch Logs must be let in by the policy of the key, by its principal of the region. Events from "
        "before keep their encryption.",
        not_by_machine=NEEDS_A_KEY,
    ),
    peers={
        "prowler": "cloudwatch_log_group_kms_encryption_enabled",
        "powerpipe": "log_group_encryption_at_rest_enabled",
        "cdk_nag": "HIPAA.Security-CloudWatchLogGroupEncrypted",
        "checkov": "CKV_AWS_158",
        "trivy": "AVD-AWS-0017",
    },
    advisory=OWN_KEY,
)
def log_group_encrypted_with_kms(group: cloudwatch_logs.LogGroup) -> bool:
    return group.key is not None
