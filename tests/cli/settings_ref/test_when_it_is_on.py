"""When the settings of a commit count, what stops the gate, and what happens where there is no such commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from moto import mock_aws

from hipaa_guard.cli.main import run
from tests.cli.hostile import BUCKET, REGISTER, SETTINGS, commit, git
from tests.cli.settings_ref.scans import CLEAN, GAPS, LAX, USAGE, Captured, accepted, changes, result, scan, write


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
