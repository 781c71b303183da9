"""AWS CloudTrail: trails, the events that each records, and the trails that cover a whole account."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, NoReturn

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import Incomplete, all_hold, every, some
from hipaa_guard.facts.places import in_one_account
from hipaa_guard.facts.readings import Block, Listing, Singleton, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.services.cloudtrail.deliveries import Delivery as Delivery
from hipaa_guard.services.cloudtrail.deliveries import DeliveryByRegion as DeliveryByRegion
from hipaa_guard.services.cloudtrail.deliveries import failed_delivery as failed_delivery
from hipaa_guard.services.cloudtrail.deliveries import status
from hipaa_guard.services.cloudtrail.selectors import Selector as Selector
from hipaa_guard.services.cloudtrail.selectors import answered, declared, truth


def _global_events(view: View) -> Value:
    """Whether global events are recorded. CloudFormation's default is not documented; multi-region trails always do."""
    everywhere = view.get("is_multi_region_trail")
    if isinstance(everywhere, Unknown):
        return everywhere
    return True if truth(everywhere) else Unknown("include_global_service_events is left out", Cause.NOT_IN_SCOPE)


_SELECTORS = derived(
    answered,
    ask("cloudtrail.get_event_selectors", "EventSelectors", TrailName="{TrailARN}"),
    ask("cloudtrail.get_event_selectors", "AdvancedEventSelectors", TrailName="{TrailARN}"),
)


_IS_LOGGING = status("IsLogging")


class Trail(Resource):
    """A trail that this account owns."""

    terraform = Block("aws_cloudtrail", "awscc_cloudtrail_trail", name="name", awscc_name="trail_name")
    aws = Listing(
        "cloudtrail.describe_trails",
        "trailList[]",
        arn="{TrailARN}",
        name="Name",
        includeShadowTrails=False,  # each once, in its home region
    )
    aws_types = ("AWS::CloudTrail::Trail", "cloudtrail:trail")
    security_hub_type = "AwsCloudTrailTrail"

    is_logging: bool = fact(terraform="enable_logging", awscc="is_logging", unset=True, aws=_IS_LOGGING)

    is_multi_region: bool = fact(
        terraform="is_multi_region_trail",
        awscc="is_multi_region_trail",
        unset=False,
        aws=listed("IsMultiRegionTrail"),
    )

    includes_global_services: bool = fact(
        terraform="include_global_service_events",
        awscc=first("include_global_service_events", _global_events),
        unset=True,
        aws=listed("IncludeGlobalServiceEvents"),
    )

    log_file_validation: bool = fact(
        terraform="enable_log_file_validation",
        awscc="enable_log_file_validation",
        unset=False,
        aws=listed("LogFileValidationEnabled"),
    )

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("KmsKeyId"))

    log_group: str | None = fact(
        terraform="cloud_watch_logs_group_arn",
        awscc="cloudwatch_logs_log_group_arn",
        unset=None,
        aws=listed("CloudWatchLogsLogGroupArn"),
    )

    bucket: str | None = fact(
        terraform="s3_bucket_name", awscc="s3_bucket_name", unset=None, aws=listed("S3BucketName")
    )

    selectors: list[Selector] = fact(terraform=declared, awscc=declared, unset=None, aws=_SELECTORS)


class WholeTrail(Resource):
    """A trail of the account or its organization that covers every region of the account."""

    live_only = "a configuration does not show which trails of the organization cover the account"
    aws = Listing(
        "cloudtrail.describe_trails",
        "trailList[?IsMultiRegionTrail]",
        always=["trailList[].IsMultiRegionTrail"],
        arn="{TrailARN}",
        region="{HomeRegion}",
        name="Name",
        scope="account",  # every region lists the multi-region trails of all others
        includeShadowTrails=True,
    )
    security_hub_type = "AwsCloudTrailTrail"

    # A multi-region trail always records the events of global services too.
    is_multi_region: ClassVar[bool] = True
    includes_global_services: ClassVar[bool] = True

    is_logging: bool = fact(aws=_IS_LOGGING, live_only=live_only)

    selectors: list[Selector] = fact(aws=_SELECTORS, live_only=live_only)


def _known_regions(rows: list[list[str | None]] | None) -> list[str]:
    known = [region for (region,) in rows or [] if region]
    unseen = Unknown("S3 lists a bucket without its region")
    return known if len(known) == len(rows or []) else Incomplete(known, unseen)


class Account(Resource):
    """The coverage of an account by CloudTrail."""

    live_only = WholeTrail.live_only
    aws = Singleton("account", arn="arn:{partition}:cloudtrail::{account}:account")

    whole_trails: list[str] = fact(
        aws=ask(
            "cloudtrail.describe_trails",
            "trailList[?IsMultiRegionTrail].TrailARN",
            scope="account",
            includeShadowTrails=True,
        ),
        live_only=live_only,
    )
    """The ARNs of the trails that cover every region."""

    bucket_regions: list[str] = fact(
        aws=derived(_known_regions, ask("s3.list_buckets", "Buckets[].[BucketRegion]", scope="account")),
        live_only=live_only,
    )
    """The region of each bucket of the account, also of those that the scan does not read."""


def not_in_sight(bucket: str | None) -> NoReturn:
    """Raise that a trail's bucket belongs to an account that was not read.

    Raises:
        Undecided: always.

    """
    raise Undecided(Unknown(f"the bucket {bucket} is not in this account", Cause.NOT_IN_SCOPE))


Recorder = Trail | WholeTrail

