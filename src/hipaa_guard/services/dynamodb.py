"""Amazon DynamoDB: tables, with their backups, encryption and resource policies."""

from __future__ import annotations

from hipaa_guard.facts.policy_document import PolicyDocument
from hipaa_guard.facts.readings import Block, Listing, TerraformReading, View, ask
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Value


def _declared_encryption(argument: str) -> TerraformReading:
    """``KMS`` where encryption with a KMS key is turned on; off means the key that DynamoDB owns."""

    def read(view: View) -> Value:
        enabled = view.get(argument)
        return "KMS" if enabled is True or enabled == "true" else None

    return read


class Table(Resource):
    """A DynamoDB table."""

    terraform = Block(
        "aws_dynamodb_table",
        "awscc_dynamodb_table",
        joined_by="resource_arn",
        name="name",
        awscc_name="table_name",
    )
    aws = Listing(
        "dynamodb.list_tables",
        "TableNames[]",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{Name}",
        name="Name",
    )
    aws_types = ("AWS::DynamoDB::Table", "dynamodb:table")

    point_in_time_recovery: bool = fact(
        terraform="point_in_time_recovery.enabled",
        awscc="point_in_time_recovery_specification.point_in_time_recovery_enabled",
        unset=False,
        aws=ask(
            "dynamodb.describe_continuous_backups",
            "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus=='ENABLED'",
            TableName="{Name}",
        ),
    )

    encryption: str | None = fact(
        terraform=_declared_encryption("server_side_encryption.enabled"),
        awscc=_declared_encryption("sse_specification.sse_enabled"),
        unset=None,
        aws=ask("dynamodb.describe_table", "Table.SSEDescription.SSEType", TableName="{Name}"),
    )
    """``KMS``, or None: a key that DynamoDB owns. No table is without encryption."""

    key: str | None = fact(
        terraform="server_side_encryption.kms_key_arn",
        awscc="sse_specification.kms_master_key_id",
        unset=None,
        aws=ask("dynamodb.describe_table", "Table.SSEDescription.KMSMasterKeyArn", TableName="{Name}"),
    )
    """None means the AWS managed key ``aws/dynamodb``."""

    deletion_protection: bool = fact(
        terraform="deletion_protection_enabled",
        awscc="deletion_protection_enabled",
        unset=False,
        aws=ask("dynamodb.describe_table", "Table.DeletionProtectionEnabled", TableName="{Name}"),
    )

    policy: PolicyDocument | None = fact(
        terraform="aws_dynamodb_resource_policy.policy",
        awscc="resource_policy.policy_document",
        unset=None,
        parse=PolicyDocument.parse,
        aws=ask(
            "dynamodb.get_resource_policy",
            "Policy",
            ResourceArn="arn:{partition}:dynamodb:{region}:{account}:table/{Name}",
            absent="PolicyNotFoundException",
        ),
    )
