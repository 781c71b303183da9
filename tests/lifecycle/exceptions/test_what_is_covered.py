"""Exceptions laid over a scan: what they cover, what they do not, and until when."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import boto3
import pytest

from hipaa_guard.assessment.model import ExceptionState
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options
from hipaa_guard.testing import aws_account
from tests.lifecycle.exceptions.buckets import BUCKETS, KEEPS, state, warnings
from tests.lifecycle.register_text import ROTATION, TODAY, VERSIONING, covered, entry, failing, register, scan, tree

QUEUES = "sqs_queue_encrypted_at_rest"
COMPENSATED = entry(
    control=ROTATION, scope={"address": "aws_kms_key.phi"}, compensating_control="Keys are replaced by hand."
)


def test_the_gap_stays_a_gap_and_does_not_stop(buckets: Path) -> None:
    found = scan(buckets, entry())
    assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
    assert failing(found) == {"aws_s3_bucket.phi", "aws_s3_bucket.logs"}
    assert found.gate.exit_code == 1
    assert found.gate.reasons == ("1 finding fails: 1 medium (besides 1 covered by exceptions).",)
    requirement = next(each for each in found.requirements if each.citation == "164.312(c)(1)")
    assert requirement.status is Status.FAIL, "an accepted risk is no evidence"


def test_when_all_is_covered_nothing_stops(buckets: Path) -> None:
    found = scan(buckets, entry(), entry(id="EX-2", scope={"address": "aws_s3_bucket.logs"}))
    assert found.gate.exit_code == 0
    assert found.gate.reasons == ("2 failing findings covered by exceptions.",)
    assert warnings(found) == ""


def test_an_unknown_verdict_may_be_covered(tmp_path: Path) -> None:
    text = 'variable "s" {}\nresource "aws_s3_bucket" "phi" {}\n' + KEEPS.replace("STATUS", "var.s")
    directory = tree(tmp_path / "infra", main=text)
    assert scan(directory, max_unknown=0).gate.exit_code == 3
    found = scan(directory, entry(), max_unknown=0)
    (finding,) = found.findings
    assert (finding.status, finding.exception is not None) == (Status.UNKNOWN, True)
    assert found.gate.exit_code == 0


def test_only_its_own_control(buckets: Path) -> None:
    found = scan(buckets, entry(), only=("s3_bucket_access_logging_enabled", VERSIONING))
    assert {f.control_id for f in found.findings if f.exception} == {VERSIONING}


@pytest.mark.parametrize(
    "days, expected, holds",
    [
        (-1, ExceptionState.EXPIRED, False),
        (0, ExceptionState.EXPIRING, True),
        (7, ExceptionState.EXPIRING, True),
        (30, ExceptionState.EXPIRING, True),
        (31, ExceptionState.ACTIVE, True),
    ],
)
def test_time_passes(buckets: Path, days: int, expected: ExceptionState, holds: bool) -> None:
    found = scan(buckets, entry(approved_on=date(2026, 6, 1), expires_on=TODAY + timedelta(days=days)))
    assert state(found) is expected
    assert bool(covered(found)) is holds
    (use,) = found.exceptions.entries
    assert (use.days_left, use.findings) == (days, 1)


@pytest.mark.parametrize(
    "days, words",
    [
        (31, ""),
        (30, "expires in 30 days, on 2026-12-22 (within 30 days)"),
        (15, "(within 30 days)"),
        (14, "(within 14 days)"),
        (8, "(within 14 days)"),
        (7, "(within 7 days)"),
        (1, "expires in 1 day, "),
        (0, "expires today, "),
        (-1, "expired on 2026-11-21: it covers nothing any more, of 1 finding in its scope"),
    ],
)
def test_the_end_is_announced(buckets: Path, days: int, words: str) -> None:
    found = scan(buckets, entry(approved_on=date(2026, 6, 1), expires_on=TODAY + timedelta(days=days)))
    assert words in warnings(found)
    assert bool(words) == bool(warnings(found))


def test_an_approval_that_is_still_to_come_covers_nothing(buckets: Path) -> None:
    found = scan(buckets, entry(approved_on=TODAY + timedelta(days=1)))
    assert state(found) is ExceptionState.PENDING
    assert covered(found) == {}
    assert "covers nothing yet" in warnings(found)


def test_expired_ones_stop_where_that_is_asked_for(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main="")
    ended = entry(approved_on=date(2026, 1, 1), expires_on=date(2026, 2, 1))
    assert scan(directory, ended, allow_empty=True).gate.exit_code == 0
    gate = scan(directory, ended, fail_on_expired=True, allow_empty=True).gate
    assert (gate.exit_code, gate.reasons) == (1, ("1 exception has expired (EX-1).",))


class TestWhatCoversNothing:
    def test_too_broad(self, buckets: Path) -> None:
        broad = entry(scope={"address": "aws_s3_bucket.*"})
        found = scan(buckets, broad)
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "names no resource: narrow it, or say `allow_broad: true`" in warnings(found)
        assert set(covered(scan(buckets, {**broad, "allow_broad": True}))) == {
            "aws_s3_bucket.phi",
            "aws_s3_bucket.logs",
        }

    def test_no_such_control(self, buckets: Path) -> None:
        found = scan(buckets, entry(control="s3_bucket_versioned"))
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "there is no control s3_bucket_versioned" in warnings(found)

    def test_an_addressable_specification_asks_for_an_equivalent(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main='resource "aws_kms_key" "phi" {}')
        bare = {name: value for name, value in COMPENSATED.items() if name != "compensating_control"}
        found = scan(directory, bare, only=(ROTATION,))
        assert (covered(found), state(found)) == ({}, ExceptionState.VOID)
        assert "164.306(d)(3)" in warnings(found)
        assert covered(scan(directory, COMPENSATED, only=(ROTATION,))) == {"aws_kms_key.phi": "EX-1"}


def test_tags_of_terraform_those_of_the_provider_included(tmp_path: Path) -> None:
    text = """
