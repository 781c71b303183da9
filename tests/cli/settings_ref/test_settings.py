"""Settings of a commit: a pull request does not decide about itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.cli.hostile import BUCKET, SETTINGS, commit, git
from tests.cli.settings_ref.scans import CLEAN, GAPS, LAX, STRICT, USAGE, Captured, changes, result, scan, write
from tests.lifecycle.register_text import VERSIONING

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


# --- by itself, and not -----------------------------------------------------------------------------------------------


def test_show_prints_the_settings_of_a_commit(tree: Path, capsys: Captured) -> None:
    write(tree / SETTINGS, LAX)
    assert run(["config", "show", "--settings-ref", "main"]) == CLEAN
    assert VERSIONING in capsys.readouterr().out
