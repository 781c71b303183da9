"""A resource that may not exist decides nothing: for each control, and each resource beside the one that it judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.testing import FAIL, PASS, Case
from tests.policies.derived import InDoubt, with_resources_in_doubt
from tests.policies.registry import CONTROLS, cases_of

MOST = 60
"""So many cases of a control are looked at."""


def decided(control: Control) -> list[Case]:
    """The cases of Terraform in which a control passes or fails and that have a second resource."""
    return [
        case
        for case in cases_of(control)
        if case.verdict in (PASS, FAIL) and (case.terraform or "").count("resource ") > 1
    ][:MOST]


DECIDED = {control.id: (control, cases) for control in CONTROLS if (cases := decided(control))}


@pytest.mark.parametrize("control", DECIDED)
def test_a_resource_that_may_not_exist_decides_nothing(control: str, tmp_path: Path) -> None:
    judged, cases = DECIDED[control]
    wrong: list[str] = []
    for case in cases:
        wrong += [f"{case.id}: {one}" for one in with_resources_in_doubt(judged, case, tmp_path) if not one.is_sound]
    assert wrong == []


def test_a_share_that_may_not_exist_leaves_unknown(tmp_path: Path) -> None:
    control, cases = DECIDED["ebs_snapshot_no_cross_account"]
    found = [one for case in cases for one in with_resources_in_doubt(control, case, tmp_path)]
    assert any(one.with_it is FAIL and one.status is Status.UNKNOWN for one in found)


@pytest.mark.parametrize(
    ("with_it", "without_it", "status", "sound"),
    [
        (FAIL, PASS, FAIL, False),
        (FAIL, PASS, PASS, False),
        (FAIL, PASS, Status.UNKNOWN, True),
        (FAIL, FAIL, FAIL, True),
        (PASS, PASS, FAIL, False),
    ],
)
def test_a_verdict_is_sound_if_both_agree(with_it: Status, without_it: Status, status: Status, sound: bool) -> None:
    one = InDoubt("s3_x", "aws_s3_bucket_policy.p", with_it, without_it, status, "is open")
    assert one.is_sound is sound
