"""Databases that a plan of AWS Backup backs up, and whose own backups are off or too few: a low gap, told as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.authoring import HIGH, LOW
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, Aws, Case, Told, cases, resource
from tests.policies.efs.test_controls import OPEN, jobs
from tests.policies.efs.test_plans import selection

INSTANCE, CLUSTER, TABLE = (
    "rds_instance_backup_enabled",
    "rds_cluster_backup_retention",
    "dynamodb_table_pitr_enabled",
)
AWSCC_SELECTION = (
    'resource "awscc_backup_backup_selection" "s" {{\n backup_plan_id = "p"\n backup_selection = {{\n'
    ' iam_role_arn = "r"\n selection_name = "s"\n resources = [{}]\n }}\n}}\n'
)
# Control -> type, arguments with too few backups, the own ARN, a pattern and a text for it, and arguments with enough.
AWS = {
    INSTANCE: (
        "aws_db_instance", 'identifier = "phi"', "arn", "arn:aws:rds:*:*:db:*",
        f"arn:aws:rds:us-east-1:{ACCOUNT}:db:phi", "backup_retention_period = 14",
    ),
    CLUSTER: (
        "aws_rds_cluster", 'cluster_identifier = "phi"\nengine = "aurora-mysql"', "arn", "arn:aws:rds:*:*:cluster:*",
        f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:phi", "backup_retention_period = 14",
    ),
    TABLE: (
        "aws_dynamodb_table", 'name = "phi"', "arn", "arn:aws:dynamodb:*:*:table/*",
        f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/phi", "point_in_time_recovery {\n enabled = true\n}",
    ),
}  # fmt: skip
AWSCC = {
    INSTANCE: ("awscc_rds_db_instance", "", "db_instance_arn"),
    CLUSTER: ("awscc_rds_db_cluster", 'engine = "aurora-mysql"', "db_cluster_arn"),
    TABLE: ("awscc_dynamodb_table", 'table_name = "phi"', "arn"),
}
TAGGED = 'tags = {\n backup = "daily"\n}'
BY_TAG = 'selection_tag {\n type = "STRINGEQUALS"\n key = "backup"\n value = "daily"\n}'
BY_PLAN = "but is backed up by a plan"


def of(control: str, lines: str, own: str = "") -> str:
    type, few, *_ = AWS[control]
    return resource(type, f"{few}\n{own}") + selection(lines)


def declared() -> Iterator[Case]:
    for control, (type, _, arn, pattern, text, enough) in AWS.items():
        for sentence, terraform in (
            ("by a reference", of(control, f"resources = [{type}.phi.{arn}]")),
            ("with all others", of(control, 'resources = ["*"]')),
            ("with all of its type", of(control, f'resources = ["{pattern}"]')),
            ("by its ARN", of(control, f'resources = ["{text}"]')),
            ("by its tag", of(control, BY_TAG, TAGGED)),
        ):
            yield Case(control, f"a plan selects it {sentence}", FAIL, terraform, says=BY_PLAN, severity=LOW)
        for sentence, terraform in (
            ("another by its ARN", of(control, f'resources = ["{text}-2"]')),
            ("others by a tag", of(control, BY_TAG)),
            ("all but it", of(control, f'resources = ["*"]\nnot_resources = ["{pattern}"]')),
            ("what a variable names", OPEN + "\n" + of(control, "resources = [var.open]")),
        ):
            yield Case(control, f"a plan selects {sentence}", FAIL, terraform, severity=HIGH)
        told = of(control, 'resources = ["*"]', enough)
        yield Case(control, "a plan selects it, and its own backups are enough", PASS, told)
    for control, (type, lines, arn) in AWSCC.items():
        told = resource(type, lines) + AWSCC_SELECTION.format(f"{type}.phi.{arn}")
        yield Case(control, f"a plan selects {type}", FAIL, told, says=BY_PLAN, severity=LOW)


test_declared = cases(*declared())


def table(aws: Aws) -> None:
    aws.dynamodb.create_table(
        TableName="phi",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def instance(aws: Aws) -> None:
    aws.rds.create_db_instance(
        DBInstanceIdentifier="phi",
        Engine="postgres",
        DBInstanceClass="db.t3.medium",
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        AllocatedStorage=20,
        BackupRetentionPeriod=0,
    )


def cluster(aws: Aws) -> None:
    aws.rds.create_db_cluster(
        DBClusterIdentifier="phi",
        Engine="aurora-mysql",
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
        BackupRetentionPeriod=1,
    )


def backed_up(make: Any, arn: str, **changes: Any) -> Told:
    job = {"BackupJobId": "0a1b2c3d", "BackupVaultName": "records", "ResourceArn": arn}
    job |= {"CreatedBy": {"BackupPlanId": "0a1b2c3d"}} | changes
    return Told(aws=make, answers=lambda session: jobs(session, {key: each for key, each in job.items() if each}))


test_live = cases(
    *(
        case
        for control, make in ((INSTANCE, instance), (CLUSTER, cluster), (TABLE, table))
        for arn in (AWS[control][4],)
        for case in (
            Case(control, "a plan has backed it up", FAIL, backed_up(make, arn), says=BY_PLAN, severity=LOW),
            Case(control, "a plan has backed up another", FAIL, backed_up(make, f"{arn}2"), severity=HIGH),
            Case(control, "it was backed up by hand", FAIL, backed_up(make, arn, CreatedBy=None), severity=HIGH),
        )
    ),
)
