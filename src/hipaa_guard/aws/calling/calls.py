"""One call with all its pages, and what came of it."""

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
from hipaa_guard.facts.locations import Asked
from hipaa_guard.facts.values import Cause, Incomplete, Unknown, Value


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: an answer, a refusal, or both where later pages were refused.

    Whether a refusal means that nothing is configured is for the reading to say, which knows its operation.
    """

    operation: str
    region: str
    value: Pages | None = None
    refusal: Refusal | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    time: datetime = field(default_factory=now)
    requests: Mapping[str, int] = field(default_factory=dict)
    """Operation -> how many requests were made for it, each page and each further try one."""
    through: tuple[str, ...] = ()
    """The operations that answered instead, as this one was denied (see `siblings`)."""

    @property
    def asked(self) -> Asked:
        """The call as evidence; of several that answered instead, the first."""
        if self.through:
            return Asked(self.through[0], {}, self.region, self.time)
        return Asked(self.operation, self.params, self.region, self.time)

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
    limiter: Limiter = field(default_factory=Limiter)
    pause: Callable[[float], None] = time.sleep
    expired: Refusal | None = field(default=None, init=False)

    def call(self, operation: str, params: Mapping[str, Any], region: str, *, first_page: bool = False) -> Answer:
        """Make a single call to its last page, or try its first, as often as is worth it. Never raises."""
        call = Call(self, operation, params, region, first_page=first_page)
        while True:
            answer = in_time(call)
            wait = self.limiter.wait(*(setback(answer) or (None, 0)))
            if wait is None:
                return answer
            self.pause(wait)

    def begin(self, operation: str, params: Mapping[str, Any], region: str) -> Job[Answer]:
        """A call that may be attempted again and again, until it needs no more."""
        return Call(self, operation, params, region)

    def action(self, operation: str) -> str:
        """The IAM action of an operation."""
        return action_of(operation, self.clients.api_name(operation))

    def _lacked(self, error: Exception, operation: str) -> str:
        """The IAM action of what was refused: of the operation, or of a further one that goes with it."""
        refused = getattr(error, "operation_name", None)
        also = (each for each in operation_quirks.also_called(operation) if self.clients.api_name(each) == refused)
        return self.action(next(also, operation))

    def refusal(self, error: Exception, operation: str, region: str, *, answered: bool = False) -> Refusal:
        """What a failure means, by what is known of the account's regions; for `answered` see `classify`."""
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
    """One call under way: a further attempt goes on at the page where the last one stopped.

    One thread at a time may attempt it.
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
        """Ask for what is still missing. Never raises: what goes wrong is in the answer."""
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
        """The answer of a call whose request hangs; None where it may still be answered."""
        sent, caller = self._tally.sent, self._caller
        if sent is None or caller.limiter.clock() - sent < CALL_SECONDS:
            return None
        caller.clients.hung(self._operation.partition(".")[0], self._region)
        hangs = SlowAnswerError(f"no answer came in {CALL_SECONDS:.0f} s")
        refusal = replace(caller.refusal(hangs, self._operation, self._region), code=_HANGS, tries=self._tries)
        return Answer(self._operation, self._region, refusal=refusal, params=self._params, requests=self._requests())

    def _asked(self) -> Refusal | None:
        """Read pages; why not all were answered, None where they were."""
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
        except Exception as error:  # noqa: BLE001 - whatever it is, the fact is not known and the scan goes on
            return caller.refusal(error, operation, self._region, answered=self._tally.answered)
        return None

    def _pause(self, seconds: float) -> None:
        with self._caller.clients.gate.left():
            self._caller.pause(seconds)

    def _answer(self, refusal: Refusal | None) -> Answer:
        """The pages that were answered count, also where a later one was not."""
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
    """Whether an answer may be better at a further try."""
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

# What another try does not change: the endpoint is given up, or does not know the operation; patience has ended.
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
