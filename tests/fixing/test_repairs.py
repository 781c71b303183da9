"""Every repair closes the gap that it is for, and leaves nothing to format."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.fixing.fix import fix_terraform
from hipaa_guard.fixing.patch import write
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.testing import all_controls
from tests.fixing.trees import TERRAFORM, fix, fixed_text, formatted, reasons, tree

_TRAIL = 'resource "aws_cloudtrail" "phi" {{\n  s3_bucket_name = "trail-111122223333"\n  {} = false\n}}\n'
_LISTENER = """resource "TYPE" "phi" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/portal/a1b2c3d4"
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-2016-08"
}
"""
_TEMPLATE = """resource "aws_launch_template" "phi" {
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 20
    }
  }
  block_device_mappings {
    device_name = "/dev/xvdb"
    ebs { encrypted = false }
  }
  network_interfaces {
    associate_public_ip_address = true
  }
}
"""
FAILING = {
    "cloudtrail_global_service_events": _TRAIL.format("include_global_service_events"),
    "cloudtrail_is_logging": _TRAIL.format("enable_logging"),
    "ebs_encryption_by_default": 'resource "aws_ebs_encryption_by_default" "phi" {\n  enabled = false\n}\n',
    "ebs_snapshot_block_public_access": (
        'resource "aws_ebs_snapshot_block_public_access" "phi" {\n  state = "unblocked"\n}\n'
    ),
    "lambda_function_url_authenticated": (
        'resource "aws_lambda_function_url" "phi" {\n  authorization_type = "NONE"\n}\n'
    ),
    "elbv2_desync_mitigation": 'resource "TYPE" "phi" {\n  desync_mitigation_mode = "monitor"\n}\n',
    "elbv2_listener_min_tls12": _LISTENER,
    "launch_template_block_devices_encrypted": _TEMPLATE,
    "launch_template_no_public_ip": _TEMPLATE,
    "log_group_retention_min_one_year": 'resource "aws_cloudwatch_log_group" "phi" {\n  retention_in_days = 30\n}\n',
    "rds_cluster_auto_minor_upgrade": (
        'resource "aws_rds_cluster_instance" "phi" {\n  auto_minor_version_upgrade = false\n}\n'
    ),
    "rds_cluster_iam_authentication": 'resource "aws_rds_cluster" "phi" {\n  engine = "aurora-postgresql"\n}\n',
    "rds_cluster_instance_not_public": (
        'resource "aws_rds_cluster_instance" "phi" {\n  publicly_accessible = true\n}\n'
    ),
    "rds_instance_auto_minor_upgrade": (
        'resource "aws_db_instance" "phi" {\n  engine                     = "postgres"\n'
        "  auto_minor_version_upgrade = false\n}\n"
    ),
    "rds_instance_iam_authentication": 'resource "aws_db_instance" "phi" {\n  engine = "postgres"\n}\n',
    "rds_instance_not_public": 'resource "aws_db_instance" "phi" {\n  publicly_accessible = true\n}\n',
    "sqs_queue_encrypted_at_rest": 'resource "aws_sqs_queue" "phi" {\n  sqs_managed_sse_enabled = false\n}\n',
    "subnet_no_auto_public_ip": 'resource "TYPE" "phi" {\n  map_public_ip_on_launch = true\n}\n',
}
"""Source with the gap, where a resource without arguments has none. TYPE is any of the types of the repair."""

REPAIRED = {id: control.fix for id, control in all_controls().items() if control.fix.by_machine}
EACH = [(id, type) for id, fix in REPAIRED.items() for type in fix.types]


@pytest.mark.parametrize(("control", "type"), EACH, ids=[f"{id} - {type}" for id, type in EACH])
def test_a_repair_closes_the_gap_and_nothing_is_left_to_do(control: str, type: str, tmp_path: Path) -> None:
    text = FAILING.get(control, 'resource "TYPE" "phi" {}\n').replace("TYPE", type)
    fixed = fix(tree(tmp_path, text), control)
    assert [finding.control_id for finding in fixed.repaired] == [control], fixed.left
    assert not fixed.left
    write(fixed.before, fixed.after)
    after = scan_terraform(TerraformTarget(tmp_path), Options(only=[control]))
    assert {finding.status.value for finding in after.findings} == {"pass"}
    again = fix(tmp_path, control)
    assert (again.after, again.left) == ({}, [])


@pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed")
def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    cut = "# ----\n"
    written = [FAILING.get(control, 'resource "TYPE" "phi" {}\n').replace("TYPE", type) for control, type in EACH]
    (tidy,) = formatted(cut.join(written))
    for number, text in enumerate(tidy.split(cut)):
        tree(tmp_path / str(number), text)
    fixed = fix(tmp_path, *REPAIRED)
    assert {finding.control_id for finding in fixed.repaired} == set(REPAIRED)
    after = cut.join(data.decode() for data in fixed.after.values())
    assert formatted(after) == [after]


def test_there_are_repairs() -> None:
    assert len(REPAIRED) >= 40


def test_all_repairs_of_one_resource_hold_together(tmp_path: Path) -> None:
    text = 'resource "aws_s3_bucket" "phi" {}\n\nresource "aws_db_instance" "phi" {\n  engine = "postgres"\n}\n'
    fixed = fix(tree(tmp_path, text))
    assert {finding.control_id for finding in fixed.repaired} >= {
        "rds_instance_backup_enabled",
        "rds_instance_deletion_protection",
        "rds_instance_iam_authentication",
        "s3_bucket_public_access_blocked",
        "s3_bucket_tls_required",
        "s3_bucket_versioning_enabled",
    }
    assert "the change needs a new instance, and the data of the old one copied to it" in "".join(reasons(fixed))


def test_what_aws_refuses_beside_a_setting_is_set_too(tmp_path: Path) -> None:
    text = _TRAIL.format("include_global_service_events")
    after = fixed_text(tmp_path, text, "cloudtrail_multi_region")
    assert "include_global_service_events = true\n" in after
    assert "include" not in fixed_text(tmp_path, 'resource "aws_cloudtrail" "phi" {}\n', "cloudtrail_multi_region")


def test_six_years_of_logs_are_for_people_to_choose(tmp_path: Path) -> None:
    text = 'resource "aws_cloudwatch_log_group" "phi" {\n  retention_in_days = 30\n}\n'
    both = ("log_group_retention_min_one_year", "log_group_retention_six_years")
    fixed = fix(tree(tmp_path, text), *both)
    assert [data.decode() for data in fixed.after.values()] == [text.replace("30", "365")]
    (reason,) = reasons(fixed)
    assert "needs somebody to say which log groups hold audit records. The change also costs money" in reason


_VERSIONING = """resource "aws_s3_bucket_versioning" "old" {
  bucket = BUCKET

  versioning_configuration {
    status     = "Suspended"  # for now
    mfa_delete = var.mfa
  }
}
"""


@pytest.mark.parametrize("bucket", ["aws_s3_bucket.phi.id", '"phi"'])
def test_a_companion_that_is_there_is_mended(bucket: str, tmp_path: Path) -> None:
    companion = _VERSIONING.replace("BUCKET", bucket)
    tree(tmp_path, companion, "versions.tf")
    text = 'resource "aws_s3_bucket" "phi" {\n  bucket = "phi"\n}\n'
    fixed = fix(tree(tmp_path, text), "s3_bucket_versioning_enabled")
    assert list(fixed.after) == [tmp_path / "versions.tf"]
    assert fixed.after[tmp_path / "versions.tf"].decode() == companion.replace("Suspended", "Enabled")


def test_an_older_block_inside_the_bucket_is_mended(tmp_path: Path) -> None:
    text = 'resource "aws_s3_bucket" "phi" {\n  versioning {\n    enabled = false\n  }\n}\n'
    assert fixed_text(tmp_path, text, "s3_bucket_versioning_enabled") == text.replace("false", "true")


def test_companions_are_as_many_as_the_resource_and_by_the_same_provider(tmp_path: Path) -> None:
    text = (
        'resource "aws_s3_bucket" "keyed" {\n  for_each = toset(["a", "b"])\n  bucket   = each.key\n}\n'
        'resource "aws_s3_bucket" "counted" {\n  count    = 2\n  provider = aws.eu\n}\n'
        'resource "aws_s3_bucket_versioning" "keyed" {\n  bucket = "another"\n}\n'
    )
    after = fixed_text(tmp_path, text, "s3_bucket_versioning_enabled")
    assert (
        'resource "aws_s3_bucket_versioning" "keyed_2" {\n  for_each = aws_s3_bucket.keyed\n\n'
        "  bucket = each.value.id\n" in after
    )
    assert (
        'resource "aws_s3_bucket_versioning" "counted" {\n  count    = length(aws_s3_bucket.counted)\n'
        "  provider = aws.eu\n\n  bucket = aws_s3_bucket.counted[count.index].id\n" in after
    )


def test_what_only_now_concerns_a_resource_is_told(tmp_path: Path) -> None:
    fixed = fix_terraform(tree(tmp_path, 'resource "aws_s3_bucket" "phi" {}\n'), only=["s3_bucket_versioning_enabled"])
    assert [finding.control_id for finding in fixed.revealed] == ["s3_bucket_mfa_delete"]
    assert not fixed.remains  # it was not asked for
    wanted = ["s3_bucket_versioning_enabled", "s3_bucket_mfa_delete"]
    assert fix_terraform(tmp_path, only=wanted).remains


def test_a_part_of_something_that_is_declared_elsewhere_is_set_right(tmp_path: Path) -> None:
    """Where the part itself holds the setting; for anything else, what declares the whole must be changed."""
    text = """
variable "bucket" {}
resource "aws_s3_bucket_public_access_block" "phi" {
  bucket = var.bucket
}
resource "aws_s3_bucket_versioning" "phi" {
  bucket = var.bucket
  versioning_configuration {
    status = "Suspended"
  }
}
resource "aws_s3_bucket_policy" "phi" {
  bucket = var.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "111122223333" }, Action = "s3:*", Resource = "*" }]
  })
}
"""
    assert any("belongs to the S3 bucket var.bucket" in reason for reason in reasons(fix(tree(tmp_path, text))))
    fixed = fixed_text(tmp_path, text)
    assert "restrict_public_buckets = true" in fixed
    assert 'status = "Enabled"' in fixed
