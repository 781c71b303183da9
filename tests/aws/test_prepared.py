"""What follows from the plan of a scan is made once in it: the plan, the fields that it reads, the calls it foresees."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import boto3
from moto import mock_aws

from hipaa_guard.aws.collecting.kept_fields import fields_read
from hipaa_guard.aws.planning.call_forecast import forecast
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.scanning.aws import AwsTarget, rejudge, scan_aws
from hipaa_guard.scanning.options import Options

OPTIONS = Options(only=("s3_bucket_versioning_enabled",))
ONCE: tuple[Callable[..., Any], ...] = (planned, fields_read, forecast)


def calls_in(run: Callable[[], object]) -> dict[str, int]:
    """How often each of the functions is called in the thread that scans."""
    codes = {function.__code__: function.__name__ for function in ONCE}
    counted: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in codes:
            counted[codes[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return dict(counted)


def test_a_scan_and_a_replay_make_each_once(tmp_path: Path) -> None:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="records")
        at = AwsTarget(regions="us-east-1")
        assert calls_in(lambda: scan_aws(OPTIONS, at, evidence=tmp_path / "kept")) == {
            "planned": 1,
            "fields_read": 1,
            "forecast": 1,
        }
    assert calls_in(lambda: rejudge(OPTIONS, tmp_path / "kept")) == {"planned": 1, "fields_read": 1}