provider "aws" {
  default_tags {
    tags = { Data = "public" }
  }
}
variable "v" {}
resource "aws_s3_bucket" "site" {}
resource "aws_s3_bucket" "phi" {
  tags = { Data = "phi" }
}
resource "aws_s3_bucket" "perhaps" {
  tags = { Data = var.v }
}
"""
    tagged = entry(scope={"tags": {"Data": "public"}}, allow_broad=True)
    assert covered(scan(tree(tmp_path / "infra", main=text), tagged)) == {"aws_s3_bucket.site": "EX-1"}


def test_same_names_in_two_roots_are_told_apart(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", test__main=BUCKETS, prod__main=BUCKETS)
    found = scan(directory, entry(scope={"address": "aws_s3_bucket.phi", "root": "test"}))
    assert {f.resource.root for f in found.findings if f.exception} == {"test"}


def test_an_account(tmp_path: Path) -> None:
    with aws_account():
        queues = boto3.client("sqs", region_name="us-east-1")
        for name in ("phi", "phi-copy"):
            queues.create_queue(QueueName=name, Attributes={"SqsManagedSseEnabled": "false"})
        file = tmp_path / "ex.yaml"
        arn = "arn:aws:sqs:us-east-1:123456789012:phi"
        measure = "Messages are encrypted before they are sent."
        known = entry(control=QUEUES, scope={"arn": arn, "account": "123456789012"}, compensating_control=measure)
        file.write_text(register(known, entry(id="EX-2", control=QUEUES, compensating_control=measure)))
        found = scan_aws(Options(only=(QUEUES,), exceptions=file, today=TODAY), AwsTarget(regions="us-east-1"))
    assert {f.resource.arn: f.exception.id for f in found.findings if f.exception} == {arn: "EX-1"}
    assert len(found.findings) == 2
    assert warnings(found) == "", "what is meant for Terraform is not called unused"
