"""File systems that a plan of AWS Backup backs up, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.efs.test_controls import BACKUP, OPEN, backup, jobs, system

DAILY = 'tags = {\n backup = "daily"\n}'
PROVIDER = 'provider "aws" {\n default_tags {\n tags = {\n backup = "daily"\n }\n }\n}\n'
EFS_VAULT = "aws/efs/automatic-backup-vault"
BY_PLAN = "is backed up by a plan"


def selected(lines: str, own: str = "", around: str = "") -> str:
    """A file system, and a selection of a plan."""
    return around + (system(own).text or "") + selection(lines)


def selection(lines: str) -> str:
    role = 'iam_role_arn = "arn:aws:iam::111122223333:role/backup"\nname = "s"\nplan_id = "p"'
    return "\n" + resource("aws_backup_selection", f"{role}\n{lines}", "s")


def tag(key: str, value: str) -> str:
    return f'selection_tag {{\n type = "STRINGEQUALS"\n key = "{key}"\n value = "{value}"\n}}\n'


def condition(operator: str, value: str, key: str = "aws:ResourceTag/backup") -> str:
    return f'resources = ["*"]\ncondition {{\n {operator} {{\n key = "{key}"\n value = "{value}"\n }}\n}}'


ARN = "resources = [aws_efs_file_system.phi.arn]\n"
ME = 'data "aws_caller_identity" "me" {}\n'
ALL = 'resources = ["*"]\n'

test_selections = cases(
    *(
        Case(BACKUP, sentence, expected, terraform, says=BY_PLAN if expected is PASS else "")
        for sentence, expected, terraform in (
            ("selected by its ARN", PASS, selected(ARN)),
            ("everything is selected", PASS, selected(ALL)),
            ("all file systems are selected", PASS, selected('resources = ["arn:aws:elasticfilesystem:*:*:file-system/*"]')),
            ("file systems of an account that is not known are selected", UNKNOWN,
             OPEN + "\n" + selected('resources = ["arn:aws:elasticfilesystem:*:${var.open}:file-system/*"]')),
            ("file systems of its account are selected, which is looked up", PASS,
             ME + selected('resources = ["arn:aws:elasticfilesystem:*:${data.aws_caller_identity.me.account_id}:file-system/*"]')),
            ("all tables are selected", FAIL, selected('resources = ["arn:aws:dynamodb:*:*:table/*"]')),
            ("nothing is said of what is selected, which is everything", PASS, selected("")),
            ("everything but it is selected", FAIL, selected(ALL + "not_resources = [aws_efs_file_system.phi.arn]")),
            ("everything but tables is selected", PASS, selected(ALL + 'not_resources = ["arn:aws:dynamodb:*:*:table/*"]')),
            ("selected by what a variable names", UNKNOWN, OPEN + "\n" + selected("resources = [var.open]")),
            ("selected by its tag", PASS, selected(tag("backup", "daily"), DAILY)),
            ("selected by a tag of the provider", PASS, selected(tag("backup", "daily"), around=PROVIDER)),
            ("selected by one of two tags", PASS, selected(tag("a", "b") + tag("backup", "daily"), DAILY)),
            ("a tag of another value is selected", FAIL, selected(tag("backup", "weekly"), DAILY)),
            ("a tag that it lacks is selected", FAIL, selected(tag("backup", "daily"))),
            ("tags that a variable names", UNKNOWN, OPEN + "\n" + selected(tag("backup", "daily"), "tags = var.open")),
            ("a tag of a value that a variable names", UNKNOWN,
             OPEN + "\n" + selected(tag("backup", "daily"), "tags = {\n backup = var.open\n}")),
            ("tags of which a variable names some", UNKNOWN,
             OPEN + "\n" + selected(tag("backup", "daily"), 'tags = merge({ a = "b" }, var.open)')),
            ("its ARN and its tag are selected", PASS, selected(ARN + tag("backup", "daily"), DAILY)),
            ("its ARN is selected, and a tag that it lacks", UNKNOWN, selected(ARN + tag("backup", "daily"))),
            ("neither its ARN nor its tag", FAIL, selected('resources = ["arn:aws:dynamodb:*:*:table/*"]\n' + tag("a", "b"))),
            ("its tag equals", PASS, selected(condition("string_equals", "daily"), DAILY)),
            ("its tag does not equal", FAIL, selected(condition("string_equals", "weekly"), DAILY)),
            ("its tag is like", PASS, selected(condition("string_like", "dai*"), DAILY)),
            ("its tag is not like", FAIL, selected(condition("string_like", "wee*"), DAILY)),
            ("its tag may not be this", FAIL, selected(condition("string_not_equals", "daily"), DAILY)),
            ("its tag may not be another", PASS, selected(condition("string_not_equals", "never"), DAILY)),
            ("its tag may not be like this", FAIL, selected(condition("string_not_like", "d*"), DAILY)),
            ("a tag that it lacks may not be this", UNKNOWN, selected(condition("string_not_equals", "never"))),
            ("no plan selects anything", FAIL, system().text),
        )
    ),
    Case(BACKUP, "turned off, and selected by a plan", PASS, (backup("DISABLED").text or "") + selection(ARN)),
    Case(
        BACKUP,
        "on, and a selection that is not known",
        PASS,
        OPEN + "\n" + (backup("ENABLED").text or "") + selection("resources = [var.open]"),
    ),
    *(
        Case(
            BACKUP,
            f"by the awscc provider, {sentence}",
            expected,
            resource("awscc_efs_file_system", 'file_system_tags = [{ key = "backup", value = "daily" }]')
            + resource(
                "awscc_backup_backup_selection",
                'backup_plan_id = "p"\nbackup_selection = {\n iam_role_arn = "r"\n selection_name = "s"\n' + lines + "\n}",
                "s",
            ),
        )
        for sentence, expected, lines in (
            ("by its ARN", PASS, "resources = [awscc_efs_file_system.phi.arn]"),
            ("another ARN", FAIL, 'resources = ["arn:aws:dynamodb:*:*:table/*"]'),
            ("by its tag", PASS, 'list_of_tags = [{ condition_key = "backup", condition_value = "daily", condition_type = "STRINGEQUALS" }]'),
            ("another tag", FAIL, 'list_of_tags = [{ condition_key = "backup", condition_value = "no", condition_type = "STRINGEQUALS" }]'),
            ("by a condition", PASS,
             'resources = ["*"]\nconditions = {\n string_equals = [{ condition_key = "aws:ResourceTag/backup", condition_value = "daily" }]\n}'),
            ("by a condition that it lacks", FAIL,
             'resources = ["*"]\nconditions = {\n string_equals = [{ condition_key = "aws:ResourceTag/backup", condition_value = "no" }]\n}'),
        )
    ),
)  # fmt: skip


def job(of: Callable[[str], str] = lambda arn: arn, **changes: Any) -> Told:
    """A file system in an account, and a backup job."""

    def answers(session: Any) -> None:
        client = session.client("efs", region_name="us-east-1")
        arns = [each["FileSystemArn"] for each in client.describe_file_systems()["FileSystems"]]
        plain = {
            "BackupJobId": "0a1b2c3d",
            "BackupVaultName": "records",
            "ResourceArn": of(arns[0]) if arns else "",
            "CreatedBy": {"BackupPlanId": "0a1b2c3d"},
        }
        made = {key: value for key, value in (plain | changes).items() if value}
        jobs(session, made)

    return system().in_aws() | Told(answers=answers)


test_jobs = cases(
    Case(BACKUP, "a plan has backed it up", PASS, job(), says=BY_PLAN),
    Case(BACKUP, "a plan has backed up another", FAIL, job(lambda arn: f"{arn}0")),
    Case(BACKUP, "somebody has backed it up by hand", FAIL, job(CreatedBy=None)),
    Case(BACKUP, "EFS has backed it up, until its backup policy was turned off", FAIL, job(BackupVaultName=EFS_VAULT)),
    Case(BACKUP, "backup jobs may not be listed", UNKNOWN, job(), denied="backup:ListBackupJobs"),
)
