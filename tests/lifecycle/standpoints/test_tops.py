"""A finding has one identity, wherever one stands and however the path to it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.main import run
from hipaa_guard.facts.locations import SETTINGS
from hipaa_guard.outputs.formats import gitlab, html, junit, markdown, sarif
from hipaa_guard.outputs.json import writing
from hipaa_guard.scanning.options import InputError
from tests.lifecycle.baseline.repositories import PHI, git
from tests.lifecycle.register_text import VERSIONING, tree
from tests.lifecycle.standpoints.repositories import (
    BROKEN,
    TOPS,
    fingerprints,
    legacy,
    old,
    scan,
    with_git,
    with_settings,
)
from tests.lifecycle.test_previous_names import plan

# --- standpoints ---------------------------------------------------------------------------------------------------


def test_six_standpoints_and_one_set_of_fingerprints(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(top / "terraform")
    places: list[tuple[Path, Path | str]] = [
        (top, "terraform/aws"),
        (top, "terraform"),
        (top, "."),
        (top / "terraform", "."),
        (top / "terraform" / "aws", "."),
        (top / "terraform" / "aws", "../.."),
        (tmp_path, tmp_path / "link" / "aws"),
        (tmp_path / "link", "aws"),
        (top, "terraform/aws/main.tf"),
        (Path("/"), top / "terraform"),
    ]
    found = []
    for here, path in places:
        monkeypatch.chdir(here)
        found.append(fingerprints(scan(path)))
    assert all(each == found[0] for each in found)
    assert found[0] == {"terraform/aws: aws_s3_bucket.phi": old("terraform/aws")}


DIRECTORIES = st.lists(st.sampled_from(["a", "b", "infra", "a b", "ü"]), min_size=0, max_size=3).map("/".join)


@settings(max_examples=30, deadline=None)
@given(roots=st.sets(DIRECTORIES, min_size=1, max_size=4), kind=st.sampled_from(sorted(TOPS)), data=st.data())
def test_any_tree_from_any_directory(
    roots: set[str], kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every root has its own name, and that is the one it has in a scan of any directory that holds it."""
    top = TOPS[kind](tmp_path_factory.mktemp("tree"))
    for root in roots:
        tree(top / root, main=PHI)
    whole = fingerprints(scan(top))
    assert set(whole) == {f"{root or '.'}: aws_s3_bucket.phi" for root in roots}
    assert len(set(whole.values())) == len(roots), "two roots with one address have two identities"
    root = data.draw(st.sampled_from(sorted(roots)))
    above = data.draw(st.sampled_from([top / root, *(top / root).parents][: root.count("/") + 2] if root else [top]))
    part = fingerprints(scan(above))
    assert part.items() <= whole.items()
    assert f"{root or '.'}: aws_s3_bucket.phi" in part


