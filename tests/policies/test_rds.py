"""The controls on RDS and Aurora, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from tests.cases import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases

PASSWORD = {"MasterUsername": "clinic", "MasterUserPassword": "not-a-real-password"}
INSTANCE = {"DBInstanceClass": "db.m5.large", "AllocatedStorage": 20}


def instance(lines: str = "", more: str = "", engine: str = "postgres", **changes: Any) -> dict[str, Any]:
    """An instance with some arguments, told to both sides."""
    if engine == "mariadb":  # of which moto knows no default version
        changes["EngineVersion"] = "10.11.6"

    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="phi-db", **{"Engine": engine} | INSTANCE | PASSWORD | own_key(aws, changes)
        )

    return {
        "terraform": f'resource "aws_db_instance" "phi" {{\n identifier = "phi-db"\n engine = "{engine}"\n {lines}\n}}\n{more}',
        "aws": seed,
    }


def cluster(lines: str = "", more: str = "", engine: str = "aurora-mysql", **changes: Any) -> dict[str, Any]:
    """A cluster with some arguments, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(
            DBClusterIdentifier="phi-cluster", **{"Engine": engine} | PASSWORD | own_key(aws, changes)
        )

    return {
        "terraform": f'resource "aws_rds_cluster" "phi" {{\n cluster_identifier = "phi-cluster"\n engine = "{engine}"\n'
        f" {lines}\n}}\n{more}",
        "aws": seed,
    }


def own_key(aws: Aws, changes: dict[str, Any]) -> dict[str, Any]:
    """With ``KmsKeyId="own"`` replaced by the ARN of a new key."""
    if changes.get("KmsKeyId") == "own":
        return changes | {"KmsKeyId": aws.kms.create_key()["KeyMetadata"]["Arn"]}
    return changes


