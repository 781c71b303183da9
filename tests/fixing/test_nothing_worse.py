"""Each documented fix, applied to source that has the gap: the control passes, and no other verdict gets worse."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.reasons import implied_by
from hipaa_guard.testing import Case, is_phi
from tests.fixing.applied import Findings, declared, verdicts, with_fix, worse
from tests.policies.registry import CONTROLS, cases_of

VERSIONS = "concerns a bucket only once it keeps versions"
CONTEXT = "the fix shows a resource of another sort than the case has"
EXPECTED = {
    ("cloudtrail_trail_management_events_logged", "cloudtrail_s3_data_events_read_logged"): "the one selector is shown",
    (
        "cloudtrail_trail_management_events_logged",
        "cloudtrail_s3_data_events_write_logged",
    ): "the one selector is shown",
    ("elbv2_access_logging_enabled", "alb_drops_invalid_headers"): CONTEXT,
    ("elbv2_access_logging_enabled", "alb_waf_attached"): CONTEXT,
    ("cloudtrail_sends_to_cloudwatch_logs", "log_group_retention_six_years"): "the new group keeps events for a year",
    ("rds_cluster_logs_exported", "rds_cluster_tls_required"): CONTEXT,
    ("rds_instance_logs_exported", "rds_instance_tls_required"): CONTEXT,
    ("rds_cluster_multi_az", "rds_cluster_instance_enhanced_monitoring"): CONTEXT,
    ("rds_instance_tls_required", "rds_instance_iam_authentication"): CONTEXT,
    ("s3_bucket_object_lock_enabled", "s3_bucket_mfa_delete"): VERSIONS,
    ("s3_bucket_replication_enabled", "s3_bucket_mfa_delete"): VERSIONS,
    ("s3_bucket_versioning_enabled", "s3_bucket_mfa_delete"): VERSIONS,
}
"""(The control whose fix is applied, the control whose verdict gets worse): why that is no fault of the fix."""

MOST = 12
"""Cases of a control: further ones differ in how they come to have the gap."""


def failing(control: Control) -> list[Case]:
    """The cases in source that have the gap, in the provider of the fix."""
    found = [case for case in cases_of(control) if case.verdict is Status.FAIL and case.terraform]
    return [case for case in found if _is_awscc(case.terraform) <= _is_awscc(control.fix.terraform)][:MOST]


def _is_awscc(text: str | None) -> bool:
    return 'resource "awscc_' in (text or "")


FIXED = [control for control in CONTROLS if control.fix.terraform and failing(control)]
each_fix = pytest.mark.parametrize("control", FIXED, ids=lambda control: control.id)


def of_phi(found: Findings, control: Control) -> list[Finding]:
    return [each for each in found.values() if each.control_id == control.id and is_phi(each, control.kind)]


@each_fix
def test_a_fix_closes_the_gap_and_makes_nothing_worse(control: Control, tmp_path: Path) -> None:
    # Who takes access away deletes a policy, a rule or an attachment; a fix shows what is left, and adding that closes
    # no gap.
    closed = 0
    for number, case in enumerate(failing(control)):
        text = textwrap.dedent(case.terraform or "")
        before = verdicts({"main.tf": text}, CONTROLS, tmp_path / f"{number}-before")
        after = verdicts(with_fix(text, control.fix.terraform), CONTROLS, tmp_path / f"{number}-after")
        found = worse(before, after)
        unexplained = {id: why for id, why in found.items() if (control.id, id) not in EXPECTED}
        assert not unexplained, f"the fix of {control.id}, applied to the case {case.id}"
        closed += {each.status for each in of_phi(after, control)} == {Status.PASS}
    assert closed or "cuts_access" in implied_by(control.fix.not_by_machine), "the fix closes the gap of no case"


def test_exceptions_are_of_controls_that_exist() -> None:
    assert {id for pair in EXPECTED for id in pair} <= {control.id for control in CONTROLS}


_BUCKET = """
resource "aws_s3_bucket" "phi" {
  bucket = "phi-records"
  tags   = { team = "records" }
}
resource "aws_s3_bucket_policy" "records" {
  bucket = aws_s3_bucket.phi.id
  policy = "{}"
}
resource "aws_s3_bucket_policy" "other" {
  bucket = "other"
}
"""
_POLICY = """
resource "aws_s3_bucket_policy" "phi" {
  bucket = aws_s3_bucket.phi.id
  policy = "{1}"
}
resource "aws_kms_key" "own" {}
"""


def test_arguments_of_a_fix_go_into_what_is_there() -> None:
    files = with_fix(_BUCKET, _POLICY)
    assert files["main.tf"] == _BUCKET
    assert files["fix.tf"] == 'resource "aws_kms_key" "own" {}'
    assert [(each.type, each.name) for each in declared(files["fix_override.tf"])] == [
        ("aws_s3_bucket_policy", "records")
    ]


def test_a_fix_that_opens_or_breaks_something_would_be_noticed(tmp_path: Path) -> None:
    breaking = """
resource "aws_s3_bucket_policy" "phi" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }] })
}
resource "aws_security_group" "new" {
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
    before = verdicts({"main.tf": _BUCKET}, CONTROLS, tmp_path / "before")
    found = worse(before, verdicts(with_fix(_BUCKET, breaking), CONTROLS, tmp_path / "after"))
    assert {"s3_bucket_policy_not_public", "sg_no_public_ingress_databases"} <= set(found)
    assert worse(before, before) == {}
    assert "s3_bucket_versioning_enabled" not in found
