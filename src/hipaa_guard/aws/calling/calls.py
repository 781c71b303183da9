"""One call with all its pages, and its outcome."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from hipaa_guard.aws.calling.bounds import CALL_SECONDS, SlowAnswerError
from hipaa_guard.aws.calling.clients import Clients, Tally
from hipaa_guard.aws.calling.pages import PageReader, Pages
from hipaa_guard.aws.calling.request_queue import Job, in_time
from hipaa_guard.aws.calling.throttling import Limiter, Setback, Trouble
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.actions import action_of
from hipaa_guard.aws.planning.error_codes import Meaning, Refusal, classify
from hipaa_guard.aws.planning.templates import compiled
from hipaa_guard.clock import now
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Asked
from hipaa_guard.facts.values import Cause, Unknown, Value


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one call: an answer, a refusal, or both where later pages were refused.

    Only the reading of a fact can say whether a refusal means that nothing is configured, as it knows its operation.
    """

    operation: str
    region: str
    value: Pages | None = None
    refusal: Refusal | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    time: datetime = field(default_factory=now)
    requests: Mapping[str, int] = field(default_factory=dict)
    """Operation -> number of requests made for it; each page and each retry counts."""
    through: tuple[str, ...] = ()
    """The operations that answered instead of this one, which was denied (see `alternative_calls`)."""

    @property
    def asked(self) -> Asked:
        """The call as evidence; the first of them if several answered instead."""
        if self.through:
            return Asked(self.through[0], {}, self.region, self.time)
        return Asked(self.operation, self.params, self.region, self.time)

    @property
    def unknown(self) -> Unknown | None:
        """Why a part of the answer is not known; None where all of it is known."""
        return self.refusal.unknown() if self.refusal else None

    def absent(self, absent: Sequence[str]) -> bool:
        """Whether the reading declares this refusal to mean "none is configured"."""
        return self.value is None and self.refusal is not None and self.refusal.means_absent(absent)

    def at(self, expression: str, absent: Sequence[str] = ()) -> Value:
        """The result of a JMESPath on the answer; None where it finds nothing.

        If the answer lacks pages, a list is `Incomplete` and any other result is unknown.
        """
        if self.value is None:
            return None if self.absent(absent) else self.unknown
        found = jmespath_result(expression, self.value)
        if self.refusal is None or isinstance(found, Unknown):
            return found
        return Incomplete(found, self.refusal.unknown()) if isinstance(found, list) else self.refusal.unknown()


def jmespath_result(expression: str, value: Any) -> Value:
    """The result of a JMESPath as plain values: times as ISO 8601 text, bytes as text."""
    from jmespath.exceptions import JMESPathError

    try:
        return plain(compiled(expression).search(value))
    except JMESPathError as error:
        return Unknown(f"{expression} cannot be looked up in the answer: {error}", Cause.OTHER)


def plain(value: Any) -> Value:
    """A value of boto3 as one of the types of `Value`."""
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
    """A key that equal calls share; `again` gives a repetition of a call a key of its own."""
    return json.dumps([operation, region, params, again], sort_keys=True, default=str)


@dataclass(slots=True)
class Caller:
    """Makes calls in one account. Any number of threads may use it."""

    clients: Clients
    enabled: frozenset[str] | None = None
    """The enabled regions of the account; None if AWS did not answer which these are."""
    limiter: Limiter = field(default_factory=Limiter)
    pause: Callable[[float], None] = time.sleep
    expired: Refusal | None = field(default=None, init=False)

    def call(self, operation: str, params: Mapping[str, Any], region: str, *, first_page: bool = False) -> Answer:
        """Make a single call, for all pages or only the first, with retries while these may help. Never raises."""
        call = Call(self, operation, params, region, first_page=first_page)
        while True:
            answer = in_time(call)
            wait = self.limiter.wait(*(setback(answer) or (None, 0)))
            if wait is None:
                return answer
            self.pause(wait)

    def begin(self, operation: str, params: Mapping[str, Any], region: str) -> Job[Answer]:
        """A call that may be attempted repeatedly, until no retry can help."""
        return Call(self, operation, params, region)

    def action(self, operation: str) -> str:
        """The IAM action of an operation."""
        return action_of(operation, self.clients.api_name(operation))

    def _lacked(self, error: Exception, operation: str) -> str:
        """The IAM action that was refused: of the operation, or of a further one that it calls."""
        refused = getattr(error, "operation_name", None)
        also = (each for each in operation_quirks.also_called(operation) if self.clients.api_name(each) == refused)
        return self.action(next(also, operation))

    def refusal(self, error: Exception, operation: str, region: str, *, answered: bool = False) -> Refusal:
        """The meaning of a failure, in view of the account's enabled regions; for `answered` see `classify`."""
        service = operation.partition(".")[0]
        if isinstance(error, TimeoutError):  # ours: the endpoint is not asked again
            found = Refusal(Meaning.UNREACHABLE, "SilentEndpoint", "", operation, region, self.action(operation))
        else:
            lacked = self._lacked(error, operation)
            found = classify(error, operation=operation, region=region, action=lacked, answered=answered)
        meaning = found.meaning
        if meaning is Meaning.UNREACHABLE and self.clients.offers(service, region) is False:
            meaning = Meaning.NOT_OFFERED
        elif meaning is Meaning.BAD_CREDENTIALS and (self.enabled is None or region not in self.enabled):
            meaning = Meaning.NOT_ENABLED  # the credentials were valid when the scan began
        if meaning is found.meaning:
            return found
        return Refusal(meaning, found.code, found.message, operation, region, found.action)


