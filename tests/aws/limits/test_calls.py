"""What becomes of calls that AWS throttles or that fail, and what limits each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.calling.throttling import TRIES, WIDTHS, Trouble
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning.operation_quirks import page_size
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.facts.values import Cause
from tests.aws.clinic import Clock, Group, Key, give
from tests.aws.endpoint import THROTTLED, Asked, Says, answering
from tests.aws.limits.accounts import LANE, OTHER, account_at

# --- real requests over a socket ---


def keys(count: int, throttle: Callable[[Asked, int], bool]) -> Callable[[Asked], Says]:
    """An account of so many keys, in pages of ten; `throttle` is told which request of its kind this is."""
    seen: dict[str, int] = {}

    def say(asked: Asked) -> Says:
        seen[asked.operation] = seen.get(asked.operation, 0) + 1
        if throttle(asked, seen[asked.operation]):
            return THROTTLED
        if asked.operation == "GetKeyRotationStatus":
            return 200, {"KeyRotationEnabled": True}
        first = int(asked.params.get("Marker", 0))
        page = [{"KeyId": f"k{n}", "KeyArn": f"arn:aws:kms:r:1:key/k{n}"} for n in range(first, min(count, first + 10))]
        return 200, {"Keys": page, "Truncated": first + 10 < count, "NextMarker": str(first + 10)}

    return say


def read(account: AwsAccount) -> Collected:
    return collect(account, [Key], {Key: {"rotates"}})


def test_throttled_calls_are_asked_again_and_counted_as_they_were_made(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with answering(keys(40, lambda _, number: number % 3 == 0)) as endpoint:
        collected = read(account_at(endpoint, monkeypatch, clock, "us-east-1"))
    assert collected.gaps == ()
    assert (collected.facts.known, collected.facts.unknown) == (40, 0)
    assert sum(collected.calls.values()) == len(endpoint.asked) > 44
    assert clock.now > 0


def test_a_list_goes_on_at_the_page_that_was_throttled(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    with answering(keys(50, lambda asked, n: asked.operation == "ListKeys" and n % 2 == 0)) as endpoint:
        collected = collect(account_at(endpoint, monkeypatch, clock, "us-east-1"), [Key], {})
    assert [key.origin.name for key in collected.inventory.all(Key)] == sorted(f"k{n}" for n in range(50))
    markers = [asked.params.get("Marker", "0") for asked in endpoint.asked]
    assert markers == ["0", "10", "10", "20", "20", "30", "30", "40", "40"]


def test_a_list_that_gets_on_is_not_given_up(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Each of many pages is throttled a few times: more often in all than a call is tried."""
    with answering(keys(200, lambda asked, n: asked.operation == "ListKeys" and n % 3 > 0)) as endpoint:
        collected = collect(account_at(endpoint, monkeypatch, clock, "us-east-1"), [Key], {})
    assert len(collected.inventory.seen(Key)) == 200
    assert collected.gaps == ()


