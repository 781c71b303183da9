"""Fingerprints from before roots were named from the repository: whom they may mean."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hipaa_guard.assessment.baseline import read, written
from hipaa_guard.assessment.diff import Change, compare
from hipaa_guard.cli.main import run
from hipaa_guard.outputs.json import writing
from tests.lifecycle.baseline.repositories import PHI
from tests.lifecycle.register_text import VERSIONING, tree
from tests.lifecycle.standpoints.repositories import legacy, old, scan, with_git
from tests.lifecycle.test_previous_names import plan


@pytest.mark.parametrize("scanned", [".", "terraform", "terraform/aws"])
@pytest.mark.parametrize("root", [".", "aws", "terraform/aws"])
def test_old_fingerprints_are_previous_ones(root: str, scanned: str, top: Path) -> None:
    file = top / "old.json"
    file.write_text(legacy({root: "aws_s3_bucket.phi"}))
    found = scan(top / scanned, baseline=file, fail_on_new=True)
    (finding,) = found.findings
    assert {finding.fingerprint, *finding.previous} == {old("."), old("aws"), old("terraform/aws")}
    assert all(len(name) == 64 for name in finding.previous)
    assert finding.new is False
    assert found.gate.exit_code == 0
    assert found.baseline is not None
    told = "".join(found.baseline.warnings)
    assert told == "" if root == "terraform/aws" else "write it again with `hipaa-guard baseline write`" in told


def test_an_old_fingerprint_that_two_roots_share_covers_neither(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(two / "b")
    tree(two, b__main=PHI, c__main='resource "aws_s3_bucket" "alone" {}\n')
    (two / "main.tf").unlink()
    file = two / "old.json"
    file.write_text(legacy({".": "aws_s3_bucket.phi"}))
    found = scan(two, baseline=file, fail_on_new=True)
    shared = old(".")
    assert all(shared not in f.previous for f in found.findings)
    assert {f.resource.root: f.new for f in found.findings} == {"a": True, "b": True, "c": True}
    (alone,) = (f for f in found.findings if f.resource.root == "c")
    assert alone.previous == (old(".", "aws_s3_bucket.alone"),), "what no other finding shares stays valid"
    assert found.baseline is not None
    (entry,) = found.baseline.ambiguous
    assert (entry.fingerprint, entry.root, entry.resource, entry.meant) == (
        shared,
        ".",
        "aws_s3_bucket.phi",
        ("a", "b"),
    )
    arguments = ["scan", "terraform", str(two), "-q", "-c", VERSIONING, "--baseline", str(file)]
    assert run([*arguments, "-o", f"json={two / 'out.json'}"]) == 1
    assert "and may be a or b; write it again" in capsys.readouterr().err
    assert json.loads((two / "out.json").read_text())["baseline"]["ambiguous"][0]["meant"] == ["a", "b"]


def test_also_where_it_is_by_now_the_name_of_another_root(two: Path) -> None:
    """The root at the top has today the name that every root once had: an old entry may be meant for any of them."""
    (two / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}))
    found = scan(two, baseline=two / "old.json")
    assert {f.new for f in found.findings} == {True}
    assert found.baseline is not None
    assert found.baseline.ambiguous[0].meant == (".", "a", "b")


def test_what_passes_in_one_of_two_roots_may_be_what_was_meant(tmp_path: Path) -> None:
    """The gap of `a` was noted and closed; the one of `b` that shares its old name is another one."""
    good = PHI.replace("{}", "{\n  versioning {\n    enabled = true\n  }\n}")
    top = with_git(tree(tmp_path / "repository", a__main=good, b__main=PHI))
    (top / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}))
    assert {f.resource.root: f.new for f in scan(top, baseline=top / "old.json").findings} == {"a": None, "b": True}


def test_also_where_one_of_them_has_got_a_count(two: Path) -> None:
    """Terraform knows `phi` and `phi[0]` as one; so the old name is in doubt whichever of them it was."""
    (two / "main.tf").write_text(PHI.replace("{}", "{\n  count = 1\n}"))
    for root in ("a", "b"):
        shutil.rmtree(two / root)
    tree(two, a__main=PHI)
    (two / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}))
    assert {f.new for f in scan(two, baseline=two / "old.json").findings} == {True}


def test_a_baseline_that_names_roots_from_the_repository_is_in_no_doubt(two: Path) -> None:
    (two / "new.json").write_text(written(scan(two)))
    assert read(two / "new.json").roots_from == "git"
    found = scan(two, baseline=two / "new.json")
    assert {f.new for f in found.findings} == {False}
    assert found.baseline is not None
    assert (found.baseline.ambiguous, found.baseline.warnings) == ((), ())


def test_a_baseline_of_a_scanned_path_is_like_one_of_before(two: Path) -> None:
    (two / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}, roots_from="scanned path"))
    assert {f.new for f in scan(two, baseline=two / "old.json").findings} == {True}
    assert [f.new for f in scan(two / "a", baseline=two / "old.json").findings] == [False]


def test_a_scan_of_a_path_says_that_the_baseline_is_of_a_repository(two: Path) -> None:
    (two / "new.json").write_text(written(scan(two)))
    (two / ".git").rmdir()
    found = scan(two / "a", baseline=two / "new.json")
    assert found.baseline is not None
    assert "give --repository-root DIR" in found.baseline.warnings[0]
    again = scan(two / "a", baseline=two / "new.json", repository_root=two)
    assert again.baseline is not None
    assert again.baseline.warnings == ()
    assert [f.new for f in again.findings] == [False]


def test_moved_and_named_otherwise_at_once(tmp_path: Path) -> None:
    moved = "moved {\n  from = aws_s3_bucket.phi\n  to   = aws_s3_bucket.records\n}\n"
    top = with_git(tree(tmp_path / "repository", infra__main=PHI.replace("phi", "records") + moved))
    (top / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}))
    assert [f.new for f in scan(top, baseline=top / "old.json").findings] == [False]


def test_a_plan_of_before_had_the_name_of_its_file(tmp_path: Path) -> None:
    top = with_git(tmp_path)
    (top / "infra").mkdir()
    (top / "infra" / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    (finding,) = scan(top / "infra" / "plan.json").findings
    assert finding.previous == (old("plan.json"),)


def test_explain_knows_the_old_name(
    top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(top)
    run(["scan", "terraform", ".", "-q", "-c", VERSIONING, "-o", "json=out/scan.json"])
    (top / "out").mkdir(exist_ok=True)
    run(["scan", "terraform", ".", "-q", "-c", VERSIONING, "-o", "json=out/scan.json"])
    capsys.readouterr()
    texts = []
    for name in (old("."), old("aws"), old("terraform/aws")):
        assert run(["explain", name[:12]]) == 0
        texts.append(capsys.readouterr().out)
    assert len(set(texts)) == 1
    assert "Root         terraform/aws" in texts[0]


def test_explain_says_whom_an_old_name_may_mean(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(two)
    (two / "out").mkdir()
    (two / "main.tf").unlink()
    run(["scan", "terraform", ".", "-q", "-c", VERSIONING, "-o", "json=out/scan.json"])
    capsys.readouterr()
    assert run(["explain", old(".")[:12]]) == 2
    told = capsys.readouterr().err
    assert f"may mean 2 findings in out/scan.json: {old('a')[:12]} in a, {old('b')[:12]} in b" in told


def test_a_saved_result_of_before_is_compared_by_where_it_was_scanned(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which directory was scanned, so that nothing is in doubt even where roots share a name of before."""
    monkeypatch.chdir(two)
    now = scan(".")
    document = json.loads(writing.render(scan("a")))
    for name in ("roots_from", "roots_base"):
        del document["scan"][name]
    document["coverage"]["roots"] = ["."]
    (finding,) = document["findings"]
    finding["fingerprint"], finding["resource"]["root"] = old("."), "."
    del finding["previous"]
    before = writing.parse(json.dumps(document))
    changes = {d.finding.resource.root: d.change for d in compare(before, now).differences}
    assert changes == {"a": Change.UNCHANGED, "b": Change.NEW, ".": Change.NEW}
    (difference,) = compare(before, scan("b")).differences[1:]
    assert (difference.finding.resource.root, difference.change) == ("a", Change.NOT_EVALUATED)


def test_a_root_that_lies_very_deep_costs_no_more_than_a_few_names(tmp_path: Path) -> None:
    top = with_git(tmp_path)
    deep = "/".join(["d"] * 60)
    tree(top / deep, main=PHI)
    (finding,) = scan(top).findings
    assert finding.resource.root == deep
    assert len(finding.previous) == 10
    assert old(".") in finding.previous