class Call:
    """One call in progress: a further attempt continues at the page where the last one stopped.

    Only one thread at a time may attempt it.
    """

    __slots__ = ("_caller", "_first_page", "_operation", "_params", "_reader", "_region", "_tally", "_tries")

    def __init__(
        self, caller: Caller, operation: str, params: Mapping[str, Any], region: str, *, first_page: bool = False
    ) -> None:
        self._caller = caller
        self._operation = operation
        self._params = params
        self._region = region
        self._first_page = first_page
        self._reader: PageReader | None = None
        self._tries = 0
        self._tally = Tally(clock=caller.limiter.clock)

    def attempt(self) -> Answer:
        """Request the pages that are still missing. Never raises: the answer holds the error."""
        caller, operation, region = self._caller, self._operation, self._region
        self._tries += 1
        expired = caller.expired
        if expired is not None:
            return self._answer(Refusal(Meaning.EXPIRED, expired.code, "", operation, region, caller.action(operation)))
        if caller.clients.silent(operation.partition(".")[0], region):
            return self._answer(caller.refusal(TimeoutError(), operation, region))
        with caller.clients.within(region, self._tally):
            answer = self._answer(self._asked())
        if answer.refusal is not None and answer.refusal.meaning is Meaning.EXPIRED:
            caller.expired = answer.refusal
        return answer

    def overdue(self) -> Answer | None:
        """The answer that stands for a request that hangs; None where AWS may still answer."""
        sent, caller = self._tally.sent, self._caller
        if sent is None or caller.limiter.clock() - sent < CALL_SECONDS:
            return None
        caller.clients.give_up(self._operation.partition(".")[0], self._region)
        hangs = SlowAnswerError(f"no answer came in {CALL_SECONDS:.0f} s")
        refusal = replace(caller.refusal(hangs, self._operation, self._region), code=_HANGS, tries=self._tries)
        return Answer(self._operation, self._region, refusal=refusal, params=self._params, requests=self._requests())

    def _asked(self) -> Refusal | None:
        """Read the pages. Returns why not all were answered, None if they were."""
        caller, operation = self._caller, self._operation
        service, _, method = operation.partition(".")
        try:
            client = caller.clients.client(service)
            if self._reader is None or not self._reader.pages.count:
                operation_quirks.prepare(client, operation, self._pause)
                self._reader = PageReader(
                    client,
                    method,
                    self._params,
                    self._tally,
                    first_page=self._first_page,
                    clock=caller.limiter.clock,
                )
            before = self._reader.pages.count
            try:
                self._reader.read()
            finally:
                if self._reader.pages.count > before:
                    self._tries = 1
        except Exception as error:  # noqa: BLE001 - after any error, the fact is unknown and the scan continues
            return caller.refusal(error, operation, self._region, answered=self._tally.answered)
        return None

    def _pause(self, seconds: float) -> None:
        with self._caller.clients.compute_lock.left():
            self._caller.pause(seconds)

    def _answer(self, refusal: Refusal | None) -> Answer:
        """The answer with the pages that arrived, also if a later one failed."""
        caller, operation, region = self._caller, self._operation, self._region
        seen = self._reader.pages.merged if self._reader is not None and self._reader.pages.count else None
        if seen is not None:
            try:
                with caller.clients.within(region, self._tally):
                    seen = operation_quirks.completed(
                        caller.clients.client(operation.partition(".")[0]), operation, seen
                    )
            except Exception as error:  # noqa: BLE001 - as above
                refusal = refusal or caller.refusal(error, operation, region, answered=self._tally.answered)
        return Answer(
            operation,
            region,
            seen,
            replace(refusal, tries=self._tries) if refusal else None,
            self._params,
            requests=self._requests(),
        )

    def _requests(self) -> Mapping[str, int]:
        return dict(self._tally.requests)


def setback(answer: Answer) -> Setback | None:
    """Why a retry may give a better answer; None if it cannot."""
    refusal = answer.refusal
    if refusal is None or refusal.code in _FINAL or refusal.meaning not in _TROUBLES:
        return None
    return _TROUBLES[refusal.meaning], refusal.tries


_TROUBLES = {
    Meaning.THROTTLED: Trouble.THROTTLED,
    Meaning.SERVER: Trouble.PASSING,
    Meaning.SPOILT: Trouble.PASSING,
    Meaning.UNREACHABLE: Trouble.PASSING,
}

_HANGS = "RequestHangs"

# A retry does not change these: the endpoint was given up, or does not know the operation; the time limit has passed.
_FINAL = frozenset(
    {
        "InvalidAction",
        "NotImplementedError",
        "ParamValidationError",
        "ReportNotReadyError",
        _HANGS,
        "SilentEndpoint",
        "SilentEndpointError",
        "SSLError",
        "UnknownOperationException",
    }
)
