"""Settings, exceptions and baseline of a commit: a pull request does not decide about itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from hipaa_guard.cli.main import run
from tests.cli.hostile import BUCKET, REGISTER, SETTINGS, commit, git, project
from tests.lifecycle.register_text import VERSIONING, entry, register

CLEAN, GAPS, USAGE = 0, 1, 2
STRICT = f"control: {VERSIONING}\nterraform: {{path: infra}}\n"
LAX = "warn-only: true\nterraform: {path: infra}\n"
MARK = "# hipaa-guard: exception EX-1\n"

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose base, main, has settings; the work tree is that of a pull request."""
    made = project(tmp_path)
    (made / SETTINGS).write_text(STRICT)
    commit(made, "settings")
    git(made, "checkout", "-qb", "change")
    monkeypatch.chdir(made)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795910400")  # 2026-11-29
    return made


def accepted(*entries: dict[str, Any]) -> str:
    return register(*(entries or (entry(),)))


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def scan(*more: str) -> int:
    return run(["scan", "terraform", "-q", *more])


def result(capsys: Captured, *more: str) -> dict[str, Any]:
    capsys.readouterr()
    scan(*more, "-o", "json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def changes(told: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {each["what"]: (each["added"], each["removed"], each["changed"]) for each in told["settings_changes"]}


# --- settings -----------------------------------------------------------------------------------------------------


def test_the_settings_of_the_tree_count_without_it_and_those_of_the_commit_with_it(
    tree: Path, capsys: Captured
) -> None:
    write(tree / SETTINGS, LAX)
    assert scan() == CLEAN
    assert scan("--settings-ref", "main") == GAPS
    told = result(capsys, "--settings-ref", "main")
    assert {finding["control_id"] for finding in told["findings"]} == {VERSIONING}
    assert told["settings"] == {
        "file": SETTINGS,
        "digest": hashlib.sha256(STRICT.encode()).hexdigest(),
        "source": "commit",
        "ref": "main",
        "commit": git(tree, "rev-parse", "main"),
    }
    assert changes(told) == {"settings": (1, 1, 0)}


def test_a_variable_names_the_commit_too_and_a_file_cannot(
    tree: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tree / SETTINGS, LAX)
    monkeypatch.setenv("HIPAA_GUARD_SETTINGS_REF", "main")
    assert scan() == GAPS
    assert scan("--settings-from-tree") == CLEAN
    monkeypatch.delenv("HIPAA_GUARD_SETTINGS_REF")
    for key in ("settings-ref: HEAD\n", "settings-from-tree: true\n", "config: x\n", "files: x\n"):
        write(tree / SETTINGS, key)
        assert scan("infra") == USAGE
        assert "is not a setting" in capsys.readouterr().err


def test_options_and_variables_go_before_the_settings_of_a_commit(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scan("--settings-ref", "main", "--fail-on", "critical") == CLEAN
    monkeypatch.setenv("HIPAA_GUARD_WARN_ONLY", "true")
    assert scan("--settings-ref", "main") == CLEAN


def test_a_commit_without_settings_narrows_nothing(tree: Path, capsys: Captured) -> None:
    (tree / "more").mkdir()
    (tree / "more" / "main.tf").write_text(BUCKET)
    write(tree / SETTINGS, LAX)
    told = result(capsys, "--settings-ref", "main~1")
    assert told["coverage"]["roots"] == ["infra", "more"]
    assert told["gate"]["exit_code"] == GAPS
    assert told["settings"] | {"commit": ""} == {
        "file": None,
        "digest": None,
        "source": "none",
        "ref": "main~1",
        "commit": "",
    }
    assert changes(told) == {"settings": (2, 0, 0)}


def test_the_table_of_pyproject_is_taken_from_the_commit_too(tree: Path, capsys: Captured) -> None:
    git(tree, "rm", "-q", SETTINGS)
    write(
        tree / "pyproject.toml",
        '[tool.hipaa-guard]\nfail-on = "critical"\n[tool.hipaa-guard.terraform]\npath = "infra"\n',
    )
    base = commit(tree)
    write(tree / "pyproject.toml", "[project]\n")
    write(tree / SETTINGS, STRICT)
    told = result(capsys, "--settings-ref", base)
    assert told["settings"]["file"] == "pyproject.toml"
    assert changes(told) == {"settings": (1, 1, 0)}


def test_how_settings_are_written_is_no_difference(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, f"# a comment\nterraform:\n  path: infra\ncontrol: {VERSIONING}\n")
    assert not result(capsys, "--settings-ref", "main")["settings_changes"]
    assert scan("--settings-ref", "main", "--fail-on-settings-change", "--fail-on", "critical") == CLEAN


@pytest.mark.parametrize("text", ["a: [", "fail_on: x\n", "- x\n", "\tx", "a: &a [*a]\n"])
def test_settings_of_the_tree_that_are_wrong_are_a_difference_and_no_error(
    text: str, tree: Path, capsys: Captured
) -> None:
    write(tree / SETTINGS, text)
    told = result(capsys, "--settings-ref", "main")
    assert [each["what"] for each in told["settings_changes"]] == ["settings"]
    assert told["settings"]["source"] == "commit"


def test_policies_stay_refused_whoever_says_them(tree: Path, capsys: Captured) -> None:
    (tree / "own").mkdir()
    (tree / "own" / "x.py").write_text("raise SystemExit('was run')\n")
    write(tree / SETTINGS, "policies: own\nterraform: {path: infra}\n")
    base = commit(tree)
    assert scan("--settings-ref", base) == USAGE
    assert "for which no commit vouches" in capsys.readouterr().err
    assert scan("--settings-ref", base, "--config", SETTINGS) == USAGE


def test_paths_of_a_commit_stay_in_the_tree_too(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, STRICT + "output: json=report\n")
    base = commit(tree)
    (tree / "report").symlink_to("../secret/creds.json")
    assert scan("--settings-ref", base) == USAGE
    assert "report leads outside of the working directory" in capsys.readouterr().err


def test_a_file_that_the_user_names_is_the_commits_inside_of_the_tree_and_its_own_outside(
    tree: Path, tmp_path: Path, capsys: Captured
) -> None:
    write(tree / "ci.yaml", STRICT)
    base = commit(tree)
    write(tree / "ci.yaml", LAX)
    assert scan("--config", "ci.yaml") == CLEAN
    assert scan("--config", "ci.yaml", "--settings-ref", base) == GAPS
    write(tmp_path / "central.yaml", LAX)
    assert scan("--config", str(tmp_path / "central.yaml"), "--settings-ref", base) == CLEAN
    told = result(capsys, "--config", str(tmp_path / "central.yaml"), "--settings-ref", base)
    assert (told["settings"]["source"], told["settings"]["commit"]) == ("named", None)
    assert not told["settings_changes"]
    assert scan("--config", "nowhere.yaml", "--settings-ref", base) == USAGE
    assert "nowhere.yaml is neither in" in capsys.readouterr().err


# --- exceptions, baseline, comments -----------------------------------------------------------------------------------


def test_exceptions_are_those_of_the_commit(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted())
    assert scan() == CLEAN
    assert scan("--settings-ref", "main") == GAPS
    assert changes(result(capsys, "--settings-ref", "main")) == {"exceptions": (1, 0, 0)}
    base = commit(tree)
    write(tree / REGISTER, accepted(entry(owner="other@example.org"), entry(id="EX-2")))
    told = result(capsys, "--settings-ref", base)
    assert told["gate"]["exit_code"] == CLEAN
    assert [each["owner"] for each in told["exceptions"]["entries"]] == ["storage@example.org"]
    assert changes(told) == {"exceptions": (1, 0, 1)}
    assert told["register"]["digest"] == hashlib.sha256(accepted().encode()).hexdigest()
    assert (told["register"]["source"], told["register"]["commit"]) == ("commit", base)
    (tree / REGISTER).unlink()
    assert changes(result(capsys, "--settings-ref", base)) == {"exceptions": (0, 1, 0)}
    (tree / REGISTER).symlink_to("/dev/zero")
    told = result(capsys, "--settings-ref", base)
    assert told["gate"]["exit_code"] == CLEAN
    assert "outside of the working tree" in told["settings_changes"][0]["note"]


def test_a_register_that_an_option_names_is_the_commits_too(tree: Path) -> None:
    write(tree / "risks.yaml", accepted())
    base = commit(tree)
    assert scan("--exceptions", "risks.yaml", "--settings-ref", "main") == GAPS
    assert scan("--exceptions", "risks.yaml", "--settings-ref", base) == CLEAN
    write(tree / "risks.yaml", accepted(entry(control="kms_key_rotation_enabled", compensating_control="x" * 20)))
    assert scan("--exceptions", "risks.yaml", "--settings-ref", base) == CLEAN
    assert scan("--exceptions", "nowhere.yaml", "--settings-ref", base) == USAGE


def test_the_baseline_is_that_of_the_commit(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, STRICT + "baseline: .hipaa-guard/baseline.json\nfail-on-new: true\n")
    (tree / "infra" / "main.tf").write_text("# nothing yet\n")
    assert run(["baseline", "write", "infra"]) == CLEAN
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(BUCKET)
    assert run(["baseline", "write", "infra"]) == CLEAN
    assert scan() == CLEAN
    assert scan("--settings-ref", base) == GAPS
    told = result(capsys, "--settings-ref", base)
    assert (told["baseline"]["source"], told["baseline"]["commit"]) == ("commit", base)
    assert changes(told)["baseline"][0] > 0
    assert scan("--baseline", ".hipaa-guard/baseline.json", "--settings-ref", "main", "--fail-on-new") == GAPS


def test_a_baseline_is_written_with_the_exceptions_of_the_commit(tree: Path) -> None:
    write(tree / REGISTER, accepted())
    assert run(["baseline", "write", "infra", "--settings-ref", "main"]) == CLEAN
    assert "EX-1" not in (tree / ".hipaa-guard" / "baseline.json").read_text()
    assert run(["baseline", "write", "infra"]) == CLEAN
    assert "EX-1" in (tree / ".hipaa-guard" / "baseline.json").read_text()


def test_a_comment_that_the_commit_lacks_widens_no_exception(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted(entry(scope="inline")))
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(MARK + BUCKET)
    assert scan() == CLEAN
    assert scan("--settings-ref", base) == GAPS
    told = result(capsys, "--settings-ref", base)
    assert changes(told) == {"marks": (1, 0, 0)}
    assert any("main.tf:1: the reference to EX-1 is not in" in each for each in told["exceptions"]["references"])
    with_mark = commit(tree)
    (tree / "infra" / "main.tf").write_text("\n\n# moved down\n" + MARK + BUCKET)
    assert scan("--settings-ref", with_mark) == CLEAN, "where its block stands is no matter"
    assert not result(capsys, "--settings-ref", with_mark)["settings_changes"]
    (tree / "infra" / "main.tf").write_text(MARK + BUCKET.replace("phi", "other"))
    assert scan("--settings-ref", with_mark) == GAPS, "another resource"
    assert changes(result(capsys, "--settings-ref", with_mark)) == {"marks": (1, 1, 0)}
    (tree / "infra" / "main.tf").write_text(BUCKET)
    assert changes(result(capsys, "--settings-ref", with_mark)) == {"marks": (0, 1, 0)}


def test_comments_in_json_and_at_module_calls_are_compared_too(tree: Path, capsys: Captured) -> None:
    write(tree / REGISTER, accepted(entry(scope="inline")))
    (tree / "infra" / "main.tf").write_text('module "m" {\n  source = "../modules/m"\n}\n')
    (tree / "modules" / "m").mkdir(parents=True)
    (tree / "modules" / "m" / "x.tf.json").write_text(
        json.dumps({"resource": {"aws_s3_bucket": {"phi": {"bucket": "phi"}}}})
    )
    base = commit(tree)
    (tree / "infra" / "main.tf").write_text(MARK + 'module "m" {\n  source = "../modules/m"\n}\n')
    assert (scan(), scan("--settings-ref", base)) == (CLEAN, GAPS)
    git(tree, "checkout", "-q", "--", "infra")
    block = {"//": "hipaa-guard: exception EX-1", "bucket": "phi"}
    (tree / "modules" / "m" / "x.tf.json").write_text(json.dumps({"resource": {"aws_s3_bucket": {"phi": block}}}))
    assert (scan(), scan("--settings-ref", base)) == (CLEAN, GAPS)
    assert changes(result(capsys, "--settings-ref", base)) == {"marks": (1, 0, 0)}
    assert scan("--settings-ref", commit(tree)) == CLEAN


# --- by itself, and not -----------------------------------------------------------------------------------------------


def test_it_is_on_by_itself_with_a_base_and_off_with_a_flag(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, LAX)
    (tree / "infra" / "more.tf").write_text(BUCKET.replace("phi", "more"))
    gate = ("--baseline-ref", "main", "--fail-on-new")
    assert scan(*gate) == GAPS
    told = result(capsys, *gate)
    assert told["settings"]["commit"] == told["baseline"]["commit"] == git(tree, "rev-parse", "main")
    assert scan(*gate, "--settings-from-tree") == CLEAN
    assert result(capsys, *gate, "--settings-from-tree")["settings"]["source"] == "found"
    assert scan(*gate, "--settings-ref", "main", "--settings-from-tree") == USAGE
    other = commit(tree)
    assert result(capsys, *gate, "--settings-ref", other)["settings"]["commit"] == other


def test_the_base_of_another_repository_says_nothing_of_the_settings_here(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "central").mkdir()
    monkeypatch.chdir(tmp_path / "central")
    write(tmp_path / "central" / SETTINGS, "fail-on: critical\n")
    told = result(capsys, str(tree / "infra"), "--baseline-ref", "main")
    assert (told["settings"]["source"], told["settings_changes"]) == ("found", [])


def test_a_commit_that_the_clone_lacks_is_told_with_the_command_that_gets_it(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, LAX)
    for ref, command in {
        "origin/main": "`git fetch origin main:refs/remotes/origin/main`",
        "release": "`git fetch origin release`",
        "a" * 40: f"`git fetch origin {'a' * 40}`",
        "HEAD~99": "`git fetch --unshallow origin`",
    }.items():
        for option in ("--settings-ref", "--baseline-ref"):
            assert scan(option, ref) == USAGE
            assert command in capsys.readouterr().err
    for ref in ("-x", "--upload-pack=x", "", "a\nb", "main..change", "HEAD:infra"):
        assert scan(f"--settings-ref={ref}") == USAGE
        assert "is no commit" in capsys.readouterr().err


def test_where_there_is_no_git_it_cannot_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.tf").write_text(BUCKET)
    monkeypatch.chdir(tmp_path)
    assert scan(".", "--settings-ref", "main") == USAGE


def test_a_change_can_stop_the_gate(tree: Path, capsys: Captured) -> None:
    stop = ("--settings-ref", "main", "--fail-on-settings-change")
    (tree / "infra" / "main.tf").write_text("# nothing\n")
    assert scan(*stop, "--allow-empty") == CLEAN
    write(tree / SETTINGS, LAX)
    assert scan("--settings-ref", "main", "--allow-empty") == CLEAN
    assert scan(*stop, "--allow-empty") == GAPS
    told = result(capsys, *stop, "--allow-empty")
    assert told["gate"]["reasons"][0].startswith("The tree changes the files that decide about it (settings)")
    assert scan(*stop, "--allow-empty", "--warn-only") == CLEAN
    assert scan("infra", "--fail-on-settings-change") == USAGE
    write(tree / SETTINGS, "fail-on-settings-change: true\nallow-empty: true\nterraform: {path: infra}\n")
    assert scan() == CLEAN, "a push has nothing to compare with"


def test_a_scan_of_an_account_takes_them_too(tree: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    only = "aws: {control: iam_root_mfa_enabled, regions: eu-west-1}\n"
    write(tree / SETTINGS, only)
    write(tree / REGISTER, accepted())
    base = commit(tree)
    write(tree / SETTINGS, only + "warn-only: true\n")
    (tree / REGISTER).unlink()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulated")
    with mock_aws():
        assert run(["scan", "aws", "-q", "-o", "json", "--settings-ref", base]) != CLEAN
        told = json.loads(capsys.readouterr().out)
        assert run(["scan", "aws", "-q", "--settings-ref", base, "--fail-on-settings-change"]) == GAPS
    assert changes(told) == {"settings": (1, 0, 0), "exceptions": (0, 1, 0)}
    assert (told["settings"]["commit"], told["register"]["commit"]) == (base, base)


def test_show_prints_the_settings_of_a_commit(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, LAX)
    assert run(["config", "show", "--settings-ref", "main"]) == CLEAN
    assert VERSIONING in capsys.readouterr().out
