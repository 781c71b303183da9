"""What `scan` takes as its paths, what it leaves out of them, and how it says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES, INCOMPLETE, USAGE
from hipaa_guard.cli.main import run
from tests.patience import HANGS

BUCKET = 'resource "aws_s3_bucket" "{0}" {{ bucket = "{0}" }}\n'
QUEUE = 'resource "aws_sqs_queue" "phi" { sqs_managed_sse_enabled = true }\n'
PLAN = {
    "format_version": "1.2",
    "resource_changes": [
        {
            "address": "aws_s3_bucket.planned",
            "mode": "managed",
            "type": "aws_s3_bucket",
            "name": "planned",
            "change": {"actions": ["create"], "before": None, "after": {"bucket": "x"}, "after_unknown": {"id": True}},
        }
    ],
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree with two roots, a module that one calls, a plan, and directories that git ignores."""
    texts = {
        "infra/main.tf": BUCKET.format("main") + 'module "kept" {\n  source = "../modules/kept"\n}\n',
        "infra/queue.tf": QUEUE + 'resource "aws_s3_bucket_versioning" "v" {\n  bucket = aws_s3_bucket.main.id\n'
        '  versioning_configuration { status = "Enabled" }\n}\n',
        "modules/kept/main.tf": BUCKET.format("kept"),
        "other/legacy/main.tf": BUCKET.format("legacy"),
        "aws/main.tf": BUCKET.format("named_aws"),
        ".gitignore": "generated/\n*.local.tf\n",
        "generated/new/main.tf": BUCKET.format("new"),
        "generated/tracked/main.tf": BUCKET.format("tracked"),
        "plan.json": json.dumps(PLAN),
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "--force", ".gitignore", "generated/tracked", "infra"], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scanned(*words: str) -> dict[str, Any]:
    """The JSON result of `hipaa-guard scan`."""
    code = run(["scan", *words, "-o", "json=out/made/scan.json", "-q"])
    assert code in (CLEAN, FAILURES, INCOMPLETE)
    found: dict[str, Any] = json.loads(Path("out/made/scan.json").read_text())
    return found


def prints(result: dict[str, Any]) -> set[str]:
    return {finding["fingerprint"] for finding in result["findings"]}


def addresses(result: dict[str, Any]) -> set[str]:
    return {finding["resource"]["address"] for finding in result["findings"]} - {None}


def reasons(result: dict[str, Any], kind: str) -> list[str]:
    return [gap["reason"] for gap in result["coverage"]["gaps"] if gap["kind"] == kind]


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(["scan", *words]) == USAGE
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


