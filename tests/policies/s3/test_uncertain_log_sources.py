"""What delivers logs may not exist: whether the bucket receives them is then not known, from the same table."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.judging.log_targets import LOG_SOURCES, LogSource
from hipaa_guard.services import s3
from tests.policies.s3.states import OPEN_VARIABLE, own
from tests.policies.s3.test_log_targets import ELSEWHERE, KMS, LOCK, LOGS, PHI, delivering
from tests.terraform.stand_ins.given import scan


def uncertain(source: LogSource, target: str) -> str:
    """The bucket, and a resource that may not exist, which delivers logs to a bucket."""
    text = delivering(source, target).text
    if source.kind is s3.Bucket:
        lines = f'bucket = "another"\nlogging {{\ntarget_bucket = {target}\ntarget_prefix = ""\n}}'
        text = f'resource "aws_s3_bucket" "another" {{\n{lines}\n}}\n'
    opening = text.index("{") + 1
    unsure = f"{text[:opening]}\n  count = var.open ? 1 : 0\n{text[opening:]}"
    return own().text + OPEN_VARIABLE + unsure


CASES = [
    case
    for source in LOG_SOURCES
    for case in (
        (LOGS, Status.UNKNOWN, uncertain(source, PHI)),
        (LOGS, Status.FAIL, uncertain(source, ELSEWHERE)),
        (KMS, Status.FAIL if source.under_kms else Status.UNKNOWN, uncertain(source, PHI)),
        (LOCK, Status.FAIL if source.into_locked else Status.UNKNOWN, uncertain(source, PHI)),
    )
]


@pytest.mark.parametrize(("control", "verdict", "text"), CASES)
def test_what_delivers_may_not_exist(control: str, verdict: Status, text: str, tmp_path: Path) -> None:
    found = {finding.resource.address: finding for finding in scan(tmp_path, text, control).findings}
    judged = found["aws_s3_bucket.phi"]
    assert judged.status is verdict
    assert verdict is not Status.UNKNOWN or "var.open" in judged.message


ITSELF = """
resource "aws_s3_bucket" "phi" {
  count  = var.open ? 1 : 0
  bucket = "phi-records"
  logging {
    target_bucket = "phi-records"
    target_prefix = ""
  }
}
"""


def test_a_bucket_that_may_not_exist_receives_its_own_logs_if_it_does(tmp_path: Path) -> None:
    (finding,) = scan(tmp_path, OPEN_VARIABLE + ITSELF, KMS).findings
    assert finding.status is Status.NOT_APPLICABLE
