"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, KEYS, PASS, UNKNOWN, VARIABLE, Twin, policy

OPEN_FILES = policy("*", "elasticfilesystem:*")

TWINS = [
    Twin("files that say nothing", resource("aws_efs_file_system", ""), resource("awscc_efs_file_system", ""), FAIL),
    Twin(
        "files with everything on",
        KEYS
        + resource("aws_efs_file_system", "encrypted = true\nkms_key_id = aws_kms_key.own.arn")
        + resource(
            "aws_efs_backup_policy",
            'file_system_id = aws_efs_file_system.phi.id\nbackup_policy {\n status = "ENABLED"\n}',
        ),
        KEYS
        + resource(
            "awscc_efs_file_system",
            'encrypted = true\nkms_key_id = awscc_kms_key.own.arn\nbackup_policy = { status = "ENABLED" }',
        ),
        PASS,
    ),
    Twin(
        "files for everyone",
        resource("aws_efs_file_system", "encrypted = true")
        + resource("aws_efs_file_system_policy", f"file_system_id = aws_efs_file_system.phi.id\npolicy = {OPEN_FILES}"),
        resource("awscc_efs_file_system", f"encrypted = true\nfile_system_policy = {OPEN_FILES}"),
        FAIL,
    ),
    Twin(
        "files of which nothing is known",
        VARIABLE + resource("aws_efs_file_system", "encrypted = var.open"),
        VARIABLE + resource("awscc_efs_file_system", "encrypted = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a way into files for one user",
        resource(
            "aws_efs_access_point",
            'file_system_id = "fs-1"\nposix_user {\n uid = 1000\n gid = 1000\n}\nroot_directory {\n path = "/records"\n}',
        ),
        resource(
            "awscc_efs_access_point",
            'file_system_id = "fs-1"\nposix_user = { uid = "1000", gid = "1000" }\nroot_directory = { path = "/records" }',
        ),
        PASS,
    ),
    Twin(
        "a way into files as root",
        resource(
            "aws_efs_access_point",
            'file_system_id = "fs-1"\nposix_user {\n uid = 0\n gid = 0\n}',
        ),
        resource("awscc_efs_access_point", 'file_system_id = "fs-1"\nposix_user = { uid = "0", gid = "0" }'),
        FAIL,
    ),
    Twin(
        "a way into files for any user",
        resource("aws_efs_access_point", 'file_system_id = "fs-1"'),
        resource("awscc_efs_access_point", 'file_system_id = "fs-1"'),
        FAIL,
    ),
]
