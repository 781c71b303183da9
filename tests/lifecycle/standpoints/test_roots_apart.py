"""Findings of two roots never cover each other, whatever is scanned and from wherever."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.baseline import written
from hipaa_guard.assessment.diff import Change, compare
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.baseline.repositories import PHI, git
from tests.lifecycle.register_text import ENTRY, covered, register, tree
from tests.lifecycle.standpoints.repositories import ONLY, copied, scan


def pairs() -> list[tuple[str, str]]:
    return [(one, other) for one in ("a", "b", ".") for other in ("a", "b", ".") if one != other]


@pytest.mark.parametrize("one, other", pairs())
def test_a_baseline_of_one_root_knows_nothing_of_another(one: str, other: str, two: Path) -> None:
    alone = copied(two, one)
    (two / "baseline.json").write_text(written(scan(alone / one)))
    found = scan(two, baseline=two / "baseline.json", fail_on_new=True)
    assert {f.resource.root for f in found.findings if f.new is False} == {one}
    second = scan(copied(two, other) / other, baseline=two / "baseline.json", fail_on_new=True)
    assert [(f.resource.root, f.new) for f in second.findings] == [(other, True)]
    assert second.gate.exit_code == 1
    assert second.baseline is not None
    assert (second.baseline.ambiguous, second.baseline.warnings) == ((), ())


@pytest.mark.parametrize("one, other", pairs())
def test_results_of_two_roots_have_nothing_in_common(one: str, other: str, two: Path) -> None:
    comparison = compare(scan(copied(two, one) / one), scan(copied(two, other) / other))
    assert {d.change for d in comparison.differences} == {Change.NEW, Change.NOT_EVALUATED}


@pytest.mark.parametrize("one, other", pairs())
def test_an_exception_of_one_root_covers_nothing_of_another(one: str, other: str, two: Path) -> None:
    file = two / "ex.yaml"
    file.write_text(register({**ENTRY, "scope": {"address": "aws_s3_bucket.phi", "root": one}}))
    today = ENTRY["approved_on"]
    found = scan_terraform(TerraformTarget(two), Options(only=ONLY, exceptions=file, today=today))
    assert {f.resource.root for f in found.findings if f.exception} == {one}
    assert (
        covered(
            scan_terraform(
                TerraformTarget(copied(two, other) / other), Options(only=ONLY, exceptions=file, today=today)
            )
        )
        == {}
    )


def test_the_target_being_spelt_alike_makes_no_place_the_same(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`scan terraform .` in two directories: what the first found is not gone because the second did not see it."""
    monkeypatch.chdir(two / "a")
    before = scan(".")
    monkeypatch.chdir(two / "b")
    (difference,) = [d for d in compare(before, scan(".")).differences if d.after is None]
    assert difference.change is Change.NOT_EVALUATED
    monkeypatch.chdir(two)
    shutil.rmtree(two / "a")
    (two / "a").mkdir()
    tree(two / "a", other='resource "aws_sqs_queue" "q" {}\n')
    (difference,) = [d for d in compare(before, scan("a")).differences if d.after is None]
    assert difference.change is Change.GONE


def test_a_commit_gives_the_names_of_the_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = tree(tmp_path / "repository", a__infra__main=PHI, b__infra__main=PHI)
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "first")
    places: list[tuple[Path, str, Mapping[str, Any]]] = [
        (top, ".", {}),
        (top, "a", {}),
        (top / "a" / "infra", ".", {}),
        (top, "a", {"repository_root": top / "a"}),
        (top, "a", {"repository_root": tmp_path}),
    ]
    for here, path, more in places:
        monkeypatch.chdir(here)
        found = scan(path, baseline_ref="HEAD", fail_on_new=True, **more)
        assert {f.new for f in found.findings} == {False}
        assert found.baseline is not None
        assert found.baseline.warnings == ()
    monkeypatch.chdir(top)
    git(top, "rm", "-rq", "b")
    git(top, "commit", "-qm", "second")
    tree(top, b__infra__main=PHI)
    assert [f.new for f in scan("b", baseline_ref="HEAD").findings] == [True], "a/infra has the same address"
