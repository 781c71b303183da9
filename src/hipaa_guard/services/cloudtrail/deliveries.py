"""Whether what a trail records arrives, in its home region and in the others.

A region answers for itself alone (CloudTrail API reference, GetTrailStatus, read 2026-11-30: "This operation returns
trail status from a single Region. To return trail status from all Regions, you must call the operation on each
Region.").
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import some
from hipaa_guard.facts.readings import Ask, Listing, ask
from hipaa_guard.facts.resource import Resource, fact


def status(member: str) -> Ask:
    """A member of a trail's status; one call answers all."""
    return ask("cloudtrail.get_trail_status", member, Name="{TrailARN}")


_ERROR, _DIGEST_ERROR = status("LatestDeliveryError"), status("LatestDigestDeliveryError")
_LOG_GROUP_ERROR = status("LatestCloudWatchLogsDeliveryError")
_LIVE_ONLY = "whether log files arrive is not declared"


class Delivery(Resource):
    """The delivery of what a trail records in its home region: of log files, of digests, and of events to a log group.

    Each fact is the error of the last attempt that failed, None if none did.
    """

    live_only = _LIVE_ONLY
    aws = Listing("cloudtrail.describe_trails", "trailList[]", arn="{TrailARN}", name="Name", includeShadowTrails=False)

    error: str | None = fact(aws=_ERROR, live_only=_LIVE_ONLY)
    """The error of S3 for a log file."""

    digest_error: str | None = fact(aws=_DIGEST_ERROR, live_only=_LIVE_ONLY)
    """The error of S3 for a digest, by which changes to log files show."""

    log_group_error: str | None = fact(aws=_LOG_GROUP_ERROR, live_only=_LIVE_ONLY)
    """The error of CloudWatch Logs."""


class DeliveryByRegion(Resource):
    """As `Delivery`, of a multi-region trail in one of the regions; where it is not at home, a shadow stands for it."""

    live_only = _LIVE_ONLY
    aws = Listing(
        "cloudtrail.describe_trails",
        "trailList[?IsMultiRegionTrail]",
        always=["trailList[].IsMultiRegionTrail"],
        arn="{TrailARN}",
        name="Name",
        includeShadowTrails=True,
    )

    error: str | None = fact(aws=_ERROR, live_only=_LIVE_ONLY)
    digest_error: str | None = fact(aws=_DIGEST_ERROR, live_only=_LIVE_ONLY)
    log_group_error: str | None = fact(aws=_LOG_GROUP_ERROR, live_only=_LIVE_ONLY)


Errors = Callable[[Delivery | DeliveryByRegion], str | None]
"""Takes one error of a delivery."""


def failed_delivery(trail: Resource, inventory: Inventory, error: Errors) -> str | None:
    """An error of the delivery of a trail in one of the scanned regions, told with the region unless that is its home.

    It is None in a configuration, which delivers nothing yet.

    Raises:
        Undecided: no region is known to have an error, and one may.

    """
    found: list[str] = []

    def fails(delivery: Delivery | DeliveryByRegion) -> bool:
        if delivery.origin.arn != trail.origin.arn:
            return False
        told, region = error(delivery), delivery.origin.region
        if told:
            found.append(told if region == trail.origin.region else f"{told} in {region}")
        return bool(told)

    def in_home() -> bool:
        return some(fails, inventory.all(Delivery))

    def in_a_region() -> bool:
        return some(fails, inventory.all(DeliveryByRegion))

    return found[0] if some(lambda place: place(), (in_home, in_a_region)) else None
