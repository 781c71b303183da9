"""What AWS Config, Resource Explorer and tags tell over the wire, and what discovery makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.collecting.discovery import QUESTIONS, type_of_arn
from hipaa_guard.aws.sessions.accounts import open_account
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.resource import Resource
from hipaa_guard.testing import all_controls
from tests.aws.clinic import Clock
from tests.aws.shapes.samples import ACCOUNT
from tests.aws.wire import Wire

HOME, OTHER = "us-east-1", "eu-west-1"
REGIONS = f"{HOME},{OTHER}"
VIEW = f"arn:aws:resource-explorer-2:{HOME}:{ACCOUNT}:view/all/1"
KINDS = [kind for kind in kinds_of(all_controls().values()) if kind.aws is not None]
OPERATIONS = [question.operation for question in QUESTIONS]
Scanned = Callable[..., tuple[int, dict[str, Any]]]


def record(wire: Wire, region: str, *, all_types: bool = True, **counts: int) -> None:
    """Let AWS Config count these in a region; types are written with ``__`` for ``::``."""
    rows = [{"resourceType": f"AWS::{type.replace('__', '::')}", "count": number} for type, number in counts.items()]
    wire.give("config.get_discovered_resource_counts", {"resourceCounts": rows}, region=region)
    recorder = {"name": "default", "recordingGroup": {"allSupported": all_types}}
    wire.give("config.describe_configuration_recorders", {"ConfigurationRecorders": [recorder]}, region=region)


def resource(arn: str, region: str, type: str = "", *, owner: str = ACCOUNT) -> dict[str, Any]:
    """A resource as Resource Explorer lists it."""
    named = {"CfnResourceType": type} if type else {}
    return {"Arn": arn, "OwningAccountId": owner, "Region": region, "ResourceType": type_of_arn(arn), **named}


def index(wire: Wire, *resources: dict[str, Any], asked: str = HOME, view: str = "", **regions: str) -> None:
    """Let Resource Explorer have indexes in regions (``eu_west_1="LOCAL"``) and list these in one of them."""
    rows = [{"Region": region.replace("_", "-"), "Type": type, "Arn": "a"} for region, type in regions.items()]
    wire.give("resource-explorer-2.list_indexes", {"Indexes": rows})
    answer = {"Resources": list(resources), "ViewArn": VIEW}
    wire.give("resource-explorer-2.list_resources", answer, region=asked)
    wire.give("resource-explorer-2.get_view", {"View": {"ViewArn": VIEW, "Filters": {"FilterString": view}}})


def tag(wire: Wire, region: str, *arns: str) -> None:
    rows = [{"ResourceARN": arn, "Tags": []} for arn in arns]
    wire.give("resourcegroupstaggingapi.get_resources", {"ResourceTagMappingList": rows}, region=region)


def discovered(*, regions: str = REGIONS, kinds: tuple[type[Resource], ...] = ()) -> Collected:
    account = open_account(regions=regions)
    Clock().rule(account)
    return collect(account, kinds, {}, questions=QUESTIONS)
