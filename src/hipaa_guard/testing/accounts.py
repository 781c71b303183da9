"""A simulated AWS account, filled and read for one case after the other.

All cases share the session with its clients and service models, and the opened account. Resources and answers of a
case end with it.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.facts.inventory import Inventory

if TYPE_CHECKING:
    from hipaa_guard.aws.calling.calls import Answer
    from hipaa_guard.aws.collecting.collect import Collected

REGION = "us-east-1"
ACCOUNT = "123456789012"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
_NOT_IN_ENVIRONMENT = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN")


class Aws:
    """boto3 clients by name: ``aws.s3`` is ``boto3.client("s3")`` in the region of the cases."""

    def __getattr__(self, service: str) -> Any:
        return _client(service.replace("_", "-"))


def has_moto() -> bool:
    """Whether moto, the simulated AWS, is installed."""
    return importlib.util.find_spec("moto") is not None


@contextmanager
def aws_account() -> Iterator[None]:
    """An empty simulated account. No setting of the environment leads to a real one."""
    before = {name: os.environ.get(name) for name in (*_ENVIRONMENT, *_NOT_IN_ENVIRONMENT)}
    os.environ.update(_ENVIRONMENT)
    for name in _NOT_IN_ENVIRONMENT:
        os.environ.pop(name, None)
    try:
        with _simulation()():
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@functools.cache
def _simulation() -> Any:
    from moto.core import model_instances, models

    class Simulation(models.MockAWS):
        """moto for boto3 alone: registering every address with the package `responses` takes longer than a case."""

        def _enable_patching(self, reset: bool = True) -> None:
            models.botocore_stubber.enabled = True
            if reset:
                self.reset()

        def _disable_patching(self, remove_data: bool) -> None:
            models.botocore_stubber.enabled = False
            if remove_data:
                self.reset()
                model_instances.reset_model_data()

    return Simulation


def aws_inventory(
    controls: Sequence[Control], *, denied: str | None = None, answers: Callable[[Any], None] | None = None
) -> Inventory:
    """The inventory of the simulated account; ``denied`` is refused, ``answers`` registers canned answers."""
    return aws_collected(controls, denied=denied, answers=answers).inventory


def aws_collected(
    controls: Sequence[Control],
    *,
    denied: str | Sequence[str] | None = None,
    answers: Callable[[Any], None] | None = None,
    known: Mapping[str, Answer] | None = None,
) -> Collected:
    """A scan of the simulated account; calls whose answers are `known` are not made again (see `collect`)."""
    from hipaa_guard.aws.collecting.collect import collect

    # Answers may be registered for any call, so their session ends with the case.
    session = _shared_session() if answers is None else _session()
    replies = _replies(session)
    try:
        if answers is not None:
            answers(session)
        for action in (denied,) if isinstance(denied, str) else denied or ():
            deny(session, action)
        return collect(_account(session), kinds_of(controls), wanted_facts(controls), known=known)
    finally:
        replies.clear()


def _account(session: Any) -> Any:
    """The account for one reading, without the limits and failures that earlier readings met."""
    from hipaa_guard.aws.calling.calls import Caller
    from hipaa_guard.aws.calling.clients import Clients

    account = _opened()
    clients = account.clients if session is _shared_session() else Clients(session, account.home)
    return replace(account, caller=Caller(clients, account.enabled))


@functools.cache
def _opened() -> Any:
    """The account as a scan opens it, cached: calls to STS and EC2 would take longer than most cases."""
    from hipaa_guard.aws.sessions.accounts import open_account

    return open_account(session=_shared_session(), regions=REGION)


@functools.cache
def _shared_session() -> Any:
    session = _session()
    _replies(session)  # before the first client is created, so that all clients give them
    return session


def _session() -> Any:
    import boto3

    _simulation()  # moto must be active before the first client is created
    session = boto3.Session(region_name=REGION)
    session._session.register_component("data_loader", _loader())  # noqa: SLF001 - boto3 has no other way
    return session


@functools.cache
def _loader() -> Any:
    """The service models, read once for all sessions."""
    from botocore.loaders import create_loader

    return create_loader()


@functools.cache
def _client(service: str) -> Any:
    """A client to create the resources of a case. Other clients read the account."""
    return _shared_session().client(service)


_REPLIES: WeakKeyDictionary[Any, dict[str, Callable[[], Any]]] = WeakKeyDictionary()


def _replies(session: Any) -> dict[str, Callable[[], Any]]:
    """The canned answers of a session by the event of their call; all clients created from now on give them."""
    if session not in _REPLIES:
        replies: dict[str, Callable[[], Any]] = {}

        def reply(event_name: str, **_: Any) -> Any:
            answer = replies.get(event_name)
            return None if answer is None else answer()

        session.events.register_first("before-call", reply)
        _REPLIES[session] = replies
    return _REPLIES[session]


def deny(session: Any, action: str) -> None:
    """Refuse one operation (``s3:GetBucketPolicy``) with AccessDenied."""
    service, _, operation = action.partition(":")
    answered(session, service, operation, {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, status=403)


def answered(session: Any, service: str, operation: str, parsed: dict[str, Any], status: int = 200) -> None:
    """Answer one operation without sending it. The answer is checked against botocore's model of the service."""
    client = _client(service)  # only its model is needed
    if status == 200:
        from botocore.stub import Stubber

        method = next(m for m, name in client.meta.method_to_api_mapping.items() if name == operation)
        Stubber(client).add_response(method, parsed)

    class Http:
        status_code = status
        headers: dict[str, str] = {}  # noqa: RUF012 - botocore reads it
        content = b""

    service_id = client.meta.service_model.service_id.hyphenize()
    _replies(session)[f"before-call.{service_id}.{operation}"] = lambda: (
        Http(),
        {"ResponseMetadata": {"HTTPStatusCode": status}, **parsed},
    )
