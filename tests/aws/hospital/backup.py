"""A plan that has backed up a file system."""

from __future__ import annotations

from tests.aws.hospital import Answers

JOB = {
    "BackupJobId": "0a1b2c3d-0000-4000-8000-000000000000",
    "BackupVaultName": "records",
    "State": "COMPLETED",
    "ResourceType": "EFS",
    "ResourceArn": "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
    "CreatedBy": {"BackupPlanId": "0a1b2c3d-1111-4000-8000-000000000000"},
}
ANSWERS: Answers = {"backup.list_backup_jobs": lambda *_: {"BackupJobs": [JOB]}}
