"""A request that is never answered is given up, and holds up no others."""

from __future__ import annotations

import threading

import boto3
import pytest
from botocore.credentials import DeferredRefreshableCredentials
from botocore.session import get_session

from hipaa_guard.aws.calling import request_queue
from hipaa_guard.aws.calling.bounds import (
    CALL_SECONDS,
)
from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.calling.clients import PATIENCE, Clients
from hipaa_guard.aws.calling.request_queue import RequestQueue
from hipaa_guard.aws.calling.throttling import Limiter
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.facts.values import Cause
from tests.aws.clinic import Clock, Key
from tests.aws.endpoint import Asked, Says, answering
from tests.aws.limits.accounts import LANE, OTHER, account_at


class Silence:
    """An endpoint that takes requests and does not answer while the test runs."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.end = threading.Event()

    def say(self, _: Asked) -> Says:
        self.reached.set()
        self.end.wait()
        return 200, {"Keys": []}


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_queue, "_LOOK", 0.01)


class WhenAsked(Clock):
    """Goes on for as long as a request may take, once it has reached the endpoint."""

    def __init__(self, silence: Silence) -> None:
        super().__init__()
        self._silence = silence

    def __call__(self) -> float:
        return CALL_SECONDS if self._silence.reached.is_set() else 0.0


@pytest.mark.usefixtures("looks_often")
def test_a_scan_gives_up_a_request_that_hangs_and_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = Silence()
    with answering(silence.say) as endpoint:
        collected = collect(account_at(endpoint, monkeypatch, WhenAsked(silence), "us-east-1"), [Key], {})
        silence.end.set()
    assert [(gap.incomplete, gap.region) for gap in collected.gaps] == [(True, "us-east-1")]
    assert Key.kind in collected.inventory.unlisted
    assert collected.faults == 0


@pytest.mark.usefixtures("looks_often")
def test_a_single_call_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = Silence()
    with answering(silence.say) as endpoint:
        caller = account_at(endpoint, monkeypatch, WhenAsked(silence), "us-east-1").caller
        answer = caller.call("kms.list_keys", {}, "us-east-1")
        silence.end.set()
    assert answer.unknown is not None
    assert answer.unknown.cause is Cause.UNREACHABLE
    assert answer.requests == {"kms.list_keys": 1}


def test_nobody_waits_to_compute_while_credentials_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    computing: list[bool] = []

    def renewed() -> dict[str, str]:
        computing.append(clients.compute_lock._lock.locked())
        expiry = "2999-01-01T00:00:00Z"
        return {"access_key": "a", "secret_key": "s", "token": "t", "expiry_time": expiry}

    inner = get_session()
    inner._credentials = DeferredRefreshableCredentials(renewed, "test")  # type: ignore[attr-defined]
    with answering(lambda _: (200, {"Keys": []})) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        clients = Clients(boto3.Session(botocore_session=inner, region_name="us-east-1"), "us-east-1")
        answer = Caller(clients).call("kms.list_keys", {}, "us-east-1")
    assert answer.refusal is None
    assert computing == [False]


def test_an_endpoint_that_hangs_again_and_again_is_not_asked_any_more() -> None:
    clients = Clients(boto3.Session(), "us-east-1")
    asked = 0
    while not clients.silent("kms", "us-east-1"):
        clients.give_up("kms", "us-east-1")
        asked += 1
    assert 1 < asked < PATIENCE
    assert Caller(clients).call("kms.list_keys", {}, "us-east-1").refusal is not None


def test_a_single_call_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    assert request_queue.in_time(Quick()) == "done"
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


class Hangs:
    """A job that hangs until it is let go; it may be given up from its second attempt on."""

    def __init__(self, let_go: threading.Event) -> None:
        self._let_go = let_go
        self._runs = threading.Event()

    def attempt(self) -> str:
        self._runs.set()
        self._let_go.wait()
        return "late"

    def overdue(self) -> str | None:
        return "given up" if self._runs.is_set() else None


class Quick:
    def attempt(self) -> str:
        return "done"

    def overdue(self) -> None:
        return None


@pytest.mark.usefixtures("looks_often")
def test_jobs_that_hang_hold_up_no_others_and_their_late_results_are_nobody_s() -> None:
    let_go = threading.Event()
    jobs: RequestQueue[str] = RequestQueue(Limiter(), lambda _: None, 2)
    for _ in range(5):
        jobs.add(LANE, Hangs(let_go))
        jobs.add(OTHER, Quick())
    told: list[str] = []

    def take(result: str) -> None:
        told.append(result)
        if told.count("given up") == 5 and not let_go.is_set():
            let_go.set()
            for _ in range(3):
                jobs.add(OTHER, Quick())

    jobs.run(take)
    assert sorted(told) == ["done"] * 8 + ["given up"] * 5
