"""Amazon DynamoDB: tables and their replicas, with their backups, encryption and resource policies."""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.allowed_values import between, one_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Inside, Listing, TerraformReading, View, ask, first
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.tags import Tag, awscc_tags, declared_tags
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value


def _declared_encryption(argument: str) -> TerraformReading:
    """``KMS`` if encryption with a KMS key is on; off means a key that DynamoDB owns."""

    def read(view: View) -> Value:
        enabled = view.get(argument)
        if enabled is None:
            return _of_restored(view)
        return "KMS" if enabled is True or enabled == "true" else None

    return read


def _of_restored(view: View) -> Unknown | None:
    """Why a left-out encryption is unknown: that of the source table is taken over. None without a source.

    DynamoDB API reference, RestoreTableToPointInTime: encryption settings come from the source table.
    """
    if isinstance(view.get("arn"), str):
        return None  # a state shows the encryption that there is
    for argument in ("restore_source_name", "restore_source_table_arn"):
        if view.get(argument) is not None:
            return Unknown(f"it is as in the table that {argument} names", Cause.NOT_IN_SCOPE)
    return None


_RECOVERY_DAYS = 35
"""The longest and default period of point-in-time recovery; shorter ones exist since January 2025 (DynamoDB API)."""
_STREAM = "/stream/"
_POLICIES = {"aws_dynamodb_resource_policy": "resource_arn"}


def _without_stream(arn: str) -> str:
    """The ARN of the table, from the ARN of its stream."""
    return arn.partition(_STREAM)[0]


def _is_of_stream(policy: View) -> bool | None:
    """Whether a policy is that of a stream, as each stream has its own; None if that is not known."""
    arn = policy.get("resource_arn")
    if isinstance(arn, Reference):
        return arn.attribute.endswith("stream_arn")
    if isinstance(arn, Unknown) and not isinstance(arn, PartialText):
        return None
    texts = arn.parts if isinstance(arn, PartialText) else (arn,)
    return any(isinstance(text, str) and _STREAM in text for text in texts)


def _own_policy(view: View) -> Value:
    """The policy of the table itself."""
    return _only(view, of_stream=False)


def _stream_policy(view: View) -> Value:
    """The policy of the table's stream."""
    return _only(view, of_stream=True)


def _only(view: View, *, of_stream: bool) -> Value:
    """The policy of the table or of the stream; else one that may be of either, which counts for both."""
    declared = view.linked("aws_dynamodb_resource_policy")
    seen = declared.seen if isinstance(declared, Incomplete) else declared
    for answer in (of_stream, None):
        found = [each for each in seen if _is_of_stream(each) is answer]
        if found:
            return _common_policy(found)
    if not isinstance(declared, Incomplete):
        return None
    perhaps = declared.candidates
    possible = perhaps is None or any(_is_of_stream(each) in (None, of_stream) for each in perhaps)
    return declared.unknown if possible else None


def _common_policy(policies: list[View]) -> Value:
    first_one, *others = policies
    policy = first_one.get("policy")
    for other in others:
        other_policy = other.get("policy")
        if not (isinstance(policy, str) and isinstance(other_policy, str) and policy == other_policy):
            both = (first_one.address, other.address)
            return Unknown(f"{both[0]} and {both[1]} both apply and do not say the same", references=both)
    return policy


_STREAM_APART = "a live account tells the policy of a stream in an answer of its own"
_AT_THE_TABLE = "source has the policy of a stream at its table"


