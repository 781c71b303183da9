"""AWS CloudTrail: trails, the events that each records, and the trails that cover a whole account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar, NoReturn

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.readings import Block, Listing, Singleton, View, ask, derived, first, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Incomplete, PartialText, Reference, Undecided, Unknown, Value, some

_EVERY_BUCKET = re.compile(r"arn:[^:]*:s3(:::)?")
_KINDS = one_of("All", "ReadOnly", "WriteOnly")
_UNSEEN = "\ue004"
# Fields of an advanced selector that do not narrow which resources are recorded.
_WIDE_FIELDS = frozenset({"eventCategory", "readOnly", "resources.type"})


class Selector(Record):
    """Events of one category that a trail records."""

    __slots__ = ("category", "reads", "resource_type", "unlimited", "writes")

    category: str
    """``Management``, ``Data`` and others."""
    reads: bool
    writes: bool
    resource_type: str | None
    """The resource type of data events (``AWS::S3::Object``)."""
    unlimited: bool
    """Whether the selector leaves out no resource, event or source."""


# A trail without selectors: CloudTrail user guide, "Logging management events".
_MANAGEMENT = {"category": "Management", "reads": True, "writes": True, "resource_type": None, "unlimited": True}


def _made(items: Value, make: Callable[[dict[str, Value]], Iterator[Selector]]) -> list[Selector]:
    """The records of all selectors; `Incomplete` if a deciding part of one is not known."""
    if isinstance(items, Unknown):
        return Incomplete([], items)
    unknown = items.unknown if isinstance(items, Incomplete) else None
    found: list[Selector] = []
    for item in _seen(items):
        try:
            found.extend(make(item))
        except Undecided as error:
            unknown = error.unknown if unknown is None else unknown
    return found if unknown is None else Incomplete(found, unknown)


def _seen(items: Value) -> list[Value]:
    return items.seen if isinstance(items, Incomplete) else items or []


def _either(value: Value, default: Value) -> Value:
    return default if value is None else value


def _one_of(value: Value, *texts: str) -> Value:
    return value if isinstance(value, Unknown) else str(value) in texts


def _basic(
    kinds: Value, management: Value, excluded: Value, resources: Iterable[tuple[Value, Value]]
) -> Iterator[Selector]:
    """An event selector: management events unless it excludes them, and data events of the resources it names."""
    kinds = _KINDS.admit(kinds)
    reads, writes = _one_of(kinds, "All", "ReadOnly"), _one_of(kinds, "All", "WriteOnly")
    category = management if isinstance(management, Unknown) else "Management" if _truth(management) else "None"
    whole = excluded if isinstance(excluded, Unknown) else not _seen(excluded)
    yield Selector(category=category, reads=reads, writes=writes, resource_type=None, unlimited=whole)
    for type_, values in resources:
        yield Selector(
            category="Data", reads=reads, writes=writes, resource_type=type_, unlimited=_some_is_every_bucket(values)
        )


def _truth(value: Value) -> bool:
    return str(value).lower() == "true"


def _some_is_every_bucket(values: Value) -> Value:
    """Whether one of the prefixes for data events matches every S3 bucket."""
    if isinstance(values, Unknown):
        return values
    answers = [_is_every_bucket(value) for value in _seen(values)]
    if any(answer is True for answer in answers):
        return True
    if isinstance(values, Incomplete):
        return values.unknown
    return next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _is_every_bucket(value: Value) -> Value:
    if isinstance(value, Reference):  # the ARN of one bucket
        return False
    if isinstance(value, PartialText):
        last = value.parts[-1]
        text = "".join(part if isinstance(part, str) else _UNSEEN for part in value.parts)
        is_complete = isinstance(last, str | Reference)
        return bool(_EVERY_BUCKET.fullmatch(text)) if is_complete else last
    return value if isinstance(value, Unknown) else bool(_EVERY_BUCKET.fullmatch(str(value)))


class _Field(Record):
    """One condition of an advanced selector."""

    __slots__ = ("equals", "name", "others", "starts_with")

    name: str
    equals: list[Value]
    starts_with: list[Value]
    others: bool
    """Whether it also has an operator other than ``StartsWith``."""


def _advanced(fields: list[_Field]) -> Iterator[Selector]:
    """An advanced selector: every field must match. Without ``readOnly`` it records reads and writes."""
    by_name = {field.name: field for field in fields}
    read_only = _only_value(by_name.get("readOnly"))
    flag = None if read_only is None else _truth(read_only)
    narrowing = [field for field in fields if field.name not in _WIDE_FIELDS]
    limits: list[Value] = [
        _some_is_every_bucket(field.starts_with) if field.name == "resources.ARN" and not field.others else False
        for field in narrowing
    ]
    unknown = next((limit for limit in limits if isinstance(limit, Unknown)), True)
    unlimited = False if any(limit is False for limit in limits) else unknown
    yield Selector(
        category=_only_value(by_name.get("eventCategory")),
        reads=flag in (None, True),
        writes=flag in (None, False),
        resource_type=_only_value(by_name.get("resources.type")),
        unlimited=unlimited,
    )


def _only_value(field: _Field | None) -> Value:
    values = [] if field is None else field.equals
    return values[0] if len(values) == 1 else None


def _field(name: Value, starts_with: Value, equals: Value, *rest: Value) -> _Field:
    others = any(isinstance(other, Unknown | Incomplete) or other for other in (equals, *rest))
    return _Field(name=name, equals=_either(equals, []), starts_with=_either(starts_with, []), others=others)


def _declared(view: View) -> list[Selector]:
    """The selectors of a Terraform trail, which are all basic or all advanced."""
    basic, advanced = (
        _either(view.get(name), view.get(f"{name}s")) for name in ("event_selector", "advanced_event_selector")
    )
    if isinstance(basic, Unknown | Incomplete) or basic:
        return _made(basic, _declared_basic)
    if isinstance(advanced, Unknown | Incomplete) or advanced:
        return _made(advanced, _declared_advanced)
    return [Selector(**_MANAGEMENT)]


def _declared_basic(item: dict[str, Value]) -> Iterator[Selector]:
    # Without the arguments, it records reads and writes, and management events.
    return _basic(
        _either(item.get("read_write_type"), "All"),
        _either(item.get("include_management_events"), True),
        _either(item.get("exclude_management_event_sources"), []),
        [(one.get("type"), one.get("values")) for one in _written(item, "data_resource")],
    )


def _declared_advanced(item: dict[str, Value]) -> Iterator[Selector]:
    names = ("field", "starts_with", "equals", "ends_with", "not_equals", "not_starts_with", "not_ends_with")
    return _advanced([_field(*(field.get(name) for name in names)) for field in _written(item, "field_selector")])


def _written(item: dict[str, Value], block: str) -> Value:
    """The blocks of a type; in the `awscc` provider, a list with the name in the plural."""
    return _either(item.get(block), item.get(f"{block}s")) or []


def _global_events(view: View) -> Value:
    """Whether global events are recorded. CloudFormation's default is not documented; multi-region trails always do."""
    everywhere = view.get("is_multi_region_trail")
    if isinstance(everywhere, Unknown):
        return everywhere
    return True if _truth(everywhere) else Unknown("include_global_service_events is left out", Cause.NOT_IN_SCOPE)


