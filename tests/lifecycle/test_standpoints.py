"""A finding has one identity, wherever one stands and however the path to it is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipaa_guard.assessment.baseline import read, written
from hipaa_guard.assessment.diff import Change, compare
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.main import run
from hipaa_guard.controls.findings import fingerprint
from hipaa_guard.facts.locations import SETTINGS
from hipaa_guard.facts.origin import Origin
from hipaa_guard.outputs.formats import gitlab, html, junit, markdown, sarif
from hipaa_guard.outputs.json import writing
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import ENTRY, VERSIONING, covered, register, tree
from tests.lifecycle.test_baseline import PHI, git
from tests.lifecycle.test_fingerprints import plan

ONLY = (VERSIONING,)
BROKEN = 'resource "aws_s3_bucket" "x" {'


def scan(path: Path | str, **more: Any) -> Assessment:
    options = {name: more.pop(name) for name in ("baseline", "exceptions", "fail_on_new") if name in more}
    return scan_terraform(TerraformTarget(Path(path), **more), Options(only=ONLY, **options))


def fingerprints(*parts: Assessment) -> dict[str, str]:
    """The fingerprints by root and address."""
    return {f"{f.resource.root}: {f.resource.label}": f.fingerprint for each in parts for f in each.findings}


def old(root: str, address: str = "aws_s3_bucket.phi") -> str:
    """A fingerprint as it was made when roots were named from what was scanned."""
    return fingerprint(VERSIONING, Origin("s3.Bucket", None, None, "terraform", address=address, root=root))


def with_git(top: Path) -> Path:
    (top / ".git").mkdir()
    return top


def with_settings(top: Path) -> Path:
    (top / SETTINGS).write_text("")
    return top


TOPS: dict[str, Callable[[Path], Path]] = {"git": with_git, "settings": with_settings}


@pytest.fixture(params=TOPS)
def top(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A repository with one root deep in it."""
    return TOPS[request.param](tree(tmp_path / "repository", terraform__aws__main=PHI))


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


# --- plans and states ----------------------------------------------------------------------------------------------


def test_a_plan_lies_where_its_source_does_else_where_its_file_does(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = top / "terraform" / "aws"
    (aws / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    shutil.copy(aws / "plan.json", tmp_path / "elsewhere.json")
    source = fingerprints(scan(aws))
    assert fingerprints(scan(aws / "plan.json")) == source
    assert fingerprints(scan(tmp_path / "elsewhere.json", source=aws)) == source
    assert fingerprints(scan(tmp_path / "elsewhere.json", source=top)) == source, "the module is found below --source"
    monkeypatch.chdir(aws)
    assert fingerprints(scan("plan.json")) == source
    state = {"format_version": "1.0", "values": {"root_module": {"resources": [STATED]}}}
    (aws / "state.json").write_text(json.dumps(state))
    assert fingerprints(scan("state.json")) == source


STATED = {
    "address": "aws_s3_bucket.phi",
    "mode": "managed",
    "type": "aws_s3_bucket",
    "name": "phi",
    "values": {"bucket": "phi"},
}


def test_a_plan_outside_of_every_tree_has_the_name_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.json").write_text(plan("aws_s3_bucket.phi", None, "phi"))
    repository = with_git(tree(tmp_path / "repository", main=PHI))
    for here in (tmp_path, repository):  # where one stands has no say
        monkeypatch.chdir(here)
        found = scan(tmp_path / "plan.json")
        assert fingerprints(found) == {"plan.json: aws_s3_bucket.phi": old("plan.json")}
        assert found.scan.roots_from == "scanned path"


# --- two roots never cover each other ------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return with_git(tree(tmp_path / "repository", a__main=PHI, b__main=PHI, main=PHI))


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


def copied(two: Path, root: str) -> Path:
    """The repository with this root alone."""
    alone = two.parent / f"alone-{root.replace('.', 'top')}"
    if not alone.exists():
        with_git(tree(alone, **{("main" if root == "." else f"{root}__main"): PHI}))
    return alone


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


# --- fingerprints of before ----------------------------------------------------------------------------------------


def legacy(entries: Mapping[str, str], roots_from: str | None = None) -> str:
    """A baseline as it was written before roots were named from the repository: addresses by roots."""
    rows = [
        {
            "fingerprint": old(root, address),
            "control_id": VERSIONING,
            "status": "fail",
            "root": root,
            "resource": address,
            "exception": None,
        }
        for root, address in entries.items()
    ]
    head = {} if roots_from is None else {"roots_from": roots_from}
    return json.dumps({"baseline_version": "1.0", "controls": [VERSIONING], **head, "findings": rows})


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
    (top / "out").mkdir()
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
