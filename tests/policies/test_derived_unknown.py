"""What is not known only makes a verdict unknown: for each call and each argument that the facts of a control need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.testing import Case, Side
from tests.policies.derived import Derived, with_calls_denied, with_variables
from tests.policies.registry import CONTROLS, cases_of

MOST = 6
"""So many cases of a control are looked at until one becomes unknown."""


def decided(control: Control, side: Side) -> list[Case]:
    """Cases of a control that pass or fail on a side, a passing and a failing one first."""
    found = [case for case in cases_of(control) if side in case.sides and case.denied is None]
    by_verdict = {status: [case for case in found if case.verdict is status] for status in (Status.PASS, Status.FAIL)}
    first = [cases[0] for cases in by_verdict.values() if cases]
    return first + [case for cases in by_verdict.values() for case in cases[1:]]


def derive(control: Control, side: Side, directory: Path) -> list[Derived]:
    """What becomes of a passing and a failing case, and of more until something in one of them is unknown."""
    found: list[Derived] = []
    cases = decided(control, side)
    for number, case in enumerate(cases[:MOST]):
        if number >= 2 and any(one.status is Status.UNKNOWN for one in found):
            break
        derived = with_calls_denied(control, case) if side == "aws" else with_variables(control, case, directory)
        found += derived
    return found


def sides_of(control: Control) -> Iterator[Side]:
    if control.kind.terraform is not None:
        yield "terraform"
    if control.kind.aws is not None:
        yield "aws"


PRESENCE_TELLS = {("iam_password_policy_set", "terraform")}
"""Where no argument tells a fact: it is so because the resource is declared."""

NAMES_ANOTHER = ("the argument target_bucket (s3.Bucket.log_target)",)
"""Arguments that name a neighbour: a variable names none that is declared here, so the neighbour is another one."""

EACH = [(control, side) for control in CONTROLS for side in sides_of(control)]


@pytest.mark.parametrize(("control", "side"), EACH, ids=[f"{side} - {control.id}" for control, side in EACH])
def test_what_is_not_known_only_makes_a_verdict_unknown(control: Control, side: Side, tmp_path: Path) -> None:
    derived = derive(control, side, tmp_path)
    assert not [str(one) for one in derived if not one.is_sound and not one.unseen.startswith(NAMES_ANOTHER)]
    assert ((control.id, side) in PRESENCE_TELLS) == (not derived), f"{control.id}: nothing of {side} tells a fact"
    by_hand = [case for case in cases_of(control) if side in case.sides and case.verdict is Status.UNKNOWN]
    assert not derived or by_hand or any(one.status is Status.UNKNOWN for one in derived), (
        f"{control.id}: no {'denied call' if side == 'aws' else 'variable'} makes a case unknown, and no case by hand "
        f"is. Looked at: {'; '.join(one.unseen for one in derived) or 'nothing'}"
    )


def test_a_verdict_that_became_better_is_named() -> None:
    worse = Derived("s3_x", "the call s3:GetBucketAcl (tells s3.Bucket.acl)", Status.FAIL, Status.PASS, "is private")
    assert not worse.is_sound
    assert str(worse).startswith("s3_x: fail became pass where the call s3:GetBucketAcl (tells s3.Bucket.acl) cannot")


def test_calls_are_denied_and_arguments_are_variables(tmp_path: Path) -> None:
    control = next(each for each in CONTROLS if each.id == "s3_bucket_versioning_enabled")
    case = next(each for each in decided(control, "terraform") if each.aws is not None)
    denied = {one.unseen: one.status for one in with_calls_denied(control, case)}
    assert denied["the call s3:GetBucketVersioning (tells s3.Bucket.versioning)"] is Status.UNKNOWN
    assert denied["the call s3:ListBuckets (lists s3.Bucket)"] is Status.UNKNOWN
    (told,) = with_variables(control, case, tmp_path)
    assert (told.unseen, told.status) == ("the argument status (s3.Bucket.versioning)", Status.UNKNOWN)
