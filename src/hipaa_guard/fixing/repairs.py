"""Which controls have a certain repair, and what it is.

A repair is here if it is the same for everybody, is applied in place and asks for no choice (a key, a network, people).
What replaces a resource, and so may lose what it holds, is named in `NOT_CERTAIN`.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument and its value as HCL.

    ``each`` sets it in every nested block of the type and makes none. ``where_written`` changes it only if it is there:
    what AWS refuses beside another setting.
    """

    path: str
    value: str = "true"
    each: bool = False
    where_written: bool = False


@dataclass(frozen=True, slots=True)
class Companion:
    """A resource that belongs to the judged one and says what is missing.

    ``by`` is the argument by which it points there, ``to`` the attribute that it names. ``body`` follows that line in a
    new one; MAIN in it is the judged resource. ``settings`` mend one that is there already. ``inline`` mends what an
    older provider lets the judged resource say itself: if it does so, no companion is added.
    """

    type: str
    by: str
    body: str
    to: str = "id"
    settings: tuple[Setting, ...] = ()
    inline: tuple[Setting, ...] = ()
    inline_only: tuple[str, ...] = ()
    """Arguments of the judged resource that say the same and that nobody can mend by machine."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", textwrap.dedent(self.body).strip("\n"))


@dataclass(frozen=True, slots=True)
class Repair:
    """How the gap of one control is closed, in resources of some types."""

    types: tuple[str, ...]
    settings: tuple[Setting, ...] = ()
    companion: Companion | None = None


def _set(types: str, path: str, value: str = "true", *, each: bool = False) -> Repair:
    return Repair(tuple(types.split()), (Setting(path, value, each),))


_BALANCERS = "aws_lb aws_alb"
_PUBLIC_ACCESS = tuple(
    Setting(name)
    for name in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
)

REPAIRS = {
    "alb_drops_invalid_headers": _set(_BALANCERS, "drop_invalid_header_fields"),
    "cloudtrail_global_service_events": _set("aws_cloudtrail", "include_global_service_events"),
    "cloudtrail_is_logging": _set("aws_cloudtrail", "enable_logging"),
    "cloudtrail_log_file_validation_enabled": _set("aws_cloudtrail", "enable_log_file_validation"),
    "cloudtrail_multi_region": Repair(
        ("aws_cloudtrail",),
        (Setting("is_multi_region_trail"), Setting("include_global_service_events", where_written=True)),
    ),
    "dynamodb_deletion_protection": _set("aws_dynamodb_table", "deletion_protection_enabled"),
    "dynamodb_table_pitr_enabled": _set("aws_dynamodb_table", "point_in_time_recovery.enabled"),
    "ebs_encryption_by_default": _set("aws_ebs_encryption_by_default", "enabled"),
    "ebs_snapshot_block_public_access": _set("aws_ebs_snapshot_block_public_access", "state", '"block-all-sharing"'),
    "ec2_account_imdsv2_default": _set("aws_ec2_instance_metadata_defaults", "http_tokens", '"required"'),
    "ec2_instance_detailed_monitoring": _set("aws_instance", "monitoring"),
    "ec2_instance_imdsv2_required": _set("aws_instance", "metadata_options.http_tokens", '"required"'),
    "ec2_instance_termination_protected": _set("aws_instance", "disable_api_termination"),
    "efs_automatic_backup_enabled": Repair(
        ("aws_efs_file_system",),
        companion=Companion(
            "aws_efs_backup_policy",
            "file_system_id",
            """
            backup_policy {
              status = "ENABLED"
            }
            """,
            settings=(Setting("backup_policy.status", '"ENABLED"'),),
        ),
    ),
    "elbv2_deletion_protection": _set(_BALANCERS, "enable_deletion_protection"),
    "elbv2_desync_mitigation": _set(_BALANCERS, "desync_mitigation_mode", '"defensive"'),
    "elbv2_listener_min_tls12": _set(
        "aws_lb_listener aws_alb_listener", "ssl_policy", '"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"'
    ),
    "iam_password_policy_min_length_14": _set("aws_iam_account_password_policy", "minimum_password_length", "14"),
    "iam_password_policy_reuse_24": _set("aws_iam_account_password_policy", "password_reuse_prevention", "24"),
    "kms_key_rotation_enabled": _set("aws_kms_key", "enable_key_rotation"),
    "lambda_function_url_authenticated": _set("aws_lambda_function_url", "authorization_type", '"AWS_IAM"'),
    "launch_template_block_devices_encrypted": _set(
        "aws_launch_template", "block_device_mappings.ebs.encrypted", each=True
    ),
    "launch_template_imdsv2_required": _set("aws_launch_template", "metadata_options.http_tokens", '"required"'),
    "launch_template_no_public_ip": _set(
        "aws_launch_template", "network_interfaces.associate_public_ip_address", "false", each=True
    ),
    "log_group_retention_min_one_year": _set("aws_cloudwatch_log_group", "retention_in_days", "365"),
    # After the one year, which it includes: repairs are made in this order.
    "log_group_retention_six_years": _set("aws_cloudwatch_log_group", "retention_in_days", "2192"),
    "rds_cluster_auto_minor_upgrade": _set("aws_rds_cluster_instance", "auto_minor_version_upgrade"),
    "rds_cluster_backup_retention": _set("aws_rds_cluster", "backup_retention_period", "14"),
    "rds_cluster_deletion_protection": _set("aws_rds_cluster", "deletion_protection"),
    "rds_cluster_iam_authentication": _set("aws_rds_cluster", "iam_database_authentication_enabled"),
    "rds_cluster_instance_not_public": _set("aws_rds_cluster_instance", "publicly_accessible", "false"),
    "rds_instance_auto_minor_upgrade": _set("aws_db_instance", "auto_minor_version_upgrade"),
    "rds_instance_backup_enabled": _set("aws_db_instance", "backup_retention_period", "14"),
    "rds_instance_deletion_protection": _set("aws_db_instance", "deletion_protection"),
    "rds_instance_iam_authentication": _set("aws_db_instance", "iam_database_authentication_enabled"),
    "rds_instance_multi_az": _set("aws_db_instance", "multi_az"),
    "rds_instance_not_public": _set("aws_db_instance", "publicly_accessible", "false"),
    "rds_proxy_tls_required": _set("aws_db_proxy", "require_tls"),
    "s3_account_public_access_blocked": Repair(("aws_s3_account_public_access_block",), _PUBLIC_ACCESS),
    "s3_bucket_public_access_blocked": Repair(
        ("aws_s3_bucket",),
        companion=Companion(
            "aws_s3_bucket_public_access_block",
            "bucket",
            """
            block_public_acls       = true
            block_public_policy     = true
            ignore_public_acls      = true
            restrict_public_buckets = true
            """,
            settings=_PUBLIC_ACCESS,
        ),
    ),
    "s3_bucket_tls_required": Repair(
        ("aws_s3_bucket",),
        companion=Companion(
            "aws_s3_bucket_policy",
            "bucket",
            """
            policy = jsonencode({
              Version = "2012-10-17"
              Statement = [{
                Sid       = "DenyPlainHttp"
                Effect    = "Deny"
                Principal = "*"
                Action    = "s3:*"
                Resource  = [MAIN.arn, "${MAIN.arn}/*"]
                Condition = { Bool = { "aws:SecureTransport" = "false" } }
              }]
            })
            """,
            inline_only=("policy",),
        ),
    ),
    "s3_bucket_versioning_enabled": Repair(
        ("aws_s3_bucket",),
        companion=Companion(
            "aws_s3_bucket_versioning",
            "bucket",
            """
            versioning_configuration {
              status = "Enabled"
            }
            """,
            settings=(Setting("versioning_configuration.status", '"Enabled"'),),
            inline=(Setting("versioning.enabled"),),
        ),
    ),
    "sqs_queue_encrypted_at_rest": _set("aws_sqs_queue", "sqs_managed_sse_enabled"),
    "sqs_queue_tls_required": Repair(
        ("aws_sqs_queue",),
        companion=Companion(
            "aws_sqs_queue_policy",
            "queue_url",
            """
            policy = jsonencode({
              Version = "2012-10-17"
              Statement = [{
                Sid       = "DenyPlainHttp"
                Effect    = "Deny"
                Principal = "*"
                Action    = "sqs:*"
                Resource  = MAIN.arn
                Condition = { Bool = { "aws:SecureTransport" = "false" } }
              }]
            })
            """,
            inline_only=("policy",),
        ),
    ),
    "subnet_no_auto_public_ip": _set("aws_subnet aws_default_subnet", "map_public_ip_on_launch", "false"),
}
"""The repairs by the ids of controls."""

_REPLACES = "the setting replaces the resource, and what it holds would be lost: copy it over first"

NOT_CERTAIN = {
    "dax_cluster_encrypted_at_rest": _REPLACES,
    "dax_cluster_tls": _REPLACES,
    "ebs_volume_encrypted": _REPLACES,
    "ec2_instance_block_devices_encrypted": _REPLACES,
    "ec2_instance_no_public_ip": "the setting replaces the instance",
    "efs_encrypted_at_rest": _REPLACES,
    "efs_tls_required": "with a policy of its own, a file system lets in only those whom the policy or IAM names",
    "rds_cluster_encrypted_at_rest": _REPLACES,
    "rds_instance_encrypted_at_rest": _REPLACES,
    "s3_bucket_acls_disabled": "those who were given access by an access control list would lose it",
    "sns_topic_tls_required": "a policy of its own takes the place of the one by which services of AWS may publish",
}
"""Why a repair that looks plain is left to people, by the ids of controls."""