class TestWhichPaths:
    def test_the_working_directory_is_meant_where_none_is_named(self, tree: Path) -> None:
        here = scanned()
        assert here["coverage"]["roots"] == ["aws", "generated/tracked", "infra", "other/legacy"]
        assert prints(scanned("terraform")) == prints(scanned("tf")) == prints(scanned(".")) == prints(here)
        assert run(["tf", "-o", "json=other.json"]) == FAILURES
        assert prints(json.loads((tree / "other.json").read_text())) == prints(here)

    def test_several_are_one_scan_in_which_each_has_the_identities_of_its_own(self, tree: Path) -> None:
        alone = scanned("infra"), scanned("other"), scanned("plan.json")
        together = scanned("infra", "other", "plan.json")
        assert prints(together) == set.union(*map(prints, alone))
        assert together["coverage"]["roots"] == ["infra", "other/legacy", "."]
        assert together["scan"]["paths"] == ["infra", "other", "plan.json"]
        assert together["scan"]["format"] == "mixed"
        assert prints(scanned("-d", "infra", "-d", "other")) == prints(scanned("infra", "other"))
        assert prints(scanned("infra", "infra/")) == prints(alone[0])

    def test_several_without_a_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "main.tf").write_text(BUCKET.format("phi"))
        monkeypatch.chdir(tmp_path)
        found = scanned("a", "b")
        assert found["coverage"]["roots"] == ["a", "b"]
        assert len(prints(found)) == len(found["findings"])

    def test_of_two_repositories_are_refused(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tree / "other" / ".git").mkdir()
        said = refused(capsys, "infra", "other")
        assert "infra and other do not lie in the same repository" in said
        assert "--repository-root" in said
        assert len(addresses(scanned("infra", "other", "--repository-root", "."))) > 1

    def test_one_file_is_its_resources_with_the_values_of_its_module(self, tree: Path) -> None:
        found = scanned("infra/main.tf")
        assert {"aws_s3_bucket.main", "module.kept.aws_s3_bucket.kept"} <= addresses(found)
        assert "aws_sqs_queue.phi" not in addresses(found)
        versioning = [each for each in found["findings"] if each["control_id"] == "s3_bucket_versioning_enabled"]
        of_main = [each["status"] for each in versioning if each["resource"]["address"] == "aws_s3_bucket.main"]
        assert of_main == ["pass"]  # the other file of the module says so
        assert prints(found) < prints(scanned("infra"))
        assert reasons(found, "left out") == ["only main.tf was asked for: 2 resources were read and not judged"]
        both = scanned("infra/main.tf", "infra/queue.tf")
        assert prints(both) == prints(scanned("infra"))
        assert reasons(both, "left out") == []

    def test_a_diff_says_nothing_of_the_other_files_of_a_module(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scanned("infra")
        (tree / "before.json").write_text(Path("out/made/scan.json").read_text())
        scanned("infra/main.tf")
        capsys.readouterr()
        run(["diff", "before.json", "out/made/scan.json"])
        said = capsys.readouterr().out
        assert "only a part of its files was asked for" in said

    def test_a_file_without_resources_is_no_silent_pass(self, tree: Path) -> None:
        (tree / "infra" / "variables.tf").write_text('variable "x" { default = 1 }\n')
        assert run(["scan", "infra/variables.tf", "-q"]) == INCOMPLETE

    def test_a_plan_comes_through_a_stream(self, tree: Path) -> None:
        known = prints(scanned("plan.json"))
        for word in ("-", "/dev/stdin"):
            ended = subprocess.run(
                [sys.executable, "-m", "hipaa_guard", "scan", word, "-o", "json"],
                input=json.dumps(PLAN),
                capture_output=True,
                text=True,
                timeout=HANGS,
                check=False,
            )
            assert ended.returncode == FAILURES, ended.stderr
            assert prints(json.loads(ended.stdout)) == known
        empty = subprocess.run(
            [sys.executable, "-m", "hipaa_guard", "scan", "-"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANGS,
            check=False,
        )
        assert empty.returncode == USAGE
        assert "is empty: pipe the output of `terraform show -json` into it" in empty.stderr

    @pytest.mark.parametrize(
        "words, said",
        [
            (["infr"], "did you mean infra?"),
            (["terrafrom"], "Did you mean `hipaa-guard scan terraform`?"),
            (["--severity", "high", "aws"], "a directory of that name is ./aws"),
            (["infra", "missing"], "missing does not exist"),
            (["plan.json", "other", "--source", "infra"], "--source"),
            (["-", "/dev/stdin"], "only one plan or state"),
            (["infra", "out-of"], "out-of does not exist"),
        ],
    )
    def test_what_is_not_there(
        self, tree: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
    ) -> None:
        assert said in refused(capsys, *words)

    def test_a_directory_that_is_named_like_a_scan(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["scan", "aws", "--dry-run"]) == CLEAN
        assert "No call was made." in capsys.readouterr().out
        assert addresses(scanned("./aws")) == {"aws_s3_bucket.named_aws"}


class TestWhatIsLeftOut:
    @pytest.mark.parametrize(
        "pattern",
        ["legacy", "other/**", "./other/legacy/", "**/legacy", "o*r/leg?cy", "other/legacy/*.tf", "[kl]egacy"],
    )
    def test_by_a_pattern(self, tree: Path, pattern: str) -> None:
        found = scanned("--skip-path", pattern)
        assert "aws_s3_bucket.legacy" not in addresses(found)
        assert "aws_s3_bucket.main" in addresses(found)
        assert prints(found) < prints(scanned())
        assert reasons(found, "left out") == ["--skip-path leaves out 1 directory of Terraform (other/legacy)"]

    def test_a_pattern_is_a_path_from_where_one_stands_or_from_what_is_scanned(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "aws_s3_bucket.legacy" not in addresses(scanned("other", "infra", "--skip-path", "other/legacy"))
        monkeypatch.chdir(tree / "other")
        assert run(["scan", ".", "--skip-path", "legacy", "-q"]) == INCOMPLETE
        assert run(["scan", "..", "--skip-path", "other/legacy", "-q"]) == FAILURES

    def test_single_files_and_called_modules(self, tree: Path) -> None:
        found = scanned("infra", "--skip-path", "queue.tf", "--skip-path", "modules/kept")
        assert addresses(found) == {"aws_s3_bucket.main"}
        assert reasons(found, "left out") == [
            "--skip-path queue.tf was given: 2 resources were read and not judged",
            "--skip-path modules/kept was given: 1 resource was read and not judged",
        ]

    def test_it_is_said_in_every_report(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["scan", "--skip-path", "legacy", "-o", "html=r.html", "-o", "terminal"]) == FAILURES
        said = "--skip-path leaves out 1 directory of Terraform (other/legacy)"
        assert said in " ".join(capsys.readouterr().out.split())
        assert said in (tree / "r.html").read_text()

    def test_a_pattern_that_fits_nothing_is_refused(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert "--skip-path legacey fits no file or directory in .: did you mean" in refused(
            capsys, "--skip-path", "legacey"
        )
        assert "legacy?" in refused(capsys, "--skip-path", "legacey")
        assert "is a plan or state" in refused(capsys, "plan.json", "--skip-path", "legacy")

    def test_the_settings_may_name_patterns_that_a_plan_cannot_use(self, tree: Path) -> None:
        (tree / ".hipaa-guard.yaml").write_text("terraform:\n  skip-path: [legacy, nowhere]\n")
        assert addresses(scanned("plan.json")) == {"aws_s3_bucket.planned"}
        assert "aws_s3_bucket.legacy" not in addresses(scanned())

    def test_all_of_it_is_no_silent_pass(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for words in (["--skip-path", "**"], ["--skip-control", "*"], ["infra", "--skip-path", "*.tf"]):
            capsys.readouterr()
            assert run(["scan", *words]) == INCOMPLETE
            assert "Nothing was judged" in capsys.readouterr().out.splitlines()[-1]


class TestWhatGitIgnores:
    def test_is_left_out_unless_it_is_tracked(self, tree: Path) -> None:
        found = scanned()
        assert "aws_s3_bucket.new" not in addresses(found)
        assert "aws_s3_bucket.tracked" in addresses(found)
        assert reasons(found, "ignored by git") == ["git ignores 1 directory of Terraform (generated/new): left out"]
        assert found["gate"]["exit_code"] == FAILURES

    def test_is_scanned_where_it_is_named(self, tree: Path) -> None:
        assert addresses(scanned("generated")) == {"aws_s3_bucket.new", "aws_s3_bucket.tracked"}
        assert "aws_s3_bucket.new" in addresses(scanned(".", "generated/new"))
        assert reasons(scanned("generated/new"), "ignored by git") == []

    def test_a_directory_with_one_file_that_is_not_ignored_stays_whole(self, tree: Path) -> None:
        (tree / "other" / "legacy" / "more.local.tf").write_text(BUCKET.format("local"))
        assert "aws_s3_bucket.local" in addresses(scanned("other"))
        (tree / "other" / "legacy" / "main.tf").unlink()
        assert run(["scan", "-q", "--skip-path", "infra"]) == FAILURES
        assert "aws_s3_bucket.local" not in addresses(scanned())

    def test_only_the_rules_of_the_repository_count(self, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tree / ".git" / "info").mkdir(exist_ok=True)
        (tree / ".git" / "info" / "exclude").write_text("legacy/\n")
        (tree / "mine").write_text("legacy/\n")
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.excludesFile")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(tree / "mine"))
        assert "aws_s3_bucket.legacy" in addresses(scanned())

    def test_a_module_that_a_root_calls_is_judged_there(self, tree: Path) -> None:
        (tree / ".gitignore").write_text("modules/\n")
        found = scanned()
        assert "module.kept.aws_s3_bucket.kept" in addresses(found)
        assert reasons(found, "ignored by git") == []

    def test_odd_names_and_rules(self, tree: Path) -> None:
        (tree / ".gitignore").write_text("\\#odd/\n:(glob)x/\n!generated/\n[z-a]\nn\\ew\n")
        for name in ("#odd", ":(glob)x"):
            (tree / name).mkdir()
            (tree / name / "main.tf").write_text(BUCKET.format("odd"))
        found = scanned()
        assert "aws_s3_bucket.odd" not in addresses(found)
        assert "aws_s3_bucket.tracked" in addresses(found)

    def test_a_repository_that_git_refuses_leaves_nothing_out(self, tree: Path) -> None:
        (tree / ".git" / "config").write_text("[core\n")
        assert "aws_s3_bucket.new" in addresses(scanned())

    def test_no_program_of_the_repository_is_started(self, tree: Path) -> None:
        hook = tree / "hook"
        hook.write_text(f"#!/bin/sh\ntouch {tree}/started\n")
        hook.chmod(0o755)
        (tree / ".git" / "config").write_text(
            f"[core]\n\tfsmonitor = {hook}\n\tpager = {hook}\n\tsshCommand = {hook}\n"
        )
        scanned()
        assert not os.path.lexists(tree / "started")


def test_directories_of_outputs_are_made(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "infra", "-o", "html=a/b/r.html", "--format", "sarif=c/s.sarif", "--soft-fail"]) == CLEAN
    assert (tree / "a" / "b" / "r.html").is_file()
    assert (tree / "c" / "s.sarif").is_file()
    assert "plan.json is not a directory" in refused(capsys, "infra", "-o", "json=plan.json/x.json")
