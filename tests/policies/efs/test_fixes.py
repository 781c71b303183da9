"""Documented fixes of the controls on EFS, beside a file system as people have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.services import efs
from hipaa_guard.testing import all_controls
from hipaa_guard.testing.judging import terraform_inventory
from tests.policies.fixed import applied, assert_fixed

SYSTEM = """
resource "aws_efs_file_system" "phi" {
  creation_token = "records"
  encrypted      = true
  kms_key_id     = aws_kms_key.records.arn
}
resource "aws_efs_mount_target" "records" {
  file_system_id = aws_efs_file_system.phi.id
  subnet_id      = "subnet-1"
}
resource "aws_efs_access_point" "records" {
  file_system_id = aws_efs_file_system.phi.id
  posix_user {
    uid = 1000
    gid = 1000
  }
  root_directory {
    path = "/records"
  }
}
resource "aws_kms_key" "records" {
  enable_key_rotation = true
}
"""
CLIENT_ACTIONS = ("ClientMount", "ClientWrite", "ClientRootAccess")


@pytest.mark.parametrize("control", ["efs_tls_required", "efs_automatic_backup_enabled"])
def test_a_fix_closes_the_gap_and_opens_none(control: str, tmp_path: Path) -> None:
    assert_fixed(control, SYSTEM, tmp_path)


def test_clients_of_mount_targets_keep_what_the_default_policy_allows(tmp_path: Path) -> None:
    control = all_controls()["efs_tls_required"]
    inventory = terraform_inventory(applied(control.id, SYSTEM), [control], tmp_path)
    (system,) = inventory.all(efs.FileSystem)
    assert system.policy is not None
    (allowance,) = system.policy.allowances()
    assert allowance.is_about_anyone()
    assert all(allowance.covers_action(f"elasticfilesystem:{action}") for action in CLIENT_ACTIONS)
    assert [condition.key for condition in allowance.conditions] == ["elasticfilesystem:accessedviamounttarget"]


def test_clients_can_mount_what_a_fix_shows_them(tmp_path: Path) -> None:
    """EFS makes the root directory only if it is told the owner (EFS API reference, RootDirectory, read 2026-11-30)."""
    control = all_controls()["efs_access_point_root_directory"]
    texts = control.fix_texts()
    (point,) = terraform_inventory(texts.terraform or "", [control], tmp_path).all(efs.AccessPoint)
    assert point.root_directory != "/"
    assert "creation_info {" in (texts.terraform or "")
    assert "CreationInfo={OwnerUid=" in (texts.cli or "")