_GLOBAL = "us-east-1"
"""Where events of IAM, STS and CloudFront are recorded since 2021-11-22 (CloudTrail user guide, "Understanding
CloudTrail concepts", read 2026-11-30)."""
_OTHER_PARTITIONS = ("us-gov-", "cn-", "us-iso", "eu-isoe-", "eusc-")


def recorders(inventory: Inventory) -> list[Iterable[Recorder]]:
    """The trails of the account, and those of the organization that cover it: lists that may be `Incomplete`."""
    return [inventory.all(Trail), inventory.all(WholeTrail)]


def silence(trail: Recorder, inventory: Inventory) -> str | None:
    """Why a trail leaves no record, as a predicate whose subject is the trail; None where it leaves one.

    Raises:
        Undecided: it is not known whether it is logging, or delivers.

    """
    if not trail.is_logging:
        return "is switched off: it records nothing"
    error = failed_delivery(trail, inventory, lambda delivery: delivery.error)
    return f"could not deliver its log files: S3 answered {error}" if error else None


def records(trail: Recorder, inventory: Inventory, does: Callable[[Recorder], bool]) -> bool:
    """Whether a trail leaves a record, and passes a test; one certain no decides."""
    return all_hold(lambda: does(trail), lambda: silence(trail, inventory) is None)


def covers_region(trail: Recorder, region: str | None) -> bool:
    """Whether a trail records what happens in a region: all trails of every region, and those of this one.

    Raises:
        Undecided: a region is not known.

    """
    if trail.is_multi_region:
        return True
    if region is None or trail.origin.region is None:
        raise Undecided(Unknown("it is not known which region the trail records", Cause.NOT_IN_SCOPE))
    return trail.origin.region == region


def of_one_account(trail: Recorder, other: Resource) -> bool:
    """Whether a trail is of the account of another resource. All that a live scan lists is of one.

    Raises:
        Undecided: providers may make them in two accounts.

    """
    if trail.origin.source == "aws":
        return True
    together = in_one_account(trail.origin.place, other.origin.place)
    if together is None:
        raise Undecided(
            Unknown(f"it is not known whether {trail.label} is for the account of {other.label}", Cause.NOT_IN_SCOPE)
        )
    return together


def reaches_as_far(other: Recorder, trail: Trail) -> bool:
    """Whether another trail records all regions that this one records.

    Raises:
        Undecided: both record one region, and one of these is not known.

    """
    return other.is_multi_region or (not trail.is_multi_region and covers_region(other, trail.origin.region))


KINDS = ("reads", "writes")
"""The kinds of events, by ``readOnly``."""


def records_management(verb: str, *, whole: bool) -> Callable[[Recorder], bool]:
    """Whether a trail records ``reads`` or ``writes`` of management: from all sources, or from some at least."""

    def recorded(one: Selector) -> bool:
        about = one.category == "Management"
        return about and (one.reads if verb == "reads" else one.writes) and (one.unlimited or not whole)

    return lambda trail: some(recorded, trail.selectors)


def sees_global_services(trail: Recorder) -> bool:
    """Whether a trail is where the events of global services happen, and leaves them in.

    Raises:
        Undecided: the region of a trail for one region is not known.

    """
    if not trail.includes_global_services:
        return False
    of_others = (trail.origin.region or "").startswith(_OTHER_PARTITIONS)
    return of_others or covers_region(trail, _GLOBAL)


def records_global(verb: str) -> Callable[[Recorder], bool]:
    """Whether a trail records ``reads`` or ``writes`` of global services.

    They are management events, and of sources that selectors cannot leave out: those are KMS and the RDS Data API alone
    (CloudTrail API reference, EventSelector, read 2026-11-30).
    """
    recorded = records_management(verb, whole=False)
    return lambda trail: all_hold(lambda: sees_global_services(trail), lambda: recorded(trail))


def records_global_services(trail: Recorder) -> bool:
    """Whether a trail records the events of global services, reads and writes.

    Raises:
        Undecided: its region or its selectors are not known.

    """
    return every(lambda verb: records_global(verb)(trail), KINDS)


def another(trail: Trail, inventory: Inventory, does: Callable[[Recorder], bool]) -> bool:
    """Whether another trail, of the account or the organization, leaves a record and passes a test.

    Raises:
        Undecided: none certainly does, and one may.

    """

    def helps(other: Recorder) -> bool:
        def reaches(it: Recorder) -> bool:
            return all_hold(lambda: does(it), lambda: of_one_account(it, trail))

        return other.label != trail.label and records(other, inventory, reaches)

    return some(lambda trails: some(helps, trails), recorders(inventory))


def shared(
    trail: Trail,
    inventory: Inventory,
    does: Callable[[str], Callable[[Recorder], bool]],
    reaches: Callable[[Recorder], bool] = lambda _: True,
) -> bool:
    """Whether reads and writes are recorded by a trail each: one kind by this trail, the other by another one.

    `does` tells for a kind whether a trail records it, `reaches` of the other trail whether it does so where this one
    does.
    """

    def by_this_one(verb: str) -> bool:
        return records(trail, inventory, does(verb))

    def by_another(verb: str) -> bool:
        return another(trail, inventory, lambda it: does(verb)(it) and reaches(it))

    def told(verb: str) -> bool:
        return some(lambda by: by(verb), (by_this_one, by_another))

    tests: tuple[Callable[[], bool], ...] = (lambda: some(by_this_one, KINDS), lambda: every(told, KINDS))
    return every(lambda test: test(), tests)
