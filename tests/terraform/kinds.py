"""Kinds for the tests of the Terraform readers, and ways to tell configurations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import some
from hipaa_guard.facts.readings import Block, View, first
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import NotVisible, Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read

ONLY = "told by Terraform in these tests"


def has_open_rule(group: View) -> bool:
    return some(lambda rule: rule.get("cidr_ipv4") == "0.0.0.0/0", group.linked("aws_vpc_security_group_ingress_rule"))


class Bucket(Resource):
    terraform = Block("aws_s3_bucket", joined_by="bucket", name="bucket")

    versioning: str | None = fact(
        terraform=first("aws_s3_bucket_versioning.versioning_configuration.status", "versioning.enabled"),
        unset=None,
        terraform_only=ONLY,
    )
    policy: Value = fact(terraform="aws_s3_bucket_policy.policy", unset=None, terraform_only=ONLY)
    key: Value = fact(
        terraform="aws_s3_bucket_server_side_encryption_configuration.rule."
        "apply_server_side_encryption_by_default.kms_master_key_id",
        unset=None,
        terraform_only=ONLY,
    )
    blocks_acls: bool = fact(
        terraform="aws_s3_bucket_public_access_block.block_public_acls", unset=False, terraform_only=ONLY
    )
    tags: Value = fact(terraform="tags_all", unset=None, terraform_only=ONLY)
    rules: Value = fact(terraform="lifecycle_rule", unset=None, terraform_only=ONLY)


class Topic(Resource):
    terraform = Block("aws_sns_topic", joined_by="arn", name="name")

    policy: Value = fact(terraform=first("aws_sns_topic_policy.policy", "policy"), unset=None, terraform_only=ONLY)


class Group(Resource):
    terraform = Block(
        "aws_security_group", name="name", joins={"aws_vpc_security_group_ingress_rule": "security_group_id"}
    )

    open: bool = fact(terraform=has_open_rule, unset=False, terraform_only=ONLY)


class Database(Resource):
    terraform = Block("aws_db_instance", name="identifier", when=lambda view: view.get("engine") != "docdb")

    encrypted: bool = fact(terraform="storage_encrypted", unset=False, terraform_only=ONLY)
    key: Value = fact(terraform="kms_key_id", unset=None, terraform_only=ONLY)
    password: Value = fact(terraform="password", unset=None, terraform_only=ONLY)
    groups: Value = fact(terraform="vpc_security_group_ids", unset=None, terraform_only=ONLY)


KINDS = (Bucket, Topic, Group, Database)


def hcl(directory: Path, text: str, **modules: str) -> Inventory:
    """The inventory of a directory with this main.tf, and modules in directories below it."""
    (directory / "main.tf").write_text(text)
    for name, content in modules.items():
        (directory / name).mkdir(exist_ok=True)
        (directory / name / "main.tf").write_text(content)
    return build_inventory(read(directory)[0], KINDS)


def file(directory: Path, document: Mapping[str, Any], name: str = "plan.json") -> Inventory:
    """The inventory of a JSON document."""
    path = directory / name
    path.write_text(json.dumps(document))
    return build_inventory(read(path)[0], KINDS)


def at(inventory: Inventory, address: str) -> Any:
    """The resource at an address."""
    return next(resource for resource in inventory if resource.origin.address == address)


def told(resource: Resource, name: str) -> Value:
    """A fact as it is, known or not; one that a configuration can never show is not known."""
    try:
        return resource.peek(type(resource).facts[name])
    except NotVisible as error:
        return Unknown(error.reason)


def why(resource: Resource, name: str) -> str:
    """Why a fact is not known."""
    value = told(resource, name)
    assert isinstance(value, Unknown), value
    return value.reason
