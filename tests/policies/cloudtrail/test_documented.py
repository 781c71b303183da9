"""The documented fixes of logs, as a whole: what they bring along breaks no control on who gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import all_controls

BARE = {
    "s3_bucket_access_logging_enabled": 'resource "aws_s3_bucket" "phi" {}\n',
    "vpc_flow_logs_enabled": 'resource "aws_vpc" "phi" {\n  cidr_block = "10.0.0.0/16"\n}\n',
}
"""The judged resource, where the fix is made beside it."""
WRITERS = {
    "cloudtrail_bucket_access_logging": ("cloudtrail.amazonaws.com", "logging.s3.amazonaws.com"),
    "cloudtrail_bucket_not_public": ("cloudtrail.amazonaws.com",),
    "cloudtrail_encrypted_with_kms": ("cloudtrail.amazonaws.com",),
    "cloudtrail_sends_to_cloudwatch_logs": ("cloudtrail.amazonaws.com",),
    "elbv2_access_logging_enabled": ("logdelivery.elasticloadbalancing.amazonaws.com",),
    "log_group_encrypted_with_kms": ("logs.us-east-1.amazonaws.com",),
    "s3_bucket_access_logging_enabled": ("logging.s3.amazonaws.com",),
    "vpc_flow_logs_enabled": ("vpc-flow-logs.amazonaws.com",),
}
"""The services that a fix must let in, or nothing is delivered."""
WHO_GETS_IN = [id for id in all_controls() if "public" in id or "cross_account" in id or "wildcard" in id]


@pytest.mark.parametrize("control", WRITERS)
def test_a_fix_lets_in_who_delivers_and_nobody_else(control: str, tmp_path: Path) -> None:
    text = all_controls()[control].fix.terraform
    assert [service for service in WRITERS[control] if f'"{service}"' not in text] == []
    (tmp_path / "main.tf").write_text(f"{BARE.get(control, '')}{text}\n", encoding="utf-8")
    found = scan_terraform(TerraformTarget(tmp_path), Options(only=[*WHO_GETS_IN, control])).findings
    failing = {finding.control_id for finding in found if finding.status.value == "fail"}
    # A bucket with no block of its own is another control's gap, whose fix stands there.
    assert failing <= {"s3_bucket_public_access_blocked", "s3_account_public_access_blocked"}
    verdicts = {finding.status.value for finding in found if finding.control_id == control}
    assert "pass" in verdicts
    assert verdicts <= {"pass", "not_applicable"}  # the bucket that receives the logs need not deliver its own
