"""A body that an endpoint sends comes to an end, in time, size and depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from hipaa_guard.aws.calling.bounds import (
    BODY_BYTES,
    BODY_SECONDS,
    BoundedSession,
    SlowAnswerError,
)
from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError
from hipaa_guard.aws.collecting.kept_fields import Field, keep
from hipaa_guard.aws.planning.error_codes import Meaning
from tests.aws.bounds.clocks import Ticking
from tests.aws.clinic import Clock
from tests.aws.endpoint import Endpoint, serving
from tests.aws.limits.accounts import account_at

PIECE = b"x" * 2**16


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
