"""An endpoint on a real socket for any operation of any service, in the protocol that boto3 speaks with it.

What an operation answers is built from botocore's output shape: `give` sets members, `refuse` and `lack` let it fail,
and whatever else is asked gets the smallest well-formed answer. `asked` holds the requests.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import botocore.session
from botocore import xform_name

from tests.aws.endpoint import serving
from tests.aws.shapes.answers import CBOR, Said, refused, said
from tests.aws.shapes.samples import least

_session = botocore.session.get_session()
_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the endpoint; ``params`` are those of a JSON or query request, else of the address."""

    operation: str
    region: str
    params: Mapping[str, Any]


Answer = Mapping[str, Any] | Callable[[Asked], Mapping[str, Any]]


def model_of(operation: str) -> Any:
    """botocore's model of an operation, ``service.boto3_method``."""
    service, _, method = operation.partition(".")
    model = _session.get_service_model(service)
    name = next(name for name in model.operation_names if xform_name(name) == method)
    return model.operation_model(name)


# --- What an endpoint says that does not have an operation -------------------------------------------------------


def unknown_operation(model: Any) -> Said:
    """What AWS says: the error of the protocol."""
    protocol = model.service_model.resolved_protocol
    if protocol in ("query", "ec2"):
        return refused(model, "InvalidAction", 400, "The action is not valid for this web service.")
    if protocol == "rest-xml":
        return refused(model, "MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
    return refused(model, "UnknownOperationException", 404 if protocol == "rest-json" else 400, "")


LACKING: Mapping[str, Callable[[Any], Said]] = {
    "unknown operation": unknown_operation,
    "404 of a stand-in": lambda _: Said(404, b"Not yet implemented", {"Content-Type": "text/plain"}),
    "404 page": lambda _: Said(404, b"<!doctype html><html><p>Not Found</html>", {"Content-Type": "text/html"}),
    "404 without a word": lambda _: Said(404),
    "501": lambda _: Said(501, b"", {"Content-Type": "text/html"}),
    "no such route": lambda model: refused(model, "MissingAuthenticationTokenException", 403, "Missing Authentication"),
}


# --- The endpoint ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Wire:
    """What the endpoint is told to say, and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    otherwise: Callable[[Any, Asked], Mapping[str, Any]] = lambda model, _: least(model.output_shape)
    """What is answered to an operation of which nothing was told."""
    _said: dict[tuple[str, str | None], Callable[[Any, Asked], Said]] = field(default_factory=dict)

    def give(self, operation: str, answer: Answer, *, region: str | None = None) -> None:
        """Let an operation answer this, in one region or all; a function is called with what is asked."""

        def say(model: Any, asked: Asked) -> Said:
            members = answer(asked) if callable(answer) else answer
            return said(model, {**least(model.output_shape), **members})

        self._tell(operation, region, say)

    def refuse(self, operation: str, code: str, status: int = 400, *, region: str | None = None) -> None:
        """Let an operation be refused."""
        self._tell(operation, region, lambda model, _: refused(model, code, status))

    def lack(self, operation: str, how: str, *, region: str | None = None) -> None:
        """Let the endpoint not have an operation, in one of the ways of `LACKING`."""
        self._tell(operation, region, lambda model, _: LACKING[how](model))

    def _tell(self, operation: str, region: str | None, say: Callable[[Any, Asked], Said]) -> None:
        """The last that was told holds."""
        model_of(operation)
        if region is None:
            self._said = {key: other for key, other in self._said.items() if key[0] != operation}
        self._said[operation, region] = say

    def forget(self) -> None:
        """Begin anew."""
        self._said.clear()
        self.asked.clear()

    def times(self, operation: str) -> int:
        """How often an operation was asked."""
        return sum(each.operation == operation for each in self.asked)

    def regions(self, operation: str) -> list[str]:
        """Where an operation was asked, sorted."""
        return sorted({each.region for each in self.asked if each.operation == operation})

    def say(self, model: Any, asked: Asked) -> Said:
        """The response to a request."""
        told = self._said.get((asked.operation, asked.region)) or self._said.get((asked.operation, None))
        return told(model, asked) if told else said(model, self.otherwise(model, asked))


@contextmanager
def answering(services: Iterable[str]) -> Iterator[Wire]:
    """An endpoint for these services (boto3's names)."""
    wire, routes, lock = Wire(), _Routes(services), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            scope = _SCOPE.search(self.headers.get("Authorization", ""))
            found = routes.of(scope[2] if scope else "", self, body)
            if scope is None or found is None:
                self._write(Said(400, f"{self.command} {self.path} is of no service that is answered".encode()))
                return
            model, params = found
            with lock:
                asked = Asked(f"{model.service_model.service_name}.{xform_name(model.name)}", scope[1], params)
                wire.asked.append(asked)
                response = wire.say(model, asked)
            self._write(response)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - the names of http.server

        def _write(self, response: Said) -> None:
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            if response.status < 300:
                self.send_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(Handler) as wire.url:
        yield wire


# --- Which operation a request is for ----------------------------------------------------------------------------

_Found = tuple[Any, Mapping[str, Any]]


class _Routes:
    """Finds the operation of a request by the name that it is signed for and the way of its protocol."""

    def __init__(self, services: Iterable[str]) -> None:
        self._models: dict[str, list[Any]] = {}
        self._rest: dict[str, list[tuple[re.Pattern[str], str, frozenset[str], Any]]] = {}
        for service in sorted(services, key=lambda service: service == "s3"):  # any address may be one of a bucket
            model = _session.get_service_model(service)
            self._models.setdefault(model.signing_name, []).append(model)

    def of(self, signed_for: str, request: BaseHTTPRequestHandler, body: bytes) -> _Found | None:
        """botocore's model of the operation, and the parameters as far as they are plain to read."""
        for model in self._models.get(signed_for, ()):
            found = _WAYS[model.resolved_protocol](self, model, request, body)
            if found is not None:
                return found
        return None

    def query(self, model: Any, _: BaseHTTPRequestHandler, body: bytes) -> _Found | None:
        params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if params.get("Version") != model.api_version or params.get("Action") not in model.operation_names:
            return None
        return model.operation_model(params["Action"]), params

    def json(self, model: Any, request: BaseHTTPRequestHandler, body: bytes) -> _Found | None:
        prefix, _, name = request.headers.get("X-Amz-Target", "").rpartition(".")
        if prefix != model.metadata.get("targetPrefix") or name not in model.operation_names:
            return None
        return model.operation_model(name), json.loads(body or b"{}")

    def cbor(self, model: Any, request: BaseHTTPRequestHandler, body: bytes) -> _Found | None:
        from botocore.parsers import RpcV2CBORParser

        found = re.fullmatch(r"/service/[^/]+/operation/(\w+)", urlsplit(request.path).path)
        if found is None or found[1] not in model.operation_names:
            return None
        parser = RpcV2CBORParser()
        params = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body)) if body else {}
        return model.operation_model(found[1]), params

    def rest(self, model: Any, request: BaseHTTPRequestHandler, body: bytes) -> _Found | None:
        parts = urlsplit(request.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        for pattern, method, keys, operation in self._routes_of(model):
            found = pattern.fullmatch(parts.path)
            if found is not None and method == request.command and keys <= query.keys():
                named = {name: unquote(value) for name, value in found.groupdict().items()}
                own = json.loads(body) if body and model.resolved_protocol == "rest-json" else {}
                return operation, {**named, **query, **own}
        return None

    def _routes_of(self, model: Any) -> list[tuple[re.Pattern[str], str, frozenset[str], Any]]:
        """The addresses of a REST service, those first that say most."""
        if model.service_name not in self._rest:
            routes = []
            for name in model.operation_names:
                operation = model.operation_model(name)
                path, _, query = operation.http["requestUri"].partition("?")
                keys = frozenset(key for key, _ in parse_qsl(query, keep_blank_values=True))
                routes.append((_pattern(path), operation.http["method"], keys, operation))
            routes.sort(key=lambda route: (-len(route[2]), route[0].groups, -len(route[0].pattern)))
            self._rest[model.service_name] = routes
        return self._rest[model.service_name]


def _pattern(path: str) -> re.Pattern[str]:
    """An address with names in braces as a regular expression; a name with ``+`` takes several segments."""
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/"))
    made = [
        f"(?P<{re.sub(r'[^A-Za-z0-9_]', '_', part[1:-1].rstrip('+'))}>{'.+' if part.endswith('+}') else '[^/]+'})"
        if part.startswith("{")
        else re.escape(part)
        for part in parts
    ]
    return re.compile("".join(made) + "/?")


_WAYS: Mapping[str, Callable[..., _Found | None]] = {
    "ec2": _Routes.query,
    "query": _Routes.query,
    "json": _Routes.json,
    "rest-json": _Routes.rest,
    "rest-xml": _Routes.rest,
    CBOR: _Routes.cbor,
}