class Table(Resource):
    """A DynamoDB table."""

    noun = "DynamoDB table"
    terraform = Block(
        "aws_dynamodb_table",
        "awscc_dynamodb_table",
        joins=_POLICIES,
        name="name",
        awscc_name="table_name",
        unqualified=_without_stream,
    )
    aws: ClassVar[Listing | None] = Listing(
        "dynamodb.list_tables",
        "TableNames[]",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{Name}",
        name="Name",
    )
    aws_types = ("AWS::DynamoDB::Table", "dynamodb:table")
    security_hub_type = "AwsDynamoDbTable"

    tags: list[Tag] = fact(
        terraform=declared_tags,
        awscc=awscc_tags(),
        unset=(),
        terraform_only="a live account tells the backups that plans have made",
    )

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

    recovery_days: int = fact(
        terraform="point_in_time_recovery.recovery_period_in_days",
        awscc="point_in_time_recovery_specification.recovery_period_in_days",
        unset=_RECOVERY_DAYS,
        aws=ask(
            "dynamodb.describe_continuous_backups",
            "ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays",
            TableName="{Name}",
        ),
        allowed=between(1, _RECOVERY_DAYS),
    )
    """The days back to which a table can be restored. DynamoDB tells it only of a table with point-in-time recovery."""

    encryption: str | None = fact(
        terraform=_declared_encryption("server_side_encryption.enabled"),
        awscc=_declared_encryption("sse_specification.sse_enabled"),
        unset=None,
        aws=ask("dynamodb.describe_table", "Table.SSEDescription.SSEType", TableName="{Name}"),
        allowed=one_of("KMS", "AES256"),
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
        terraform=_own_policy,
        awscc=first(_own_policy, "resource_policy.policy_document"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask(
            "dynamodb.get_resource_policy",
            "Policy",
            ResourceArn="arn:{partition}:dynamodb:{region}:{account}:table/{Name}",
            absent="PolicyNotFoundException",
            always=True,
        ),
    )

    stream_policy: PolicyDocument | None = fact(
        terraform=_stream_policy,
        awscc=first(_stream_policy, "stream_specification.resource_policy.policy_document"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_STREAM_APART,
    )
    """The policy of the table's stream, a resource of its own: readers of the stream see all writes to the table."""


class Stream(Resource):
    """The newest stream of a table of a live account, with a policy of its own."""

    live_only = _AT_THE_TABLE
    aws = Listing(
        "dynamodb.describe_table",
        "[Table.LatestStreamArn] | [?@]",
        of=Table,
        arn="{StreamArn}",
        name="StreamArn",
        wrap="StreamArn",
        TableName="{Name}",
    )

    policy: PolicyDocument | None = fact(
        live_only=_AT_THE_TABLE,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask(
            "dynamodb.get_resource_policy",
            "Policy",
            ResourceArn="{StreamArn}",
            # A stream that was disabled ends a day later, and the table still names it.
            absent=("PolicyNotFoundException", "ResourceNotFoundException"),
            always=True,
        ),
    )


def _table_of(stream: Stream) -> str:
    return _without_stream(str(stream.origin.arn))


_LISTED_IN_ITS_REGION = "a live account lists a replica as a table of its own region"
_PROTECTED = "deletion_protection_enabled"


def _replica_encryption(enabled: str, key: str) -> TerraformReading:
    """The type of key. It is the same for all replicas of a table, so a replica with a key of its own also shows it."""

    def read(view: View) -> Value:
        outer = view.outer
        if outer is not None and str(outer.get(enabled)).lower() == "true":
            return "KMS"
        own = view.get(key)
        if isinstance(own, Unknown) and not own.is_set:
            return own
        if own is not None or outer is None:
            return None if own is None else "KMS"
        argument = outer.get(enabled)
        return argument if isinstance(argument, Unknown) else None

    return read


def _default_days(_: View) -> None:
    """The provider has no argument for the days of a replica."""


def _no_source(_: View) -> None:
    """Replicas of this type are in the block of their table."""


class TableReplica(Table):
    """A copy of a table in another region: a table of its own. Backups, protection and policy are not copied."""

    terraform = Block(
        "aws_dynamodb_table",
        "aws_dynamodb_table_replica",
        "awscc_dynamodb_global_table",
        joins=_POLICIES,
        name="name",
        awscc_name="table_name",
        unqualified=_without_stream,
        inside={
            "aws_dynamodb_table": Inside("replica", "region_name"),
            "awscc_dynamodb_global_table": Inside("replicas"),
        },
    )
    aws = None
    terraform_only = _LISTED_IN_ITS_REGION

    point_in_time_recovery: bool = fact(
        terraform="point_in_time_recovery",
        awscc="point_in_time_recovery_specification.point_in_time_recovery_enabled",
        unset=False,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    recovery_days: int = fact(
        terraform=_default_days,
        awscc="point_in_time_recovery_specification.recovery_period_in_days",
        unset=_RECOVERY_DAYS,
        terraform_only=_LISTED_IN_ITS_REGION,
        allowed=between(1, _RECOVERY_DAYS),
    )
    encryption: str | None = fact(
        terraform=_replica_encryption("server_side_encryption.enabled", "kms_key_arn"),
        awscc=_replica_encryption("sse_specification.sse_enabled", "sse_specification.kms_master_key_id"),
        unset=None,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    """As for tables. Also None for a replica that is declared apart without a key: then it is as its source."""

    key: str | None = fact(
        terraform="kms_key_arn",
        awscc="sse_specification.kms_master_key_id",
        unset=None,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    deletion_protection: bool = fact(
        terraform=_PROTECTED, awscc=_PROTECTED, unset=False, terraform_only=_LISTED_IN_ITS_REGION
    )
    policy: PolicyDocument | None = fact(
        terraform=_own_policy,
        awscc=first(_own_policy, "resource_policy.policy_document"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    stream_policy: PolicyDocument | None = fact(
        terraform=_stream_policy,
        awscc=first(_stream_policy, "replica_stream_specification.resource_policy.policy_document"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_LISTED_IN_ITS_REGION,
    )
    source: str | None = fact(
        terraform="global_table_arn", awscc=_no_source, unset=None, terraform_only=_LISTED_IN_ITS_REGION
    )
    """The source table of a replica that is declared apart; None for one in the block of its table."""


def encryption_of(table: Table, inventory: Inventory) -> str | None:
    """``KMS``, or None: a key that DynamoDB owns. A replica without the setting has that of its source.

    Raises:
        Undecided: it is not known, or the source is outside of the scan.

    """
    encryption = table.encryption
    if encryption is None and isinstance(table, TableReplica) and table.source is not None:
        source = inventory.find(Table, table.source)
        return None if source is None else source.encryption
    return encryption


def stream_policy_of(table: Table, inventory: Inventory) -> PolicyDocument | None:
    """The policy of a table's stream; None where it has none, or there is no stream.

    Raises:
        Undecided: it is not known.

    """
    if table.origin.source == "terraform":
        return table.stream_policy
    return next((stream.policy for stream in inventory.of(Stream, _table_of, table.origin.arn)), None)
