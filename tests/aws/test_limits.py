"""How much is asked at a time, and what becomes of calls that AWS throttles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.calling.request_queue import RequestQueue
from hipaa_guard.aws.calling.throttling import NARROWEST, TRIES, WIDTH, WIDTHS, Lane, Limiter, Setback, Trouble
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning.operation_quirks import page_size
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.facts.values import Cause, Incomplete
from tests.aws.clinic import Clock, Group, Key, give
from tests.aws.endpoint import THROTTLED, Asked, Endpoint, Says, answering

LANE: Lane = ("kms", "eu-west-1")
OTHER: Lane = ("kms", "us-east-1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(clock=clock, random=lambda: 0.5)


def fill(limiter: Limiter, lane: Lane) -> list[int]:
    """Take all places that are free."""
    taken: list[int] = []
    while (begun := limiter.begin(lane)) is not None:
        taken.append(begun)
    return taken


def one(limiter: Limiter, clock: Clock, lane: Lane, trouble: Trouble | None, tries: int = 1) -> float | None:
    """One call in a lane, when it no longer rests."""
    clock.pause(limiter.rests(lane))
    begun = limiter.begin(lane)
    assert begun is not None
    return limiter.end(lane, begun, trouble, tries)


# --- the limiter ---


@pytest.mark.parametrize(("service", "width"), [*WIDTHS.items(), ("ec2", WIDTH)])
def test_a_lane_begins_at_what_the_table_says(limiter: Limiter, service: str, width: int) -> None:
    assert len(fill(limiter, (service, "eu-west-1"))) == width


def test_answers_widen_a_lane_by_one_a_round_to_the_double(limiter: Limiter, clock: Clock) -> None:
    for _ in range(WIDTHS["kms"]):
        one(limiter, clock, LANE, None)
    assert WIDTHS["kms"] + 0.9 < limiter.width(LANE) <= WIDTHS["kms"] + 1
    for _ in range(1000):
        one(limiter, clock, LANE, None)
    assert limiter.width(LANE) == 2 * WIDTHS["kms"]


def test_throttling_halves_a_lane_once_for_all_that_was_under_way(limiter: Limiter) -> None:
    for begun in fill(limiter, LANE):
        limiter.end(LANE, begun, Trouble.THROTTLED, 1)
    assert limiter.width(LANE) == WIDTHS["kms"] / 2
    assert limiter.begin(LANE) is None  # it rests


def test_a_lane_that_goes_on_being_throttled_rests_longer(limiter: Limiter, clock: Clock) -> None:
    rests = []
    for _ in range(8):
        one(limiter, clock, LANE, Trouble.THROTTLED)
        rests.append(limiter.rests(LANE))
    assert rests == sorted(rests)
    assert rests[0] == pytest.approx(0.25 * 0.75)
    assert rests[-1] == pytest.approx(4 * 0.75)
    assert limiter.width(LANE) == NARROWEST


def test_below_one_call_at_a_time_a_lane_rests_after_each_and_recovers(limiter: Limiter, clock: Clock) -> None:
    while limiter.width(LANE) > NARROWEST:
        one(limiter, clock, LANE, Trouble.THROTTLED)
    one(limiter, clock, LANE, None)
    first = limiter.rests(LANE)
    for _ in range(10):
        one(limiter, clock, LANE, None)
    assert first > limiter.rests(LANE) > 0
    for _ in range(10):
        one(limiter, clock, LANE, None)
    assert limiter.width(LANE) > 1
    assert limiter.rests(LANE) == 0


def test_lanes_learn_apart(limiter: Limiter, clock: Clock) -> None:
    one(limiter, clock, LANE, Trouble.THROTTLED)
    assert limiter.begin(LANE) is None
    assert len(fill(limiter, OTHER)) == WIDTHS["kms"]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_tries_are_bounded_and_their_pauses_grow(limiter: Limiter, trouble: Trouble) -> None:
    waits = [limiter.wait(trouble, tries) for tries in range(1, TRIES[trouble] + 1)]
    assert waits[-1] is None
    pauses = [wait for wait in waits[:-1] if wait is not None]
    assert len(pauses) == TRIES[trouble] - 1
    assert pauses == sorted(pauses)


def test_pauses_differ_by_chance_within_half_and_whole(clock: Clock) -> None:
    shortest, longest = Limiter(clock=clock, random=lambda: 0.0), Limiter(clock=clock, random=lambda: 1.0)
    assert (shortest.wait(Trouble.PASSING, 1), longest.wait(Trouble.PASSING, 1)) == (0.125, 0.25)


def test_a_service_failure_does_not_narrow_a_lane(limiter: Limiter, clock: Clock) -> None:
    assert one(limiter, clock, LANE, Trouble.PASSING) is not None
    assert limiter.width(LANE) == WIDTHS["kms"]
    assert limiter.begin(LANE) is not None


def test_where_a_call_used_up_its_tries_the_next_get_one_until_something_is_answered(
    limiter: Limiter, clock: Clock
) -> None:
    assert one(limiter, clock, LANE, Trouble.THROTTLED, TRIES[Trouble.THROTTLED]) is None
    assert one(limiter, clock, LANE, Trouble.THROTTLED, 1) is None
    one(limiter, clock, LANE, None)
    assert one(limiter, clock, LANE, Trouble.THROTTLED, 1) is not None


def test_places_are_given_to_threads_only_once() -> None:
    limiter, most = Limiter(), 2 * WIDTHS["kms"]
    running, peak, lock = [0], [0], threading.Lock()

    def work() -> None:
        for _ in range(300):
            begun = limiter.begin(LANE)
            if begun is None:
                continue
            with lock:
                running[0] += 1
                peak[0] = max(peak[0], running[0])
            with lock:
                running[0] -= 1
            limiter.end(LANE, begun, None, 1)

    threads = [threading.Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert peak[0] <= most
    assert len(fill(limiter, LANE)) == int(limiter.width(LANE))  # every place was given back


# --- turns ---


class Done:
    """A job that is done each time it is attempted."""

    def __init__(self, name: str, troubles: list[Setback | None]) -> None:
        self._name = name
        self._troubles = troubles

    def attempt(self) -> tuple[str, Setback | None]:
        return self._name, self._troubles.pop(0)

    def overdue(self) -> None:
        return None


def run(limiter: Limiter, clock: Clock, jobs: dict[str, tuple[Lane, list[Trouble | None]]]) -> list[str]:
    """Run jobs that have these troubles in turn; the names in the order in which they ended."""
    turns: RequestQueue[tuple[str, Setback | None]] = RequestQueue(limiter, lambda told: told[1], 4, pause=clock.pause)
    for name, (lane, troubles) in jobs.items():
        turns.add(lane, Done(name, [None if each is None else (each, n) for n, each in enumerate(troubles, 1)]))
    ended: list[str] = []
    turns.run(lambda told: ended.append(told[0]))
    return ended


def test_a_throttled_job_waits_while_other_lanes_go_on(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        "throttled": (LANE, [Trouble.THROTTLED, Trouble.THROTTLED, None]),
        "other": (OTHER, [None]),
    }
    assert run(limiter, clock, jobs) == ["other", "throttled"]
    assert 0.25 * 0.75 + 0.5 * 0.75 <= clock.now < 2


def test_every_job_ends_once_though_many_are_throttled(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        str(number): (LANE, [Trouble.THROTTLED] * (number % 3) + [None]) for number in range(60)
    }
    assert sorted(run(limiter, clock, jobs)) == sorted(jobs)


def test_a_lane_that_never_answers_ends_soon(limiter: Limiter, clock: Clock) -> None:
    jobs: dict[str, tuple[Lane, list[Trouble | None]]] = {
        str(number): (LANE, [Trouble.THROTTLED] * TRIES[Trouble.THROTTLED]) for number in range(300)
    }
    assert len(run(limiter, clock, jobs)) == 300
    assert clock.now < 60


# --- real requests over a socket ---


def account_at(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, clock: Clock, *regions: str) -> AwsAccount:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    account = AwsAccount(
        id="123456789012",
        arn="arn:aws:iam::123456789012:user/u",
        partition="aws",
        home=regions[0],
        regions=regions,
        enabled=frozenset(regions),
        skipped={},
        gaps=(),
        caller=Caller(Clients(boto3.Session(), regions[0]), frozenset(regions)),
    )
    clock.rule(account)
    return account


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
