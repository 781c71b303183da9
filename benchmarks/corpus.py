"""Synthetic Terraform of a given size, as HCL and as a plan: the same arguments give the same bytes.

``python -m benchmarks.corpus DIRECTORY --resources 5000`` writes ``hcl/``, ``plan.json`` and ``manifest.json``.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import applications, estate
from benchmarks.estate import Place, Service, Unit
from benchmarks.writing import (
    Block,
    Call,
    Expr,
    Module,
    block_text,
    call_text,
    changes,
    configuration,
    planned_values,
    ref,
)

SERVICES = (
    Service(
        "s3",
        estate.s3,
        (
            "s3_bucket_versioning_enabled",
            "s3_bucket_public_access_blocked",
            "s3_bucket_tls_required",
            "s3_bucket_encrypted_with_kms",
            "s3_bucket_access_logging_enabled",
        ),
    ),
    Service(
        "rds",
        estate.rds,
        (
            "rds_instance_encrypted_at_rest",
            "rds_instance_not_public",
            "rds_instance_backup_enabled",
            "rds_instance_multi_az",
            "rds_instance_deletion_protection",
        ),
    ),
    Service("ebs", estate.ebs, ("ebs_volume_encrypted",)),
    Service(
        "ec2",
        estate.ec2,
        ("ec2_instance_imdsv2_required", "ec2_instance_no_public_ip", "ec2_instance_block_devices_encrypted"),
    ),
    Service(
        "sg",
        estate.security_group,
        ("sg_no_public_ingress_ssh", "sg_no_public_ingress_rdp", "sg_no_public_ingress_databases"),
    ),
    Service("iam", estate.iam, ("iam_role_trust_not_public", "iam_role_inline_policy_no_admin")),
    Service("kms", estate.kms, ("kms_key_rotation_enabled", "kms_key_policy_no_wildcard_principal")),
    Service(
        "cloudtrail",
        applications.cloudtrail,
        ("cloudtrail_log_file_validation_enabled", "cloudtrail_encrypted_with_kms"),
    ),
    Service(
        "lambda",
        applications.function,
        ("lambda_supported_runtime", "lambda_function_in_vpc", "lambda_function_not_public"),
    ),
    Service(
        "dynamodb",
        applications.dynamodb,
        ("dynamodb_table_pitr_enabled", "dynamodb_deletion_protection", "dynamodb_table_encrypted_with_kms"),
    ),
    Service("sqs", applications.sqs, ("sqs_queue_encrypted_at_rest", "sqs_queue_policy_not_public")),
    Service("sns", applications.topic, ("sns_topic_encrypted_at_rest",)),
    Service("efs", applications.efs, ("efs_encrypted_at_rest", "efs_automatic_backup_enabled")),
    Service(
        "elb",
        applications.load_balancer,
        ("alb_drops_invalid_headers", "elbv2_deletion_protection", "alb_http_redirects_to_https"),
    ),
    Service("logs", estate.log_groups, ("log_group_retention_min_one_year", "log_group_encrypted_with_kms")),
)
FILLER = Service("ebs", estate.one_volume, ("ebs_volume_encrypted",))

VARIABLES = """variable "name" {
  type = string
}

variable "kms_key_arn" {
  type    = string
  default = null
}

variable "log_bucket" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  type    = list(string)
  default = []
}

variable "volume_size" {
  type    = number
  default = 100
}

locals {
  tags = merge({ Environment = "production" }, { Module = var.name })
}
"""
LOG_VARIABLES = """variable "name" {
  type = string
}

variable "retention" {
  type    = number
  default = 2557
}

variable "kms_key_arn" {
  type    = string
  default = null
}

"""
ROOT = """terraform {
  required_version = ">= 1.6"
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Owner = "clinic" }
  }
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "volume_size" {
  type    = number
  default = 100
}

