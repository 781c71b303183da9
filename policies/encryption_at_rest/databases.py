"""Databases: ePHI in tables, backups and caches is unreadable without its key."""

from hipaa_guard.authoring import Fix, Inventory, Verdict, failed
from hipaa_guard.controls.advice import OWN_KEY
from hipaa_guard.controls.reasons import NEEDS_A_KEY, replaces
from hipaa_guard.judging.customer_keys import AWS_MANAGED, customer_managed_key
from hipaa_guard.judging.encryption import With, encrypted_at_rest, encrypted_with_kms
from hipaa_guard.services import dax, dynamodb, rds

_INSTANCE_WITH_KEY = """
    resource "aws_db_instance" "phi" {
      storage_encrypted = true
      kms_key_id        = aws_kms_key.phi.arn
    }
    resource "aws_kms_key" "phi" {
      enable_key_rotation = true
    }
"""
_CLUSTER_WITH_KEY = _INSTANCE_WITH_KEY.replace("aws_db_instance", "aws_rds_cluster")
_MADE_ANEW = (
    "Encryption is chosen when storage is made: restore an encrypted copy of a snapshot and switch over to it. Name the "
    "subnet group and the security groups in the command that restores: RDS takes the default ones otherwise."
)
_RESTORE_INSTANCE = """
    aws rds copy-db-snapshot --source-db-snapshot-identifier SNAPSHOT --target-db-snapshot-identifier ENCRYPTED --kms-key-id KEY_ARN
    aws rds restore-db-instance-from-db-snapshot --db-instance-identifier NEW_INSTANCE --db-snapshot-identifier ENCRYPTED
"""
_RESTORE_CLUSTER = """
    aws rds restore-db-cluster-from-snapshot --db-cluster-identifier NEW_CLUSTER --snapshot-identifier SNAPSHOT \\
      --engine ENGINE --kms-key-id KEY_ARN
    aws rds create-db-instance --db-cluster-identifier NEW_CLUSTER --db-instance-identifier NEW_INSTANCE --engine ENGINE \\
      --db-instance-class CLASS
"""
_SNAPSHOT_ANEW = """\
    aws rds create-db-cluster-snapshot --db-cluster-identifier NEW_CLUSTER --db-cluster-snapshot-identifier ENCRYPTED
"""
_WITHOUT_MEMBERS = " A restored Aurora cluster has no instances: the second command makes one."
_SNAPSHOT = "A snapshot holds all ePHI of its database, and outlives it; one that is not encrypted can be made public."
_KEYS = {"sse-kms": With("a KMS key"), "sse-rds": With("a key that AWS owns")}


def _made_anew(what: str, terraform: str, cli: str, more: str = "") -> Fix:
    return Fix(
        terraform=terraform,
        cli=cli,
        note=_MADE_ANEW + more,
        not_by_machine=replaces(what),
        consequences=("costs_money",),
    )


_INSTANCE_MADE_ANEW = _made_anew("instance", _INSTANCE_WITH_KEY, _RESTORE_INSTANCE)
_CLUSTER_MADE_ANEW = _made_anew("cluster", _CLUSTER_WITH_KEY, _RESTORE_CLUSTER, _WITHOUT_MEMBERS)


@encrypted_at_rest(
    title="RDS instances are encrypted at rest",
    fix=_INSTANCE_MADE_ANEW,
    peers={
        "prowler": "rds_instance_storage_encrypted",
        "aws_config": "rds-storage-encrypted",
        "powerpipe": "rds_db_instance_encryption_at_rest_enabled",
        "cdk_nag": "HIPAA.Security-RDSStorageEncrypted",
        "checkov": "CKV_AWS_16",
        "trivy": "AVD-AWS-0080",
    },
)
def rds_instance_encrypted_at_rest(instance: rds.Instance, inventory: Inventory) -> bool | With:
    return _KEYS.get(rds.storage_of(instance, inventory).encryption or "", False)


@encrypted_at_rest(
    title="RDS clusters are encrypted at rest",
    fix=_CLUSTER_MADE_ANEW,
    peers={
        "prowler": "rds_cluster_storage_encrypted",
        "cdk_nag": "HIPAA.Security-RDSStorageEncrypted",
        "checkov": "CKV_AWS_96",
        "trivy": "AVD-AWS-0079",
    },
)
def rds_cluster_encrypted_at_rest(cluster: rds.Cluster, inventory: Inventory) -> bool | With:
    return _KEYS.get(rds.storage_of(cluster, inventory).encryption or "", False)


