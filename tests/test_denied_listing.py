"""What could not be listed is never silently left out."""

from __future__ import annotations

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.values import Cause
from hipaa_guard.testing import all_controls, aws_account, aws_inventory

CONTROLS = [control for control in all_controls().values() if control.id.startswith(("sg_no_public", "s3_bucket_tls"))]


@pytest.mark.parametrize(
    ("denied", "action", "prefix"),
    [
        ("ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroups", "sg_no_public"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets", "s3_bucket_tls"),
    ],
)
def test_a_denied_listing_leaves_its_controls_unknown(denied: str, action: str, prefix: str) -> None:
    with aws_account():
        findings = list(judge(CONTROLS, aws_inventory(CONTROLS, denied=denied)))
    concerned = [finding for finding in findings if finding.control_id.startswith(prefix)]
    assert {finding.status for finding in concerned} == {Status.UNKNOWN}
    assert {finding.cause for finding in concerned} == {Cause.DENIED}
    assert {finding.action for finding in concerned} == {action}
    assert {finding.control_id for finding in concerned} == {c.id for c in CONTROLS if c.id.startswith(prefix)}
