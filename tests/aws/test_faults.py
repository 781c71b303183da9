"""Whatever operation breaks down, and however: no verdict becomes better by it, and the coverage tells it."""

from __future__ import annotations

import dataclasses
import functools
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import boto3
import pytest
from moto import mock_aws

import hipaa_guard.services
from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE, decide
from hipaa_guard.assessment.model import Coverage
from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.aws.calling.calls import Caller
from hipaa_guard.aws.collecting.collect import Collected, collect
from hipaa_guard.aws.planning import operation_quirks
from hipaa_guard.aws.planning.actions import action_of
from hipaa_guard.aws.planning.call_forecast import Times, forecast
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.aws.sessions.accounts import AwsAccount, open_account
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.lists import Incomplete, first_unknown
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Unknown
from hipaa_guard.services import dax
from hipaa_guard.testing import all_controls
from tests.aws.clinic import Clock
from tests.aws.faults import BREAKDOWNS, HOME, ONE_AFTER_ANOTHER, PAGING, Fault, Line, paging
from tests.aws.hospital import furnish, lacking, modules

REGIONS = "us-east-1,us-west-2"


@functools.cache
def readers() -> dict[str, list[Control]]:
    """Operation -> the controls whose plan has it: what the tables of facts name, and what goes with it."""
    found: dict[str, list[Control]] = {}
    for control in all_controls().values():
        for operation in planned(kinds_of([control]), wanted_facts([control])).operations:
            for each in (operation, *operation_quirks.also_called(operation)):
                found.setdefault(each, []).append(control)
    return dict(sorted(found.items()))


@functools.cache
def pages() -> dict[str, Any]:
    session = boto3.Session(region_name=HOME)
    PAGING.update({operation: paging(session, operation) for operation in readers()})
    return PAGING


@dataclass(frozen=True, repr=False)  # pytest would write out all of it
class Seen:
    """What one scan saw and said."""

    collected: Collected
    findings: tuple[Finding, ...]

    @functools.cached_property
    def verdicts(self) -> dict[tuple[str, str], Status]:
        """Control and fingerprint -> verdict."""
        return {(each.control_id, each.fingerprint): each.status for each in self.findings}

    @functools.cached_property
    def resources(self) -> dict[tuple[Any, ...], Resource]:
        return {_identity(each): each for each in self.collected.inventory}

    @property
    def exit_code(self) -> int:
        """What the gate says where no failure is to stop it."""
        coverage = Coverage(gaps=self.collected.gaps)
        return decide(self.findings, coverage, fail_on=None, internal_errors=self.collected.faults).exit_code


def _identity(resource: Resource) -> tuple[Any, ...]:
    origin = resource.origin
    return (origin.kind, origin.arn or (origin.region, origin.name))


class Leads(Protocol):
    """A line between a session and the account."""

    asked: set[tuple[str, str]]

    def lead(self, session: Any, operations: Iterable[str]) -> None: ...


OnLine = TypeVar("OnLine", bound=Leads)


class Hospital(Generic[OnLine]):
    """The furnished account, read over a line that can be broken."""

    def __init__(self, line: OnLine, operations: Iterable[str] = ()) -> None:
        """`operations` are those of the line besides the ones of the tables."""
        furnish()
        self.line = line
        session = boto3.Session(region_name=HOME)
        self.line.lead(session, {*readers(), *operations})
        self._account: AwsAccount = open_account(session=session, regions=REGIONS, threads=1)
        self.whole = self.read(all_controls().values())
        self.asked = frozenset(self.line.asked)
        self._sound: dict[tuple[str, ...], Seen] = {}

    def sound(self, controls: list[Control]) -> Seen:
        """What a scan for these controls sees where nothing breaks down."""
        names = tuple(control.id for control in controls)
        if names not in self._sound:
            self._sound[names] = self.read(controls)
        return self._sound[names]

    def region_of(self, operation: str) -> str:
        """A region in which the operation is asked."""
        return min(region for asked, region in self.asked if asked == operation)

    def read(self, controls: Iterable[Control]) -> Seen:
        """What a scan for these controls sees now."""
        controls = tuple(controls)
        self._account.clients._failures.clear()  # nothing remembers the last fault
        caller = Caller(self._account.clients, self._account.enabled)
        account = dataclasses.replace(self._account, caller=caller)
        Clock().rule(account)
        collected = collect(account, kinds_of(controls), wanted_facts(controls))
        return Seen(collected, tuple(judge(controls, collected.inventory)))


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital[Line]]:
    pages()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", HOME)
        yield Hospital(Line())


