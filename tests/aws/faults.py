"""A line to the simulated account that can be broken: each operation refused in each way that AWS refuses."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from botocore import xform_name
from botocore.exceptions import EndpointConnectionError
from botocore.validate import ParamValidator

from tests.aws.hospital import answers

HOME = "us-east-1"
SECOND_PAGE = "on-the-second-page"
ONE_AFTER_ANOTHER = frozenset({"iam.generate_credential_report"})
"""What answers otherwise the second time."""
_TOKENS = ("NextToken", "nextToken", "NextMarker", "Marker", "position")


@dataclass(frozen=True)
class Breakdown:
    """How an operation fails, and the words by which the coverage must tell it."""

    code: str
    status: int
    says: str
    one_region: bool = False
    from_then_on: bool = False
    second_page: bool = False


BREAKDOWNS = {
    "denied": Breakdown("AccessDenied", 403, "access denied to"),
    "throttled": Breakdown("ThrottlingException", 400, "throttled"),
    "expired": Breakdown("ExpiredToken", 400, "credentials expired", from_then_on=True),
    "closed": Breakdown("UnrecognizedClientException", 401, "credentials not valid", one_region=True),
    "unreachable": Breakdown("", 0, "could not be reached", one_region=True),
    "cut": Breakdown("InternalFailure", 500, "service error", second_page=True),
}


@dataclass(frozen=True)
class Fault:
    """One operation that breaks down, in one region or wherever it is asked."""

    operation: str
    breakdown: Breakdown
    region: str | None = None
    also: tuple[str, ...] = ()
    """Further operations that break down with it."""


class _Http:
    raw = None

    def __init__(self, status: int) -> None:
        self.status_code = status


@dataclass
class Line:
    """Hands requests to the account and keeps the answers, so that an equal request is answered from memory.

    Everything of botocore but the wire is at work. `fault` is what breaks down; `refused` are the operations and
    regions in which it did.
    """

    fault: Fault | None = None
    refused: set[tuple[str, str]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """Every request that was not refused: operation, region and what was sent."""
    _answers: dict[str, tuple[Any, dict[str, Any]]] = field(default_factory=dict)

    def lead(self, session: Any, operations: Iterable[str]) -> None:
        """Put the line between the session, of which no client is made yet, and the account."""
        session.events.register_first("before-call", self._before)
        for operation in operations:
            service, _, method = operation.partition(".")
            model = session._session.get_service_model(service)
            name = next(name for name in model.operation_names if xform_name(name) == method)
            # The most specific comes first: the answer is kept before botocore's own handlers change it.
            session.events.register_first(f"after-call.{model.service_id.hyphenize()}.{name}", self._after)

    def _before(self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
        operation = _named(model)
        region = context.get("aimed_at", HOME)
        request = repr([params[part] for part in ("method", "url", "query_string", "body")])
        key = repr((operation, region, request))
        if self.fault is not None and self._breaks(self.fault, operation, region, SECOND_PAGE in key):
            return self._refuse(self.fault.breakdown, operation, region, params["url"])
        self.asked.add((operation, region))
        self.requests.append((operation, region, request))
        context["key"] = None if operation in ONE_AFTER_ANOTHER else key
        if key not in self._answers and operation in answers():
            path = f"{params['url_path']}?{urlencode(params['query_string'] or {})}"
            self._answers[key] = (_Http(200), _valid(model, answers()[operation](region, path)))
        if key not in self._answers:
            return None
        http, parsed = self._answers[key]
        return http, copy.deepcopy(parsed)

    def _after(self, http_response: Any, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        key = context.get("key")
        if key is not None and key not in self._answers:
            self._answers[key] = (http_response, copy.deepcopy(parsed))
        fault = self.fault
        if fault is not None and fault.breakdown.second_page and fault.operation == _named(model):
            _cut(model, parsed)

    def _breaks(self, fault: Fault, operation: str, region: str, further: bool) -> bool:
        if fault.breakdown.from_then_on and self.refused:
            return True
        here = operation in (fault.operation, *fault.also) and fault.region in (None, region)
        return here and (further or not fault.breakdown.second_page)

    def _refuse(self, breakdown: Breakdown, operation: str, region: str, url: str) -> Any:
        self.refused.add((operation, region))
        if not breakdown.code:
            raise EndpointConnectionError(endpoint_url=url)
        error = {"Code": breakdown.code, "Message": "not now"}
        answer = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": breakdown.status, "HTTPHeaders": {}}}
        return _Http(breakdown.status), answer


def _named(model: Any) -> str:
    return f"{model.service_model.service_name}.{xform_name(model.name)}"


# --- Pages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paging:
    """Where an answer says that it has more pages, and holds what is paged."""

    token: str
    more: str | None
    lists: tuple[str, ...]


def paging(session: Any, operation: str) -> Paging | None:
    """How an operation hands on to its next page; None where all of it comes at once."""
    service, _, method = operation.partition(".")
    inner = session._session
    model = inner.get_service_model(service)
    name = next(name for name in model.operation_names if xform_name(name) == method)
    try:
        found = inner.get_paginator_model(service).get_paginator(name)
    except ValueError:
        return _paging_by_hand(model.operation_model(name))
    tokens, lists = (_many(found[part]) for part in ("output_token", "result_key"))
    return Paging(tokens[0].partition(" ")[0], found.get("more_results"), tuple(lists))


def _paging_by_hand(model: Any) -> Paging | None:
    if model.input_shape is None or model.output_shape is None:
        return None
    members = model.output_shape.members
    token = next((token for token in _TOKENS if token in members and token in model.input_shape.members), None)
    lists = tuple(name for name, shape in members.items() if shape.type_name == "list")
    return Paging(token, None, lists) if token else None


def _cut(model: Any, parsed: dict[str, Any]) -> None:
    """Leave the first half of an answer on this page, and promise the rest on the next."""
    found = PAGING[_named(model)]
    if found is None or "Error" in parsed:
        return
    for name in found.lists:
        whole = parsed.get(name)
        if isinstance(whole, list):
            parsed[name] = whole[: len(whole) // 2]
    parsed[found.token] = SECOND_PAGE
    if found.more:
        parsed[found.more] = True


PAGING: dict[str, Paging | None] = {}
"""How each operation pages, filled by whoever asks for it."""


def _many(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


# --- Answers that the simulated account lacks --------------------------------------------------------------------


def _valid(model: Any, answer: dict[str, Any]) -> dict[str, Any]:
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), report.generate_report()
    return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}}