"""
IN_ROOT = 4
"""Resources that the root itself has: the key, the bucket of the logs, the network."""
A_FILE = 15
"""Units in one file of a module."""


@dataclass(frozen=True)
class Seeded:
    """One unit: where it stands, and the control that it breaks at its first resource, if any."""

    service: str
    addresses: tuple[str, ...]
    at: str
    control: str | None


@dataclass(frozen=True)
class Corpus:
    """What was written."""

    directory: Path
    plan: Path
    seeded: tuple[Seeded, ...]


def write(
    directory: Path, resources: int, *, modules: int | None = None, seed: int = 1, violations: float = 0.2
) -> Corpus:
    """Write an estate as ``hcl/`` and as ``plan.json``, and what is wrong with it as ``manifest.json``.

    Args:
        directory: Where; it is made.
        resources: Managed resource instances in all.
        modules: Among how many modules they are divided: one per 100 resources unless told.
        seed: Another seed breaks other units.
        violations: The share of units that break a control.

    """
    chance = random.Random(seed)
    count = max(1, resources // 100) if modules is None else modules
    inside = resources - IN_ROOT
    if not 1 <= count <= inside:
        raise ValueError(f"{resources} resources cannot be divided among {count} modules")
    source = directory / "hcl"
    root = _root()
    seeded: list[Seeded] = []
    for number in range(1, count + 1):
        name = f"unit{number}"
        share = inside * number // count - inside * (number - 1) // count
        units = list(_units(number, share, chance, violations))
        module = Module(_given(number), [b for _, _, unit in units for b in unit[0]], [])
        module.calls = [call for _, _, unit in units for call in unit[1]]
        root.calls.append(Call(name, f"./modules/{name}", {None: module}))
        seeded += [_seeded(f"module.{name}", *unit) for unit in units]
        _write_module(source / "modules" / name, [unit for _, _, unit in units])
    _write_root(source, root)
    plan = directory / "plan.json"
    plan.write_text(json.dumps(_plan(root), separators=(",", ":")))
    manifest = {"units": [vars(unit) for unit in seeded]}
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return Corpus(source, plan, tuple(seeded))


def _units(module: int, share: int, chance: random.Random, violations: float) -> Iterator[tuple[str, str | None, Unit]]:
    """Units of all services in turn, `share` resources in all."""
    left, n = share, 0
    while left:
        service = SERVICES[(n + module) % len(SERVICES)]
        broken = chance.choice(service.controls) if chance.random() < violations else None
        unit = service.write(Place(n, module, broken))
        if len(_managed(unit, "")) > left:
            service = FILLER
            broken = broken and FILLER.controls[0]
            unit = service.write(Place(n, module, broken))
        left -= len(_managed(unit, ""))
        n += 1
        yield service.name, broken, unit


def _managed(unit: Unit, module: str) -> list[str]:
    blocks, calls = unit
    own = [address for block in blocks if not block.data for address in block.addresses(module)]
    return own + [
        address
        for call in calls
        for key, called in call.modules.items()
        for block in called.blocks
        for address in block.addresses(call.address(module, key))
    ]


def _seeded(module: str, service: str, broken: str | None, unit: Unit) -> Seeded:
    addresses = _managed(unit, module)
    return Seeded(service, tuple(addresses), addresses[0], broken)


# --- the root ------------------------------------------------------------------------------------------------------


def _root() -> Module:
    key = Block("aws_kms_key", "records", {"description": "Records of patients", "enable_key_rotation": True})
    logs = Block("aws_s3_bucket", "logs", {"bucket_prefix": "clinic-logs-"})
    network = Block("aws_vpc", "main", {"cidr_block": "10.0.0.0/16"})
    size = Expr("cidrsubnet(aws_vpc.main.cidr_block, 4, 1)", "10.0.16.0/20", ("aws_vpc.main.cidr_block",))
    subnet = Block("aws_subnet", "private", {"vpc_id": network.ref("id"), "cidr_block": size})
    return Module({}, [key, logs, network, subnet])


def _given(number: int) -> dict[str, Any]:
    """What the root gives to one module."""
    return {
        "name": f"unit-{number}",
        "kms_key_arn": ref("aws_kms_key.records.arn"),
        "log_bucket": ref("aws_s3_bucket.logs.id"),
        "vpc_id": ref("aws_vpc.main.id"),
        "subnet_ids": [ref("aws_subnet.private.id")],
        "volume_size": Expr("var.volume_size", 200, ("var.volume_size",)),
    }


def _write_root(directory: Path, root: Module) -> None:
    (directory / "main.tf").write_text(ROOT + "\n".join(block_text(block) for block in root.blocks))
    (directory / "modules.tf").write_text("\n".join(call_text(call) for call in root.calls))
    (directory / "terraform.tfvars").write_text("volume_size = 200\n")
    log = directory / "modules" / "shared" / "log"
    log.mkdir(parents=True, exist_ok=True)
    shared = estate.log_module({"name": Expr(""), "retention": None, "kms_key_arn": None})
    (log / "main.tf").write_text(LOG_VARIABLES + "\n".join(block_text(block) for block in shared.blocks))


def _write_module(directory: Path, units: list[Unit]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "variables.tf").write_text(VARIABLES)
    for at in range(0, len(units), A_FILE):
        texts = [
            text
            for blocks, calls in units[at : at + A_FILE]
            for text in (*map(block_text, blocks), *map(call_text, calls))
        ]
        (directory / f"part{at // A_FILE}.tf").write_text("\n".join(texts))


def _plan(root: Module) -> dict[str, Any]:
    aws = {
        "name": "aws",
        "full_name": "registry.terraform.io/hashicorp/aws",
        "expressions": {
            "region": {"references": ["var.region"]},
            "default_tags": [{"tags": {"constant_value": {"Owner": "clinic"}}}],
        },
    }
    module = configuration(root)
    module["variables"] = {"region": {"default": "us-east-1"}, "volume_size": {"default": 100}}
    entries = list(changes(root, ""))
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"region": {"value": "us-east-1"}, "volume_size": {"value": 200}},
        "planned_values": planned_values(entries),
        "resource_changes": entries,
        "configuration": {"provider_config": {"aws": aws}, "root_module": module},
        "complete": True,
        "errored": False,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--resources", type=int, default=500)
    parser.add_argument("--modules", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--violations", type=float, default=0.2)
    options = parser.parse_args(arguments)
    write(
        options.directory,
        options.resources,
        modules=options.modules,
        seed=options.seed,
        violations=options.violations,
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
