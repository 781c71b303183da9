"""Forecast of the calls of a scan, from its plan, before any call is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hipaa_guard.aws.planning import operation_quirks, templates
from hipaa_guard.aws.planning.actions import actions_of
from hipaa_guard.aws.planning.plan import KindPlan, Plan, Question
from hipaa_guard.facts.readings import Ask, Listing, Singleton

_BASE = frozenset({"partition", "region", "account"})


class Times(StrEnum):
    """How often a call is made; each page of an answer is a request of its own."""

    ACCOUNT = "once per account"
    REGION = "once per region"
    RESOURCE = "once per resource"


@dataclass(slots=True)
class ForecastCall:
    """One call that a scan will make."""

    operation: str
    params: Mapping[str, Any]
    times: Times
    kinds: list[str]
    """The kinds that it is made for; if it is made once per resource, for the resources of these kinds."""
    region: str | None = None
    """The region that answers for the whole account, if the table names one."""
    absent: set[str] = field(default_factory=set)
    """Refusals that mean that nothing is configured."""
    small: bool = False
    """Whether the answer is a setting, not a list."""
    note: str = ""
    needed: bool = True
    """Whether a fact is read from its answer."""

    @property
    def service(self) -> str:
        return self.operation.partition(".")[0]

    @property
    def actions(self) -> Sequence[str]:
        """The IAM actions that it needs."""
        return actions_of(self.operation)


def forecast(plan: Plan) -> list[ForecastCall]:
    """The calls of the plan, sorted by service and operation. Equal calls for several kinds are one."""
    found: dict[str, ForecastCall] = {}
    for each in plan.all:
        for call in _of_kind(each):
            key = repr((call.operation, call.params, call.times, call.region))
            known = found.setdefault(key, call)
            if known is not call:
                known.kinds += [kind for kind in call.kinds if kind not in known.kinds]
                known.absent |= call.absent
                known.small &= call.small
    calls = [*found.values(), *map(_of_question, plan.questions)]
    return sorted(calls, key=lambda call: (call.operation, list(Times).index(call.times), repr(call.params)))


def _of_kind(plan: KindPlan) -> Iterator[ForecastCall]:
    listing, kind = plan.listing, plan.kind.kind
    if isinstance(listing, Listing):
        if listing.of is not None:
            yield ForecastCall(listing.operation, listing.params, Times.RESOURCE, [_named(listing.of)])
        else:
            yield ForecastCall(
                listing.operation,
                listing.params,
                Times.ACCOUNT if listing.scope == "account" else Times.REGION,
                [kind],
                region=None if listing.region is None or any(templates.fields_in(listing.region)) else listing.region,
                absent=set(listing.absent),
            )
        yield from _besides(listing.operation, kind)
    for ask in plan.asks:
        yield ForecastCall(
            ask.operation,
            ask.params,
            _times(ask, plan),
            [kind],
            absent=set(ask.absent),
            small=isinstance(listing, Singleton),
        )
        yield from _besides(ask.operation, kind)


def _of_question(question: Question) -> ForecastCall:
    times = Times.ACCOUNT if question.scope == "account" else Times.REGION
    return ForecastCall(question.operation, question.params, times, [], note=question.note, needed=False)


def _named(kind: type) -> str:
    return str(getattr(kind, "kind", kind.__name__))


def _times(ask: Ask, plan: KindPlan) -> Times:
    if set(templates.fields_in(ask.params)) - _BASE:
        return Times.RESOURCE
    listing = plan.listing
    wide = listing.scope == "account" and (isinstance(listing, Singleton) or not listing.region)
    return Times.ACCOUNT if ask.scope == "account" or wide else Times.REGION


def _besides(operation: str, kind: str) -> Iterator[ForecastCall]:
    """The calls that accompany another and are not in the tables."""
    notes = {
        "iam.generate_credential_report": (Times.ACCOUNT, "repeated until the report is made"),
        "s3.get_bucket_location": (Times.RESOURCE, "only where the listing does not have the region"),
    }
    for other in operation_quirks.also_called(operation):
        times, note = notes[other]
        yield ForecastCall(other, {}, times, [kind], note=note)
