"""What the command line tells of controls and of the permissions that it needs."""

from __future__ import annotations

import json

from tests.aws.granted import actions, policies
from tests.cli.command_line.running import run


def test_explain_cites_the_rule_and_shows_the_fix() -> None:
    told = run("explain", "s3_bucket_tls_required").stdout
    assert "164.312(e)(2)(ii)" in told
    assert "addressable" in told
    assert "aws:SecureTransport" in told
    assert "hipaa-guard fix makes this change in Terraform source.\n" in told
    assert max(len(line) for line in told.splitlines() if "aws_" not in line and "aws " not in line) <= 80


def test_explain_says_why_a_machine_does_not_make_the_change() -> None:
    told = " ".join(run("explain", "ebs_volume_encrypted").stdout.split())
    assert "fix does not make this change: it needs a new volume, and the data of the old one copied to it." in told
    listed = {control["id"]: control for control in json.loads(run("controls", "list", "--json").stdout)}
    assert listed["ebs_volume_encrypted"]["by_machine"] is False
    assert listed["ebs_volume_encrypted"]["consequences"] == ["replaces", "destroys_data", "interrupts"]
    assert "The change also replaces the resource by a new one, destroys the data" in told
    assert "The change also costs money." in run("explain", "kms_key_rotation_enabled").stdout
    assert listed["ebs_volume_encrypted"]["not_by_machine"].startswith("needs a new volume")
    assert listed["s3_bucket_tls_required"]["by_machine"] is True


def test_iam_policy_allows_reading_configuration_and_denies_reading_data() -> None:
    found = policies(run("iam-policy").stdout)
    allowed, denied = actions(*found), actions(*found, effect="Deny")
    assert "s3:GetBucketPolicy" in allowed
    assert "s3:GetObject" not in allowed
    assert any(action.startswith("s3:GetObject") for action in denied)
    assert not [action for action in allowed if "*" in action]
    assert not [action for action in allowed if action.split(":")[1].startswith(("Put", "Create", "Delete", "Update"))]
