"""What `hipaa-guard fix` makes of keys and tables whose settings are there, but too weak."""

from __future__ import annotations

from pathlib import Path

from tests.fixing.trees import fixed_text

SELDOM = 'resource "aws_kms_key" "phi" {\n  enable_key_rotation     = true\n  rotation_period_in_days = 900\n}\n'
SHORT = """resource "aws_dynamodb_table" "phi" {
  name = "records"

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 2
  }
}
"""


def test_a_key_that_is_rotated_too_seldom(tmp_path: Path) -> None:
    assert fixed_text(tmp_path, SELDOM, "kms_key_rotation_enabled") == SELDOM.replace("900", "365")


def test_a_table_that_can_be_restored_to_too_few_days(tmp_path: Path) -> None:
    assert fixed_text(tmp_path, SHORT, "dynamodb_table_pitr_enabled") == SHORT.replace("= 2\n", "= 35\n")


def test_a_table_without_a_period_of_its_own_keeps_the_default(tmp_path: Path) -> None:
    """Releases of the provider before 5.98 do not know the argument."""
    found = fixed_text(
        tmp_path, 'resource "aws_dynamodb_table" "phi" {\n  name = "records"\n}\n', "dynamodb_table_pitr_enabled"
    )
    assert "enabled = true" in found
    assert "recovery_period_in_days" not in found
