"""One boto3 client per service, shared by all regions.

A client for each service and region costs seconds and hundreds of megabytes before the first call. Here the region
is set for each request: a handler gives it to botocore's own endpoint rules, so that partitions, global services, FIPS
endpoints, custom endpoints and the buckets of S3 are resolved as botocore resolves them; another signs for it.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hipaa_guard.aws.calling import raw_answers
from hipaa_guard.aws.calling.bounds import BoundedSession, SlowAnswerError
from hipaa_guard.aws.calling.compute_lock import ComputeLock
from hipaa_guard.aws.calling.typed_answers import TypedParsers
from hipaa_guard.version import VERSION

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 30
PATIENCE = 6
"""Sum of the weights (`_FAILURES`) of failures in a row after which an endpoint is not called again."""

# Services with one endpoint for the whole account that botocore does not list as global, by partition.
ONE_ENDPOINT: Mapping[str, Mapping[str, str]] = {
    "aws": {
        "artifact": "us-east-1",
        "ecr-public": "us-east-1",
        "globalaccelerator": "us-west-2",
        "networkmanager": "us-west-2",
        "route53domains": "us-east-1",
    },
    "aws-us-gov": {"networkmanager": "us-gov-west-1"},
}

# Services that give the same answer in every region: botocore's rules know their endpoint in each partition.
GLOBAL = frozenset({"cloudfront", "iam", "organizations", "route53", "shield"})

_region: ContextVar[str | None] = ContextVar("_region", default=None)
_tally: ContextVar[Tally | None] = ContextVar("_tally", default=None)


def asked_in(service: str, region: str, home: str, partition: str) -> str:
    """The region to call for a service in a region; always the same one for a service of the whole account."""
    return home if service in GLOBAL else ONE_ENDPOINT.get(partition, {}).get(service, region)


@dataclass(slots=True)
class Tally:
    """Counts and state of the requests of one call."""

    requests: Counter[str] = field(default_factory=Counter)
    """Operation -> requests made for it."""
    bytes: int = 0
    """The size of the answers."""
    answered: bool = False
    """Whether the last request was answered: a failure then lies in the answer, not in the request."""
    signed: bool = True
    """Whether the last answer had a request id of AWS."""
    clock: Callable[[], float] = time.monotonic
    sent: float | None = None
    """When the current request was sent; None while there is none."""


class SilentEndpointError(Exception):
    """The endpoint did not answer before and is not called again in this scan."""


class Clients:
    """The boto3 clients for the credentials of one account, created when first needed.

    botocore clients are thread-safe, but creating one is not. So creation is serialised.
    """

    def __init__(self, session: Any, home: str, *, threads: int = 64, partition: str | None = None) -> None:
        self._session = session
        self.home = home
        self.compute_lock = ComputeLock()
        """Held by the thread that prepares a request or reads an answer."""
        self._own = partition
        self._threads = threads
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._failures: Counter[tuple[str, str]] = Counter()
        self._offered: dict[str, frozenset[str]] = {}

    def client(self, service: str) -> Any:
        """The client of a service.

        Raises:
            botocore.exceptions.UnknownServiceError: botocore knows no such service.

        """
        with self._lock:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    @contextmanager
    def within(self, region: str, tally: Tally) -> Iterator[None]:
        """Send the requests of this thread inside the block to `region`, and count them in `tally`."""
        tokens = _region.set(region), _tally.set(tally)
        try:
            with self.compute_lock.held():
                yield
        finally:
            _region.reset(tokens[0])
            _tally.reset(tokens[1])

    def api_name(self, operation: str) -> str | None:
        """AWS's name of an operation; None before its service has a client."""
        service, _, method = operation.partition(".")
        client = self._made.get(service)
        return client.meta.method_to_api_mapping.get(method) if client is not None else None

    def partition(self, region: str) -> str:
        """The partition that a region belongs to."""
        return str(self._session.get_partition_for_region(region))

    def asked_in(self, service: str, region: str) -> str:
        """The region to call for a service in a region; see `asked_in`."""
        return asked_in(service, region, self.home, self.own_partition)

    def offers(self, service: str, region: str) -> bool | None:
        """Whether botocore's data lists the service in the region; None where it has no data on it."""
        with self._lock:
            if service not in self._offered:
                found: set[str] = set()
                for partition in self._session.get_available_partitions():
                    found.update(self._session.get_available_regions(service, partition))
                self._offered[service] = frozenset(found)
        known = self._offered[service]
        if region in known:
            return True
        return False if known and (service == "ec2" or self.offers("ec2", region)) else None

    def silent(self, service: str, region: str) -> bool:
        """Whether the endpoint has failed too often to be called again."""
        return self._failures[service, region] >= PATIENCE

    def give_up(self, service: str, region: str) -> None:
        """Note that a request to the endpoint was abandoned."""
        with self._lock:
            self._failures[service, region] += _FAILURES[SlowAnswerError.__name__]

    @cached_property
    def own_partition(self) -> str:
        """The partition that the account is in."""
        if self._own is not None:
            return self._own
        from botocore.exceptions import UnknownRegionError

        try:
            return self.partition(self.home)
        except UnknownRegionError:
            return "aws"

    def _make(self, service: str) -> Any:
        import botocore
        from botocore.config import Config

        factory = self._session._session.get_component("response_parser_factory")  # noqa: SLF001 - boto3 has none
        factory.set_parser_defaults(timestamp_parser=_time)
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 1},  # see throttling.py
            max_pool_connections=self._threads,
            account_id_endpoint_mode="disabled",
            # botocore would build its own anew for each call.
            user_agent=f"hipaa-guard/{VERSION} botocore/{botocore.__version__}",
        )
        only = ONE_ENDPOINT.get(self.own_partition, {}).get(service)
        client = self._session.client(service, region_name=only or self.home, config=config)
        endpoint = client._endpoint  # noqa: SLF001 - no other way in
        endpoint.http_session = BoundedSession(endpoint.http_session)
        endpoint._response_parser_factory = TypedParsers(factory)  # noqa: SLF001 - as above
        if only is None and not client.meta.region_name.endswith("-global"):
            # Registered first, so that S3's own redirects to the right region still win.
            client.meta.events.register_first("before-endpoint-resolution", _aim)
        client.meta.events.register("before-call", _sign_for)
        methods = {name: f"{service}.{method}" for method, name in client.meta.method_to_api_mapping.items()}
        client.meta.events.register_first("before-parameter-build", lambda model, **_: _note(methods[model.name]))
        client.meta.events.register_first("before-sign", self._renew)
        client.meta.events.register_first("before-send", lambda **_: self._refuse_silent(service))
        client.meta.events.register_first("before-send", self.compute_lock.leave)
        client.meta.events.register_first("before-parse", self.compute_lock.enter)
        client.meta.events.register_first("before-parse", _arrived)
        client.meta.events.register("before-parse", _examine)

        def sent(caught_exception: Exception | None, attempts: int, operation: Any, **_: Any) -> None:
            self._count(service, caught_exception)
            tally = _tally.get()
            if attempts > 1 and tally is not None:  # botocore asked S3 for the real region of a bucket, and S3 answered
                tally.requests[methods[operation.name]] += 1

        client.meta.events.register_first("needs-retry", sent)
        return client

    def _renew(self, request_signer: Any, **_: Any) -> None:
        """Renew expiring credentials while other threads compute: their provider may take long, or hang."""
        credentials = request_signer._credentials  # noqa: SLF001 - botocore shows them to nobody
        needed = getattr(credentials, "refresh_needed", None)
        if needed is not None and needed():
            with self.compute_lock.left():
                credentials.get_frozen_credentials()

    def _refuse_silent(self, service: str) -> None:
        region = _region.get()
        if region is not None and self.silent(service, region):
            raise SilentEndpointError(f"{service} in {region} did not answer before")

    def _count(self, service: str, error: Exception | None) -> None:
        region = _region.get()
        if region is None:
            return
        weight = _FAILURES.get(type(error).__name__, 0)
        with self._lock:
            if weight:
                self._failures[service, region] += weight
            elif error is None and self._failures[service, region] < PATIENCE:
                del self._failures[service, region]


