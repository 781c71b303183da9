"""A variable without a value may be null: no control takes an argument for set that it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.testing import Case
from tests.policies.derived import taken_for_set
from tests.policies.registry import CONTROLS, cases_of

DECLARED = [control for control in CONTROLS if control.kind.terraform is not None]


def passing(control: Control) -> list[Case]:
    return [case for case in cases_of(control) if case.verdict is Status.PASS and "terraform" in case.sides]


@pytest.mark.parametrize("control", DECLARED, ids=[control.id for control in DECLARED])
def test_no_argument_is_taken_for_set_that_may_be_null(control: Control, tmp_path: Path) -> None:
    assert not [found for case in passing(control) for found in taken_for_set(control, case, tmp_path)]
