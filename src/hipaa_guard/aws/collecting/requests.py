"""The calls of a scan in progress: each is made once, and all who asked for it get its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hipaa_guard.aws.calling.alternative_calls import SIBLINGS, Made, Making
from hipaa_guard.aws.calling.calls import Answer, call_key, setback
from hipaa_guard.aws.calling.request_queue import Job, RequestQueue
from hipaa_guard.aws.collecting.kept_fields import Field, keep
from hipaa_guard.aws.planning.error_codes import Meaning
from hipaa_guard.aws.sessions.accounts import AwsAccount

Progress = Callable[[int, int, str], None]
"""Called in the calling thread after each call: number done, number known so far, and the call in words."""

Note = Callable[[str, Answer], None]
"""Called in the calling thread with the `call_key` and the kept fields of each answer."""

Then = Callable[[Answer], None]
"""Called in the calling thread with the kept fields of an answer."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A call with its key. Only the fields of its answer that are read are kept."""

    key: str
    call: Job[Answer]
    fields: Mapping[str, Field]

    def attempt(self) -> tuple[str, Answer]:
        return self.key, keep(self.call.attempt(), self.fields)

    def overdue(self) -> tuple[str, Answer] | None:
        answer = self.call.overdue()
        return None if answer is None else (self.key, answer)


@dataclass(slots=True)
class _Detour:
    """An answer that is being combined from plainer calls, as the bulk call was denied."""

    denied: Answer
    making: Making
    again: str
    answers: list[Answer | None] = field(default_factory=list)
    open: int = 0
    """Number of calls of the round that are not answered yet."""


class Requests:
    """The calls of one scan. Only the thread that created it may use it; threads of `RequestQueue` only make calls.

    Calls whose answers are `known`, by `call_key`, are not made again. `note` gets each answer before it is used.
    """

    def __init__(
        self,
        account: AwsAccount,
        fields: Mapping[str, Field],
        *,
        progress: Progress | None = None,
        known: Mapping[str, Answer] | None = None,
        note: Note | None = None,
    ) -> None:
        self._account = account
        self._fields = fields
        self._progress = progress
        self._known = known or {}
        self._note = note
        self._queue = self._new_queue()
        self._waiting: dict[str, list[Then]] = {}
        self._detours: dict[str, list[Then]] = {}
        self._made: dict[str, Answer] = {}
        self.answers: dict[str, Answer] = {}
        """The kept fields of the answers, by `call_key`."""

    def ask(self, operation: str, params: Mapping[str, Any], region: str, then: Then, *, again: str = "") -> None:
        """Make a call, or take the answer of an equal one; with `again` an equal call is repeated.

        If it is denied, its plainer alternatives are called instead, if it has any.
        """
        if operation not in SIBLINGS:
            self._ask(operation, params, region, then, again=again)
            return
        key = call_key(operation, params, region, again)

        def answered(answer: Answer) -> None:
            refusal = answer.refusal
            if refusal is None or refusal.meaning is not Meaning.DENIED or answer.value is not None:
                then(answer)
            elif key in self._made:
                then(self._made[key])
            elif key in self._detours:
                self._detours[key].append(then)
            else:
                self._detours[key] = [then]
                wanted = {name: tuple(of.below) for name, of in self._fields[operation].below.items()}
                making = SIBLINGS[operation].make(params, answer.region, wanted)
                self._go_on(key, _Detour(answer, making, again), None)

        self._ask(operation, params, region, answered, again=again)

    def _go_on(self, key: str, detour: _Detour, answers: list[Answer] | None) -> None:
        """Make the calls of the next round of a detour, or hand on the combined answer."""
        try:
            calls: Sequence[Any] = ()
            while not calls:
                calls = (next(detour.making) if answers is None else detour.making.send(answers)).calls
                answers = []
        except StopIteration as end:
            self._arrive(key, self._put_together(detour.denied, end.value))
            return
        except Exception:  # noqa: BLE001 - an answer of an unforeseen form: the bulk call stays denied
            self._arrive(key, detour.denied)
            return
        detour.answers, detour.open = [None] * len(calls), len(calls)

        def take(place: int, answer: Answer) -> None:
            detour.answers[place] = answer
            detour.open -= 1
            if not detour.open:
                self._go_on(key, detour, [each for each in detour.answers if each is not None])

        for place, (operation, params, region) in enumerate(calls):
            self._ask(operation, params, region or detour.denied.region, partial(take, place), again=detour.again)

    def _arrive(self, key: str, answer: Answer) -> None:
        self._made[key] = answer
        for then in self._detours.pop(key):
            then(answer)

    def _put_together(self, denied: Answer, made: Made) -> Answer:
        through = tuple(SIBLINGS[denied.operation].reads)
        refusal = None if made.whole else denied.refusal
        return keep(replace(denied, value=made.value, refusal=refusal, through=through), self._fields)

    def _ask(self, operation: str, params: Mapping[str, Any], region: str, then: Then, *, again: str) -> None:
        caller = self._account.caller
        service = operation.partition(".")[0]
        region = caller.clients.asked_in(service, region)
        key = call_key(operation, params, region, again)
        if key in self.answers:
            then(self.answers[key])
        elif key in self._waiting:
            self._waiting[key].append(then)
        elif key in self._known:
            self._keep(key, self._known[key])
            then(self._known[key])
        else:
            self._waiting[key] = [then]
            self._queue.add((service, region), _Kept(key, caller.begin(operation, params, region), self._fields))

    def run(self) -> None:
        """Make all calls, also those that follow from the answers."""
        self._queue.run(self._take)
        self._queue = self._new_queue()

    def counts(self) -> dict[str, int]:
        """Operation -> requests made for the answers; each page and each retry counts."""
        requests: Counter[str] = Counter()
        for answer in self.answers.values():
            requests.update(answer.requests)
        return dict(sorted(requests.items()))

    def _new_queue(self) -> RequestQueue[tuple[str, Answer]]:
        caller = self._account.caller
        return RequestQueue(
            caller.limiter, lambda result: setback(result[1]), self._account.threads, pause=caller.pause
        )

    def _take(self, result: tuple[str, Answer]) -> None:
        key, answer = result
        self._keep(key, answer)
        for then in self._waiting.pop(key):
            then(answer)
        if self._progress is not None:
            done = len(self.answers)
            self._progress(done, done + len(self._waiting), f"{answer.operation} in {answer.region}")

    def _keep(self, key: str, answer: Answer) -> None:
        self.answers[key] = answer
        if self._note is not None:
            self._note(key, answer)
