"""The controls on what RDS stores: encryption, exposure, snapshots and recovery, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases
from tests.policies.rds_states import (
    INSTANCE,
    PASSWORD,
    aurora_answers,
    cluster,
    from_variable,
    in_source,
    instance,
    live,
    member,
    replica,
)

KEY = 'resource "aws_kms_key" "k" {}'
ENCRYPTED = "storage_encrypted = true"
OWN_KEY = f"{ENCRYPTED}\n kms_key_id = aws_kms_key.k.arn"
REST, CLUSTER_REST = "rds_instance_encrypted_at_rest", "rds_cluster_encrypted_at_rest"
CMK, CLUSTER_CMK = "rds_instance_encrypted_with_cmk", "rds_cluster_encrypted_with_cmk"

test_encryption_at_rest = cases(
    Case(REST, "left out", FAIL, **instance()),
    Case(REST, "turned off", FAIL, **instance("storage_encrypted = false", StorageEncrypted=False)),
    Case(REST, "turned on", PASS, **instance(ENCRYPTED, StorageEncrypted=True)),
    Case(REST, "a key without turning it on", FAIL, **in_source(instance("kms_key_id = aws_kms_key.k.arn", KEY))),
    Case(REST, "written as null", FAIL, **in_source(instance("storage_encrypted = null"))),
    Case(REST, "a variable without a value", UNKNOWN, **from_variable("storage_encrypted"), says="var.open"),
    Case(REST, "a replica of an encrypted instance", PASS, **replica(source=ENCRYPTED, StorageEncrypted=True)),
    Case(REST, "a replica of an instance that is not", FAIL, **replica()),
    Case(
        REST,
        "a replica with a key, in another region",
        PASS,
        **in_source(replica('kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/k"')),
    ),
    Case(
        REST,
        "a replica of an instance that is declared elsewhere",
        UNKNOWN,
        terraform='resource "aws_db_instance" "phi" {\n replicate_source_db = "elsewhere"\n}',
    ),
    Case(
        REST,
        "restored from a snapshot, which brings its own encryption",
        UNKNOWN,
        **in_source(instance('snapshot_identifier = "rds:production-2026-06-26"')),
        says="snapshot_identifier",
    ),
    Case(CLUSTER_REST, "turned on", PASS, **cluster(ENCRYPTED, StorageEncrypted=True)),
    Case(CLUSTER_REST, "turned off", FAIL, **cluster("storage_encrypted = false", StorageEncrypted=False)),
    Case(CLUSTER_REST, "Aurora, left out: depends on when it was made", UNKNOWN, **in_source(cluster()), says="2026"),
    Case(
        CLUSTER_REST,
        "no engine given",
        UNKNOWN,
        terraform='resource "aws_rds_cluster" "phi" {}',
        says="engine is left out, which the provider refuses",
    ),
    Case(
        CLUSTER_REST,
        "a Multi-AZ cluster, left out",
        FAIL,
        **in_source(cluster('db_cluster_instance_class = "db.r6gd.xlarge"', engine="mysql")),
    ),
    Case(CLUSTER_REST, "Aurora Serverless, always encrypted", PASS, **in_source(cluster('engine_mode = "serverless"'))),
    Case(
        CLUSTER_REST,
        "encrypted with a key of AWS, of which the older field says false",
        PASS,
        **aurora_answers(StorageEncrypted=False, StorageEncryptionType="sse-rds"),
        says="AWS owns",
    ),
    Case(
        CLUSTER_REST,
        "not encrypted in either field",
        FAIL,
        **aurora_answers(StorageEncrypted=False, StorageEncryptionType="none"),
    ),
    Case(
        CLUSTER_REST,
        "a secondary of a global database",
        UNKNOWN,
        **in_source(cluster('global_cluster_identifier = "world"')),
    ),
    Case(
        CLUSTER_REST,
        "restored with a key",
        PASS,
        **in_source(cluster('snapshot_identifier = "s"\n kms_key_id = aws_kms_key.k.arn', KEY)),
    ),
    Case(CMK, "a key of one's own", PASS, **instance(OWN_KEY, KEY, StorageEncrypted=True, KmsKeyId="own")),
    Case(CMK, "encrypted, but no key named", FAIL, **in_source(instance(ENCRYPTED))),
    Case(
        CMK,
        "the AWS managed key",
        FAIL,
        **live(instance(StorageEncrypted=True, KmsKeyId="own")),
        answers=lambda session: answered(
            session, "kms", "DescribeKey", {"KeyMetadata": {"KeyId": "k", "KeyManager": "AWS"}}
        ),
        says="aws/rds",
    ),
    Case(
        CMK,
        "the alias of the AWS managed key",
        FAIL,
        **in_source(instance(f'{ENCRYPTED}\n kms_key_id = "alias/aws/rds"')),
    ),
    Case(CMK, "not encrypted", FAIL, **instance(), says="is not encrypted"),
    Case(
        CMK,
        "the key may not be read",
        UNKNOWN,
        **live(instance(StorageEncrypted=True, KmsKeyId="own")),
        denied="kms:DescribeKey",
    ),
    Case(CMK, "the key is a variable without a value", UNKNOWN, **from_variable(f"{ENCRYPTED}\n kms_key_id")),
    Case(
        CMK,
        "a replica of an instance with a key of one's own",
        PASS,
        terraform=replica(source=OWN_KEY)["terraform"] + "\n" + KEY,
    ),
    Case(
        CMK,
        "restored with the key of its snapshot",
        UNKNOWN,
        **in_source(instance(f'{ENCRYPTED}\n snapshot_identifier = "s"')),
    ),
    Case(CLUSTER_CMK, "a key of one's own", PASS, **cluster(OWN_KEY, KEY, StorageEncrypted=True, KmsKeyId="own")),
    Case(CLUSTER_CMK, "Aurora, left out: no key of one's own either way", FAIL, **in_source(cluster())),
    Case(CLUSTER_CMK, "a key of AWS", FAIL, **aurora_answers(StorageEncrypted=False, StorageEncryptionType="sse-rds")),
    Case(CLUSTER_CMK, "a variable without a value", UNKNOWN, **from_variable(f"{ENCRYPTED}\n kms_key_id", cluster)),
)

PUBLIC, MEMBER_PUBLIC = "rds_instance_not_public", "rds_cluster_instance_not_public"

test_exposure = cases(
    Case(PUBLIC, "left out", PASS, **instance(PubliclyAccessible=False)),
    Case(PUBLIC, "public", FAIL, **instance("publicly_accessible = true", PubliclyAccessible=True)),
    Case(PUBLIC, "a variable without a value", UNKNOWN, **from_variable("publicly_accessible")),
    Case(MEMBER_PUBLIC, "left out", PASS, **member(PubliclyAccessible=False)),
    Case(MEMBER_PUBLIC, "public", FAIL, **member("publicly_accessible = true", PubliclyAccessible=True)),
    Case(MEMBER_PUBLIC, "a variable without a value", UNKNOWN, **from_variable("publicly_accessible", member)),
)


def snapshot(shared: list[str], encrypted: bool = True) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="db", Engine="postgres", StorageEncrypted=encrypted, **INSTANCE | PASSWORD
        )
        aws.rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="phi-snapshot")
        if shared:
            aws.rds.modify_db_snapshot_attribute(
                DBSnapshotIdentifier="phi-snapshot", AttributeName="restore", ValuesToAdd=shared
            )

    return {
        "terraform": f"""
        resource "aws_db_instance" "db" {{
          identifier        = "db"
          storage_encrypted = {str(encrypted).lower()}
        }}
        resource "aws_db_snapshot" "phi" {{
          db_instance_identifier = aws_db_instance.db.identifier
          db_snapshot_identifier = "phi-snapshot"
          shared_accounts        = {json.dumps(shared)}
        }}""",
        "aws": seed,
    }


def cluster_snapshot(shared: list[str], encrypted: bool = True) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(
            DBClusterIdentifier="db", Engine="aurora-mysql", StorageEncrypted=encrypted, **PASSWORD
        )
        aws.rds.create_db_cluster_snapshot(DBClusterIdentifier="db", DBClusterSnapshotIdentifier="phi-snapshot")
        if shared:
            aws.rds.modify_db_cluster_snapshot_attribute(
                DBClusterSnapshotIdentifier="phi-snapshot", AttributeName="restore", ValuesToAdd=shared
            )

    return {
        "terraform": f"""
        resource "aws_rds_cluster" "db" {{
          engine            = "aurora-mysql"
          storage_encrypted = {str(encrypted).lower()}
        }}
        resource "aws_db_cluster_snapshot" "phi" {{
          db_cluster_identifier          = aws_rds_cluster.db.id
          db_cluster_snapshot_identifier = "phi-snapshot"
          shared_accounts                = {json.dumps(shared)}
        }}""",
        "aws": seed,
    }


OF_UNKNOWN = """
    variable "open" {}
    resource "aws_db_snapshot" "phi" {
      db_instance_identifier = var.open
      db_snapshot_identifier = "phi-snapshot"
      shared_accounts        = [var.open]
    }"""
OF_UNKNOWN_CLUSTER = OF_UNKNOWN.replace("db_instance", "db_cluster").replace("db_snapshot", "db_cluster_snapshot")
COPY = """
    resource "aws_db_instance" "db" {
      identifier = "db"
    }
    resource "aws_db_snapshot" "taken" {
      db_instance_identifier = aws_db_instance.db.identifier
      db_snapshot_identifier = "taken"
    }
    resource "aws_db_snapshot_copy" "phi" {
      source_db_snapshot_identifier = aws_db_snapshot.taken.db_snapshot_arn
      target_db_snapshot_identifier = "phi-copy"
"""
OPEN, CLUSTER_OPEN = "rds_snapshot_not_public", "rds_cluster_snapshot_not_public"
SNAPSHOT_REST, CLUSTER_SNAPSHOT_REST = "rds_snapshot_encrypted", "rds_cluster_snapshot_encrypted"
READ_SHARES: dict[str, Any] = {"denied": "rds:DescribeDBSnapshotAttributes", "says": "rds:DescribeDBSnapshotAttributes"}
READ_CLUSTER_SHARES: dict[str, Any] = {"denied": "rds:DescribeDBClusterSnapshotAttributes"}

test_snapshots = cases(
    Case(OPEN, "shared with nobody", PASS, **snapshot([])),
    Case(OPEN, "shared with one account", PASS, **snapshot(["111122223333"])),
    Case(OPEN, "shared with everyone", FAIL, **snapshot(["all"])),
    Case(OPEN, "shared with one account and with everyone", FAIL, **snapshot(["111122223333", "all"])),
    Case(OPEN, "a copy that is shared with everyone", FAIL, terraform=COPY + 'shared_accounts = ["all"]\n}'),
    Case(OPEN, "whom it is shared with may not be read", UNKNOWN, **live(snapshot(["all"])), **READ_SHARES),
    Case(OPEN, "shared with a variable without a value", UNKNOWN, terraform=OF_UNKNOWN),
    Case(CLUSTER_OPEN, "shared with nobody", PASS, **cluster_snapshot([])),
    Case(CLUSTER_OPEN, "shared with everyone", FAIL, **cluster_snapshot(["all"])),
    Case(CLUSTER_OPEN, "shares may not be read", UNKNOWN, **live(cluster_snapshot(["all"])), **READ_CLUSTER_SHARES),
    Case(CLUSTER_OPEN, "shared with a variable without a value", UNKNOWN, terraform=OF_UNKNOWN_CLUSTER),
    Case(SNAPSHOT_REST, "of an encrypted instance", PASS, **snapshot([])),
    Case(SNAPSHOT_REST, "of an instance that is not encrypted", FAIL, **snapshot([], encrypted=False)),
    Case(SNAPSHOT_REST, "a copy of one that is not encrypted", FAIL, terraform=COPY + "}"),
    Case(SNAPSHOT_REST, "a copy with a key", PASS, terraform=COPY + f"kms_key_id = aws_kms_key.k.arn\n}}\n{KEY}"),
    Case(SNAPSHOT_REST, "of an instance that is not known", UNKNOWN, terraform=OF_UNKNOWN),
    Case(CLUSTER_SNAPSHOT_REST, "of an encrypted cluster", PASS, **cluster_snapshot([])),
    Case(CLUSTER_SNAPSHOT_REST, "of a cluster that is not encrypted", FAIL, **cluster_snapshot([], encrypted=False)),
    Case(CLUSTER_SNAPSHOT_REST, "of a cluster that is not known", UNKNOWN, terraform=OF_UNKNOWN_CLUSTER),
)

BACKUP, CLUSTER_BACKUP = "rds_instance_backup_enabled", "rds_cluster_backup_retention"
DELETION, CLUSTER_DELETION = "rds_instance_deletion_protection", "rds_cluster_deletion_protection"
ZONES, CLUSTER_ZONES = "rds_instance_multi_az", "rds_cluster_multi_az"


def members(*zones: str | None) -> dict[str, Any]:
    """An Aurora cluster with an instance in each of some zones; None leaves the zone to RDS."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(DBClusterIdentifier="phi-cluster", Engine="aurora-mysql", **PASSWORD)
        for number, zone in enumerate(zones):
            aws.rds.create_db_instance(
                DBInstanceIdentifier=f"member-{number}",
                DBClusterIdentifier="phi-cluster",
                Engine="aurora-mysql",
                DBInstanceClass="db.r5.large",
                AvailabilityZone=zone or f"us-east-1{'abc'[number]}",
            )

    blocks = [
        f'resource "aws_rds_cluster_instance" "m{number}" {{\n cluster_identifier = aws_rds_cluster.phi.id\n'
        f" availability_zone = {json.dumps(zone)}\n}}"
        for number, zone in enumerate(zones)
    ]
    return {"terraform": cluster()["terraform"] + "\n".join(blocks), "aws": seed}


def scaled(
    target: str = '"cluster:${aws_rds_cluster.phi.id}"',
    least: str = "1",
    dimension: str = "rds:cluster:ReadReplicaCount",
) -> str:
    """An Aurora cluster of one instance, whose readers may be scaled."""
    return f"""{members("us-east-1a")["terraform"]}
        variable "unset" {{}}
        resource "aws_rds_cluster" "other" {{ engine = "aurora-mysql" }}
        resource "aws_appautoscaling_target" "readers" {{
          service_namespace  = "rds"
          scalable_dimension = "{dimension}"
          resource_id        = {target}
          min_capacity       = {least}
          max_capacity       = 3
        }}"""


SCALINGS: list[tuple[str, Any, dict[str, str]]] = [
    ("at least one reader", PASS, {}),
    ("perhaps no reader", UNKNOWN, {"least": "0"}),
    ("readers whose number is not known", UNKNOWN, {"least": "var.unset"}),
    ("a cluster that is not known", UNKNOWN, {"target": "var.unset"}),
    ("another cluster", FAIL, {"target": '"cluster:${aws_rds_cluster.other.id}"'}),
    ("something else", FAIL, {"target": '"table/records"', "dimension": "dynamodb:table:ReadCapacityUnits"}),
]

COUNTED = 'resource "aws_rds_cluster_instance" "m" {\n count = 2\n cluster_identifier = aws_rds_cluster.phi.id\n}'

test_recovery = cases(
    Case(BACKUP, "left out", FAIL, **in_source(instance()), says="off"),
    Case(BACKUP, "off", FAIL, **instance("backup_retention_period = 0", BackupRetentionPeriod=0), says="off"),
    Case(
        BACKUP,
        "kept for one day",
        FAIL,
        **instance("backup_retention_period = 1", BackupRetentionPeriod=1),
        says="1 day",
    ),
    Case(BACKUP, "kept for six days", FAIL, **instance("backup_retention_period = 6", BackupRetentionPeriod=6)),
    Case(BACKUP, "kept for seven days", PASS, **instance("backup_retention_period = 7", BackupRetentionPeriod=7)),
    Case(BACKUP, "days written as text", PASS, **in_source(instance('backup_retention_period = "14"'))),
    Case(BACKUP, "a read replica", NOT_APPLICABLE, **replica()),
    Case(BACKUP, "restored, and left out", UNKNOWN, **in_source(instance('snapshot_identifier = "s"'))),
    Case(BACKUP, "a variable without a value", UNKNOWN, **from_variable("backup_retention_period")),
    Case(CLUSTER_BACKUP, "left out, which keeps one day", FAIL, **cluster(), says="1 day"),
    Case(CLUSTER_BACKUP, "kept for 35 days", PASS, **cluster("backup_retention_period = 35", BackupRetentionPeriod=35)),
    Case(CLUSTER_BACKUP, "a variable without a value", UNKNOWN, **from_variable("backup_retention_period", cluster)),
    Case(DELETION, "left out", FAIL, **instance()),
    Case(DELETION, "on", PASS, **instance("deletion_protection = true", DeletionProtection=True)),
    Case(DELETION, "a variable without a value", UNKNOWN, **from_variable("deletion_protection")),
    Case(DELETION, "a read replica", NOT_APPLICABLE, **replica()),
    Case(CLUSTER_DELETION, "left out", FAIL, **cluster()),
    Case(CLUSTER_DELETION, "on", PASS, **cluster("deletion_protection = true", DeletionProtection=True)),
    Case(CLUSTER_DELETION, "a variable without a value", UNKNOWN, **from_variable("deletion_protection", cluster)),
    Case(ZONES, "left out", FAIL, **instance()),
    Case(ZONES, "with a standby", PASS, **instance("multi_az = true", MultiAZ=True)),
    Case(ZONES, "a read replica", NOT_APPLICABLE, **replica()),
    Case(ZONES, "a variable without a value", UNKNOWN, **from_variable("multi_az")),
    Case(CLUSTER_ZONES, "one instance", FAIL, **members("us-east-1a")),
    *(
        Case(CLUSTER_ZONES, f"one instance, and scaling of {sentence}", verdict, terraform=scaled(**told))
        for sentence, verdict, told in SCALINGS
    ),
    Case(CLUSTER_ZONES, "two instances in zones that RDS chooses", PASS, **members(None, None)),
    Case(CLUSTER_ZONES, "two instances in two zones", PASS, **members("us-east-1a", "us-east-1b")),
    Case(CLUSTER_ZONES, "two instances in the same zone", FAIL, **members("us-east-1a", "us-east-1a")),
    Case(CLUSTER_ZONES, "two instances by count", PASS, **in_source(cluster(more=COUNTED))),
    Case(
        CLUSTER_ZONES,
        "two instances, one in a zone that is not known",
        UNKNOWN,
        terraform=members("us-east-1a", "us-east-1b")["terraform"].replace('"us-east-1b"', "var.open")
        + '\nvariable "open" {}',
    ),
    Case(CLUSTER_ZONES, "instances declared elsewhere", UNKNOWN, **in_source(cluster())),
    Case(
        CLUSTER_ZONES,
        "a Multi-AZ cluster",
        PASS,
        **in_source(cluster('db_cluster_instance_class = "db.r6gd.xlarge"', engine="postgres")),
    ),
)