def test_what_stays_throttled_is_unknown_with_the_number_of_tries(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with answering(keys(5, lambda asked, _: asked.operation != "ListKeys")) as endpoint:
        collected = read(account_at(endpoint, monkeypatch, clock, "us-east-1"))
    unknowns = [key.peek(Key.facts["rotates"]) for key in collected.inventory.seen(Key)]
    assert {unknown.cause for unknown in unknowns} == {Cause.THROTTLED}
    assert any("asked 6 times" in unknown.reason for unknown in unknowns)
    assert collected.facts.unknown == 5
    assert "throttled" in collected.gaps[0].reason


def test_a_list_that_is_throttled_after_its_first_page_is_incomplete(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with answering(keys(20, lambda asked, _: "Marker" in asked.params)) as endpoint:
        collected = collect(account_at(endpoint, monkeypatch, clock, "us-east-1"), [Key], {})
    found = collected.inventory.all(Key)
    assert isinstance(found, Incomplete)
    assert len(found.seen) == 10
    assert found.unknown.cause is Cause.THROTTLED
    assert len(endpoint.asked) == 1 + TRIES[Trouble.THROTTLED]


def test_a_throttled_region_does_not_slow_another(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    with answering(keys(5, lambda asked, _: asked.region == "eu-west-1")) as endpoint:
        account = account_at(endpoint, monkeypatch, clock, "us-east-1", "eu-west-1")
        collected = read(account)
    assert collected.facts.known == 5
    assert [gap.region for gap in collected.gaps] == ["eu-west-1"]
    assert account.caller.limiter.width(OTHER) >= WIDTHS["kms"] > account.caller.limiter.width(LANE)


def test_a_service_failure_is_tried_again(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    failed: list[Asked] = []

    def say(asked: Asked) -> Says:
        if len(failed) < 2:
            failed.append(asked)
            return 500, {"__type": "KMSInternalException"}
        return 200, {"Keys": [], "Truncated": False}

    with answering(say) as endpoint:
        collected = collect(account_at(endpoint, monkeypatch, clock, "us-east-1"), [Key], {})
    assert collected.gaps == ()
    assert collected.calls == {"kms.list_keys": 3}


def test_what_aws_denies_is_asked_once(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    with answering(lambda _: (400, {"__type": "AccessDeniedException"})) as endpoint:
        collect(account_at(endpoint, monkeypatch, clock, "us-east-1"), [Key], {})
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_nobody_listens_at_leaves_one_row_and_its_facts_unknown(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    class Alias(Key):
        """Another kind of the same service."""

    with answering(keys(5, lambda *_: False)) as endpoint:
        pass  # it is closed again
    account = account_at(endpoint, monkeypatch, clock, "us-east-1")
    collected = collect(account, [Key, Alias], {})
    assert [(gap.subject, gap.region) for gap in collected.gaps] == [("kms in us-east-1", "us-east-1")]
    for kind in (Key, Alias):
        found = collected.inventory.all(kind)
        assert isinstance(found, Incomplete)
        assert found.unknown.cause is Cause.UNREACHABLE
    answer = account.caller.call("kms.list_aliases", {}, "us-east-1")
    assert answer.unknown is not None
    assert answer.requests == {}


def test_the_network_is_waited_for_no_longer_than_said() -> None:
    config = Clients(boto3.Session(), "us-east-1").client("kms").meta.config
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    assert config.retries["total_max_attempts"] == 1  # only the limiter decides on a further try


# --- pages ---


def test_every_listing_of_ec2_is_limited_for_the_larger_rate_bucket(opened: Callable[..., AwsAccount]) -> None:
    client = opened("us-east-1").clients.client("ec2")
    asked = [
        call
        for each in planned(kinds_of(load())).all
        for call in (each.listing, *each.asks)
        if not isinstance(call, Singleton) and call.operation.startswith("ec2.")
    ]
    paged = [call for call in asked if client.can_paginate(call.operation.partition(".")[2])]
    assert "ec2.describe_snapshots" in {call.operation for call in paged}
    assert [
        call.operation for call in paged if not page_size(client, call.operation.partition(".")[2], call.params)
    ] == []


def test_the_limit_of_a_page_is_sent_with_every_page(opened: Callable[..., AwsAccount]) -> None:
    account = opened("us-east-1")
    sent: list[tuple[str, str]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        sent.append((str(params["body"]["MaxResults"]), params["body"].get("NextToken", "")))

    account.clients.client("ec2").meta.events.register("before-call.ec2.DescribeSecurityGroups", note)
    first: dict[str, Any] = {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "first"}], "NextToken": "more"}
    give(account, "ec2.describe_security_groups", first, when=lambda params: "NextToken" not in params["body"])
    collected = collect(account, [Group], {})
    assert sent == [("500", ""), ("500", "more")]
    assert "sg-1" in {each.origin.name for each in collected.inventory.seen(Group)}
