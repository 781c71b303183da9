"""More services of the synthetic estate: what runs the application, and what it talks through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmarks.estate import ACCOUNT, KEY, LOGS, SUBNETS, VPC, Place, Unit, policy, statement
from benchmarks.writing import Block, heredoc, json_text, nested

CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0f0f0f0f-1111-2222-3333-444455556666"


def cloudtrail(place: Place) -> Unit:
    trail: dict[str, Any] = {
        "name": place.named(f"trail-{place.n}"),
        "s3_bucket_name": LOGS,
        "is_multi_region_trail": True,
        "enable_log_file_validation": not place.breaks("cloudtrail_log_file_validation_enabled"),
        "event_selector": nested(
            {
                "read_write_type": "All",
                "include_management_events": True,
                "data_resource": nested({"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}),
            }
        ),
        "tags": place.tags,
    }
    if not place.breaks("cloudtrail_encrypted_with_kms"):
        trail["kms_key_id"] = KEY
    return [Block("aws_cloudtrail", f"trail_{place.n}", trail)], []


def function(place: Place) -> Unit:
    name = f"lambda_{place.n}"
    own_name = place.named(f"lambda-{place.n}")
    code = Block(
        "aws_lambda_function",
        name,
        {
            "function_name": own_name,
            "role": f"arn:aws:iam::{ACCOUNT}:role/lambda",
            "handler": "app.handler",
            "runtime": "python3.7" if place.breaks("lambda_supported_runtime") else "python3.13",
            "s3_bucket": LOGS,
            "s3_key": f"{name}.zip",
            "kms_key_arn": KEY,
            "environment": nested({"variables": {"LEVEL": "info", "UNIT": place.named("unit")}}),
            "tags": place.tags,
        },
    )
    if not place.breaks("lambda_function_in_vpc"):
        code.arguments["vpc_config"] = nested({"subnet_ids": SUBNETS, "security_group_ids": ["sg-0a1b2c3d4e5f60718"]})
    permission: dict[str, Any] = {
        "statement_id": "AllowEvents",
        "action": "lambda:InvokeFunction",
        "function_name": replace(code.ref("function_name"), value=own_name.value),
        "principal": "*",
    }
    if not place.breaks("lambda_function_not_public"):
        rule = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/nightly"
        permission |= {"principal": "events.amazonaws.com", "source_arn": rule}
    return [code, Block("aws_lambda_permission", name, permission)], []


def dynamodb(place: Place) -> Unit:
    table: dict[str, Any] = {
        "name": place.named(f"table-{place.n}"),
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "patient",
        "range_key": "visit",
        "deletion_protection_enabled": not place.breaks("dynamodb_deletion_protection"),
        "attribute": nested({"name": "patient", "type": "S"}, {"name": "visit", "type": "N"}),
        "point_in_time_recovery": nested({"enabled": not place.breaks("dynamodb_table_pitr_enabled")}),
        "tags": place.tags,
    }
    if not place.breaks("dynamodb_table_encrypted_with_kms"):
        table["server_side_encryption"] = nested({"enabled": True, "kms_key_arn": KEY})
    return [Block("aws_dynamodb_table", f"table_{place.n}", table)], []


def sqs(place: Place) -> Unit:
    name = f"sqs_{place.n}"
    queue = Block("aws_sqs_queue", name, {"name": place.named(f"sqs-{place.n}"), "tags": place.tags})
    if place.breaks("sqs_queue_encrypted_at_rest"):
        queue.arguments["sqs_managed_sse_enabled"] = False
    else:
        queue.arguments["kms_master_key_id"] = KEY
    who = "*" if place.breaks("sqs_queue_policy_not_public") else f"arn:aws:iam::{ACCOUNT}:root"
    write = heredoc if place.n % 2 else json_text
    document = write(policy(statement("Allow", {"AWS": who}, "sqs:SendMessage", queue.ref("arn"))))
    return [queue, Block("aws_sqs_queue_policy", name, {"queue_url": queue.ref("id"), "policy": document})], []


def topic(place: Place) -> Unit:
    name = f"sns_{place.n}"
    here = Block("aws_sns_topic", name, {"name": place.named(f"sns-{place.n}"), "tags": place.tags})
    if not place.breaks("sns_topic_encrypted_at_rest"):
        here.arguments["kms_master_key_id"] = KEY
    endpoint = "https://events.clinic.example/hook"
    subscription = {"topic_arn": here.ref("arn"), "protocol": "https", "endpoint": endpoint}
    return [here, Block("aws_sns_topic_subscription", name, subscription)], []


def efs(place: Place) -> Unit:
    name = f"efs_{place.n}"
    encrypted = not place.breaks("efs_encrypted_at_rest")
    share = Block(
        "aws_efs_file_system",
        name,
        {
            "creation_token": place.named(f"efs-{place.n}"),
            "encrypted": encrypted,
            **({"kms_key_id": KEY} if encrypted else {}),
            "tags": place.tags,
        },
    )
    of = {"file_system_id": share.ref("id")}
    kept = "DISABLED" if place.breaks("efs_automatic_backup_enabled") else "ENABLED"
    plain = statement("Deny", "*", "*", share.ref("arn"), Condition={"Bool": {"aws:SecureTransport": "false"}})
    return [
        share,
        Block("aws_efs_backup_policy", name, {**of, "backup_policy": nested({"status": kept})}),
        Block("aws_efs_file_system_policy", name, {**of, "policy": json_text(policy(plain))}),
    ], []


def load_balancer(place: Place) -> Unit:
    name = f"elb_{place.n}"
    balancer = Block(
        "aws_lb",
        name,
        {
            "name": place.named(f"elb-{place.n}"),
            "load_balancer_type": "application",
            "internal": True,
            "subnets": SUBNETS,
            "drop_invalid_header_fields": not place.breaks("alb_drops_invalid_headers"),
            "enable_deletion_protection": not place.breaks("elbv2_deletion_protection"),
            "access_logs": nested({"bucket": LOGS, "enabled": True}),
            "tags": place.tags,
        },
    )
    group = Block(
        "aws_lb_target_group",
        name,
        {"name": place.named(f"elb-{place.n}"), "port": 8443, "protocol": "HTTPS", "vpc_id": VPC},
    )
    of = {"load_balancer_arn": balancer.ref("arn")}
    forward = {"type": "forward", "target_group_arn": group.ref("arn")}
    secure = {
        "port": 443,
        "protocol": "HTTPS",
        "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificate_arn": CERTIFICATE,
        "default_action": nested(forward),
    }
    redirect = nested(
        {
            "type": "redirect",
            "redirect": nested({"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}),
        }
    )
    plain = {"port": 80, "protocol": "HTTP", "default_action": redirect}
    if place.breaks("alb_http_redirects_to_https"):
        plain["default_action"] = nested(forward)
    listeners = [
        Block("aws_lb_listener", f"{name}_http", {**of, **plain}),
        Block("aws_lb_listener", f"{name}_https", {**of, **secure}),
    ]
    if place.breaks("alb_http_redirects_to_https"):
        return [*listeners, balancer, group], []
    return [balancer, group, *listeners], []
