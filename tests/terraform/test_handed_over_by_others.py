"""What a module that is not available was given through another resource, a data source or a part of an object."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

DECLARED = """
resource "aws_sns_topic" "phi" {
  name = "records"
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn = aws_sns_topic.phi.arn
  protocol  = "sqs"
  endpoint  = "arn:aws:sqs:eu-west-1:111122223333:q"
}
resource "aws_sns_topic_data_protection_policy" "d" {
  arn = aws_sns_topic.phi.arn
}
data "aws_sns_topic" "t" {
  name = aws_sns_topic.phi.name
}
locals {
  all = {
    patch = { at = "cron(0 2 * * ? *)" }
    topic = aws_sns_topic.phi.arn
    "${var.name}" = 1
  }
  known = {
    patch = { at = "cron(0 2 * * ? *)" }
    topic = aws_sns_topic.phi.arn
  }
}
variable "name" {
  default = "x"
}
"""


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("aws_sns_topic.phi.arn", Status.UNKNOWN),
        ("aws_sns_topic_subscription.s.topic_arn", Status.UNKNOWN),
        ("aws_sns_topic_data_protection_policy.d.id", Status.UNKNOWN),
        ("aws_sns_topic_subscription.s.protocol", Status.PASS),
        ("data.aws_sns_topic.t.arn", Status.UNKNOWN),
        ("local.known.patch", Status.PASS),
        ("local.known.topic", Status.UNKNOWN),
        ("local.known", Status.UNKNOWN),
        ('local.known["patch"]', Status.UNKNOWN),
        ("local.all.patch", Status.UNKNOWN),
    ],
)
def test_it_may_have_made_a_policy_for_what_it_was_given(tmp_path: Path, given: str, status: Status) -> None:
    call = f'module "m" {{\n  source = "example.org/policies/aws"\n  it     = {given}\n}}\n'
    (tmp_path / "main.tf").write_text(DECLARED + call)
    (finding,) = scan_terraform(TerraformTarget(tmp_path), Options(only=["sns_topic_policy_not_public"])).findings
    assert finding.status is status