def _key_of(store: rds.Instance | rds.Cluster, inventory: Inventory) -> str | Verdict | None:
    storage = rds.storage_of(store, inventory)
    if storage.is_surely_plain():
        return failed("is not encrypted at rest")
    # Without a key the storage is not encrypted or AWS picks one of its own: the gap is certain even where that is not.
    if storage.key is None:
        return failed("names no KMS key, so that no key of the customer's protects it")
    if storage.encryption == "sse-rds":
        return failed("is encrypted with a key that AWS owns")
    return storage.key


@customer_managed_key(
    title="RDS instances are encrypted with a key that the customer manages",
    otherwise=f"{AWS_MANAGED} aws/rds",
    fix=_INSTANCE_MADE_ANEW,
    refines="rds_instance_encrypted_at_rest",
    advisory=OWN_KEY,
)
def rds_instance_encrypted_with_cmk(instance: rds.Instance, inventory: Inventory) -> str | Verdict | None:
    return _key_of(instance, inventory)


@customer_managed_key(
    title="RDS clusters are encrypted with a key that the customer manages",
    otherwise=f"{AWS_MANAGED} aws/rds",
    fix=_CLUSTER_MADE_ANEW,
    peers={"checkov": "CKV_AWS_327"},
    refines="rds_cluster_encrypted_at_rest",
    advisory=OWN_KEY,
)
def rds_cluster_encrypted_with_cmk(cluster: rds.Cluster, inventory: Inventory) -> str | Verdict | None:
    return _key_of(cluster, inventory)


@encrypted_at_rest(
    title="RDS snapshots are encrypted",
    why=_SNAPSHOT,
    fix=Fix(
        terraform="""
            resource "aws_db_snapshot_copy" "phi" {
              source_db_snapshot_identifier = "before-migration"
              target_db_snapshot_identifier = "before-migration-encrypted"
              kms_key_id                    = aws_kms_key.phi.arn
            }
            resource "aws_kms_key" "phi" {
              enable_key_rotation = true
            }
        """,
        cli="aws rds copy-db-snapshot --source-db-snapshot-identifier SNAPSHOT --target-db-snapshot-identifier ENCRYPTED --kms-key-id KEY_ARN",
        note="Then delete the snapshot that is not encrypted.",
        not_by_machine="needs an encrypted copy, whose key is yours to choose",
        consequences=("replaces", "costs_money"),
    ),
    peers={
        "prowler": "rds_snapshots_encrypted",
        "aws_config": "rds-snapshot-encrypted",
        "powerpipe": "rds_db_snapshot_encrypted_at_rest",
    },
)
def rds_snapshot_encrypted(snapshot: rds.Snapshot, inventory: Inventory) -> bool | With:
    return _KEYS.get(_snapshot_encryption(snapshot, inventory) or "", False)


@encrypted_at_rest(
    title="RDS cluster snapshots are encrypted",
    why=_SNAPSHOT,
    fix=Fix(
        terraform="""
            resource "aws_db_cluster_snapshot" "phi" {
              db_cluster_identifier          = aws_rds_cluster.phi.id
              db_cluster_snapshot_identifier = "before-migration"
            }
            resource "aws_rds_cluster" "phi" {
              storage_encrypted = true
              kms_key_id        = aws_kms_key.phi.arn
            }
            resource "aws_kms_key" "phi" {
              enable_key_rotation = true
            }
        """,
        cli=_RESTORE_CLUSTER + _SNAPSHOT_ANEW,
        note="A snapshot of a cluster is encrypted as the cluster is, and takes no key when it is copied: take one of an "
        f"encrypted cluster, then delete the old one. {_MADE_ANEW} In Terraform the change replaces the cluster: restore "
        "it from a snapshot by snapshot_identifier.",
        not_by_machine=replaces("cluster"),
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "rds_snapshots_encrypted",
        "aws_config": "rds-snapshot-encrypted",
        "powerpipe": "rds_db_snapshot_encrypted_at_rest",
        "checkov": "CKV_AWS_146",
    },
)
def rds_cluster_snapshot_encrypted(snapshot: rds.ClusterSnapshot, inventory: Inventory) -> bool | With:
    return _KEYS.get(_cluster_snapshot_encryption(snapshot, inventory) or "", False)


