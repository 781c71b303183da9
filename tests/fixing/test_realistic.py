"""Fixes of resources that are in use: who needs the resource to work still may do what he needs after the fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hipaa_guard.authoring import Inventory, PolicyDocument
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.services import efs, iam, kms
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import all_controls, is_phi
from tests.fixing.applied import verdicts, with_fix, worse
from tests.policies.registry import CONTROLS

LOG_GROUP = """
resource "aws_cloudwatch_log_group" "phi" {
  name              = "records-app"
  retention_in_days = 400
  tags              = { team = "records" }
}
resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.phi.name
  pattern        = "ERROR"
  metric_transformation {
    name      = "errors"
    namespace = "records"
    value     = "1"
  }
}
"""
TRAIL = """
resource "aws_s3_bucket" "trail" {
  bucket = "trail-111122223333"
}
resource "aws_cloudtrail" "phi" {
  name                       = "account"
  s3_bucket_name             = aws_s3_bucket.trail.id
  is_multi_region_trail      = true
  enable_log_file_validation = true
}
"""
VPC = """
resource "aws_vpc" "phi" {
  cidr_block = "10.20.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.phi.id
  cidr_block = "10.20.1.0/24"
}
"""
FILES = """
resource "aws_efs_file_system" "phi" {
  encrypted = true
}
resource "aws_efs_mount_target" "a" {
  file_system_id  = aws_efs_file_system.phi.id
  subnet_id       = "subnet-0123456789abcdef0"
  security_groups = ["sg-0123456789abcdef0"]
}
"""
DATABASE = """
resource "aws_db_instance" "phi" {
  engine            = "postgres"
  storage_encrypted = true
  multi_az          = true
}
"""

Policies = Callable[[Inventory], list[PolicyDocument]]


def keys(inventory: Inventory) -> list[PolicyDocument]:
    return [key.policy for key in inventory.seen(kms.Key) if key.policy is not None]


def trusts(inventory: Inventory) -> list[PolicyDocument]:
    return [role.trust for role in inventory.seen(iam.Role)]


def rights(inventory: Inventory) -> list[PolicyDocument]:
    return [inline.document for role in inventory.seen(iam.Role) for inline in role.inline_policies]


def file_systems(inventory: Inventory) -> list[PolicyDocument]:
    return [system.policy for system in inventory.seen(efs.FileSystem) if system.policy is not None]


class Use(NamedTuple):
    """A resource in use that has the gap of a control, and what must be allowed once it is closed."""

    control: str
    text: str
    policies: Policies
    """Where it is allowed."""
    who: str
    """The principal as the policy writes it; empty in the policy of a role, which is about the role."""
    actions: tuple[str, ...]


_DELIVERS = ("logs:CreateLogStream", "logs:PutLogEvents")
_MOUNTS = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess")
_ROOT = "arn:aws:iam::111122223333:root"
USES = (
    Use("log_group_encrypted_with_kms", LOG_GROUP, keys, _ROOT, ("kms:PutKeyPolicy", "kms:Decrypt")),
    Use(
        "log_group_encrypted_with_kms",
        LOG_GROUP,
        keys,
        "logs.us-east-1.amazonaws.com",
        ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"),
    ),
    Use("cloudtrail_encrypted_with_kms", TRAIL, keys, _ROOT, ("kms:PutKeyPolicy", "kms:Decrypt")),
    Use(
        "cloudtrail_encrypted_with_kms",
        TRAIL,
        keys,
        "cloudtrail.amazonaws.com",
        ("kms:GenerateDataKey", "kms:DescribeKey"),
    ),
    Use("cloudtrail_sends_to_cloudwatch_logs", TRAIL, trusts, "cloudtrail.amazonaws.com", ("sts:AssumeRole",)),
    Use("cloudtrail_sends_to_cloudwatch_logs", TRAIL, rights, "", _DELIVERS),
    Use("vpc_flow_logs_enabled", VPC, trusts, "vpc-flow-logs.amazonaws.com", ("sts:AssumeRole",)),
    Use("vpc_flow_logs_enabled", VPC, rights, "", (*_DELIVERS, "logs:DescribeLogGroups", "logs:DescribeLogStreams")),
    Use("rds_instance_enhanced_monitoring", DATABASE, trusts, "monitoring.rds.amazonaws.com", ("sts:AssumeRole",)),
    # Clients mounted by the default policy, which allows whoever reaches a mount target.
    Use("efs_tls_required", FILES, file_systems, "*", _MOUNTS),
)


def allows(policy: PolicyDocument, who: str, action: str) -> bool:
    """Whether a statement of a policy allows it, under whatever condition."""
    return any(
        statement.covers_action(action) and (not who or any(each.value == who for each in statement.principals))
        for statement in policy
        if statement.effect == "Allow"
    )


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.control} - {use.who or 'the role'}")
def test_what_needs_a_resource_still_may_use_it_after_the_fix(use: Use, tmp_path: Path) -> None:
    control = all_controls()[use.control]
    before = verdicts({"main.tf": use.text}, CONTROLS, tmp_path / "before")
    assert {each.status for each in before.values() if each.control_id == control.id} >= {Status.FAIL}
    files = with_fix(use.text, control.fix.terraform)
    after = verdicts(files, CONTROLS, tmp_path / "after")
    own = [each.status for each in after.values() if each.control_id == control.id and is_phi(each, control.kind)]
    assert set(own) == {Status.PASS}
    assert worse(before, after) == {}
    (configuration,) = read(tmp_path / "after")
    policies = use.policies(build_inventory(configuration, kinds_of(CONTROLS)))
    missing = [action for action in use.actions if not any(allows(each, use.who, action) for each in policies)]
    assert not missing, f"after the fix of {control.id} nobody allows {use.who or 'the role'} {missing}"
