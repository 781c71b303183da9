"""A list that an endpoint sends comes to an end, whatever its tokens are."""

from __future__ import annotations

import pytest

from hipaa_guard.aws.calling.bounds import (
    LIST_SECONDS,
)
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.planning.error_codes import Meaning
from hipaa_guard.facts.lists import Incomplete
from tests.aws.bounds.clocks import Ticking
from tests.aws.clinic import Clock, Key
from tests.aws.endpoint import Asked, Says, answering
from tests.aws.limits.accounts import account_at


def endless(asked: Asked) -> Says:
    """A page of keys, and a fresh token for the next."""
    if asked.operation != "ListKeys":
        return 200, {"KeyRotationEnabled": True}
    number = int(asked.params.get("Marker", 0))
    key = {"KeyId": f"k{number}", "KeyArn": f"arn:aws:kms:r:1:key/k{number}"}
    return 200, {"Keys": [key], "Truncated": True, "NextMarker": str(number + 1)}


def test_a_list_of_endless_fresh_tokens_ends_and_what_was_listed_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(endless) as endpoint:
        account = account_at(endpoint, monkeypatch, Ticking(LIST_SECONDS / 40), "us-east-1")
        collected = collect(account, [Key], {Key: {"rotates"}})
    assert len(list(collected.inventory)) > 1
    assert {gap.subject for gap in collected.gaps if gap.incomplete} == {"kms.list_keys"}
    assert "answered only some of its pages" in collected.gaps[0].reason
    assert Key.kind in collected.inventory.unlisted


def test_a_list_of_large_pages_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hipaa_guard.aws.calling.pages.LIST_BYTES", 10_000)
    with answering(endless) as endpoint:
        account = account_at(endpoint, monkeypatch, Clock(), "us-east-1")
        answer = account.caller.call("kms.list_keys", {}, "us-east-1")
    assert answer.refusal is not None
    assert answer.refusal.meaning is Meaning.TRUNCATED
    assert isinstance(answer.at("Keys[]"), Incomplete)


def in_circles(asked: Asked) -> Says:
    """Two pages that hand on to each other."""
    return 200, {"Keys": [], "Truncated": True, "NextMarker": "b" if asked.params.get("Marker") == "a" else "a"}


def test_tokens_that_lead_in_circles_are_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(in_circles) as endpoint:
        account = account_at(endpoint, monkeypatch, Clock(), "us-east-1")
        answer = account.caller.call("kms.list_keys", {}, "us-east-1")
    assert len(endpoint.asked) == 3
    assert answer.refusal is not None
    assert answer.refusal.meaning is Meaning.TRUNCATED


@pytest.mark.parametrize(("tokens", "asked"), [("ab", 3), ("a", 2)])
def test_so_are_those_of_an_operation_without_a_paginator(
    monkeypatch: pytest.MonkeyPatch, tokens: str, asked: int
) -> None:
    pages = iter(range(100))
    monkeypatch.setattr("botocore.client.BaseClient.can_paginate", lambda *_: False)
    with answering(lambda _: (200, {"Keys": [], "NextMarker": tokens[next(pages) % len(tokens)]})) as endpoint:
        answer = account_at(endpoint, monkeypatch, Clock(), "us-east-1").caller.call("kms.list_keys", {}, "us-east-1")
    assert len(endpoint.asked) == asked
    assert answer.refusal is not None
    assert answer.refusal.meaning is Meaning.TRUNCATED


def test_waiting_for_the_turn_of_a_list_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, left = Clock(), [40]

    def throttled(asked: Asked) -> Says:
        number = int(asked.params.get("Marker", 0))
        left[0] -= 1
        if left[0] % 2:
            clock.pause(LIST_SECONDS)  # of all that waits meanwhile
            return 400, {"__type": "ThrottlingException"}
        return 200, {"Keys": [], "Truncated": left[0] > 0, "NextMarker": str(number + 1)}

    with answering(throttled) as endpoint:
        answer = account_at(endpoint, monkeypatch, clock, "us-east-1").caller.call("kms.list_keys", {}, "us-east-1")
    assert answer.refusal is None
