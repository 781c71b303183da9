"""A bulk call that is denied is answered by its plainer siblings, and what these do not answer is not known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE
from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.controls.control import Status
from tests.aws.faults import BREAKDOWNS, HOME, Fault, Line
from tests.aws.test_faults import Hospital, Seen, assert_facts_same_or_unknown, assert_verdicts_no_better, readers

WHOLE = ["iam.get_account_authorization_details", "iam.list_roles"]
"""The bulk calls whose siblings tell everything that they tell."""


def plainer() -> list[str]:
    """The operations that stand in for others."""
    return sorted({operation for each in SIBLINGS.values() for operation in each.reads})


@pytest.fixture(scope="module")
def hospital() -> Iterator[Hospital[Line]]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", HOME)
        line = Line()
        yield Hospital(line, plainer())


class Denied:
    """Breaks several operations at once: those named, wherever they are asked."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __call__(self, hospital: Hospital[Line], bulk: str, *others: str) -> Seen:
        self._line.fault = Fault(bulk, BREAKDOWNS["denied"], also=others)
        self._line.refused.clear()
        try:
            return hospital.read(readers()[bulk])
        finally:
            self._line.fault = None


@pytest.fixture
def denied(hospital: Hospital[Line]) -> Denied:
    return Denied(hospital.line)


@pytest.mark.parametrize("bulk", SIBLINGS)
def test_every_bulk_call_is_one_that_a_scan_makes(bulk: str) -> None:
    assert bulk in readers()


@pytest.mark.parametrize("bulk", SIBLINGS)
def test_what_the_siblings_tell_is_what_the_bulk_call_tells(
    hospital: Hospital[Line], denied: Denied, bulk: str
) -> None:
    sound, seen = hospital.sound(readers()[bulk]), denied(hospital, bulk)
    assert hospital.line.refused
    assert_verdicts_no_better(sound, seen)
    known = {name: status for name, status in seen.verdicts.items() if status is not Status.UNKNOWN}
    assert known
    assert known.items() <= sound.verdicts.items()
    assert seen.collected.faults == 0
    if bulk in WHOLE:
        assert seen.verdicts == sound.verdicts
        assert (seen.exit_code, seen.collected.denied) == (CLEAN, ())
    else:
        assert seen.exit_code == INCOMPLETE


@pytest.mark.parametrize(("bulk", "sibling"), [(bulk, each) for bulk in SIBLINGS for each in SIBLINGS[bulk].reads])
def test_what_a_sibling_does_not_tell_is_not_known(
    hospital: Hospital[Line], denied: Denied, bulk: str, sibling: str
) -> None:
    sound, seen = hospital.sound(readers()[bulk]), denied(hospital, bulk, sibling)
    assert_verdicts_no_better(sound, seen)
    assert {operation for operation, _ in hospital.line.refused} == {bulk, sibling}
    assert seen.exit_code == INCOMPLETE
    assert seen.collected.faults == 0
    assert any(gap.action is not None and "denied" in gap.reason for gap in seen.collected.gaps)


def test_a_report_that_others_had_made_is_read(hospital: Hospital[Line], denied: Denied) -> None:
    generate = "iam.generate_credential_report"
    sound, seen = hospital.sound(readers()[generate]), denied(hospital, generate)
    assert {operation for operation, _ in hospital.line.refused} == {generate}
    assert (seen.verdicts, seen.exit_code) == (sound.verdicts, CLEAN)
    neither = denied(hospital, generate, "iam.get_credential_report")
    assert_verdicts_no_better(sound, neither)
    assert neither.exit_code == INCOMPLETE


def test_where_every_sibling_is_denied_too_nothing_is_known(hospital: Hospital[Line], denied: Denied) -> None:
    for bulk, sibling in SIBLINGS.items():
        sound, seen = hospital.sound(readers()[bulk]), denied(hospital, bulk, *sibling.reads)
        assert_facts_same_or_unknown(sound, seen)
        assert seen.exit_code == INCOMPLETE