# --- the sound account ---


def test_nothing_is_missing_where_nothing_breaks_down(hospital: Hospital[Line]) -> None:
    whole = hospital.whole
    assert whole.collected.gaps == ()
    assert whole.exit_code == CLEAN
    assert lacking(kinds_of(all_controls().values()), {each.kind for each in whole.collected.inventory}) == []
    assert set(whole.verdicts.values()) >= {Status.PASS, Status.FAIL}


def test_every_operation_of_the_tables_is_asked(hospital: Hospital[Line]) -> None:
    unasked = set(readers()) - {operation for operation, _ in hospital.asked}
    assert not unasked, "let a module of tests/aws/hospital make a resource for which a scan asks these"


def test_each_module_of_the_hospital_is_called_as_a_service() -> None:
    services = {module.name for module in pkgutil.iter_modules(hipaa_guard.services.__path__)}
    assert set(modules()) <= services


def test_a_kind_of_which_the_hospital_has_none_is_told_with_the_module_to_change() -> None:
    (told,) = lacking([dax.Cluster], ["sqs.Queue"])
    assert "no dax.Cluster" in told
    assert "tests/aws/hospital/dax.py" in told
    assert "dax.describe_clusters" in told
    assert lacking([dax.Cluster], ["dax.Cluster"]) == []


def test_no_request_is_made_twice(hospital: Hospital[Line]) -> None:
    requests, _ = made(hospital)
    again = [request for request, times in Counter(requests).items() if times > 1]
    assert [request for request in again if request[0] not in ONE_AFTER_ANOTHER] == []


def test_each_call_is_made_as_often_as_its_table_says(hospital: Hospital[Line]) -> None:
    requests, seen = made(hospital)
    calls = Counter(operation for operation, *_ in requests)
    assert calls == seen.collected.calls
    of_kind = Counter(resource.kind for resource in seen.collected.inventory)
    most: Counter[str] = Counter()
    for call in forecast(seen.collected.plan):
        resources = sum(of_kind[kind] for kind in call.kinds)
        most[call.operation] += {Times.ACCOUNT: 1, Times.REGION: REGIONS.count(",") + 1, Times.RESOURCE: resources}[
            call.times
        ]
    too_often = {operation: (times, most[operation]) for operation, times in calls.items() if times > most[operation]}
    assert set(too_often) <= ONE_AFTER_ANOTHER, "asked more often (first number) than the tables have reason to"
    assert max(of_kind.values()) > REGIONS.count(",") + 1  # so that what is asked per resource shows


def made(hospital: Hospital[Line]) -> tuple[list[tuple[str, str, str]], Seen]:
    """Every request of a scan for all controls, and what it saw."""
    hospital.line.requests.clear()
    seen = hospital.read(all_controls().values())
    return list(hospital.line.requests), seen


# --- the broken account ---


def cases() -> Iterator[Any]:
    for operation in readers():
        for name, breakdown in BREAKDOWNS.items():
            if name == "denied" and operation in (*SIBLINGS, "iam.generate_credential_report"):
                continue  # then others answer, see test_siblings.py
            if not breakdown.second_page or pages()[operation] is not None:
                yield pytest.param(operation, name, id=f"{operation} {name}")