def _answered(basic: list[dict[str, Value]] | None, advanced: list[dict[str, Value]] | None) -> list[Selector]:
    if basic:
        return _made(basic, _answered_basic)
    if advanced:
        return _made(advanced, _answered_advanced)
    if basic is None and advanced is None:
        raise Undecided(Unknown("CloudTrail answered without event selectors of either kind"))
    return [Selector(**_MANAGEMENT)]


def _answered_basic(item: dict[str, Value]) -> Iterator[Selector]:
    return _basic(
        item.get("ReadWriteType", "All"),
        item.get("IncludeManagementEvents", True),
        item.get("ExcludeManagementEventSources", []),
        [(one.get("Type"), one.get("Values")) for one in item.get("DataResources", [])],
    )


def _answered_advanced(item: dict[str, Value]) -> Iterator[Selector]:
    names = ("Field", "StartsWith", "Equals", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
    return _advanced([_field(*(field.get(name) for name in names)) for field in item.get("FieldSelectors", [])])


_SELECTORS = derived(
    _answered,
    ask("cloudtrail.get_event_selectors", "EventSelectors", TrailName="{TrailARN}"),
    ask("cloudtrail.get_event_selectors", "AdvancedEventSelectors", TrailName="{TrailARN}"),
)
_IS_LOGGING = ask("cloudtrail.get_trail_status", "IsLogging", Name="{TrailARN}")


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

    selectors: list[Selector] = fact(terraform=_declared, awscc=_declared, unset=None, aws=_SELECTORS)


class Delivery(Resource):
    """The delivery of a trail's log files to its bucket."""

    live_only = "whether log files arrive is not declared"
    aws = Listing("cloudtrail.describe_trails", "trailList[]", arn="{TrailARN}", name="Name", includeShadowTrails=False)

    error: str | None = fact(
        aws=ask("cloudtrail.get_trail_status", "LatestDeliveryError", Name="{TrailARN}"), live_only=live_only
    )
    """The error of S3 at the last failed delivery of a log file; None if none failed."""


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


def not_in_sight(bucket: str | None) -> NoReturn:
    """Raise that a trail's bucket belongs to an account that was not read.

    Raises:
        Undecided: always.

    """
    raise Undecided(Unknown(f"the bucket {bucket} is not in this account", Cause.NOT_IN_SCOPE))


Recorder = Trail | WholeTrail


def another(trail: Trail, inventory: Inventory, does: Callable[[Recorder], bool]) -> bool:
    """Whether another logging trail, of the account or the organization, passes a test that this one fails.

    Raises:
        Undecided: none certainly passes, and one may.

    """

    def helps(other: Recorder) -> bool:
        return other.label != trail.label and does(other) and other.is_logging

    groups: list[Iterable[Recorder]] = [inventory.all(Trail), inventory.all(WholeTrail)]
    return some(lambda trails: some(helps, trails), groups)
