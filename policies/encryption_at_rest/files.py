"""File systems: ePHI in files is unreadable without its key."""

from hipaa_guard.authoring import Fix, Verdict, failed
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import replaces
from hipaa_guard.judging.customer_keys import AWS_MANAGED, customer_managed_key
from hipaa_guard.judging.encryption import encrypted_at_rest
from hipaa_guard.services import efs


@encrypted_at_rest(
    title="EFS file systems are encrypted at rest",
    why="Files with ePHI are stored readable, by whoever gets at the storage. A file system cannot be encrypted later.",
    fix=Fix(
        terraform="""
            resource "aws_efs_file_system" "phi" {
              encrypted = true
            }
        """,
        cli="aws efs create-file-system --encrypted",
        note="An existing file system must be copied to a new, encrypted one.",
        not_by_machine=replaces("file system"),
    ),
    peers={
        "prowler": "efs_encryption_at_rest_enabled",
        "aws_config": "efs-encrypted-check",
        "powerpipe": "efs_file_system_encrypt_data_at_rest",
        "cdk_nag": "HIPAA.Security-EFSEncrypted",
        "checkov": "CKV_AWS_42",
        "trivy": "AVD-AWS-0037",
    },
)
def efs_encrypted_at_rest(system: efs.FileSystem) -> bool:
    return system.encrypted


@customer_managed_key(
    title="EFS file systems are encrypted with a key that the customer manages",
    otherwise=f"{AWS_MANAGED} aws/elasticfilesystem",
    fix=Fix(
        terraform="""
            resource "aws_efs_file_system" "phi" {
              encrypted  = true
              kms_key_id = aws_kms_key.files.arn
            }
            resource "aws_kms_key" "files" {
              enable_key_rotation = true
            }
        """,
        cli="aws efs create-file-system --encrypted --kms-key-id KEY_ARN",
        note="An existing file system must be copied to a new one. The destination of a replication names a key of its own.",
        not_by_machine=replaces("file system"),
        consequences=("costs_money",),
    ),
    peers={"checkov": "CKV_AWS_184"},
    refines="efs_encrypted_at_rest",
    advisory=OWN_KEY,
)
def efs_encrypted_with_cmk(system: efs.FileSystem) -> str | Verdict | None:
    return system.key if system.encrypted else failed("is not encrypted at rest")
