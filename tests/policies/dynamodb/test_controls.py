"""The controls on DynamoDB tables, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.authoring import HIGH
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Aws, Case, Told, cases, resource

ARN = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/phi-records"
OPEN = '\nvariable "open" {}'


def create(aws: Aws, **changes: Any) -> None:
    aws.dynamodb.create_table(
        TableName="phi-records",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **changes,
    )


def table(lines: str = "", more: str = "", **changes: Any) -> Told:
    """A table with some arguments, told to both sides."""
    text = resource("aws_dynamodb_table", f'name = "phi-records"\n {lines}')
    return Told(text + more, lambda aws: create(aws, **changes))


def recovery(on: bool, days: int | None = None) -> Told:
    asked = {"PointInTimeRecoveryEnabled": on} | ({} if days is None else {"RecoveryPeriodInDays": days})
    period = "" if days is None else f"recovery_period_in_days = {days}"
    return table(f"point_in_time_recovery {{\n enabled = {str(on).lower()}\n {period}\n }}") + Told(
        aws=lambda aws: aws.dynamodb.update_continuous_backups(
            TableName="phi-records", PointInTimeRecoverySpecification=asked
        )
    )


def encryption(key: str | None = None, enabled: str = "true") -> Told:
    """A table encrypted with a KMS key: the AWS managed one, or one's own."""

    def seed(aws: Aws) -> None:
        specification = {"Enabled": True, "SSEType": "KMS"}
        if key is not None:
            specification["KMSMasterKeyId"] = aws.kms.create_key()["KeyMetadata"]["Arn"]
        create(aws, SSESpecification=specification)

    line = "" if key is None else f"kms_key_arn = {key}"
    block = f"server_side_encryption {{\n enabled = {enabled}\n {line}\n }}"
    return table(block, 'resource "aws_kms_key" "k" {}') | Told(aws=seed)


def policy(**changes: Any) -> Told:
    """A table with a resource policy of one statement."""
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ARN} | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    lines = f"resource_arn = aws_dynamodb_table.phi.arn\n policy = {json.dumps(text)}"
    return table() + Told(
        resource("aws_dynamodb_resource_policy", lines, "p"),
        lambda aws: aws.dynamodb.put_resource_policy(ResourceArn=ARN, Policy=text),
    )


PITR = "dynamodb_table_pitr_enabled"
KMS, CMK = "dynamodb_table_encrypted_with_kms", "dynamodb_table_encrypted_with_cmk"
DELETION, FOREIGN = "dynamodb_deletion_protection", "dynamodb_no_cross_account_policy"

test_recovery = cases(
    Case(PITR, "never configured", FAIL, table()),
    Case(PITR, "on", PASS, recovery(on=True)),
    Case(PITR, "off", FAIL, recovery(on=False)),
    Case(PITR, "for one day", FAIL, recovery(on=True, days=1), says="the last 1 day only"),
    Case(PITR, "for six days", FAIL, recovery(on=True, days=6), says="the last 6 days only"),
    Case(PITR, "for seven days", PASS, recovery(on=True, days=7)),
    Case(PITR, "for 36 days, which DynamoDB refuses", UNKNOWN, recovery(on=True, days=36).in_terraform()),
    Case(
        PITR,
        "for days in a variable without a value",
        UNKNOWN,
        table("point_in_time_recovery {\n enabled = true\n recovery_period_in_days = var.open\n }").in_terraform(OPEN),
    ),
    Case(
        PITR,
        "a variable without a value",
        UNKNOWN,
        table("point_in_time_recovery {\n enabled = var.open\n }").in_terraform(OPEN),
        says="var.open",
    ),
    Case(DELETION, "left out", FAIL, table()),
    Case(DELETION, "on", PASS, table("deletion_protection_enabled = true", DeletionProtectionEnabled=True)),
    Case(DELETION, "off", FAIL, table("deletion_protection_enabled = false", DeletionProtectionEnabled=False)),
)

test_encryption = cases(
    Case(KMS, "left out", FAIL, table(), says="DynamoDB owns"),
    Case(KMS, "turned off, which leaves the key of DynamoDB", FAIL, encryption(enabled="false").in_terraform()),
    *(
        Case(
            control,
            f"left out, and restored from the table that {argument} names",
            UNKNOWN,
            table(f'{argument} = "{source}"\n restore_to_latest_time = true').in_terraform(),
            says=argument,
        )
        for control in (KMS, CMK)
        for argument, source in (("restore_source_name", "records"), ("restore_source_table_arn", ARN))
    ),
    Case(KMS, "the AWS managed key", PASS, encryption()),
    Case(KMS, "a key of one's own", PASS, encryption("aws_kms_key.k.arn")),
    Case(CMK, "left out", FAIL, table()),
    Case(CMK, "turned on without a key", FAIL, encryption().in_terraform(), says="aws/dynamodb"),
    Case(CMK, "a key, but turned off", FAIL, encryption("aws_kms_key.k.arn", enabled="false").in_terraform()),
    Case(CMK, "a key of one's own", PASS, encryption("aws_kms_key.k.arn")),
    Case(CMK, "the alias of the AWS managed key", FAIL, encryption('"alias/aws/dynamodb"').in_terraform()),
)

OWN = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}}
OTHER = {"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}

test_sharing = cases(
    Case(FOREIGN, "no policy", PASS, table()),
    Case(FOREIGN, "a role of the account itself", PASS, policy(**OWN).in_aws()),
    Case(FOREIGN, "another account", FAIL, policy(**OTHER).in_aws(), says="999988887777"),
    Case(FOREIGN, "everyone", FAIL, policy(Principal="*")),
    Case(FOREIGN, "denies another account", PASS, policy(**OTHER | {"Effect": "Deny"})),
    Case(FOREIGN, "a service of AWS", FAIL, policy(Principal={"Service": "glue.amazonaws.com"}), severity=HIGH),
    Case(FOREIGN, "an account, where one's own is not known", UNKNOWN, policy(**OTHER).in_terraform()),
)