def _time(value: Any) -> datetime:
    """A time in an answer. botocore's own parser is slow, as it tries every form of a time."""
    from botocore.utils import parse_timestamp

    if isinstance(value, bool):
        raise ValueError("true or false is no time")  # noqa: TRY004 - as botocore does
    if isinstance(value, str) and value[4:5] == "-" and value.endswith("Z"):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    return parse_timestamp(value)


def _note(operation: str) -> None:
    tally = _tally.get()
    if tally is not None:
        tally.requests[operation] += 1
        tally.answered = False
        tally.sent = tally.clock()


def _arrived(**_: Any) -> None:
    """An answer that has arrived is not late, however long its thread waits until it may compute."""
    tally = _tally.get()
    if tally is not None:
        tally.answered = True
        tally.sent = None


def _examine(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    """Check that the answer is one of AWS, before botocore parses it."""
    tally = _tally.get()
    body = response_dict["body"]
    if tally is not None and isinstance(body, bytes):
        tally.bytes += len(body)
        tally.signed = raw_answers.from_aws(response_dict["headers"], body)
    raw_answers.check(operation_model, response_dict)


# Errors of an endpoint that does not answer -> their weight against `PATIENCE`.
_FAILURES: Mapping[str, int] = {
    "ConnectTimeoutError": 3,
    "EndpointConnectionError": 3,
    "ProxyConnectionError": 3,
    SlowAnswerError.__name__: 3,
    "ReadTimeoutError": 1,
}


def _aim(builtins: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Give botocore's endpoint rules the region of this request."""
    region = _region.get()
    if region is None:
        return
    builtins["AWS::Region"] = region
    builtins["AWS::S3::UseGlobalEndpoint"] = False
    builtins["AWS::STS::UseGlobalEndpoint"] = False
    context["aimed_at"] = region


def _sign_for(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Sign for the region of this request, unless the endpoint's rule names another."""
    region = context.get("aimed_at")
    if region is not None:
        signing = context.setdefault("signing", {})
        if not signing.get("region"):
            signing["region"] = region
    params["url"] = _without_prefix(params["url"])


def _without_prefix(url: str) -> str:
    """The URL without a prefix before an IP address or ``localhost``, where no such host can exist.

    S3 Control, HealthOmics and others put the account id or a word before the host name (``control-storage-omics.``).
    A local endpoint has no such name.
    """
    parts = urlsplit(url)
    prefixed = _PREFIXED.fullmatch(parts.hostname or "")
    if prefixed is None:
        return url
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{prefixed[1]}{port}"))


_PREFIXED = re.compile(r".+[.-]((?:[0-9]{1,3}\.){3}[0-9]{1,3}|localhost)")
