"""What is refused or lost is not known, and no failure."""

from __future__ import annotations

from typing import Any

import pytest

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.collecting.discovery import CONFIG, NOT_ASKED
from hipaa_guard.aws.sessions.accounts import open_account
from tests.aws.discovery.told import HOME, OPERATIONS, OTHER, discovered, index, record, resource, tag
from tests.aws.shapes.samples import ACCOUNT
from tests.aws.wire import LACKING, Asked, Wire


@pytest.mark.parametrize("how", [*LACKING, "denied", "invalid", "throttled", "unauthorized"])
def test_a_refusal_is_not_known_and_no_failure(wire: Wire, how: str) -> None:
    codes = {
        "denied": ("AccessDeniedException", 403),
        "invalid": ("ValidationException", 400),
        "throttled": ("ThrottlingException", 400),
        "unauthorized": ("UnauthorizedException", 401),
    }
    for operation in OPERATIONS:
        if how in codes:
            wire.refuse(operation, *codes[how])
        else:
            wire.lack(operation, how)
    collected = discovered()
    assert collected.discovered.by == {}
    assert set(collected.discovered.unknown) == {HOME, OTHER}
    assert all("config:GetDiscoveredResourceCounts" in why for why in collected.discovered.unknown.values())
    assert "fault of this program" not in str(collected.discovered.unknown) or how == "invalid"
    assert (collected.gaps, collected.denied, collected.faults) == ((), (), 0)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_refusal_alone_leaves_the_rest_as_it_is(wire: Wire, operation: str) -> None:
    record(wire, HOME, all_types=False, Glue__Job=1)
    index(
        wire, resource(f"arn:aws:dms:{HOME}:{ACCOUNT}:rep:r", HOME, "AWS::DMS::ReplicationInstance"), us_east_1="LOCAL"
    )
    tag(wire, HOME, f"arn:aws:kafka:{HOME}:{ACCOUNT}:cluster/one/1")
    wire.refuse(operation, "AccessDeniedException", 403)
    found = discovered(regions=HOME).discovered
    assert ("AWS::Glue::Job" in found.counts[HOME]) is (operation != "config.get_discovered_resource_counts")
    hidden = {"resource-explorer-2.list_indexes", "resource-explorer-2.list_resources"}
    assert ("AWS::DMS::ReplicationInstance" in found.counts[HOME]) is (operation not in hidden)
    explored = not operation.startswith("resource-explorer-2.")
    assert (found.unknown == {}) is explored
    assert ("kafka:cluster" in found.counts[HOME]) is not explored


def test_no_default_view_is_told_in_words(wire: Wire) -> None:
    index(wire, us_east_1="LOCAL")
    wire.refuse("resource-explorer-2.list_resources", "UnauthorizedException", 401)
    why = discovered(regions=HOME).discovered.unknown[HOME]
    assert "Resource Explorer has no default view in us-east-1, or the role may not use it" in why


def test_a_lost_page_counts_what_was_seen_and_is_told(wire: Wire) -> None:
    def first_page(asked: Asked) -> dict[str, Any]:
        assert "nextToken" not in asked.params
        wire.refuse("config.get_discovered_resource_counts", "InvalidNextTokenException")
        return {"resourceCounts": [{"resourceType": "AWS::Glue::Job", "count": 1}], "nextToken": "lost"}

    wire.give("config.get_discovered_resource_counts", first_page)
    wire.lack("resourcegroupstaggingapi.get_resources", "501")
    found = discovered(regions=HOME).discovered
    assert found.counts == {HOME: {"AWS::Glue::Job": 1}}
    assert found.by == {HOME: (CONFIG,)}
    assert "InvalidNextTokenException" in found.unknown[HOME]


def test_a_scan_that_does_not_ask_says_so(wire: Wire) -> None:
    account = open_account(regions=HOME)
    found = collect(account, (), {}).discovered
    assert (found.counts, found.by, found.unknown) == ({}, {}, {HOME: NOT_ASKED})
    assert not {each.operation for each in wire.asked} & set(OPERATIONS)
