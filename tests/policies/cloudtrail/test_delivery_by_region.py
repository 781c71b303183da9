"""Each region tells of its own deliveries alone: an error in one of them shows, and one that is not told is unknown."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import open_account
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, all_controls
from hipaa_guard.testing.accounts import Aws, aws_account
from tests.policies.cloudtrail.states import ACCOUNT, ERRORS, MANAGEMENT, READS, REGIONS, TO_LOGS, VALIDATION, create

HOME, OTHER = "us-east-1", "us-west-2"
DATA = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}


def made(aws: Aws, *, everywhere: bool) -> None:
    """A trail of the home region that records all, with digests, to a log group."""
    aws.logs.create_log_group(logGroupName="trail")
    create(
        aws,
        "phi",
        IsMultiRegionTrail=everywhere,
        EnableLogFileValidation=True,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME}:123456789012:log-group:trail:*",
        CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/trail",
    )
    aws.cloudtrail.put_event_selectors(
        TrailName="phi",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [DATA]}],
    )


def judged(control: str, status: dict[str, Any], *, everywhere: bool = True) -> list[Finding]:
    """The findings of a scan of two regions, of which the second one answers with this status, or this error code."""

    class Http:
        status_code = 403 if "Error" in status else 200
        headers: dict[str, str] = {}  # noqa: RUF012 - botocore reads it
        content = b""

    asked: list[str] = []

    def reply(params: dict[str, Any], **_: Any) -> Any:
        asked.append(OTHER if OTHER in params["url"] else HOME)
        if asked[-1] == HOME:
            return None
        return Http(), {"ResponseMetadata": {"HTTPStatusCode": Http.status_code}, **status}

    with aws_account():
        made(Aws(), everywhere=everywhere)
        session = boto3.Session(region_name=HOME)
        session.events.register_first("before-call.cloudtrail.GetTrailStatus", reply)
        account = open_account(session=session, regions=f"{HOME},{OTHER}")
        controls = [all_controls()[control]]
        inventory = collect(account, kinds_of(controls), wanted_facts(controls)).inventory
        assert sorted(asked) == ([HOME, OTHER] if everywhere else [HOME]), "once for each region that has the trail"
        return list(judge(controls, inventory))


FINE: dict[str, Any] = {"IsLogging": True}
DENIED: dict[str, Any] = {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}
BY_CONTROL = {
    ERRORS: "LatestDeliveryError",
    REGIONS: "LatestDeliveryError",
    MANAGEMENT: "LatestDeliveryError",
    READS: "LatestDeliveryError",
    ACCOUNT: "LatestDeliveryError",
    TO_LOGS: "LatestCloudWatchLogsDeliveryError",
    VALIDATION: "LatestDigestDeliveryError",
}
"""The controls that ask whether what a trail records arrives, and the member of the status that each reads."""


@pytest.mark.parametrize("control", BY_CONTROL)
def test_no_region_has_an_error(control: str) -> None:
    (finding,) = judged(control, FINE)
    assert finding.status == PASS, finding.message


@pytest.mark.parametrize(("control", "member"), BY_CONTROL.items())
def test_another_region_has_an_error(control: str, member: str) -> None:
    (finding,) = judged(control, {**FINE, member: "AccessDenied"})
    assert finding.status == FAIL
    assert control == ACCOUNT or f"AccessDenied in {OTHER}" in finding.message


@pytest.mark.parametrize("control", BY_CONTROL)
def test_another_region_does_not_tell(control: str) -> None:
    (finding,) = judged(control, DENIED)
    assert finding.status == UNKNOWN, finding.message


def test_a_trail_for_one_region_is_not_asked_for_elsewhere() -> None:
    (finding,) = judged(ERRORS, DENIED, everywhere=False)
    assert finding.status == PASS, finding.message
