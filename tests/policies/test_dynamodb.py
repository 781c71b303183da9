"""The controls on DynamoDB tables, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Aws, Case, cases

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


def table(lines: str = "", more: str = "", **changes: Any) -> dict[str, Any]:
    """A table with some arguments, told to both sides."""
    return {
        "terraform": f'resource "aws_dynamodb_table" "phi" {{\n name = "phi-records"\n {lines}\n}}\n{more}',
        "aws": lambda aws: create(aws, **changes),
    }


def recovery(on: bool) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        create(aws)
        aws.dynamodb.update_continuous_backups(
            TableName="phi-records", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
        )

    return table(f"point_in_time_recovery {{\n enabled = {str(on).lower()}\n }}") | {"aws": seed}


def encryption(key: str | None = None, enabled: str = "true") -> dict[str, Any]:
    """A table encrypted with a KMS key: the AWS managed one, or one's own."""

    def seed(aws: Aws) -> None:
        specification = {"Enabled": True, "SSEType": "KMS"}
        if key is not None:
            specification["KMSMasterKeyId"] = aws.kms.create_key()["KeyMetadata"]["Arn"]
        create(aws, SSESpecification=specification)

    line = "" if key is None else f"kms_key_arn = {key}"
    block = f"server_side_encryption {{\n enabled = {enabled}\n {line}\n }}"
    return table(block, 'resource "aws_kms_key" "k" {}') | {"aws": seed}


def policy(**changes: Any) -> dict[str, Any]:
    """A table with a resource policy of one statement."""
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ARN} | changes
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def seed(aws: Aws) -> None:
        create(aws)
        aws.dynamodb.put_resource_policy(ResourceArn=ARN, Policy=text)

    block = f'resource "aws_dynamodb_resource_policy" "p" {{\n resource_arn = aws_dynamodb_table.phi.arn\n policy = {json.dumps(text)}\n}}'
    return table(more=block) | {"aws": seed}


def in_source(told: dict[str, Any], more: str = "") -> dict[str, Any]:
    return {"terraform": told["terraform"] + more}


def live(told: dict[str, Any]) -> dict[str, Any]:
    return {"aws": told["aws"]}


PITR = "dynamodb_table_pitr_enabled"
KMS, CMK = "dynamodb_table_encrypted_with_kms", "dynamodb_table_encrypted_with_cmk"
DELETION, FOREIGN = "dynamodb_deletion_protection", "dynamodb_no_cross_account_policy"

test_recovery = cases(
    Case(PITR, "never configured", FAIL, **table()),
    Case(PITR, "on", PASS, **recovery(on=True)),
    Case(PITR, "off", FAIL, **recovery(on=False)),
    Case(PITR, "may not be read", UNKNOWN, **live(table()), denied="dynamodb:DescribeContinuousBackups"),
    Case(
        PITR,
        "a variable without a value",
        UNKNOWN,
        **in_source(table("point_in_time_recovery {\n enabled = var.open\n }"), OPEN),
        says="var.open",
    ),
    Case(DELETION, "left out", FAIL, **table()),
    Case(DELETION, "on", PASS, **table("deletion_protection_enabled = true", DeletionProtectionEnabled=True)),
    Case(DELETION, "off", FAIL, **table("deletion_protection_enabled = false", DeletionProtectionEnabled=False)),
    Case(DELETION, "may not be read", UNKNOWN, **live(table()), denied="dynamodb:DescribeTable"),
    Case(DELETION, "a variable", UNKNOWN, **in_source(table("deletion_protection_enabled = var.open"), OPEN)),
)

test_encryption = cases(
    Case(KMS, "left out", FAIL, **table(), says="DynamoDB owns, not with a KMS key"),
    Case(KMS, "turned off, which leaves the key of DynamoDB", FAIL, **in_source(encryption(enabled="false"))),
    Case(KMS, "the AWS managed key", PASS, **encryption()),
    Case(KMS, "a key of one's own", PASS, **encryption("aws_kms_key.k.arn")),
    Case(KMS, "may not be read", UNKNOWN, **live(table()), denied="dynamodb:DescribeTable"),
    Case(KMS, "a variable without a value", UNKNOWN, **in_source(encryption(enabled="var.open"), OPEN)),
    Case(CMK, "left out", FAIL, **table()),
    Case(CMK, "turned on without a key", FAIL, **in_source(encryption()), says="aws/dynamodb"),
    Case(CMK, "a key, but turned off", FAIL, **in_source(encryption("aws_kms_key.k.arn", enabled="false"))),
    Case(CMK, "a key of one's own", PASS, **encryption("aws_kms_key.k.arn")),
    Case(CMK, "the alias of the AWS managed key", FAIL, **in_source(encryption('"alias/aws/dynamodb"'))),
    Case(CMK, "the key may not be read", UNKNOWN, **live(encryption("own")), denied="kms:DescribeKey"),
    Case(CMK, "a variable without a value", UNKNOWN, **in_source(encryption("var.open"), OPEN)),
)

OWN = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}}
OTHER = {"Principal": {"AWS": "arn:aws:iam::999988887777:root"}}

test_sharing = cases(
    Case(FOREIGN, "no policy", PASS, **table()),
    Case(FOREIGN, "a role of the account itself", PASS, **live(policy(**OWN))),
    Case(FOREIGN, "another account", FAIL, **live(policy(**OTHER)), says="999988887777"),
    Case(FOREIGN, "everyone", FAIL, **policy(Principal="*")),
    Case(FOREIGN, "denies another account", PASS, **policy(**OTHER | {"Effect": "Deny"})),
    Case(FOREIGN, "a service of AWS", PASS, **policy(Principal={"Service": "glue.amazonaws.com"})),
    Case(FOREIGN, "an account, where one's own is not known", UNKNOWN, **in_source(policy(**OTHER))),
    Case(FOREIGN, "the policy may not be read", UNKNOWN, **live(table()), denied="dynamodb:GetResourcePolicy"),
)
