"""The controls on EFS, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

OPEN = '\nvariable "open" {}'
KEY = '\nresource "aws_kms_key" "k" {}'
NAMED = [{"Key": "Name", "Value": "phi"}]


def system(lines: str = "", more: str = "", **arguments: Any) -> Told:
    """A file system with some arguments, told to both sides; ``own`` stands for a KMS key of the account."""

    def seed(aws: Aws) -> str:
        told = {k: aws.kms.create_key()["KeyMetadata"]["Arn"] if v == "own" else v for k, v in arguments.items()}
        created: dict[str, str] = aws.efs.create_file_system(CreationToken="phi", Tags=NAMED, **told)
        return created["FileSystemId"]

    terraform = f'resource "aws_efs_file_system" "phi" {{\n {lines}\n}}\n{more}'
    return Told(terraform=terraform, aws=seed, answers=jobs)


def jobs(session: Any, *made: dict[str, Any]) -> None:
    """The backup jobs of AWS Backup: none, or these."""
    answered(session, "backup", "ListBackupJobs", {"BackupJobs": list(made)})


def backup(status: str) -> Told:
    block = f"""resource "aws_efs_backup_policy" "b" {{
      file_system_id = aws_efs_file_system.phi.id
      backup_policy {{
        status = "{status}"
      }}
    }}"""
    told = {"BackupPolicy": {"Status": status}}

    def answers(session: Any) -> None:
        jobs(session)
        answered(session, "efs", "DescribeBackupPolicy", told)

    return system(more=block) | Told(answers=answers)


def policy(*statements: dict[str, Any]) -> Told:
    """A file system with a policy; the resource HERE is the file system."""

    def seed(aws: Aws) -> None:
        system_id = system().make(aws)
        arn = f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:file-system/{system_id}"
        text = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace("HERE", arn)
        aws.efs.put_file_system_policy(FileSystemId=system_id, Policy=text)

    text = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace('"', '\\"')
    text = text.replace("HERE", "${aws_efs_file_system.phi.arn}")
    block = f'resource "aws_efs_file_system_policy" "p" {{\n file_system_id = aws_efs_file_system.phi.id\n policy = "{text}"\n}}'
    return system(more=block) | Told(aws=seed)


def allow(**changes: Any) -> dict[str, Any]:
    plain = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        "Resource": "HERE",
    }
    return {k: v for k, v in (plain | changes).items() if v}


def deny(**changes: Any) -> dict[str, Any]:
    return allow(**{"Effect": "Deny", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}} | changes)


ENCRYPTED, CMK, BACKUP = "efs_encrypted_at_rest", "efs_encrypted_with_cmk", "efs_automatic_backup_enabled"
PUBLIC, TLS = "efs_policy_not_public", "efs_tls_required"
OTHERS = "efs_policy_no_cross_account"
ROOT, USER = "efs_access_point_root_directory", "efs_access_point_user_identity"
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}
WITH_TLS = {"Bool": {"aws:SecureTransport": "true"}}
BY_MOUNT_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
DENIED = "elasticfilesystem:DescribeFileSystemPolicy"

test_encryption = cases(
    Case(ENCRYPTED, "left out", FAIL, system()),
    Case(ENCRYPTED, "on", PASS, system("encrypted = true", Encrypted=True)),
    Case(ENCRYPTED, "off", FAIL, system("encrypted = false", Encrypted=False)),
    Case(CMK, "not encrypted", FAIL, system(), says="not encrypted"),
    Case(CMK, "encrypted without a key", FAIL, system("encrypted = true").in_terraform(), says="aws/elasticfilesystem"),
    Case(
        CMK,
        "a key of one's own",
        PASS,
        system("encrypted = true\n kms_key_id = aws_kms_key.k.arn", KEY, Encrypted=True, KmsKeyId="own"),
    ),
)

test_backup = cases(
    Case(BACKUP, "no backup policy", FAIL, system(), says="not set"),
    Case(BACKUP, "on", PASS, backup("ENABLED")),
    Case(BACKUP, "off", FAIL, backup("DISABLED"), says="DISABLED"),
    Case(
        BACKUP,
        "one zone, which is backed up by default",
        PASS,
        system('availability_zone_name = "us-east-1a"', AvailabilityZoneName="us-east-1a"),
    ),
    Case(
        BACKUP,
        "one zone, turned off",
        FAIL,
        terraform=backup("DISABLED").text.replace('"phi" {', '"phi" {\n availability_zone_name = "us-east-1a"'),
    ),
    Case(
        BACKUP,
        "may not be read",
        UNKNOWN,
        system().in_aws(),
        denied="efs:DescribeBackupPolicy",
        says="DescribeBackupPolicy",
    ),
    Case(BACKUP, "a variable without a value", UNKNOWN, backup("${var.open}").in_terraform(OPEN)),
)

test_policies = cases(
    Case(PUBLIC, "the default policy: whoever reaches a mount target", FAIL, system(), says="no policy"),
    Case(PUBLIC, "allows everyone", FAIL, policy(allow())),
    Case(
        PUBLIC,
        "the preset of the console: whoever reaches a mount target",
        PASS,
        policy(allow(Condition=BY_MOUNT_TARGET)),
    ),
    Case(PUBLIC, "allows one role", PASS, policy(allow(Principal=ROLE))),
    Case(PUBLIC, "only denies", PASS, policy(deny())),
    Case(PUBLIC, "may not be read", UNKNOWN, system().in_aws(), denied="efs:DescribeFileSystemPolicy", says=DENIED),
    Case(OTHERS, "the default policy, which asks nobody for an account", NOT_APPLICABLE, system(), says="no policy"),
    Case(TLS, "the default policy", FAIL, system(), says="no policy"),
    Case(TLS, "denies everything without TLS", PASS, policy(allow(), deny())),
    Case(TLS, "denies mounting without TLS", PASS, policy(allow(), deny(Action="elasticfilesystem:Client*"))),
    Case(TLS, "denies it without saying where, which is here", PASS, policy(allow(), deny(Resource=None))),
    Case(
        TLS,
        "denies it where the key exists",
        PASS,
        policy(allow(), deny(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}})),
    ),
    Case(TLS, "denies everything in any case", PASS, policy(allow(), deny(Condition=None))),
    Case(TLS, "denies it of one role", FAIL, policy(allow(), deny(Principal=ROLE))),
    Case(TLS, "denies writing only", FAIL, policy(allow(), deny(Action="elasticfilesystem:ClientWrite"))),
    Case(TLS, "denies TLS instead", FAIL, policy(allow(), deny(Condition=WITH_TLS))),
    Case(TLS, "denies it of another file system", FAIL, policy(allow(), deny(Resource="HERE-other"))),
    Case(TLS, "allows everyone over TLS", PASS, policy(allow(Condition=WITH_TLS))),
    Case(
        TLS,
        "allows everyone over TLS by a mount target",
        PASS,
        policy(allow(Condition={"Bool": WITH_TLS["Bool"] | BY_MOUNT_TARGET["Bool"]})),
    ),
    Case(TLS, "allows one role, which says over TLS who it is", PASS, policy(allow(Principal=ROLE))),
    Case(TLS, "allows one role, and everyone else too", FAIL, policy(allow(Principal=ROLE), allow())),
    Case(TLS, "allows all but one role", FAIL, policy(allow(Principal=None, NotPrincipal=ROLE))),
    Case(TLS, "allows one over TLS and everyone without", FAIL, policy(allow(Condition=WITH_TLS), allow())),
)


def point(lines: str = "", **arguments: Any) -> Told:
    def seed(aws: Aws) -> None:
        system_id = aws.efs.create_file_system(CreationToken="files")["FileSystemId"]
        aws.efs.create_access_point(FileSystemId=system_id, Tags=NAMED, **arguments)

    return Told(
        terraform=f"""
        resource "aws_efs_file_system" "files" {{}}
        resource "aws_efs_access_point" "phi" {{
          file_system_id = aws_efs_file_system.files.id
          {lines}
        }}""",
        aws=seed,
    )


test_access_points = cases(
    Case(ROOT, "left out", FAIL, point()),
    Case(ROOT, "a directory", PASS, point('root_directory {\n path = "/app"\n }', RootDirectory={"Path": "/app"})),
    Case(ROOT, "the root itself", FAIL, point('root_directory {\n path = "/"\n }', RootDirectory={"Path": "/"})),
    Case(ROOT, "a block without a path", FAIL, point("root_directory {}").in_terraform()),
    Case(ROOT, "a directory below others", PASS, point('root_directory {\n path = "/a/b/c/d"\n }').in_terraform()),
    *(
        Case(
            ROOT,
            f"{path}, which EFS refuses",
            UNKNOWN,
            point(f'root_directory {{\n path = "{path}"\n }}').in_terraform(),
        )
        for path in ("app", "/app/", "/app/..", "//", "/.", "/a/b/c/d/e")
    ),
    Case(USER, "left out", FAIL, point()),
    Case(
        USER,
        "root",
        FAIL,
        point("posix_user {\n uid = 0\n gid = 1000\n }", PosixUser={"Uid": 0, "Gid": 1000}),
        says="makes all clients the root user",
    ),
    Case(
        USER,
        "a user of the group of root",
        PASS,
        point("posix_user {\n uid = 1000\n gid = 0\n }", PosixUser={"Uid": 1000, "Gid": 0}),
    ),
    Case(
        USER, "a user", PASS, point("posix_user {\n uid = 1000\n gid = 1000\n }", PosixUser={"Uid": 1000, "Gid": 1000})
    ),
)
