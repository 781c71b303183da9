"""The services of the synthetic estate: for each, what a careful team writes, and what one of them gets wrong.

A unit is a few resources that belong together. It either is as it should be or breaks one of the controls listed with
its service; the sorts (``n`` modulo something) vary how the same thing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.writing import Block, Call, Dynamic, Expr, Key, Module, heredoc, json_text, nested, ref

ACCOUNT = "111122223333"
KEY, LOGS, VPC = ref("var.kms_key_arn"), ref("var.log_bucket"), ref("var.vpc_id")
SUBNETS = Expr("var.subnet_ids", [ref("aws_subnet.private.id")], ("var.subnet_ids",))
SUBNET = Expr("var.subnet_ids[0]", names=("var.subnet_ids",))


@dataclass(frozen=True)
class Place:
    """Where a unit stands: its number, and the module's."""

    n: int
    module: int
    broken: str | None

    def breaks(self, control: str) -> bool:
        return self.broken == control

    @property
    def tags(self) -> Expr:
        tags = {"Environment": "production", "Module": f"unit-{self.module}"}
        return Expr("local.tags", tags, ("local.tags",))

    def named(self, suffix: str) -> Expr:
        return Expr(f'"${{var.name}}-{suffix}"', f"unit-{self.module}-{suffix}", ("var.name",))


Unit = tuple[list[Block], list[Call]]
"""The first block, or the first call, is the one that a broken control is found at."""


@dataclass(frozen=True)
class Service:
    """One service: how to write a unit, how many instances it has, which controls it may break."""

    name: str
    write: Callable[[Place], Unit]
    controls: tuple[str, ...]


