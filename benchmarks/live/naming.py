"""Which operation of which service a request is for, told from the request alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

# Signing names whose REST services botocore calls otherwise.
_SERVICES = {
    "access-analyzer": ("accessanalyzer",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "elasticfilesystem": ("efs",),
    "es": ("opensearch", "es"),
    "s3": ("s3control", "s3"),
    "ses": ("sesv2",),
}
_OPERATION = re.compile(r"^/service/[^/]+/operation/(\w+)$")


@dataclass(frozen=True)
class Call:
    """A request as a client made it. ``service`` and ``region`` are those that it is signed for."""

    service: str
    region: str
    method: str
    path: str
    query: str
    target: str
    """The header ``X-Amz-Target``, or empty."""
    body: bytes

    @property
    def name(self) -> str:
        """``service:Operation``; what is no operation of botocore's models is named by its method and path."""
        if self.target:
            return f"{self.service}:{self.target.rpartition('.')[2]}"
        cbor = _OPERATION.match(self.path)
        if cbor:
            return f"{self.service}:{cbor[1]}"
        action = self.action
        return f"{self.service}:{action or self._of_path()}"

    @property
    def action(self) -> str:
        """The operation of a request of the query protocols; empty for others."""
        for form in (self.body.decode("latin-1") if b"Action=" in self.body else "", self.query):
            found = parse_qs(form).get("Action")
            if found:
                return found[0]
        return ""

    def _of_path(self) -> str:
        asked = parse_qs(self.query, keep_blank_values=True).keys()
        fitting = [
            route
            for route in _routes(self.service)
            if route.method == self.method and route.needs <= asked and route.path.fullmatch(self.path)
        ]
        if not fitting:
            return f"{self.method} /{self.path.lstrip('/').partition('/')[0]}"
        return max(fitting, key=lambda route: (len(route.needs), route.literal)).operation


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    needs: frozenset[str]
    """Keys that the query must have."""
    literal: int
    """How much of the path is fixed."""


@cache
def _routes(signing_name: str) -> tuple[_Route, ...]:
    from botocore.exceptions import UnknownServiceError
    from botocore.session import get_session

    session = get_session()
    found: list[_Route] = []
    for service in _SERVICES.get(signing_name, (signing_name,)):
        try:
            model = session.get_service_model(service)
        except UnknownServiceError:
            continue
        found += [_route(name, model.operation_model(name).http) for name in model.operation_names]
    return tuple(found)


def _route(operation: str, http: Any) -> _Route:
    path, _, query = http["requestUri"].partition("?")
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/") or "/")
    pattern = "".join(_matching(part) for part in parts)
    needs = frozenset(parse_qs(query, keep_blank_values=True))
    literal = sum(len(part) for part in parts if not part.startswith("{"))
    return _Route(operation, http["method"], re.compile(f"{pattern}/?"), needs, literal)


def _matching(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"
