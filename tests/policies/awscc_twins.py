"""The same state told in the `aws` provider and in `awscc`, for each kind that both declare.

The resource that is judged is called ``phi`` in both. ``differs`` names the controls whose verdicts rightly differ,
because the providers leave out to different defaults, with the verdict of `awscc`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hipaa_guard.controls.control import Status

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
VARIABLE = 'variable "open" {}\n'
KEYS = 'resource "aws_kms_key" "own" {}\nresource "awscc_kms_key" "own" {}\n'


@dataclass(frozen=True)
class Twin:
    """One state, told in both providers."""

    sentence: str
    aws: str
    awscc: str
    has: Status
    """A verdict that some control must give: what the state was chosen for."""
    differs: dict[str, Status] = field(default_factory=dict)


def block(type: str, lines: str, label: str = "phi") -> str:
    return f'resource "{type}" "{label}" {{\n{lines}\n}}\n'


def policy(principal: str, action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


OPEN_BUCKET = policy("*", "s3:GetObject", "arn:aws:s3:::phi-records/*")
OPEN_KEY = policy("*", "kms:*")
OPEN_TOPIC = policy("*", "sns:Publish")
OPEN_QUEUE = policy("*", "sqs:SendMessage")
OPEN_FILES = policy("*", "elasticfilesystem:*")
OPEN_TABLE = policy("*", "dynamodb:*")
OPEN_SECRET = policy("*", "secretsmanager:GetSecretValue")

PRIMARY = 'primary_key_arn = "arn:aws:kms:us-east-1:123456789012:key/mrk-1"'
OWN_KEY = policy("arn:aws:iam::123456789012:root", "kms:*")

S3 = [
    Twin(
        "a bucket that says nothing",
        block("aws_s3_bucket", 'bucket = "phi-records"'),
        block("awscc_s3_bucket", 'bucket_name = "phi-records"'),
        FAIL,
    ),
    Twin(
        "a bucket with everything on",
        KEYS
        + block("aws_s3_bucket", 'bucket = "phi-records"\nobject_lock_enabled = true')
        + block("aws_s3_bucket", 'bucket = "copies"', "copies")
        + block(
            "aws_s3_bucket_versioning",
            'bucket = aws_s3_bucket.phi.id\nversioning_configuration {\n status = "Enabled"\n}',
        )
        + block(
            "aws_s3_bucket_server_side_encryption_configuration",
            """bucket = aws_s3_bucket.phi.id
            rule {
              apply_server_side_encryption_by_default {
                sse_algorithm     = "aws:kms"
                kms_master_key_id = aws_kms_key.own.arn
              }
            }""",
        )
        + block(
            "aws_s3_bucket_public_access_block",
            """bucket = aws_s3_bucket.phi.id
            block_public_acls       = true
            block_public_policy     = true
            ignore_public_acls      = true
            restrict_public_buckets = true""",
        )
        + block(
            "aws_s3_bucket_ownership_controls",
            'bucket = aws_s3_bucket.phi.id\nrule {\n object_ownership = "BucketOwnerEnforced"\n}',
        )
        + block("aws_s3_bucket_logging", 'bucket = aws_s3_bucket.phi.id\ntarget_bucket = "access-logs"')
        + block(
            "aws_s3_bucket_replication_configuration",
            'bucket = aws_s3_bucket.phi.id\nrule {\n status = "Enabled"\n}',
        ),
        KEYS
        + block(
            "awscc_s3_bucket",
            """bucket_name = "phi-records"
            object_lock_enabled = true
            versioning_configuration = { status = "Enabled" }
            bucket_encryption = {
              server_side_encryption_configuration = [{
                server_side_encryption_by_default = {
                  sse_algorithm     = "aws:kms"
                  kms_master_key_id = awscc_kms_key.own.arn
                }
              }]
            }
            public_access_block_configuration = {
              block_public_acls       = true
              block_public_policy     = true
              ignore_public_acls      = true
              restrict_public_buckets = true
            }
            ownership_controls        = { rules = [{ object_ownership = "BucketOwnerEnforced" }] }
            logging_configuration     = { destination_bucket_name = "access-logs" }
            replication_configuration = { rules = [{ status = "Enabled" }] }""",
        ),
        PASS,
    ),
    Twin(
        "a bucket that is open in every way",
        block("aws_s3_bucket", 'bucket = "phi-records"')
        + block("aws_s3_bucket_acl", 'bucket = aws_s3_bucket.phi.id\nacl = "public-read"')
        + block("aws_s3_bucket_policy", f"bucket = aws_s3_bucket.phi.id\npolicy = {OPEN_BUCKET}")
        + block("aws_s3_bucket_public_access_block", "bucket = aws_s3_bucket.phi.id\nblock_public_acls = true"),
        block(
            "awscc_s3_bucket",
            """bucket_name    = "phi-records"
            access_control = "PublicRead"
            public_access_block_configuration = { block_public_acls = true }""",
        )
        + block("awscc_s3_bucket_policy", f"bucket = awscc_s3_bucket.phi.id\npolicy_document = {OPEN_BUCKET}"),
        FAIL,
    ),
    Twin(
        "a bucket of which nothing is known",
        VARIABLE
        + block("aws_s3_bucket", 'bucket = "phi-records"')
        + block(
            "aws_s3_bucket_versioning",
            "bucket = aws_s3_bucket.phi.id\nversioning_configuration {\n status = var.open\n}",
        )
        + block("aws_s3_bucket_policy", "bucket = aws_s3_bucket.phi.id\npolicy = var.open")
        + block("aws_s3_bucket_logging", "bucket = aws_s3_bucket.phi.id\ntarget_bucket = var.open"),
        VARIABLE
        + block(
            "awscc_s3_bucket",
            """bucket_name = "phi-records"
            versioning_configuration = { status = var.open }
            logging_configuration    = { destination_bucket_name = var.open }""",
        )
        + block("awscc_s3_bucket_policy", "bucket = awscc_s3_bucket.phi.id\npolicy_document = var.open"),
        UNKNOWN,
        # CloudFormation requires no target: left out, the bucket takes its own logs.
        differs={"s3_bucket_access_logging_enabled": UNKNOWN},
    ),
]

KMS = [
    Twin("a key that says nothing", block("aws_kms_key", ""), block("awscc_kms_key", ""), FAIL),
    Twin(
        "a key that is rotated",
        block("aws_kms_key", "enable_key_rotation = true"),
        block("awscc_kms_key", "enable_key_rotation = true"),
        PASS,
    ),
    Twin(
        "a key for everyone that signs",
        block("aws_kms_key", f'customer_master_key_spec = "RSA_2048"\npolicy = {OPEN_KEY}'),
        block("awscc_kms_key", f'key_spec = "RSA_2048"\nkey_policy = {OPEN_KEY}'),
        FAIL,
    ),
    Twin(
        "a key of which nothing is known",
        VARIABLE + block("aws_kms_key", "enable_key_rotation = var.open\npolicy = var.open"),
        VARIABLE + block("awscc_kms_key", "enable_key_rotation = var.open\nkey_policy = var.open"),
        UNKNOWN,
    ),
    Twin(
        "a replica of a key",
        block("aws_kms_replica_key", f"{PRIMARY}\npolicy = {OWN_KEY}"),
        block("awscc_kms_replica_key", f"{PRIMARY}\nkey_policy = {OWN_KEY}"),
        PASS,
    ),
]

DYNAMODB = [
    Twin(
        "a table that says nothing",
        block("aws_dynamodb_table", 'name = "phi"'),
        block("awscc_dynamodb_table", 'table_name = "phi"'),
        FAIL,
    ),
    Twin(
        "a table with everything on",
        KEYS
        + block(
            "aws_dynamodb_table",
            """name = "phi"
            deletion_protection_enabled = true
            point_in_time_recovery {
              enabled = true
            }
            server_side_encryption {
              enabled     = true
              kms_key_arn = aws_kms_key.own.arn
            }""",
        ),
        KEYS
        + block(
            "awscc_dynamodb_table",
            """table_name = "phi"
            deletion_protection_enabled = true
            point_in_time_recovery_specification = { point_in_time_recovery_enabled = true }
            sse_specification = {
              sse_enabled       = true
              sse_type          = "KMS"
              kms_master_key_id = awscc_kms_key.own.arn
            }""",
        ),
        PASS,
    ),
    Twin(
        "a table for everyone, with the key of AWS",
        block("aws_dynamodb_table", 'name = "phi"\nserver_side_encryption {\n enabled = true\n}')
        + block(
            "aws_dynamodb_resource_policy",
            f"resource_arn = aws_dynamodb_table.phi.arn\npolicy = {OPEN_TABLE}",
        ),
        block(
            "awscc_dynamodb_table",
            f"""table_name = "phi"
            sse_specification = {{ sse_enabled = true }}
            resource_policy   = {{ policy_document = {OPEN_TABLE} }}""",
        ),
        FAIL,
    ),
    Twin(
        "a table of which nothing is known",
        VARIABLE
        + block(
            "aws_dynamodb_table",
            """name = "phi"
            deletion_protection_enabled = var.open
            point_in_time_recovery {
              enabled = var.open
            }
            server_side_encryption {
              enabled = var.open
            }""",
        ),
        VARIABLE
        + block(
            "awscc_dynamodb_table",
            """table_name = "phi"
            deletion_protection_enabled = var.open
            point_in_time_recovery_specification = { point_in_time_recovery_enabled = var.open }
            sse_specification = { sse_enabled = var.open }""",
        ),
        UNKNOWN,
    ),
]

DATABASE = 'engine = "postgres"\nengine_version = "16.4"\n'
RDS = [
    Twin(
        "an instance that says nothing",
        block("aws_db_instance", DATABASE),
        block("awscc_rds_db_instance", DATABASE),
        FAIL,
        # CloudFormation keeps backups for a day, and leaves it to the subnets whether the instance is public.
        {"rds_instance_not_public": UNKNOWN},
    ),
    Twin(
        "an instance with everything on",
        KEYS
        + block(
            "aws_db_instance",
            DATABASE
            + """identifier                          = "phi"
            storage_encrypted                   = true
            kms_key_id                          = aws_kms_key.own.arn
            publicly_accessible                 = false
            backup_retention_period             = 14
            multi_az                            = true
            deletion_protection                 = true
            iam_database_authentication_enabled = true
            manage_master_user_password         = true
            monitoring_interval                 = 60
            enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]""",
        ),
        KEYS
        + block(
            "awscc_rds_db_instance",
            DATABASE
            + """db_instance_identifier            = "phi"
            storage_encrypted                  = true
            kms_key_id                         = awscc_kms_key.own.arn
            publicly_accessible                = false
            backup_retention_period            = 14
            multi_az                           = true
            deletion_protection                = true
            enable_iam_database_authentication = true
            manage_master_user_password        = true
            monitoring_interval                = 60
            enable_cloudwatch_logs_exports     = ["postgresql", "upgrade"]""",
        ),
        PASS,
    ),
    Twin(
        "an instance with everything off",
        block(
            "aws_db_instance",
            DATABASE
            + """publicly_accessible = true
            backup_retention_period    = 0
            auto_minor_version_upgrade = false""",
        ),
        block(
            "awscc_rds_db_instance",
            DATABASE
            + """publicly_accessible = true
            backup_retention_period    = 0
            auto_minor_version_upgrade = false""",
        ),
        FAIL,
    ),
    Twin(
        "an instance of which nothing is known",
        VARIABLE
        + block(
            "aws_db_instance",
            DATABASE
            + "storage_encrypted = var.open\npublicly_accessible = var.open\nbackup_retention_period = var.open",
        ),
        VARIABLE
        + block(
            "awscc_rds_db_instance",
            DATABASE
            + "storage_encrypted = var.open\npublicly_accessible = var.open\nbackup_retention_period = var.open",
        ),
        UNKNOWN,
    ),
    Twin(
        "an instance restored from a snapshot",
        block("aws_db_instance", DATABASE + 'snapshot_identifier = "before"\npublicly_accessible = false'),
        block("awscc_rds_db_instance", DATABASE + 'db_snapshot_identifier = "before"\npublicly_accessible = false'),
        UNKNOWN,
    ),
    Twin(
        "a replica of an instance that is encrypted",
        block("aws_db_instance", DATABASE + "storage_encrypted = true\npublicly_accessible = false", "source")
        + block("aws_db_instance", "replicate_source_db = aws_db_instance.source.arn\npublicly_accessible = false"),
        block("awscc_rds_db_instance", DATABASE + "storage_encrypted = true\npublicly_accessible = false", "source")
        + block(
            "awscc_rds_db_instance",
            "source_db_instance_identifier = awscc_rds_db_instance.source.id\npublicly_accessible = false",
        ),
        PASS,
    ),
    Twin(
        "a cluster that says nothing",
        block("aws_rds_cluster", 'engine = "mysql"\nengine_version = "8.0"'),
        block("awscc_rds_db_cluster", 'engine = "mysql"\nengine_version = "8.0"'),
        FAIL,
    ),
    Twin(
        "a cluster with everything on, and two members",
        KEYS
        + block(
            "aws_rds_cluster",
            """cluster_identifier = "phi"
            engine                              = "aurora-postgresql"
            engine_version                      = "16.4"
            storage_encrypted                   = true
            kms_key_id                          = aws_kms_key.own.arn
            backup_retention_period             = 14
            deletion_protection                 = true
            iam_database_authentication_enabled = true
            manage_master_user_password         = true
            enabled_cloudwatch_logs_exports     = ["postgresql"]""",
        )
        + "".join(
            block("aws_rds_cluster_instance", "cluster_identifier = aws_rds_cluster.phi.id", label)
            for label in ("one", "two")
        ),
        KEYS
        + block(
            "awscc_rds_db_cluster",
            """db_cluster_identifier = "phi"
            engine                             = "aurora-postgresql"
            engine_version                     = "16.4"
            storage_encrypted                  = true
            kms_key_id                         = awscc_kms_key.own.arn
            backup_retention_period            = 14
            deletion_protection                = true
            enable_iam_database_authentication = true
            manage_master_user_password        = true
            enable_cloudwatch_logs_exports     = ["postgresql"]""",
        )
        + "".join(
            block("awscc_rds_db_instance", "db_cluster_identifier = awscc_rds_db_cluster.phi.id", label)
            for label in ("one", "two")
        ),
        PASS,
    ),
    Twin(
        "a member of a cluster that is public",
        block("aws_rds_cluster_instance", 'cluster_identifier = "records"\npublicly_accessible = true'),
        block("awscc_rds_db_instance", 'db_cluster_identifier = "records"\npublicly_accessible = true'),
        FAIL,
    ),
    Twin(
        "a cluster of which nothing is known",
        VARIABLE
        + block("aws_rds_cluster", 'engine = "mysql"\nstorage_encrypted = var.open\ndeletion_protection = var.open'),
        VARIABLE
        + block(
            "awscc_rds_db_cluster", 'engine = "mysql"\nstorage_encrypted = var.open\ndeletion_protection = var.open'
        ),
        UNKNOWN,
    ),
    Twin(
        "a cluster whose parameters require TLS",
        block(
            "aws_rds_cluster",
            'engine = "mysql"\ndb_cluster_parameter_group_name = aws_rds_cluster_parameter_group.g.name',
        )
        + block(
            "aws_rds_cluster_parameter_group",
            'family = "mysql8.0"\nparameter {\n name = "require_secure_transport"\n value = "ON"\n}',
            "g",
        ),
        block(
            "awscc_rds_db_cluster",
            'engine = "mysql"\ndb_cluster_parameter_group_name = awscc_rds_db_cluster_parameter_group.g.id',
        )
        + block(
            "awscc_rds_db_cluster_parameter_group",
            'family = "mysql8.0"\nparameters = jsonencode({ require_secure_transport = "ON" })',
            "g",
        ),
        PASS,
    ),
    Twin(
        "an instance whose parameters leave out TLS",
        block("aws_db_instance", DATABASE + "parameter_group_name = aws_db_parameter_group.g.name")
        + block(
            "aws_db_parameter_group",
            'family = "postgres16"\nparameter {\n name = "rds.force_ssl"\n value = "0"\n}',
            "g",
        ),
        block("awscc_rds_db_instance", DATABASE + "db_parameter_group_name = awscc_rds_db_parameter_group.g.id")
        + block(
            "awscc_rds_db_parameter_group",
            'family = "postgres16"\nparameters = jsonencode({ "rds.force_ssl" = 0 })',
            "g",
        ),
        FAIL,
        {"rds_instance_not_public": UNKNOWN},
    ),
    Twin(
        "a proxy that requires TLS",
        block("aws_db_proxy", 'name = "phi"\nrequire_tls = true'),
        block("awscc_rds_db_proxy", 'db_proxy_name = "phi"\nrequire_tls = true'),
        PASS,
    ),
]