def statement(effect: str, principal: Any, action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def s3(place: Place) -> Unit:
    name = f"s3_{place.n}"
    bucket = Block("aws_s3_bucket", name, {"bucket": place.named(f"s3-{place.n}"), "tags": place.tags})
    of = {"bucket": bucket.ref("id")}
    algorithm: dict[str, Any] = {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}
    if place.breaks("s3_bucket_encrypted_with_kms"):
        algorithm = {"sse_algorithm": "AES256"}
    blocks = [
        bucket,
        Block(
            "aws_s3_bucket_versioning",
            name,
            {
                **of,
                "versioning_configuration": nested(
                    {"status": "Suspended" if place.breaks("s3_bucket_versioning_enabled") else "Enabled"}
                ),
            },
        ),
        Block(
            "aws_s3_bucket_public_access_block",
            name,
            {
                **of,
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": not place.breaks("s3_bucket_public_access_blocked"),
            },
        ),
        Block(
            "aws_s3_bucket_server_side_encryption_configuration",
            name,
            {**of, "rule": nested({"apply_server_side_encryption_by_default": nested(algorithm)})},
        ),
        *_bucket_policy(place, name, bucket),
    ]
    if not place.breaks("s3_bucket_access_logging_enabled"):
        blocks.append(Block("aws_s3_bucket_logging", name, {**of, "target_bucket": LOGS, "target_prefix": f"{name}/"}))
    return blocks, []


def _bucket_policy(place: Place, name: str, bucket: Block) -> list[Block]:
    """The same policy, by a data source in every other unit."""
    effect = "Allow" if place.breaks("s3_bucket_tls_required") else "Deny"
    principal = f"arn:aws:iam::{ACCOUNT}:root" if effect == "Allow" else "*"
    action = "s3:GetObject" if effect == "Allow" else "s3:*"
    arn = bucket.ref("arn")
    resources = [arn, Expr(f'"${{{arn.text}}}/*"', names=arn.names)]
    test = {"aws:SecureTransport": "true" if effect == "Allow" else "false"}
    if place.n % 2:
        written = json_text(policy(statement(effect, {"AWS": principal}, action, resources, Condition={"Bool": test})))
        return [Block("aws_s3_bucket_policy", name, {"bucket": bucket.ref("id"), "policy": written})]
    document = Block(
        "aws_iam_policy_document",
        name,
        {
            "statement": nested(
                {
                    "effect": effect,
                    "actions": [action],
                    "resources": resources,
                    "principals": nested({"type": "AWS", "identifiers": [principal]}),
                    "condition": nested({"test": "Bool", "variable": next(iter(test)), "values": list(test.values())}),
                }
            )
        },
        data=True,
    )
    attached = {"bucket": bucket.ref("id"), "policy": document.ref("json")}
    return [Block("aws_s3_bucket_policy", name, attached), document]


def rds(place: Place) -> Unit:
    name = f"rds_{place.n}"
    group = Block("aws_db_subnet_group", name, {"name": place.named(f"rds-{place.n}"), "subnet_ids": SUBNETS})
    database = Block(
        "aws_db_instance",
        name,
        {
            "identifier": place.named(f"rds-{place.n}"),
            "engine": "postgres",
            "engine_version": "16.4",
            "instance_class": "db.m7g.large",
            "allocated_storage": 100,
            "db_subnet_group_name": Expr(
                f"aws_db_subnet_group.{name}.name", f"unit-{place.module}-rds-{place.n}", (f"{group.address}.name",)
            ),
            "username": "clinic",
            "manage_master_user_password": True,
            "storage_encrypted": not place.breaks("rds_instance_encrypted_at_rest"),
            "kms_key_id": KEY,
            "backup_retention_period": 0 if place.breaks("rds_instance_backup_enabled") else 35,
            "publicly_accessible": place.breaks("rds_instance_not_public"),
            "multi_az": not place.breaks("rds_instance_multi_az"),
            "deletion_protection": not place.breaks("rds_instance_deletion_protection"),
            "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
            "tags": place.tags,
        },
    )
    return [database, group], []


def ebs(place: Place) -> Unit:
    volume = {
        "availability_zone": "us-east-1a",
        "size": Expr("var.volume_size", 200, ("var.volume_size",)),
        "type": "gp3",
        "encrypted": not place.breaks("ebs_volume_encrypted"),
        "kms_key_id": KEY,
        "tags": place.tags,
    }
    return [Block("aws_ebs_volume", f"ebs_{place.n}", volume, count=None if place.n % 3 else 2)], []


def one_volume(place: Place) -> Unit:
    """What fills a module up to its number of resources."""
    blocks, calls = ebs(place)
    blocks[0].count = None
    return blocks, calls


def ec2(place: Place) -> Unit:
    broken = place.breaks("ec2_instance_imdsv2_required")
    instance = {
        "ami": "ami-0123456789abcdef0",
        "instance_type": "m7g.large",
        "subnet_id": SUBNET,
        "associate_public_ip_address": place.breaks("ec2_instance_no_public_ip"),
        "monitoring": True,
        "metadata_options": nested({"http_endpoint": "enabled", "http_tokens": "optional" if broken else "required"}),
        "root_block_device": nested(
            {"encrypted": not place.breaks("ec2_instance_block_devices_encrypted"), "kms_key_id": KEY}
        ),
        "tags": Expr(
            f'merge(local.tags, {{ Name = "web-{place.n}" }})',
            {**place.tags.value, "Name": f"web-{place.n}"},
            ("local.tags",),
        ),
    }
    return [Block("aws_instance", f"ec2_{place.n}", instance)], []


def security_group(place: Place) -> Unit:
    name = f"sg_{place.n}"
    ports = {
        "sg_no_public_ingress_ssh": 22,
        "sg_no_public_ingress_rdp": 3389,
        "sg_no_public_ingress_databases": 5432,
    }
    port, cidr = ports.get(place.broken or "", 8443), "0.0.0.0/0" if place.broken else "10.0.0.0/8"
    group = Block(
        "aws_security_group",
        name,
        {"name": place.named(f"sg-{place.n}"), "description": "Clients of the portal", "vpc_id": VPC},
    )
    rule = {"from_port": port, "to_port": port, "protocol": "tcp", "cidr_blocks": [cidr], "description": "clients"}
    if place.n % 4 == 0:
        group.arguments["ingress"] = nested(rule)
        return [group], []
    if place.n % 4 == 1:
        each: dict[str, Any] = {
            "from_port": Expr("ingress.value"),
            "to_port": Expr("ingress.value"),
            "protocol": "tcp",
            "cidr_blocks": Expr(f'[ingress.value == {port} ? "{cidr}" : "10.0.0.0/8"]'),
            "description": "clients",
        }
        other = {**rule, "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}
        group.arguments["ingress"] = Dynamic(f"[443, {port}]", each, (other, rule))
        return [group], []
    if place.n % 4 == 2:
        arguments = {"type": "ingress", "security_group_id": group.ref("id"), **rule}
        return [group, Block("aws_security_group_rule", name, arguments)], []
    arguments = {
        "security_group_id": group.ref("id"),
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "cidr_ipv4": cidr,
    }
    return [group, Block("aws_vpc_security_group_ingress_rule", name, arguments)], []


def iam(place: Place) -> Unit:
    name = f"iam_{place.n}"
    public = place.breaks("iam_role_trust_not_public")
    kind, who = ("AWS", "*") if public else ("Service", "ec2.amazonaws.com")
    trust = Block(
        "aws_iam_policy_document",
        name,
        {
            "statement": nested(
                {"actions": ["sts:AssumeRole"], "principals": nested({"type": kind, "identifiers": [who]})}
            )
        },
        data=True,
    )
    known = json_text(policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {kind: who}})).value
    jobs = ("reader", "writer")
    role = Block(
        "aws_iam_role",
        name,
        {
            "name": Expr(
                f'format("%s-{place.n}-%s", var.name, each.key)',
                lambda key: f"unit-{place.module}-{place.n}-{key}",
                ("var.name", "each.key"),
            ),
            "assume_role_policy": Expr(f"{trust.address}.json", known, (f"{trust.address}.json",)),
            "tags": place.tags,
        },
        for_each=jobs,
    )
    allowed = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs"}
    if place.breaks("iam_role_inline_policy_no_admin"):
        allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    write = heredoc if place.n % 2 else json_text
    inline = {
        "name": "jobs",
        "role": Expr(f"{role.address}[each.key].id", names=(role.address, "each.key")),
        "policy": write(policy(allowed)),
    }
    return [role, Block("aws_iam_role_policy", name, inline, for_each=jobs), trust], []