def test_outputs_are_the_same_too(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(top, terraform__aws__broken=BROKEN)
    monkeypatch.chdir(top)
    one = scan("terraform/aws")
    monkeypatch.chdir(top / "terraform" / "aws")
    other = scan(".")

    def told(found: Assessment) -> list[object]:
        results = json.loads(sarif.render(found))["runs"][0]
        return [
            [each["partialFingerprints"] for each in results["results"]],
            [each["locations"] for each in results["results"]],
            results["automationDetails"],
            [(each["fingerprint"], each["location"]) for each in json.loads(gitlab.render(found))],
            [line.partition(" classname=")[0] for line in junit.render(found).splitlines() if "<testcase" in line],
            markdown.render(found).partition("\n")[0],
        ]

    assert told(one) == told(other)
    assert told(one) == told(scan("../../terraform/aws"))


def test_a_submodule_is_its_own_top_and_meets_nothing_of_its_parent(tmp_path: Path) -> None:
    top = with_git(tree(tmp_path / "repository", infra__main=PHI, vendor__sub__infra__main=PHI))
    (top / "vendor" / "sub" / ".git").write_text("gitdir: ../../.git/modules/sub\n")
    assert set(fingerprints(scan(top / "vendor" / "sub"))) == {"infra: aws_s3_bucket.phi"}
    both = fingerprints(scan(top))
    assert set(both) == {"infra: aws_s3_bucket.phi", "vendor/sub/infra: aws_s3_bucket.phi"}
    assert len(set(both.values())) == 2


def test_a_linked_work_tree_is_one(tmp_path: Path) -> None:
    main = tree(tmp_path / "main", infra__main=PHI)
    git(main, "init", "-q")
    git(main, "add", "-A")
    git(main, "commit", "-qm", "first")
    git(main, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert (tmp_path / "linked" / ".git").is_file()
    assert fingerprints(scan(tmp_path / "linked" / "infra")) == fingerprints(scan(main))


def test_a_file_of_settings_inside_a_work_tree_has_no_say(tmp_path: Path) -> None:
    top = with_git(tree(tmp_path / "repository", infra__prod__main=PHI))
    with_settings(top / "infra")
    assert scan(top / "infra" / "prod").coverage.roots == ("infra/prod",)


# --- a directory that is given -------------------------------------------------------------------------------------


def test_a_given_directory_goes_before_all(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = scan(top / "terraform", repository_root=top / "terraform")
    assert (found.coverage.roots, found.scan.roots_from, found.scan.roots_base) == (("aws",), "option", ".")
    monkeypatch.chdir(top / "terraform")
    assert fingerprints(scan("aws", repository_root=Path())) == fingerprints(found)
    assert scan("aws", repository_root=tmp_path).coverage.roots == ("repository/terraform/aws",)


def test_files_stay_those_of_the_work_tree(tmp_path: Path) -> None:
    """Code scanning looks a file up in the repository, whatever roots are named from."""
    top = with_git(tree(tmp_path / "repository", team__infra__main=PHI))
    found = scan(top / "team" / "infra", repository_root=top / "team")
    assert (found.coverage.roots, found.scan.base, found.scan.roots_base) == (("infra",), "team/infra", "infra")
    run_ = json.loads(sarif.render(found))["runs"][0]
    place = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (place, run_["automationDetails"]["id"]) == ("team/infra/main.tf", "hipaa-guard/team/infra/")


def test_a_given_directory_has_to_hold_what_is_scanned(top: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not lie in --repository-root"):
        scan(top / "terraform", repository_root=top / "terraform" / "aws")
    with pytest.raises(InputError, match="nowhere is no directory"):
        scan(top / "terraform", repository_root=tmp_path / "nowhere")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        scan(top / ("x" * 5000))
    (tmp_path / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    with pytest.raises(InputError, match="with --source"):
        scan(tmp_path / "plan.json", repository_root=top)


@pytest.mark.parametrize("verb", [["scan", "terraform"], ["baseline", "write"], ["fix"]], ids=" ".join)
def test_every_verb_that_makes_identities_takes_it(verb: list[str], top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(top)
    fitting = ["--repository-root", "terraform"]
    assert run([*verb, "terraform/aws", *fitting]) in (0, 1)
    assert run([*verb, "terraform/aws", "--repository-root", "terraform/aws/main.tf"]) == 2


def test_the_file_of_settings_may_name_it_inside_the_tree(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = top / SETTINGS
    monkeypatch.chdir(top)
    arguments = ["scan", "terraform", "terraform/aws", "-q", "-c", VERSIONING, "-o", "json=out.json"]
    file.write_text("terraform:\n  repository-root: terraform\n")
    assert run(arguments) == 1
    assert json.loads((top / "out.json").read_text())["coverage"]["roots"] == ["aws"]
    assert run([*arguments, "--repository-root", "."]) == 1
    assert json.loads((top / "out.json").read_text())["coverage"]["roots"] == ["terraform/aws"]


@pytest.mark.parametrize("outside", ["..", "/", "out"])
def test_a_file_that_was_only_found_may_not_point_outside(
    outside: str, top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (top / "out").symlink_to(top.parent)
    (top / SETTINGS).write_text(f"terraform:\n  repository-root: {outside}\n")
    monkeypatch.chdir(top)
    assert run(["scan", "terraform", ".", "-q"]) == 2
    assert "only a file that --config names may name roots from there" in capsys.readouterr().err
    led_astray = outside == "out" and (top / ".git").exists()  # the author of the tree has put the link there
    assert run(["scan", "terraform", ".", "-q", "--config", SETTINGS, "-c", VERSIONING]) == (2 if led_astray else 1)


# --- where there is no top ------------------------------------------------------------------------------------------


def test_without_a_top_every_output_for_people_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    infra = tree(tmp_path / "infra", main=PHI)
    assert run(["scan", "terraform", str(infra), "-q"]) == 1
    words = "the scanned path: exceptions, baselines and fingerprints hold for scans of this path only"
    assert words in " ".join(capsys.readouterr().out.split())
    found = scan(infra)
    assert json.loads(writing.render(found))["scan"]["roots_from"] == "scanned path"
    assert words in markdown.render(found)
    assert words in html.render(found)
    with_git(tmp_path)
    again = scan(infra)
    assert words not in markdown.render(again)
    assert json.loads(writing.render(again))["scan"]["roots_from"] == "git"
    assert "the work tree of git" in html.render(again)


def test_a_result_is_read_back_as_it_was(tmp_path: Path) -> None:
    top = with_git(tree(tmp_path / "repository", a__main=PHI, b__main=PHI))
    (top / "old.json").write_text(legacy({".": "aws_s3_bucket.phi"}))
    found = scan(top / "a", baseline=top / "old.json")
    assert found.baseline is not None
    assert found.baseline.warnings
    text = writing.render(found)
    assert writing.render(writing.parse(text)) == text