def _snapshot_encryption(snapshot: rds.Snapshot, inventory: Inventory) -> str | None:
    first = snapshot.copied_first(inventory)
    if first.encryption is not None:
        return first.encryption
    instance = inventory.find(rds.Instance, first.source)
    return None if instance is None else rds.storage_of(instance, inventory).encryption


def _cluster_snapshot_encryption(snapshot: rds.ClusterSnapshot, inventory: Inventory) -> str | None:
    first = snapshot.copied_first(inventory)
    if first.encryption is not None:
        return first.encryption
    cluster = inventory.find(rds.Cluster, first.source)
    return None if cluster is None else cluster.encryption


_TABLE_WITH_KEY = """
    resource "aws_dynamodb_table" "phi" {
      server_side_encryption {
        enabled     = true
        kms_key_arn = aws_kms_key.phi.arn
      }
    }
    resource "aws_kms_key" "phi" {
      enable_key_rotation = true
    }
"""
_PERMITTED = "Whoever uses the table then needs kms:Decrypt on the key too: without it, requests are refused."
_SET_TABLE_KEY = (
    "aws dynamodb update-table --table-name TABLE --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=KEY_ARN"
)


@encrypted_with_kms(
    title="DynamoDB tables are encrypted with a KMS key",
    why="DynamoDB encrypts every table, but under a key of its own nobody can see in CloudTrail who had ePHI decrypted.",
    otherwise="a key that DynamoDB owns",
    fix=Fix(
        terraform=_TABLE_WITH_KEY,
        cli=_SET_TABLE_KEY,
        note=_PERMITTED,
        not_by_machine=NEEDS_A_KEY,
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "dynamodb_tables_kms_cmk_encryption_enabled",
        "powerpipe": "dynamodb_table_encrypted_with_kms",
    },
)
def dynamodb_table_encrypted_with_kms(table: dynamodb.Table, inventory: Inventory) -> bool:
    return dynamodb.encryption_of(table, inventory) == "KMS"


@customer_managed_key(
    title="DynamoDB tables are encrypted with a key that the customer manages",
    otherwise=f"{AWS_MANAGED} aws/dynamodb",
    fix=Fix(
        terraform=_TABLE_WITH_KEY,
        cli=_SET_TABLE_KEY,
        note=f"{_PERMITTED} A replica names a key of its own region: `kms_key_arn` in its `replica` block.",
        not_by_machine=NEEDS_A_KEY,
        consequences=("cuts_access",),
    ),
    peers={"checkov": "CKV_AWS_119", "trivy": "AVD-AWS-0025"},
    refines="dynamodb_table_encrypted_with_kms",
    advisory=OWN_KEY,
)
def dynamodb_table_encrypted_with_cmk(table: dynamodb.Table, inventory: Inventory) -> str | Verdict | None:
    if dynamodb.encryption_of(table, inventory) != "KMS":
        return failed("is encrypted with a key that DynamoDB owns")
    return table.key


@encrypted_at_rest(
    title="DAX clusters are encrypted at rest",
    why="A DAX cluster keeps items with ePHI, and writes logs and configuration about them to disk.",
    fix=Fix(
        terraform="""
            resource "aws_dax_cluster" "phi" {
              server_side_encryption {
                enabled = true
              }
            }
        """,
        cli="""
            aws dax create-cluster --cluster-name NEW --node-type dax.r5.large --replication-factor 3 \\
              --iam-role-arn ROLE_ARN --sse-specification Enabled=true --cluster-endpoint-encryption-type TLS
        """,
        note="Encryption is chosen when a cluster is made: make a new one and switch over to it.",
        not_by_machine="needs a new cluster, to which programs must be led",
        consequences=("replaces", "interrupts", "costs_money"),
    ),
    peers={
        "prowler": "dynamodb_accelerator_cluster_encryption_enabled",
        "powerpipe": "dax_cluster_encryption_at_rest_enabled",
        "checkov": "CKV_AWS_47",
        "trivy": "AVD-AWS-0023",
    },
)
def dax_cluster_encrypted_at_rest(cluster: dax.Cluster) -> bool:
    return cluster.encrypted