def kms(place: Place) -> Unit:
    name = f"kms_{place.n}"
    who: Any = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    if place.breaks("kms_key_policy_no_wildcard_principal"):
        who = {"AWS": "*"}
    key = Block(
        "aws_kms_key",
        name,
        {
            "description": "Records of patients",
            "enable_key_rotation": not place.breaks("kms_key_rotation_enabled"),
            "policy": heredoc(policy(statement("Allow", who, "kms:*", "*"))),
            "tags": place.tags,
        },
    )
    alias = {"name": f"alias/unit-{place.module}-{place.n}", "target_key_id": key.ref("key_id")}
    return [key, Block("aws_kms_alias", name, alias)], []


def log_groups(place: Place) -> Unit:
    """A module of the estate's own, called for each log."""
    variables = {
        "retention": 30 if place.breaks("log_group_retention_min_one_year") else 2557,
        "kms_key_arn": None if place.breaks("log_group_encrypted_with_kms") else KEY,
    }
    modules: dict[Key, Module] = {}
    for key in ("app", "audit"):
        name = f"unit-{place.module}-{place.n}-{key}"
        text = f'"${{var.name}}-{place.n}-${{each.key}}"'
        modules[key] = log_module({"name": Expr(text, name, ("var.name", "each.key")), **variables})
    return [], [Call(f"log_{place.n}", "../shared/log", modules)]


def log_module(variables: dict[str, Any]) -> Module:
    """The shared module, with the values of one call."""
    name, key = variables["name"], variables["kms_key_arn"]
    group = {
        "name": Expr('"/clinic/${var.name}"', f"/clinic/{name.value}", ("var.name",)),
        "retention_in_days": Expr("var.retention", variables["retention"], ("var.retention",)),
        "kms_key_id": Expr("var.kms_key_arn", None if key is None else key.value, ("var.kms_key_arn",)),
    }
    return Module(variables, [Block("aws_cloudwatch_log_group", "this", group)])
