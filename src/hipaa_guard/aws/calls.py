"""One call with all its pages, and what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hipaa_guard.aws import peculiar
from hipaa_guard.aws.actions import action_of
from hipaa_guard.aws.clients import Clients
from hipaa_guard.aws.refusals import Meaning, Refusal, classify
from hipaa_guard.aws.templates import compiled
from hipaa_guard.facts.values import Cause, Incomplete, Unknown, Value

Pages = dict[str, Any]
"""The pages of an answer as one: lists joined, everything else as the first page has it."""

# How operations hand on to the next page where botocore has no paginator: answered as, asked as.
_TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("NextMarker", "NextMarker"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
    ("NextPageToken", "PageToken"),
    ("nextPageToken", "pageToken"),
    ("position", "position"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: an answer, a refusal, or both where later pages were refused.

    Whether a refusal means that nothing is configured is for the reading to say, which knows its operation.
    """

    operation: str
    region: str
    value: Pages | None = None
    refusal: Refusal | None = None

    @property
    def unknown(self) -> Unknown | None:
        """Why something of the answer is not known; None where all of it is."""
        return self.refusal.unknown() if self.refusal else None

    def absent(self, absent: Sequence[str]) -> bool:
        """Whether the refusal is one that the reading declares to mean "none is configured"."""
        return self.value is None and self.refusal is not None and self.refusal.means_absent(absent)

    def at(self, expression: str, absent: Sequence[str] = ()) -> Value:
        """What a JMESPath finds in the answer; None where it is absent.

        Of an answer that lacks pages a list is `Incomplete`, and anything else is not known.
        """
        if self.value is None:
            return None if self.absent(absent) else self.unknown
        found = searched(expression, self.value)
        if self.refusal is None or isinstance(found, Unknown):
            return found
        return Incomplete(found, self.refusal.unknown()) if isinstance(found, list) else self.refusal.unknown()


def searched(expression: str, value: Any) -> Value:
    """What a JMESPath finds, as plain values: times as ISO 8601 text, bytes as text."""
    from jmespath.exceptions import JMESPathError

    try:
        return plain(compiled(expression).search(value))
    except JMESPathError as error:
        return Unknown(f"{expression} cannot be looked up in the answer: {error}", Cause.OTHER)


