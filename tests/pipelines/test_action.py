"""The steps of action.yml, run with bash as GitHub would, with its files, in a repository of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.pipelines.job import BAD, GOOD, Job
from tests.pipelines.locks import pins
from tests.pipelines.tools import accepts, copied, git, without_index


def test_a_gap_fails_the_step_and_is_told_everywhere(job: Job) -> None:
    result = job.scan()
    assert result.returncode == 1, result.stderr
    assert "::error" in result.stdout
    assert "infra/main.tf" in result.stdout
    assert "exit-code=1" in job.told("github_output")
    assert f"sarif={job.temp}/hipaa-guard.sarif" in job.told("github_output")
    assert "aws_s3_bucket.phi" in job.told("hipaa-guard.sarif")
    assert "aws_s3_bucket.phi" in job.told("github_step_summary")


def test_inputs_are_taken(job: Job) -> None:
    (job.repository / "good one").mkdir()
    (job.repository / "good one" / "main.tf").write_text(GOOD)
    assert job.scan(SCANNED="good one", FAIL_ON="critical").returncode == 0
    assert "exit-code=0" in job.told("github_output")


def test_inputs_are_never_commands_or_options(job: Job) -> None:
    for name in ("SCANNED", "FAIL_ON", "BASELINE_REF", "SETTINGS_REF"):
        for value in ("$(touch made)", "`touch made`", "; touch made", "--warn-only", "--upload-pack=touch made"):
            assert job.scan(**{name: value}).returncode not in (0, 1), (name, value)
    assert not (job.repository / "made").exists()


def test_the_settings_of_the_repository_hold(job: Job) -> None:
    (job.repository / ".hipaa-guard.yaml").write_text("warn-only: true\nterraform:\n  path: infra\n")
    assert job.scan().returncode == 0
    (job.repository / ".hipaa-guard.yaml").write_text("fail-on: low\n")  # and the whole repository is scanned
    assert job.scan().returncode == 1
    (job.repository / ".hipaa-guard.yaml").write_text("warn_only: true\n")
    assert job.scan().returncode == 2
    assert job.told("github_output").count("sarif=") == 2
    assert job.told("github_output").endswith("exit-code=2\n")


def test_the_settings_of_the_base_hold_in_a_pull_request(job: Job) -> None:
    (job.repository / ".hipaa-guard.yaml").write_text("warn-only: true\nterraform:\n  path: nowhere\n")
    assert job.scan(SETTINGS_REF="main").returncode == 1, "the base has no settings, so the whole repository is scanned"
    assert "The tree differs from" in job.told("github_step_summary")
    git(job.repository, "add", "-A")
    git(job.repository, "commit", "-qm", "settings")
    (job.repository / ".hipaa-guard.yaml").write_text("fail-on: low\nterraform:\n  path: infra\n")
    assert job.scan(SETTINGS_REF="main").returncode == 2, "there is no such path"
    (job.repository / ".hipaa-guard.yaml").write_text("warn-only: true\nterraform:\n  path: infra\n")
    git(job.repository, "commit", "-qam", "path")
    (job.repository / ".hipaa-guard.yaml").write_text("terraform:\n  path: infra\n")
    assert job.scan(SETTINGS_REF="main").returncode == 0
    assert job.scan(SETTINGS_REF="main", FAIL_ON_SETTINGS_CHANGE="true").returncode == 0, "the base says warn-only"
    assert "--fail-on-settings-change" in job.told("github_step_summary")


def test_only_new_gaps_fail_where_there_is_a_base(job: Job) -> None:
    assert job.scan(BASELINE_REF="main").returncode == 0
    (job.repository / "infra" / "more.tf").write_text(BAD.replace("phi", "scans"))
    assert job.scan(BASELINE_REF="main").returncode == 1


def test_a_base_that_a_shallow_clone_lacks_is_fetched(job: Job, tmp_path: Path) -> None:
    git(job.repository, "checkout", "-qb", "change")
    (job.repository / "README").write_text("changed\n")
    git(job.repository, "add", "-A")
    git(job.repository, "commit", "-qm", "second")
    base = git(job.repository, "rev-parse", "main")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=change", f"file://{job.repository}", "clone")
    shallow = Job(tmp_path / "clone", job.temp)
    for ref in ("origin/main", base):
        result = shallow.scan(BASELINE_REF=ref)
        assert result.returncode == 0, result.stdout + result.stderr
    assert shallow.scan(BASELINE_REF="origin/nowhere").returncode not in (0, 1)
    assert shallow.scan(SETTINGS_REF="origin/nowhere").returncode not in (0, 1)


def test_the_settings_of_a_base_that_a_shallow_clone_lacks_are_fetched(job: Job, tmp_path: Path) -> None:
    (job.repository / ".hipaa-guard.yaml").write_text("warn-only: true\n")
    git(job.repository, "add", "-A")
    git(job.repository, "commit", "-qm", "settings")
    git(job.repository, "checkout", "-qb", "change")
    (job.repository / ".hipaa-guard.yaml").unlink()
    git(job.repository, "commit", "-qam", "none")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=change", f"file://{job.repository}", "clone")
    shallow = Job(tmp_path / "clone", job.temp)
    assert shallow.scan().returncode == 1
    assert shallow.scan(SETTINGS_REF=git(job.repository, "rev-parse", "main")).returncode == 0


def test_the_action_installs_itself(job: Job, tmp_path: Path) -> None:
    subprocess.run(["rm", "-rf", job.temp / "hipaa-guard"], check=True)
    (job.temp / "bin" / "python").symlink_to(sys.executable)
    result = job.run("Install", ACTION_PATH=str(copied(tmp_path / "the action")), **without_index())
    assert result.returncode == 0, result.stdout + result.stderr
    assert job.scan().returncode == 1
    python = job.temp / "hipaa-guard" / "bin" / "python"
    accepts(python, "-m", "pip", "check")
    installed = accepts(python, "-m", "pip", "freeze", "--all", "--exclude", "hipaa-guard-cloud").splitlines()
    held = {**pins("build.txt"), **pins("runtime.txt")}
    assert {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in installed)} == {
        name: str(pin.version) for name, (pin,) in held.items() if pin.applies()
    }
