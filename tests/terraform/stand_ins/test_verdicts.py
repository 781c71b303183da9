"""What controls say of something that is declared elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import GapKind
from tests.terraform.stand_ins.given import (
    OUTSIDE,
    on_bucket,
    rule,
    scan,
    verdicts,
)

OPEN_POLICY = """
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::x/*" }]
  })
"""

FENCE = """
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
"""


def test_each_part_that_opens_the_whole_is_a_finding_of_its_own(tmp_path: Path) -> None:
    text = OUTSIDE + rule("a", "var.thing") + rule("b", "var.thing", "10.0.0.0/8") + rule("c", "var.thing", "::/0")
    text = text.replace('cidr_blocks = ["::/0"]', 'ipv6_cidr_blocks = ["::/0"]')
    result = scan(tmp_path, text, "sg_no_public_ingress_ssh")
    assert verdicts(result) == {"aws_security_group_rule.a": Status.FAIL, "aws_security_group_rule.c": Status.FAIL}
    finding = result.findings[0]
    assert "belongs to the security group var.thing, which is declared elsewhere and lets in TCP 22" in finding.message
    assert finding.resource.part_of == "security group var.thing"
    assert finding.location is not None
    assert finding.location.line_start == text[: text.index('"a"')].count("\n") + 1


def test_a_part_that_is_harmless_leaves_one_row(tmp_path: Path) -> None:
    result = scan(tmp_path, OUTSIDE + rule("a", "var.thing", "10.0.0.0/8"), "sg_no_public_ingress_ssh")
    assert result.findings == ()
    rows = [gap for gap in result.coverage.gaps if gap.kind is GapKind.ELSEWHERE]
    assert [(row.subject, row.incomplete) for row in rows] == [("security group var.thing", False)]


NO_FENCE = FENCE.replace("true", "false")


@pytest.mark.parametrize(
    ("fence", "expected"),
    [
        (on_bucket("aws_s3_bucket_public_access_block", FENCE), {}),
        (on_bucket("aws_s3_bucket_public_access_block", NO_FENCE), {"aws_s3_bucket_policy.x": Status.FAIL}),
        ("", {}),  # there may be a block where the bucket is declared
    ],
)
def test_a_block_on_the_same_bucket_overrules_its_policy(
    tmp_path: Path, fence: str, expected: dict[str, Status]
) -> None:
    text = OUTSIDE + on_bucket("aws_s3_bucket_policy", OPEN_POLICY) + fence
    found = verdicts(scan(tmp_path, text, "s3_bucket_policy_not_public"))
    assert {address: status for address, status in found.items() if status is Status.FAIL} == expected


def test_a_block_that_may_not_exist_overrules_nothing_for_certain(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\n' + OUTSIDE + on_bucket("aws_s3_bucket_policy", OPEN_POLICY)
    text += on_bucket("aws_s3_bucket_public_access_block", FENCE, "count = var.on ? 1 : 0")
    assert verdicts(scan(tmp_path, text, "s3_bucket_policy_not_public")) == {}


def test_a_part_that_may_not_exist_is_judged_as_if_it_did(tmp_path: Path) -> None:
    text = 'variable "on" { type = bool }\n' + OUTSIDE + rule("a", "var.thing", more="count = var.on ? 1 : 0")
    (finding,) = scan(tmp_path, text, "sg_no_public_ingress_ssh").findings
    assert finding.status is Status.FAIL
    assert finding.uncertain is not None


def test_the_finding_keeps_its_fingerprint_whatever_other_parts_there_are(tmp_path: Path) -> None:
    def of_a(text: str) -> Finding:
        result = scan(tmp_path, OUTSIDE + text, "sg_no_public_ingress_ssh")
        return next(each for each in result.findings if each.resource.address == "aws_security_group_rule.a")

    one = of_a(rule("a", "var.thing"))
    assert one.fingerprint == of_a(rule("a", "var.thing") + rule("b", "var.thing")).fingerprint
    assert one.fingerprint == of_a(rule("a", '"sg-0123456789abcdef0"')).fingerprint


def test_a_sensitive_name_is_not_shown(tmp_path: Path) -> None:
    text = 'variable "thing" {\n sensitive = true\n default = "sg-hidden"\n}\n' + rule("a", "var.thing")
    result = scan(tmp_path, text, "sg_no_public_ingress_ssh")
    assert verdicts(result) == {"aws_security_group_rule.a": Status.FAIL}
    assert "sg-hidden" not in repr(result)


def test_a_bucket_elsewhere_sends_its_logs_here(tmp_path: Path) -> None:
    """The bucket that takes them in need not log its own accesses."""
    logs = 'resource "aws_s3_bucket" "logs" {\n bucket = "logs"\n}\n'
    told = on_bucket("aws_s3_bucket_logging", 'target_bucket = aws_s3_bucket.logs.id\ntarget_prefix = "x"')
    without = verdicts(scan(tmp_path, OUTSIDE + logs, "s3_bucket_access_logging_enabled"))
    with_part = verdicts(scan(tmp_path, OUTSIDE + logs + told, "s3_bucket_access_logging_enabled"))
    assert without["aws_s3_bucket.logs"] is Status.FAIL
    assert with_part["aws_s3_bucket.logs"] is Status.NOT_APPLICABLE
