"""A line to the simulated account on which answers are bytes: each can be spoilt on its way, before it is parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSResponse, HeadersDict
from moto.core.models import botocore_stubber

from hipaa_guard.aws.calling.bounds import SlowAnswerError
from tests.aws.faults import HOME, Paging
from tests.aws.hospital import answers
from tests.aws.shapes.answers import Said, said

Spoil = Callable[[Any, Said], Said]
"""What becomes of an answer, by botocore's model of its operation; may raise what reading the answer raises."""

PAGE = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Welcome to the guest network</p></body></html>"
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def _cut(_: Any, answer: Said) -> Said:
    length = {"Content-Length": str(len(answer.body))}
    return Said(answer.status, answer.body[: len(answer.body) // 2], {**_told(answer), **length})


def _without_last_byte(_: Any, answer: Said) -> Said:
    return Said(answer.status, answer.body[:-1], {**_told(answer), "Content-Length": str(len(answer.body))})


def _drips(*_: Any) -> Said:
    raise SlowAnswerError("the answer was not whole after 60 s")


def _told(answer: Said) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}


def _bare(model: Any, answer: Said) -> Said:
    """The form of an answer, with nothing in it and nobody's request id."""
    found = re.match(rb"\s*(?:<\?xml[^>]*>\s*)?<([\w:.-]+)", answer.body)
    protocol = model.service_model.resolved_protocol
    if protocol in ("rest-xml", "query", "ec2") and found:
        inner = (model.output_shape.serialization if model.output_shape else {}).get("resultWrapper", "")
        text = f"<{found[1].decode()}>{f'<{inner}/>' if inner else ''}</{found[1].decode()}>"
        return Said(200, text.encode(), {"Content-Type": "text/xml"})
    if protocol == "smithy-rpc-v2-cbor":
        return Said(200, b"\xa0", {"smithy-protocol": "rpc-v2-cbor"})
    return Said(200, b"{}", JSON)


SPOILS: Mapping[str, Spoil] = {
    "cut in the middle": _cut,
    "cut at the last byte": _without_last_byte,
    "a part (206)": lambda _, answer: Said(206, answer.body, answer.headers),
    "a page": lambda *_: Said(200, PAGE, HTML),
    "empty": lambda *_: Said(200),
    "{}": lambda *_: Said(200, b"{}", JSON),
    "null": lambda *_: Said(200, b"null", JSON),
    "another root": lambda *_: Said(200, b"<Hello/>", {"Content-Type": "text/xml"}),
    "nothing in its form": _bare,
    "drips": _drips,
    "an error page (403)": lambda *_: Said(403, PAGE, HTML),
    "an error page (500)": lambda *_: Said(500, PAGE, HTML),
    "an error page (404)": lambda *_: Said(404, PAGE, HTML),
    "an error without a word (502)": lambda *_: Said(502),
    "another's JSON (403)": lambda *_: Said(403, b'{"blocked": true}', JSON),
}


_FURTHER = "a-further-page-"


class _Raw:
    """A body as urllib3 hands it over."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


@dataclass
class RawLine:
    """Hands requests to the account and keeps the bytes of the answers, so that an equal request is not made again.

    `spoil` is what becomes of the answers of `operation`; `spoilt` are the regions in which that was seen. With
    `paging` each answer of the operation promises a further page, by a token that was never given before.
    """

    operation: str = ""
    spoil: Spoil | None = None
    paging: Paging | None = None
    spoilt: set[str] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    _answers: dict[str, Said] = field(default_factory=dict)
    _first: dict[tuple[str, str], Said] = field(default_factory=dict)
    _tokens: Iterator[int] = field(default_factory=count)

    def lead(self, session: Any, operations: Iterable[str]) -> None:
        """Put the line between the session, of which no client is made yet, and the account."""
        led: set[str] = set()

        def past(event_name: str, request: Any, **_: Any) -> Any:
            return None if event_name in led else botocore_stubber(event_name, request)

        session.events.unregister("before-send", botocore_stubber)  # botocore asks all that are registered
        session.events.register("before-send", past)
        for operation in operations:
            service, _, method = operation.partition(".")
            models = session._session.get_service_model(service)
            name = next(name for name in models.operation_names if xform_name(name) == method)
            model = models.operation_model(name)
            event = f"before-send.{models.service_id.hyphenize()}.{name}"
            led.add(event)
            session.events.register_first(event, self._sender(operation, model))
            session.events.register_first(event.replace("before-send", "after-call"), self._promiser(operation))

    def _sender(self, operation: str, model: Any) -> Callable[..., AWSResponse]:
        def send(event_name: str, request: Any, **_: Any) -> AWSResponse:
            region = _region(request)
            answer = self._answer(operation, model, event_name, request, region)
            self.asked.add((operation, region))
            if self.spoil is not None and operation == self.operation:
                self.spoilt.add(region)
                answer = self.spoil(model, answer)
            headers: Any = HeadersDict({"Content-Length": str(len(answer.body)), **answer.headers})
            return AWSResponse(request.url, answer.status, headers, _Raw(answer.body))

        return send

    def _promiser(self, operation: str) -> Callable[..., None]:
        def promise(parsed: dict[str, Any], **_: Any) -> None:
            if self.paging is not None and operation == self.operation and "Error" not in parsed:
                parsed[self.paging.token] = f"{_FURTHER}{next(self._tokens)}"
                if self.paging.more:
                    parsed[self.paging.more] = True

        return promise

    def _answer(self, operation: str, model: Any, event_name: str, request: Any, region: str) -> Said:
        key = json.dumps([operation, region, request.method, request.url, str(request.body)])
        if operation == "iam.generate_credential_report":  # answers otherwise the second time
            return self._of_account(event_name, request)
        if _FURTHER in key:
            self.spoilt.add(region)
            return self._first[operation, region]
        if key not in self._answers:
            if operation in answers():
                told = said(model, answers()[operation](region, request.url))
                self._answers[key] = Said(told.status, told.body, {**told.headers, "x-amzn-RequestId": "r"})
            else:
                self._answers[key] = self._of_account(event_name, request)
        self._first.setdefault((operation, region), self._answers[key])
        return self._answers[key]

    @staticmethod
    def _of_account(event_name: str, request: Any) -> Said:
        answer = botocore_stubber(event_name, request)
        assert answer is not None, event_name
        # Of the simulated services some leave out the request id, which AWS gives every answer.
        headers = {"x-amzn-RequestId": "r", **{name: str(value) for name, value in answer.headers.items()}}
        headers.pop("Content-Length", None)
        return Said(answer.status_code, answer.content, headers)


def _region(request: Any) -> str:
    scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/", str(request.headers.get("Authorization", "")))
    return scope[1] if scope else HOME
