"""Whatever an endpoint sends comes to an end: a body in time and size, a list, a request that is never answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import DeferredRefreshableCredentials
from botocore.httpsession import URLLib3Session
from botocore.session import get_session

from hipaa_guard.aws.calling import request_queue
from hipaa_guard.aws.calling.bounds import (
    BODY_BYTES,
    BODY_SECONDS,
    CALL_SECONDS,
    LIST_SECONDS,
    BoundedSession,
    SlowAnswerError,
)
from hipaa_guard.aws.calling.calls import Answer, Caller
from hipaa_guard.aws.calling.clients import PATIENCE, Clients
from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError
from hipaa_guard.aws.calling.request_queue import RequestQueue
from hipaa_guard.aws.calling.throttling import Limiter
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.collecting.kept_fields import Field, keep
from hipaa_guard.aws.planning.error_codes import Meaning
from hipaa_guard.facts.values import Cause, Incomplete
from tests.aws.clinic import Clock, Key
from tests.aws.endpoint import Asked, Endpoint, Says, answering, serving
from tests.aws.test_limits import LANE, OTHER, account_at

PIECE = b"x" * 2**16


class Ticking(Clock):
    """A clock that goes on by so many seconds each time that somebody looks at it."""

    def __init__(self, step: float) -> None:
        super().__init__()
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def sending(pieces: Callable[[], Iterator[bytes]]) -> type[BaseHTTPRequestHandler]:
    """A server that answers any request with these pieces, for as long as somebody takes them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                for piece in pieces():
                    self.wfile.write(piece)
            except OSError:
                pass

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def answer_of(url: str, clock: Callable[[], float]) -> bytes:
    session = BoundedSession(URLLib3Session(), clock=clock)
    return bytes(session.send(AWSRequest("GET", url).prepare()).content)


def forever() -> Iterator[bytes]:
    while True:
        yield PIECE


# --- one body ---


def test_a_whole_body_is_read_as_it_is() -> None:
    with serving(sending(lambda: iter([b"{", b"}", PIECE]))) as url:
        assert answer_of(url, Clock()) == b"{}" + PIECE


def test_a_body_that_drips_is_given_up() -> None:
    with serving(sending(forever)) as url, pytest.raises(SlowAnswerError, match=f"after {BODY_SECONDS:.0f} s"):
        answer_of(url, Ticking(BODY_SECONDS / 5))


def test_a_body_without_end_is_none_of_aws() -> None:
    with serving(sending(forever)) as url, pytest.raises(SpoiltAnswerError, match=f"{BODY_BYTES // 2**20} MiB"):
        answer_of(url, Clock())


def test_a_body_that_is_compressed_without_being_asked_stays_as_it_came() -> None:
    with serving(sending(lambda: iter([b"\x1f\x8b\x08\x00"]))) as url:
        assert answer_of(url, Clock()) == b"\x1f\x8b\x08\x00"


def test_a_value_that_is_too_deep_is_not_known() -> None:
    answer = Answer("kms.list_keys", "us-east-1", {"Keys": deep(5_000)})
    kept = keep(answer, {"kms.list_keys": everything()})
    assert kept.value is None
    assert kept.refusal is not None
    assert kept.refusal.meaning is Meaning.SPOILT


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def everything() -> Field:
    field = Field()
    field.whole = True
    return field


@pytest.mark.parametrize("protocol", ["json", "error"])
def test_ten_thousand_levels_are_no_answer(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    body = b'{"Keys": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if protocol == "json" else 400)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(Handler) as url:
        account = account_at(Endpoint(url), monkeypatch, Clock(), "us-east-1")
        answer = account.caller.call("kms.list_keys", {}, "us-east-1")
    assert answer.refusal is not None
    assert answer.refusal.meaning is Meaning.SPOILT


# --- one list ---


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


# --- one request ---


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