def plain(value: Any) -> Value:
    """A value of boto3 as the vocabulary has it."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return value


def call_key(operation: str, params: Mapping[str, Any], region: str, again: str = "") -> str:
    """The same for calls that give the same answer; `again` sets apart one that is to be repeated."""
    return json.dumps([operation, region, params, again], sort_keys=True, default=str)


@dataclass(slots=True)
class Caller:
    """Makes calls in one account. Any number of threads may use it."""

    clients: Clients
    enabled: frozenset[str] | None = None
    """The regions that the account has enabled; None where it could not be asked."""
    pause: Callable[[float], None] = time.sleep
    _expired: Refusal | None = field(default=None, init=False)

    def call(self, operation: str, params: Mapping[str, Any], region: str, *, first_page: bool = False) -> Answer:
        """Make a call to its last page, or try its first. Never raises: what goes wrong is in the answer."""
        if self._expired is not None:
            refusal = Refusal(Meaning.EXPIRED, self._expired.code, "", operation, region, self.action(operation))
            return Answer(operation, region, refusal=refusal)
        service = operation.partition(".")[0]
        if self.clients.silent(service, region):
            return Answer(operation, region, refusal=self._refusal(TimeoutError(), operation, region))
        with self.clients.within(region):
            answer = self._asked(operation, params, region, first_page=first_page)
        if answer.refusal is not None and answer.refusal.meaning is Meaning.EXPIRED:
            self._expired = answer.refusal
        return answer

    def action(self, operation: str) -> str:
        """The IAM action of an operation."""
        return action_of(operation, self.clients.api_name(operation))

    def _asked(self, operation: str, params: Mapping[str, Any], region: str, *, first_page: bool) -> Answer:
        pages = _Pages()
        refusal = None
        try:
            client = self.clients.client(operation.partition(".")[0])
            peculiar.prepare(client, operation, self.pause)
            _read_pages(client, operation.partition(".")[2], dict(params), pages, first_page=first_page)
        except Exception as error:  # noqa: BLE001 - whatever it is, the fact is not known and the scan goes on
            refusal = self._refusal(error, operation, region)
            if not pages.count:
                return Answer(operation, region, refusal=refusal)
        try:  # the pages that were answered count, also where a later one was not
            return Answer(operation, region, peculiar.completed(client, operation, pages.merged), refusal)
        except Exception as error:  # noqa: BLE001 - as above
            return Answer(operation, region, pages.merged, refusal or self._refusal(error, operation, region))

    def _lacked(self, error: Exception, operation: str) -> str:
        """The IAM action of what was refused: of the operation, or of a further one that goes with it."""
        refused = getattr(error, "operation_name", None)
        also = (each for each in peculiar.also_called(operation) if self.clients.api_name(each) == refused)
        return self.action(next(also, operation))

    def _refusal(self, error: Exception, operation: str, region: str) -> Refusal:
        service = operation.partition(".")[0]
        if isinstance(error, TimeoutError):  # ours: the endpoint is not asked again
            found = Refusal(Meaning.UNREACHABLE, "SilentEndpoint", "", operation, region, self.action(operation))
        else:
            found = classify(error, operation=operation, region=region, action=self._lacked(error, operation))
        meaning = found.meaning
        if meaning is Meaning.UNREACHABLE and self.clients.offers(service, region) is False:
            meaning = Meaning.NOT_OFFERED
        elif meaning is Meaning.BAD_CREDENTIALS and (self.enabled is None or region not in self.enabled):
            meaning = Meaning.NOT_ENABLED  # the credentials were valid when the scan began
        if meaning is found.meaning:
            return found
        return Refusal(meaning, found.code, found.message, operation, region, found.action)


class MorePagesError(Exception):
    """There are further pages, and no way is known to ask for them."""


class _Pages:
    """Pages as they come, joined."""

    def __init__(self) -> None:
        self.merged: Pages = {}
        self.count = 0

    def add(self, page: Pages, lists: Sequence[str]) -> None:
        self.count += 1
        page.pop("ResponseMetadata", None)
        if self.count == 1:
            self.merged = page
            return
        for name in lists:
            _extend(self.merged, page, name.split("."))


def _extend(into: Pages, page: Pages, path: list[str]) -> None:
    for step in path[:-1]:
        page = page.get(step) or {}
        into = into.setdefault(step, {})
    more = page.get(path[-1])
    if isinstance(more, list):
        into[path[-1]] = [*(into.get(path[-1]) or []), *more]
    elif isinstance(more, dict):
        into[path[-1]] = {**(into.get(path[-1]) or {}), **more}


def _read_pages(client: Any, method: str, params: dict[str, Any], pages: _Pages, *, first_page: bool = False) -> None:
    if client.can_paginate(method):
        paginator = client.get_paginator(method)
        size = peculiar.page_size(client, method, params)
        iterator = paginator.paginate(**params, PaginationConfig={"PageSize": size} if size else {})
        lists = [key.expression for key in iterator.result_keys]
        for page in iterator:
            pages.add(page, lists)
            if first_page:
                return
        return
    ask = getattr(client, method)
    while True:
        page = ask(**params)
        pages.add(page, [name for name, value in page.items() if isinstance(value, list)])
        if first_page:
            return
        onward = _onward(client, method, page)
        if onward is None or (onward in params and page.get(_answered(page)) == params[onward]):
            return
        params[onward] = page[_answered(page)]


def _answered(page: Pages) -> str:
    """The name of the page's token, or empty."""
    return next((name for name, _ in _TOKENS if page.get(name) and isinstance(page[name], str)), "")


def _onward(client: Any, method: str, page: Pages) -> str | None:
    """The parameter that asks for the next page; None on the last one.

    Raises:
        MorePagesError: the answer says that there are more, and the operation has no parameter to ask for them.

    """
    answered = _answered(page)
    if not answered:
        return None
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    for name, asked in _TOKENS:
        if name == answered and shape is not None and asked in shape.members:
            return asked
    raise MorePagesError(f"{method} has more pages, and no parameter asks for them")