@pytest.mark.parametrize(("operation", "how"), cases())
def test_no_verdict_becomes_better(hospital: Hospital[Line], operation: str, how: str) -> None:
    breakdown = BREAKDOWNS[how]
    fault = Fault(operation, breakdown, hospital.region_of(operation) if breakdown.one_region else None)
    controls = readers()[operation]
    sound, broken = hospital.sound(controls), with_fault(hospital, fault, controls)
    assert hospital.line.refused
    assert_verdicts_no_better(sound, broken)
    assert_facts_same_or_unknown(sound, broken)
    assert_accounted(broken.collected)
    for asked, region in hospital.line.refused:
        assert any(tells(gap, fault, asked, region) for gap in broken.collected.gaps), (asked, broken.collected.gaps)
    assert broken.exit_code == INCOMPLETE
    assert broken.collected.denied == ((action_of(operation),) if how == "denied" else ())


def with_fault(hospital: Hospital[Line], fault: Fault, controls: list[Control]) -> Seen:
    """What a scan sees with a fault, which is noted in `line.refused`."""
    hospital.line.fault = fault
    hospital.line.refused.clear()
    try:
        return hospital.read(controls)
    finally:
        hospital.line.fault = None


def assert_verdicts_no_better(sound: Seen, broken: Seen) -> None:
    """Each verdict is as before or unknown; a resource that is missing is told by an unknown one for its control."""
    assert [finding.error for finding in broken.findings if finding.error] == []
    unlisted = {each.control_id for each in broken.findings if each.status is Status.UNKNOWN and not each.resource.name}
    for verdict, before in sound.verdicts.items():
        if verdict in broken.verdicts:
            assert broken.verdicts[verdict] in (before, Status.UNKNOWN), verdict
        else:
            assert verdict[0] in unlisted, verdict
    added = {status for verdict, status in broken.verdicts.items() if verdict not in sound.verdicts}
    assert added <= {Status.UNKNOWN}


def assert_facts_same_or_unknown(sound: Seen, broken: Seen) -> None:
    """Each fact is as before or unknown, never absent or another; something is not known."""
    lost = {identity[0] for identity in sound.resources if identity not in broken.resources}
    assert lost <= set(broken.collected.inventory.unlisted)
    assert set(broken.resources) <= set(sound.resources)
    unknown = bool(broken.collected.inventory.unlisted)
    for identity, resource in broken.resources.items():
        for plan in broken.collected.plan.all:
            for fact in plan.facts if plan.kind is type(resource) else ():
                now, before = (plain(each.peek(fact)) for each in (resource, sound.resources[identity]))
                if first_unknown(now) is None:
                    assert now == before, (identity, fact.name)
                else:
                    unknown = unknown or first_unknown(before) is None
    assert unknown


def plain(value: Any) -> Any:
    """A value in a form that can be compared and searched for what is not known."""
    if isinstance(value, Unknown | Incomplete):
        return value
    if isinstance(value, Record):
        return {name: plain(value.peek(name)) for name in type(value).__slots__}
    if isinstance(value, PolicyDocument):
        return plain(value.statements)
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def assert_accounted(collected: Collected) -> None:
    facts = {plan.kind: len(plan.facts) for plan in collected.plan.all if plan.kept}
    count = collected.facts
    assert count.planned == sum(facts[type(resource)] for resource in collected.inventory)
    assert count.planned == count.known + count.absent + count.unknown
    assert collected.faults == 0


def tells(gap: Gap, fault: Fault, operation: str, region: str) -> bool:
    """Whether a row of the coverage tells of a refused operation: what, where and why."""
    subjects = {operation, "credentials", f"{operation.partition('.')[0]} in {region}"}
    subjects |= {asked for asked in readers() if operation in operation_quirks.also_called(asked)}
    where = fault.breakdown.from_then_on or gap.region == region
    return gap.incomplete and gap.subject in subjects and where and fault.breakdown.says in gap.reason
