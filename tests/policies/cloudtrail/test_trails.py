"""The controls on CloudTrail, told to Terraform and to AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hipaa_guard.authoring import MEDIUM
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

# What the arguments of Terraform are called by CreateTrail.
from tests.policies.cloudtrail.states import (
    ACCOUNT,
    ERRORS,
    GLOBAL,
    LOGGING,
    REGIONS,
    beside,
    create,
    hcl,
    stopped,
    switched_off,
    trail,
    undelivered,
)

STATUS_ERRORS = {
    "LatestDeliveryError": "could not deliver log files: S3 answered",
    "LatestDigestDeliveryError": "could not deliver digests: S3 answered",
    "LatestCloudWatchLogsDeliveryError": "could not deliver events to its log group: CloudWatch Logs answered",
}
"""What GetTrailStatus tells of deliveries, and how it is told."""

test_logging = cases(
    Case(LOGGING, "is logging unless told otherwise", PASS, trail()),
    Case(LOGGING, "switched off", FAIL, terraform=hcl("phi", "enable_logging = false"), aws=stopped),
    Case(ERRORS, "none", PASS, trail().in_aws()),
    *(
        Case(ERRORS, member, FAIL, undelivered(trail(), **{member: "AccessDenied"}), says=f"{told} AccessDenied")
        for member, told in STATUS_ERRORS.items()
    ),
    Case(
        ERRORS,
        "several at once",
        FAIL,
        undelivered(trail(), **dict.fromkeys(STATUS_ERRORS, "AccessDenied")),
        says="log files: S3 answered AccessDenied; nor digests",
    ),
    Case(ERRORS, "of notices, which are no record", PASS, undelivered(trail(), LatestNotificationError="NotFound")),
)


def placed(region: str, told: Told | None = None) -> Told:
    """A state in a region; by default the trail ``phi`` alone."""
    provider = f'provider "aws" {{\nregion = "{region}"\n}}\n'
    if told is not None:
        return Told(provider) + told
    return Told(provider + hcl("phi"), lambda aws: create(aws, "phi"))  # the region of the cases


test_regions = cases(
    Case(REGIONS, "one region is the default", FAIL, trail()),
    Case(REGIONS, "all regions", PASS, trail(is_multi_region_trail=True)),
    Case(REGIONS, "one region, said aloud", FAIL, trail(is_multi_region_trail=False)),
    Case(REGIONS, "another trail records all regions", NOT_APPLICABLE, beside({"is_multi_region_trail": True})),
    Case(REGIONS, "another trail records one region too", FAIL, beside({})),
    Case(
        REGIONS,
        "another trail would record all regions, but is switched off",
        FAIL,
        terraform=hcl("other", "is_multi_region_trail = true", "enable_logging = false") + hcl("phi"),
    ),
    Case(
        REGIONS,
        "whether the other trail is logging may not be read",
        UNKNOWN,
        beside({"is_multi_region_trail": True}).in_aws(),
        denied="cloudtrail:GetTrailStatus",
    ),
    Case(REGIONS, "all regions, switched off", FAIL, switched_off(trail(is_multi_region_trail=True)), says="switched"),
    Case(REGIONS, "all regions, not delivered", FAIL, undelivered(trail(is_multi_region_trail=True)), says="NoSuch"),
    Case(GLOBAL, "is the default", PASS, placed("us-east-1")),
    Case(GLOBAL, "is the default, in a region that is not known", UNKNOWN, trail().in_terraform()),
    Case(GLOBAL, "in all regions, wherever the trail was made", PASS, trail(is_multi_region_trail=True)),
    Case(
        GLOBAL, "another region, where they do not happen", FAIL, placed("eu-west-1").in_terraform(), says="us-east-1"
    ),
    Case(GLOBAL, "another partition", PASS, placed("us-gov-west-1").in_terraform()),
    Case(GLOBAL, "left out", FAIL, trail(include_global_service_events=False)),
    Case(GLOBAL, "switched off", FAIL, switched_off(trail(is_multi_region_trail=True)), says="switched off"),
    Case(
        GLOBAL,
        "left to another trail",
        NOT_APPLICABLE,
        placed("us-east-1", beside({"include_global_service_events": True}, include_global_service_events=False)),
    ),
)


def multi_region(**arguments: Any) -> Callable[[Aws], None]:
    return lambda aws: create(aws, "phi", IsMultiRegionTrail=True, **arguments)


def without_kms(aws: Aws) -> None:
    multi_region()(aws)
    selector = {"ReadWriteType": "All", "ExcludeManagementEventSources": ["kms.amazonaws.com"]}
    aws.cloudtrail.put_event_selectors(TrailName="phi", EventSelectors=[selector])


def reads_only(aws: Aws) -> None:
    multi_region()(aws)
    aws.cloudtrail.put_event_selectors(TrailName="phi", EventSelectors=[{"ReadWriteType": "ReadOnly"}])


def of_the_organization(session: Any) -> None:
    """What a member account is shown of the trail of its organization."""
    shown = {
        "Name": "organization",
        "S3BucketName": "archive",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization",
        "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
    }
    answered(session, "cloudtrail", "DescribeTrails", {"trailList": [shown]})
    answered(session, "cloudtrail", "GetTrailStatus", {"IsLogging": True})
    answered(session, "cloudtrail", "GetEventSelectors", {"EventSelectors": [{"ReadWriteType": "All"}]})


def home_elsewhere(session: Any) -> None:
    """A trail whose home is a region that was not read."""
    shown = {
        "Name": "west",
        "TrailARN": "arn:aws:cloudtrail:us-west-2:123456789012:trail/west",
        "HomeRegion": "us-west-2",
        "IsMultiRegionTrail": True,
    }
    answered(session, "cloudtrail", "DescribeTrails", {"trailList": [shown]})


def beside_the_organization(session: Any) -> None:
    """A trail for one region in a member account. Its own trails are asked for apart from those it is shown."""
    own = {
        "Name": "phi",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/phi",
        "HomeRegion": "us-east-1",
        "IsMultiRegionTrail": False,
        "IncludeGlobalServiceEvents": False,
    }

    class Http:
        status_code = 200

    def reply(params: dict[str, Any], **_: Any) -> Any:
        if json.loads(params["body"])["includeShadowTrails"]:
            return None
        return Http(), {"ResponseMetadata": {"HTTPStatusCode": 200}, "trailList": [own]}

    session.events.register_first("before-call.cloudtrail.DescribeTrails", reply)
    of_the_organization(session)


test_in_an_organization = cases(
    Case(
        REGIONS,
        "the organization records all regions",
        NOT_APPLICABLE,
        aws=lambda _: None,
        answers=beside_the_organization,
    ),
    Case(GLOBAL, "the organization records them", NOT_APPLICABLE, aws=lambda _: None, answers=beside_the_organization),
)

test_account = cases(
    Case(
        ACCOUNT, "no trail", FAIL, aws=lambda _: None, says="no trail at all: none records management events, nor reads"
    ),
    Case(ACCOUNT, "a trail that does not deliver", FAIL, undelivered(trail(is_multi_region_trail=True))),
    Case(
        ACCOUNT,
        "a trail that leaves out KMS",
        FAIL,
        aws=without_kms,
        says="leaves out some sources",
        severity=MEDIUM,
    ),
    Case(ACCOUNT, "a trail for all regions", PASS, aws=multi_region()),
    Case(ACCOUNT, "a trail for one region", FAIL, trail().in_aws()),
    Case(ACCOUNT, "a trail that is switched off", FAIL, aws=multi_region(logging=False)),
    Case(ACCOUNT, "a trail of reads", FAIL, aws=reads_only),
    Case(ACCOUNT, "the trail of the organization", PASS, aws=lambda _: None, answers=of_the_organization),
    Case(ACCOUNT, "a trail at home in a region that was not read", UNKNOWN, aws=lambda _: None, answers=home_elsewhere),
    Case(
        ACCOUNT,
        "trails may only be listed one by one, which leaves out those of the organization",
        UNKNOWN,
        aws=multi_region(),
        denied="cloudtrail:DescribeTrails",
    ),
)
