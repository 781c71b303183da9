"""The clinic of ``clinic/`` as Terraform would write it into a plan and into states, from one description."""

from __future__ import annotations

import json
from typing import Any

from tests.terraform.plans import Applied, block, const, plan, raw_state, refs, shown_state

ACCOUNT = "111122223333"
REGION = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:clinic-alarms"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:clinic-intake"
URL = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/clinic-intake"
STORES = {"records": "clinic-records", "scans.raw": "clinic-scans.raw"}
PASSWORD = "not-a-real-password"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _store(key: str, name: str) -> list[Applied]:
    """One instance of the module ``store``."""
    module = f'module.store["{key}"]'
    arn = f"arn:aws:s3:::{name}"
    only_tls = _policy(
        {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    encryption = {"bucket_key_enabled": True, "apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}
    found = [
        _bucket(f"{module}.aws_s3_bucket.this", name, versioned=key == "records"),
        Applied(
            f"{module}.aws_s3_bucket_server_side_encryption_configuration.this",
            {"rule": [encryption]},
            later={
                "id": name,
                "bucket": name,
                "rule.0.apply_server_side_encryption_by_default.0.kms_master_key_id": KEY,
            },
        ),
        Applied(f"{module}.aws_s3_bucket_policy.this", later={"id": name, "bucket": name, "policy": only_tls}),
    ]
    if key == "records":
        status = {"versioning_configuration": [{"status": "Enabled"}]}
        later = {"id": name, "bucket": name, "versioning_configuration.0.mfa_delete": ""}
        found.append(Applied(f"{module}.aws_s3_bucket_versioning.this[0]", status, later=later))
    return found


def _bucket(address: str, name: str, *, versioned: bool = False) -> Applied:
    """A bucket. Its inline blocks are computed: its state repeats the split resources, or what S3 does by default."""
    known = {"bucket": name, "force_destroy": False, "tags": {}, "tags_all": {"data": "phi"}}
    by_default = {"sse_algorithm": "AES256", "kms_master_key_id": ""}
    later = {
        "id": name,
        "arn": f"arn:aws:s3:::{name}",
        "acl": None,
        "policy": "",
        "grant": [],
        "logging": [],
        "versioning": [{"enabled": versioned, "mfa_delete": False}],
        "server_side_encryption_configuration": [
            {"rule": [{"bucket_key_enabled": False, "apply_server_side_encryption_by_default": [by_default]}]}
        ],
    }
    return Applied(address, known, later=later)


def _group(name: str, id_: str, rules: list[dict[str, Any]], *, inline: bool) -> Applied:
    """A security group. The state of one whose rules are resources of their own repeats these."""
    known: dict[str, Any] = {"name": f"clinic-{name}", "description": "Managed by Terraform"}
    later: dict[str, Any] = {"id": id_, "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{id_}", "egress": []}
    (known if inline else later)["ingress"] = rules
    return Applied(f"module.network.aws_security_group.{name}", known, later={**later, "vpc_id": "vpc-1"})


def _inline(port: int, range_: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {name: [] for name in ("ipv6_cidr_blocks", "prefix_list_ids", "security_groups")}
    rule = {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": [range_], "description": ""}
    return {**rule, **nothing, "self": False}


def _rule(port: str) -> Applied:
    known = {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": int(port), "to_port": int(port)}
    later = {"id": f"sgr-{port}", "security_group_id": "sg-2", "security_group_rule_id": f"sgr-{port}"}
    return Applied(f'module.network.aws_vpc_security_group_ingress_rule.web["{port}"]', known, later=later)


RESOURCES = [
    Applied(
        "aws_kms_key.phi",
        {
            "description": "records of patients",
            "enable_key_rotation": True,
            "is_enabled": True,
            "key_usage": "ENCRYPT_DECRYPT",
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "policy": _policy(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ),
            "tags_all": {"data": "phi"},
        },
        later={"id": "1", "arn": KEY, "key_id": "1", "multi_region": False, "rotation_period_in_days": 365},
    ),
    *[each for key, name in STORES.items() for each in _store(key, name)],
    _bucket("aws_s3_bucket.logs[0]", "clinic-logs"),
    Applied(
        "aws_sns_topic.alarms",
        {"name": "clinic-alarms", "fifo_topic": False, "tags_all": {"data": "phi"}},
        later={"id": TOPIC, "arn": TOPIC, "kms_master_key_id": KEY, "policy": _policy()},
    ),
    Applied(
        "aws_sns_topic_policy.alarms",
        later={
            "id": TOPIC,
            "arn": TOPIC,
            "policy": _policy(
                {
                    "Effect": "Allow",
                    "Action": "sns:Publish",
                    "Resource": TOPIC,
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                }
            ),
        },
    ),
    Applied(
        "aws_sqs_queue.intake",
        {"name": "clinic-intake", "sqs_managed_sse_enabled": True, "tags_all": {"data": "phi"}},
        later={"id": URL, "url": URL, "arn": QUEUE, "policy": ""},
    ),
    Applied(
        "aws_sqs_queue_policy.intake",
        later={
            "id": URL,
            "queue_url": URL,
            "policy": _policy({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": QUEUE}),
        },
    ),
    Applied(
        "aws_db_instance.patients",
        {
            "identifier": "clinic-patients",
            "engine": "postgres",
            "instance_class": "db.t4g.medium",
            "allocated_storage": 50,
            "username": "clinic",
            "password": PASSWORD,
            "storage_encrypted": True,
            "backup_retention_period": 14,
            "publicly_accessible": False,
            "multi_az": False,
            "deletion_protection": True,
            "auto_minor_version_upgrade": True,
            "copy_tags_to_snapshot": False,
            "iam_database_authentication_enabled": None,
            "monitoring_interval": 0,
            "skip_final_snapshot": False,
            "tags_all": {"data": "phi"},
        },
        later={
            "id": "db-1",
            "arn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:clinic-patients",
            "kms_key_id": KEY,
            "vpc_security_group_ids": ["sg-1"],
            "engine_version": "17.2",
            "parameter_group_name": "default.postgres17",
            "ca_cert_identifier": "rds-ca-rsa2048-g1",
        },
        sensitive=("password",),
    ),
    Applied(
        "aws_iam_role.intake",
        {
            "name": "clinic-intake",
            "path": "/",
            "max_session_duration": 3600,
            "force_detach_policies": False,
            "assume_role_policy": _policy(
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ),
            "tags_all": {"data": "phi"},
        },
        later={
            "id": "clinic-intake",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/clinic-intake",
            "inline_policy": [],
            "managed_policy_arns": [],
        },
    ),
    Applied(
        "aws_iam_role_policy.intake",
        {"name": "intake"},
        later={
            "id": "clinic-intake:intake",
            "role": "clinic-intake",
            "policy": _policy(
                {"Effect": "Allow", "Action": "sqs:*", "Resource": QUEUE},
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": [f"arn:aws:s3:::{name}/*" for name in STORES.values()],
                },
            ),
        },
    ),
    _group("database", "sg-1", [_inline(5432, "10.40.0.0/16")], inline=True),
    _group("web", "sg-2", [_inline(22, "0.0.0.0/0"), _inline(443, "0.0.0.0/0")], inline=False),
    _rule("22"),
    _rule("443"),
]

_IDENTITY = Applied("data.aws_caller_identity.current", {"account_id": ACCOUNT, "id": ACCOUNT, "user_id": "AIDA"})
_ALARMS_DOCUMENT = Applied(
    "data.aws_iam_policy_document.alarms",
    {
        "statement": [
            {
                "actions": ["sns:Publish"],
                "effect": None,
                "principals": [{"type": "Service", "identifiers": ["cloudwatch.amazonaws.com"]}],
                "condition": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": [ACCOUNT]}],
            }
        ]
    },
    later={"id": "1", "json": "", "minified_json": "", "statement.0.resources": []},
)

_ROOT = [
    block(
        "aws_kms_key.phi",
        {
            "description": const("records of patients"),
            "enable_key_rotation": const(True),
            "policy": refs("data.aws_caller_identity.current.account_id"),
        },
    ),
    block("aws_s3_bucket.logs", {"bucket": refs("local.prefix")}, count_expression=refs("var.logging")),
    block("aws_sns_topic.alarms", {"name": refs("local.prefix"), "kms_master_key_id": refs("local.key")}),
    block(
        "aws_sns_topic_policy.alarms",
        {"arn": refs("aws_sns_topic.alarms.arn"), "policy": refs("data.aws_iam_policy_document.alarms.json")},
    ),
    block("aws_sqs_queue.intake", {"name": refs("local.prefix"), "sqs_managed_sse_enabled": const(True)}),
    block(
        "aws_sqs_queue_policy.intake",
        {"queue_url": refs("aws_sqs_queue.intake.url"), "policy": refs("aws_sqs_queue.intake.arn")},
    ),
    block(
        "aws_db_instance.patients",
        {
            "identifier": refs("local.prefix"),
            "password": refs("var.password"),
            "kms_key_id": refs("local.key"),
            "vpc_security_group_ids": refs("module.network.database"),
            "storage_encrypted": const(True),
        },
    ),
    block("aws_iam_role.intake", {"name": refs("local.prefix"), "assume_role_policy": {}}),
    block(
        "aws_iam_role_policy.intake",
        {
            "name": const("intake"),
            "role": refs("aws_iam_role.intake.id"),
            "policy": refs("aws_sqs_queue.intake.arn", "module.store"),
        },
    ),
    block("data.aws_caller_identity.current", {}),
    block(
        "data.aws_iam_policy_document.alarms",
        {
            "statement": [
                {
                    "actions": const(["sns:Publish"]),
                    "resources": refs("aws_sns_topic.alarms.arn"),
                    "principals": [{"type": const("Service"), "identifiers": const(["cloudwatch.amazonaws.com"])}],
                    "condition": [
                        {
                            "test": const("StringEquals"),
                            "variable": const("aws:SourceAccount"),
                            "values": refs("data.aws_caller_identity.current.account_id"),
                        }
                    ],
                }
            ]
        },
    ),
]

_BUCKET = refs("aws_s3_bucket.this.id")
_STORE = {
    "source": "./store",
    "for_each_expression": refs("var.stores"),
    "expressions": {
        "name": refs("local.prefix", "each.key"),
        "versioned": refs("each.value.versioned"),
        "key": refs("local.key"),
    },
    "module": {
        "outputs": {"arn": {"expression": refs("aws_s3_bucket.this.arn")}},
        "resources": [
            block("aws_s3_bucket.this", {"bucket": refs("var.name")}),
            block(
                "aws_s3_bucket_versioning.this",
                {"bucket": _BUCKET, "versioning_configuration": [{"status": const("Enabled")}]},
                count_expression=refs("var.versioned"),
            ),
            block(
                "aws_s3_bucket_server_side_encryption_configuration.this",
                {
                    "bucket": _BUCKET,
                    "rule": [
                        {
                            "bucket_key_enabled": const(True),
                            "apply_server_side_encryption_by_default": [
                                {"sse_algorithm": const("aws:kms"), "kms_master_key_id": refs("var.key")}
                            ],
                        }
                    ],
                },
            ),
            block("aws_s3_bucket_policy.this", {"bucket": _BUCKET, "policy": refs("aws_s3_bucket.this.arn")}),
        ],
    },
}
_NETWORK = {
    "source": "./network",
    "expressions": {"prefix": refs("local.prefix")},
    "module": {
        "outputs": {"database": {"expression": refs("aws_security_group.database.id")}},
        "resources": [
            block(
                "aws_security_group.database",
                {
                    "name": refs("var.prefix"),
                    "ingress": [{"protocol": const("tcp"), "from_port": const(5432), "cidr_blocks": const([])}],
                },
            ),
            block("aws_security_group.web", {"name": refs("var.prefix")}),
            block(
                "aws_vpc_security_group_ingress_rule.web",
                {
                    "security_group_id": refs("local.open"),
                    "cidr_ipv4": const("0.0.0.0/0"),
                    "ip_protocol": const("tcp"),
                    "from_port": refs("each.key"),
                    "to_port": refs("each.key"),
                },
                for_each_expression={},
            ),
        ],
    },
}

VARIABLES = {
    "region": REGION,
    "logging": True,
    "password": PASSWORD,
    "stores": {"records": {"versioned": True}, "scans.raw": {"versioned": False}},
}


def clinic_plan() -> dict[str, Any]:
    """The plan that creates the clinic."""
    found = plan(
        [each.change() for each in (*RESOURCES, _ALARMS_DOCUMENT)],
        _ROOT,
        calls={"store": _STORE, "network": _NETWORK},
        provider={"region": refs("var.region"), "default_tags": [{"tags": const({"data": "phi"})}]},
        prior_state=shown_state([_IDENTITY]),
        variables={name: {"value": value} for name, value in VARIABLES.items()},
    )
    found["configuration"]["root_module"]["variables"] = {"password": {"sensitive": True}}
    return found


def clinic_state() -> dict[str, Any]:
    """Its state once it is applied, as `terraform show -json` writes it."""
    return shown_state([*RESOURCES, _IDENTITY])


def clinic_raw_state() -> dict[str, Any]:
    """The same as the state file."""
    return raw_state([*RESOURCES, _IDENTITY])
