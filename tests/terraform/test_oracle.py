"""Our evaluator against Terraform on generated configurations; see `tests.terraform.oracle`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terraform.oracle import recording
from tests.terraform.oracle.comparison import Outcome, ours
from tests.terraform.oracle.corpus import CATEGORIES, RECORDED_SIZES
from tests.terraform.oracle.terraforms import TERRAFORM, Answers, ask

LIVE = 40


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_evaluator_answers_as_terraform_did(category: str, tmp_path: Path) -> None:
    kept = [one for one in recording.read() if one.case.category == category]
    assert len(kept) == RECORDED_SIZES[category]
    answers = Answers(
        {one.case.name: one.why for one in kept if one.why},
        {one.case.name: one.planned for one in kept},
        {one.case.name: one.applied for one in kept},
    )
    cases = [one.case for one in kept]
    found = list(recording.judged(cases, answers, ours(cases, CATEGORIES[category].prelude, tmp_path)))
    worse = [(now.case.files, now.shown) for was, now in zip(kept, found, strict=True) if now.outcome != was.outcome]
    assert not worse
    assert not [one.shown for one in found if one.outcome is Outcome.DIFFERS]
    assert sum(one.outcome is Outcome.EQUAL for one in found) > len(found) / 3


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.skipif(TERRAFORM is None, reason="no terraform on PATH to ask")
def test_the_evaluator_answers_as_terraform_does(category: str, tmp_path: Path) -> None:
    cases = CATEGORIES[category].cases(90, LIVE)
    prelude = CATEGORIES[category].prelude
    answers = ask(cases, prelude, tmp_path / "theirs", apply=False)
    found = list(recording.judged(cases, answers, ours(cases, prelude, tmp_path / "ours")))
    assert not [(one.case.files, one.shown) for one in found if one.outcome is Outcome.DIFFERS]
    assert any(one.outcome is Outcome.EQUAL for one in found)