def without_password(told: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """The instance or cluster of `told`, made without a password of our own."""

    def seed(aws: Aws) -> None:
        if "aws_rds_cluster" in told["terraform"]:
            aws.rds.create_db_cluster(
                DBClusterIdentifier="phi-cluster", Engine="aurora-mysql", MasterUsername="clinic", **arguments
            )
        else:
            aws.rds.create_db_instance(
                DBInstanceIdentifier="phi-db", Engine="postgres", MasterUsername="clinic", **INSTANCE | arguments
            )

    return told | {"aws": seed}


def member(lines: str = "", **changes: Any) -> dict[str, Any]:
    """An instance of a cluster, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_cluster(DBClusterIdentifier="records", Engine="aurora-mysql", **PASSWORD)
        aws.rds.create_db_instance(
            DBInstanceIdentifier="phi-member",
            DBClusterIdentifier="records",
            Engine="aurora-mysql",
            DBInstanceClass="db.r5.large",
            **changes,
        )

    return {
        "terraform": f"""
        resource "aws_rds_cluster" "records" {{
          engine = "aurora-mysql"
        }}
        resource "aws_rds_cluster_instance" "phi" {{
          cluster_identifier = aws_rds_cluster.records.id
          engine             = "aurora-mysql"
          {lines}
        }}""",
        "aws": seed,
    }


def replica(lines: str = "", source: str = "", **changes: Any) -> dict[str, Any]:
    """A read replica of an instance with some arguments."""

    def seed(aws: Aws) -> None:
        aws.rds.create_db_instance(
            DBInstanceIdentifier="primary", Engine="postgres", BackupRetentionPeriod=7, **INSTANCE | PASSWORD | changes
        )
        aws.rds.create_db_instance_read_replica(DBInstanceIdentifier="phi-db", SourceDBInstanceIdentifier="primary")

    return {
        "terraform": f"""
        resource "aws_db_instance" "primary" {{
          identifier = "primary"
          engine     = "postgres"
          {source}
        }}
        resource "aws_db_instance" "phi" {{
          replicate_source_db = aws_db_instance.primary.identifier
          {lines}
        }}""",
        "aws": seed,
    }


def in_source(told: dict[str, Any]) -> dict[str, Any]:
    return {"terraform": told["terraform"]}


def live(told: dict[str, Any]) -> dict[str, Any]:
    return {"aws": told["aws"]}


def from_variable(argument: str, of: Any = instance) -> dict[str, Any]:
    """An argument that is a variable without a value."""
    told = of(f"{argument} = var.open")
    return {"terraform": told["terraform"] + '\nvariable "open" {}'}


def aurora_answers(**changes: Any) -> dict[str, Any]:
    """An Aurora cluster as AWS answers it with fields that moto lacks."""
    answer = {
        "DBClusterIdentifier": "phi-cluster",
        "DBClusterArn": "arn:aws:rds:us-east-1:123456789012:cluster:phi-cluster",
        "Engine": "aurora-mysql",
    } | changes
    return {
        "aws": lambda _: None,
        "answers": lambda session: answered(session, "rds", "DescribeDBClusters", {"DBClusters": [answer]}),
    }


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
        **in_source(replica('kms_key_id = "arn:aws:kms:eu-west-1:1:key/k"')),
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
    Case(CMK, "not encrypted", FAIL, **instance()),
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
READ_SHARES = {"denied": "rds:DescribeDBSnapshotAttributes", "says": "rds:DescribeDBSnapshotAttributes"}
READ_CLUSTER_SHARES = {"denied": "rds:DescribeDBClusterSnapshotAttributes"}

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

LOGS, CLUSTER_LOGS = "rds_instance_logs_exported", "rds_cluster_logs_exported"


def logs(*names: str, engine: str) -> dict[str, Any]:
    of = cluster if engine.startswith("aurora") else instance
    line = f"enabled_cloudwatch_logs_exports = {json.dumps(names)}"
    return of(line, engine=engine, EnableCloudwatchLogsExports=list(names))  # type: ignore[operator, no-any-return]


test_logs = cases(
    Case(LOGS, "none", FAIL, **instance()),
    Case(LOGS, "PostgreSQL exports its log", PASS, **logs("postgresql", engine="postgres")),
    Case(
        LOGS, "PostgreSQL exports the log of upgrades only", FAIL, **logs("upgrade", engine="postgres"), says="upgrade"
    ),
    Case(LOGS, "MySQL exports errors only", FAIL, **logs("error", "slowquery", engine="mysql"), says="audit"),
    Case(LOGS, "MySQL exports its audit log", PASS, **logs("audit", "error", engine="mysql")),
    Case(LOGS, "MariaDB exports its audit log", PASS, **logs("audit", engine="mariadb")),
    Case(LOGS, "Oracle exports its audit log", PASS, **logs("audit", "alert", engine="oracle-ee")),
    Case(
        LOGS, "SQL Server exports the error log, in which sign-ins stand", PASS, **logs("error", engine="sqlserver-se")
    ),
    Case(
        LOGS,
        "a replica of a PostgreSQL instance",
        PASS,
        **in_source(replica('enabled_cloudwatch_logs_exports = ["postgresql"]')),
    ),
    Case(LOGS, "a variable without a value", UNKNOWN, **from_variable("enabled_cloudwatch_logs_exports")),
    Case(
        LOGS,
        "one of them a variable without a value",
        UNKNOWN,
        **in_source(instance('enabled_cloudwatch_logs_exports = ["upgrade", var.open]', 'variable "open" {}')),
    ),
    Case(CLUSTER_LOGS, "none", FAIL, **cluster()),
    Case(CLUSTER_LOGS, "Aurora MySQL exports its audit log", PASS, **logs("audit", engine="aurora-mysql")),
    Case(CLUSTER_LOGS, "Aurora MySQL exports errors only", FAIL, **logs("error", engine="aurora-mysql")),
    Case(CLUSTER_LOGS, "Aurora PostgreSQL exports its log", PASS, **logs("postgresql", engine="aurora-postgresql")),
    Case(CLUSTER_LOGS, "a variable", UNKNOWN, **from_variable("enabled_cloudwatch_logs_exports", cluster)),
)

IAM, CLUSTER_IAM = "rds_instance_iam_authentication", "rds_cluster_iam_authentication"
SECRET, CLUSTER_SECRET = "rds_instance_master_password_managed", "rds_cluster_master_password_managed"
WITH_IAM = "iam_database_authentication_enabled = true"
MANAGED = "manage_master_user_password = true"

test_authentication = cases(
    Case(IAM, "left out", FAIL, **instance()),
    Case(IAM, "on", PASS, **instance(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(IAM, "SQL Server, which has none", NOT_APPLICABLE, **instance(engine="sqlserver-ee"), says="sqlserver-ee"),
    Case(IAM, "a variable without a value", UNKNOWN, **from_variable("iam_database_authentication_enabled")),
    Case(CLUSTER_IAM, "left out", FAIL, **cluster()),
    Case(CLUSTER_IAM, "on", PASS, **cluster(WITH_IAM, EnableIAMDatabaseAuthentication=True)),
    Case(CLUSTER_IAM, "a variable", UNKNOWN, **from_variable("iam_database_authentication_enabled", cluster)),
    Case(SECRET, "a password of one's own", FAIL, **instance('password = "not-a-real-password"')),
    Case(SECRET, "managed", PASS, **without_password(instance(MANAGED), ManageMasterUserPassword=True)),
    Case(SECRET, "a read replica", NOT_APPLICABLE, **replica()),
    Case(SECRET, "a variable without a value", UNKNOWN, **from_variable("manage_master_user_password")),
    Case(CLUSTER_SECRET, "a password of one's own", FAIL, **cluster('master_password = "not-a-real-password"')),
    Case(CLUSTER_SECRET, "managed", PASS, **without_password(cluster(MANAGED), ManageMasterUserPassword=True)),
    Case(
        CLUSTER_SECRET,
        "of a global database",
        NOT_APPLICABLE,
        **in_source(cluster('global_cluster_identifier = "world"')),
    ),
    Case(
        CLUSTER_SECRET, "a variable without a value", UNKNOWN, **from_variable("manage_master_user_password", cluster)
    ),
)

MONITORING, MEMBER_MONITORING = "rds_instance_enhanced_monitoring", "rds_cluster_instance_enhanced_monitoring"
UPGRADE, MEMBER_UPGRADE = "rds_instance_auto_minor_upgrade", "rds_cluster_auto_minor_upgrade"
MONITORED = {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::123456789012:role/monitoring"}


def monitored_member(seconds: int) -> dict[str, Any]:
    """An instance of a cluster, with an answer that moto lacks for members."""
    answer = {
        "DBInstanceIdentifier": "phi-member",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:phi-member",
        "DBClusterIdentifier": "records",
        "Engine": "aurora-mysql",
        "MonitoringInterval": seconds,
    }
    return {
        "terraform": member(f"monitoring_interval = {seconds}")["terraform"],
        "aws": lambda _: None,
        "answers": lambda session: answered(session, "rds", "DescribeDBInstances", {"DBInstances": [answer]}),
    }


test_operation = cases(
    Case(MONITORING, "left out", FAIL, **instance()),
    Case(MONITORING, "every minute", PASS, **instance("monitoring_interval = 60", **MONITORED), says="60"),
    Case(MONITORING, "an interval of nothing", FAIL, **in_source(instance("monitoring_interval = 0"))),
    Case(MONITORING, "a variable without a value", UNKNOWN, **from_variable("monitoring_interval")),
    Case(MEMBER_MONITORING, "off", FAIL, **monitored_member(0)),
    Case(MEMBER_MONITORING, "every 15 seconds", PASS, **monitored_member(15)),
    Case(
        MEMBER_MONITORING,
        "left out, and set for the cluster",
        PASS,
        terraform=member()["terraform"].replace(
            'engine = "aurora-mysql"\n        }', "monitoring_interval = 30\n }", 1
        ),
        says="30",
    ),
    Case(MEMBER_MONITORING, "left out, and for the cluster too", FAIL, **in_source(member())),
    Case(MEMBER_MONITORING, "a variable without a value", UNKNOWN, **from_variable("monitoring_interval", member)),
    Case(UPGRADE, "left out", PASS, **instance()),
    Case(UPGRADE, "off", FAIL, **instance("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
    Case(UPGRADE, "a variable without a value", UNKNOWN, **from_variable("auto_minor_version_upgrade")),
    Case(MEMBER_UPGRADE, "left out", PASS, **member()),
    Case(MEMBER_UPGRADE, "off", FAIL, **member("auto_minor_version_upgrade = false", AutoMinorVersionUpgrade=False)),
    Case(MEMBER_UPGRADE, "a variable without a value", UNKNOWN, **from_variable("auto_minor_version_upgrade", member)),
)

TLS, CLUSTER_TLS, PROXY_TLS = "rds_instance_tls_required", "rds_cluster_tls_required", "rds_proxy_tls_required"


def group(family: str, parameter: str = "", value: str = "") -> dict[str, Any]:
    """An instance or cluster of the engine of a family, with a parameter group of its own."""
    engine = family.rstrip("0123456789.").rstrip("-")
    clustered = engine.startswith("aurora")
    called = "DBClusterParameterGroup" if clustered else "DBParameterGroup"

    def seed(aws: Aws) -> None:
        making = aws.rds.create_db_cluster_parameter_group if clustered else aws.rds.create_db_parameter_group
        making(**{f"{called}Name": "own", "DBParameterGroupFamily": family, "Description": "ours"})
        if parameter:
            change = aws.rds.modify_db_cluster_parameter_group if clustered else aws.rds.modify_db_parameter_group
            each = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "immediate"}
            change(**{f"{called}Name": "own", "Parameters": [each]})
        (cluster if clustered else instance)(engine=engine, **{f"{called}Name": "own"})["aws"](aws)

    kind, argument = (
        ("aws_rds_cluster_parameter_group", "db_cluster_parameter_group_name")
        if clustered
        else ("aws_db_parameter_group", "parameter_group_name")
    )
    block = f'parameter {{\n name = "{parameter}"\n value = "{value}"\n}}' if parameter else ""
    told = (cluster if clustered else instance)(
        f"{argument} = {kind}.own.name",
        f'resource "{kind}" "own" {{\n family = "{family}"\n {block}\n}}',
        engine=engine,
    )
    return told | {"aws": seed}


def defaults(engine: str, version: str | None) -> dict[str, Any]:
    """With no parameter group of its own."""
    of = cluster if engine.startswith("aurora") else instance
    line = f'engine_version = "{version}"' if version else ""
    return in_source(of(line, engine=engine))  # type: ignore[operator]


def proxy(lines: str, **changes: Any) -> dict[str, Any]:
    def seed(aws: Aws) -> None:
        aws.rds.create_db_proxy(
            DBProxyName="phi-proxy",
            EngineFamily="POSTGRESQL",
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s"}],
            RoleArn="arn:aws:iam::123456789012:role/proxy",
            VpcSubnetIds=[subnet["SubnetId"] for subnet in aws.ec2.describe_subnets()["Subnets"]],
            **changes,
        )

    return {"terraform": f'resource "aws_db_proxy" "phi" {{\n name = "phi-proxy"\n {lines}\n}}', "aws": seed}


test_tls = cases(
    Case(TLS, "PostgreSQL turns it on", PASS, **group("postgres14", "rds.force_ssl", "1")),
    Case(TLS, "PostgreSQL turns it off", FAIL, **group("postgres16", "rds.force_ssl", "0"), says="off"),
    Case(TLS, "PostgreSQL 16 leaves the default, which is on", PASS, **group("postgres16")),
    Case(TLS, "PostgreSQL 14 leaves the default, which is off", FAIL, **group("postgres14")),
    Case(TLS, "another parameter is set", FAIL, **group("mysql8.0", "max_connections", "100")),
    Case(TLS, "MySQL turns it on by a word", PASS, **group("mysql8.0", "require_secure_transport", "ON")),
    Case(TLS, "MySQL 8.0 leaves the default", FAIL, **group("mysql8.0")),
    Case(TLS, "MariaDB turns it on", PASS, **group("mariadb10.11", "require_secure_transport", "1")),
    Case(TLS, "SQL Server turns it on", PASS, **group("sqlserver-se-15.0", "rds.force_ssl", "1")),
    Case(TLS, "SQL Server leaves the default", FAIL, **group("sqlserver-se-15.0")),
    Case(TLS, "the default group of MySQL 8.0", FAIL, **live(instance(engine="mysql", EngineVersion="8.0.35"))),
    Case(
        TLS,
        "the default group of PostgreSQL 16, by name",
        PASS,
        **in_source(instance('parameter_group_name = "default.postgres16"')),
    ),
    Case(TLS, "PostgreSQL 9.6", FAIL, **defaults("postgres", "9.6.24")),
    Case(TLS, "PostgreSQL 16.4", PASS, **defaults("postgres", "16.4")),
    Case(TLS, "SQL Server of any version", FAIL, **defaults("sqlserver-ex", None)),
    Case(TLS, "PostgreSQL of a version that is not written", UNKNOWN, **defaults("postgres", None)),
    Case(TLS, "MySQL 8.4, whose default AWS tells", UNKNOWN, **defaults("mysql", "8.4")),
    Case(TLS, "Oracle, which has an option for it", NOT_APPLICABLE, **instance(engine="oracle-ee"), says="oracle-ee"),
    Case(
        TLS, "a group that is declared elsewhere", UNKNOWN, **in_source(instance('parameter_group_name = "elsewhere"'))
    ),
    Case(
        TLS, "the parameters may not be read", UNKNOWN, **live(group("postgres16")), denied="rds:DescribeDBParameters"
    ),
    Case(
        TLS,
        "the value is a variable without a value",
        UNKNOWN,
        terraform=group("postgres16", "rds.force_ssl", "${var.open}")["terraform"] + '\nvariable "open" {}',
    ),
    Case(CLUSTER_TLS, "Aurora MySQL turns it on", PASS, **group("aurora-mysql8.0", "require_secure_transport", "ON")),
    Case(CLUSTER_TLS, "Aurora MySQL leaves the default", FAIL, **group("aurora-mysql8.0")),
    Case(
        CLUSTER_TLS,
        "Aurora MySQL 3 with its default group",
        FAIL,
        **defaults("aurora-mysql", "8.0.mysql_aurora.3.04.0"),
    ),
    Case(CLUSTER_TLS, "Aurora PostgreSQL 16 leaves the default", FAIL, **group("aurora-postgresql16")),
    Case(CLUSTER_TLS, "Aurora PostgreSQL 17 leaves the default", PASS, **group("aurora-postgresql17")),
    Case(
        CLUSTER_TLS,
        "may not be read",
        UNKNOWN,
        **live(group("aurora-postgresql17")),
        denied="rds:DescribeDBClusterParameters",
    ),
    Case(PROXY_TLS, "left out", FAIL, **proxy("", RequireTLS=False)),
    Case(PROXY_TLS, "on", PASS, **proxy("require_tls = true", RequireTLS=True)),
    Case(
        PROXY_TLS,
        "a variable without a value",
        UNKNOWN,
        terraform=proxy("require_tls = var.open")["terraform"] + '\nvariable "open" {}',
    ),
)
