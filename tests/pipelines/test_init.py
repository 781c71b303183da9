"""`hipaa-guard init`: what it writes fits the repository, and the pipeline's own commands run there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.command_line.running import one_sentence, run
from tests.patience import HANGS
from tests.pipelines.tools import ROOT, accepts, actionlint, git, tool

BAD = 'resource "aws_s3_bucket" "phi" {}\n'
FROM = ("--install", "hipaa-guard-cloud==0.9.0")
WORKFLOW = ".github/workflows/hipaa-guard.yml"
JOB = ".gitlab/hipaa-guard.yml"
SETTINGS, HOOKS = ".hipaa-guard.yaml", ".pre-commit-config.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two root modules, of which one calls a module."""
    at = tmp_path / "a repository"
    for place, text in {
        "infra/prod": 'module "records" {\n  source = "../modules/records"\n}\n',
        "infra/test": BAD,
        "infra/modules/records": BAD,
    }.items():
        (at / place).mkdir(parents=True)
        (at / place / "main.tf").write_text(text)
    git(at, "init", "-q", "-b", "trunk")
    git(at, "add", "-A")
    git(at, "commit", "-qm", "first")
    return at


def written(repository: Path) -> set[str]:
    return set(git(repository, "ls-files", "--others").splitlines())


def steps(script: str, at: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a pipeline where its commands are found."""
    bin = at.parent / "bin"
    bin.mkdir(exist_ok=True)
    ours = bin / "hipaa-guard"
    ours.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hipaa_guard "$@"\n')
    ours.chmod(0o755)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HIPAA_GUARD_", "GITHUB_"))}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=at,
        env={**clean, "PATH": f"{bin}:{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS,
    )


def test_the_settings_name_what_is_scanned_and_a_scan_needs_no_more(repository: Path) -> None:
    result = run("init", cwd=repository)
    assert result.returncode == 0, result.stderr
    assert written(repository) == {SETTINGS, HOOKS}
    assert "Terraform: infra/prod, infra/test" in result.stdout
    assert "No pipeline was written" in result.stdout
    settings = yaml.safe_load((repository / SETTINGS).read_text())
    assert settings == {"fail-on": "high", "terraform": {"path": "infra"}}
    scanned = run("scan", "terraform", "-q", "-o", "json", cwd=repository)
    assert scanned.returncode == 1
    assert {each["location"]["file"] for each in json.loads(scanned.stdout)["findings"]} == {
        "modules/records/main.tf",
        "test/main.tf",
    }


def test_the_workflow_of_github_is_valid_and_its_scan_runs(repository: Path) -> None:
    (repository / ".github").mkdir()
    assert run("init", *FROM, cwd=repository).returncode == 0
    assert written(repository) == {SETTINGS, HOOKS, WORKFLOW}
    path = repository / WORKFLOW
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path)
    accepts(tool("zizmor"), "--offline", "--no-progress", path)
    accepts(*actionlint(path))
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text())
    assert workflow[True]["push"]["branches"] == ["trunk"]  # YAML 1.1 reads `on` as true
    by_name = {step.get("name"): step for step in workflow["jobs"]["scan"]["steps"]}
    assert by_name["Install"]["env"] == {"REQUIREMENT": "hipaa-guard-cloud==0.9.0"}
    scan = by_name["Scan"]["run"]
    pushed = steps(scan, repository, BASE="", GITHUB_ACTIONS="true")
    assert pushed.returncode == 1, pushed.stderr
    assert "::error" in pushed.stdout
    assert (repository / by_name["Upload"]["with"]["sarif_file"]).exists()
    assert steps(scan, repository, BASE="HEAD").returncode == 0
    (repository / "infra" / "test" / "more.tf").write_text(BAD.replace("phi", "scans"))
    assert steps(scan, repository, BASE="HEAD").returncode == 1
    (repository / SETTINGS).write_text("warn-only: true\nterraform: {path: infra}\n")
    assert steps(scan, repository, BASE="HEAD").returncode == 1, "the base has no settings that say so"
    assert steps(scan, repository, BASE="").returncode == 0


def test_the_job_of_gitlab_is_valid_and_its_scan_runs(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://gitlab.example.org/clinic/infra.git")
    assert run("init", *FROM, cwd=repository).returncode == 0
    assert written(repository) == {SETTINGS, HOOKS, JOB, ".gitlab-ci.yml"}
    check = (tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci")
    accepts(*check, repository / JOB, repository / ".gitlab-ci.yml")
    assert yaml.safe_load((repository / ".gitlab-ci.yml").read_text()) == {"include": [{"local": JOB}]}
    job = yaml.safe_load((repository / JOB).read_text())["hipaa-guard"]
    assert job["variables"]["REQUIREMENT"] == "hipaa-guard-cloud==0.9.0"
    (script,) = job["script"]
    assert steps(script, repository).returncode == 1
    for file in job["artifacts"]["reports"].values():
        assert (repository / file).exists()
    git(repository, "remote", "set-url", "origin", str(repository))
    request = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "trunk"}
    assert steps(script, repository, **request).returncode == 0
    (repository / "infra" / "test" / "more.tf").write_text(BAD.replace("phi", "scans"))
    (repository / SETTINGS).write_text("warn-only: true\nterraform: {path: infra}\n")
    assert steps(script, repository, **request).returncode == 1, "the target branch has no settings that say so"
    assert steps(script, repository, **{**request, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "none"}).returncode != 0


def test_the_component_of_gitlab_scans_as_the_job_does() -> None:
    template = (ROOT / "templates/scan/template.yml").read_text()
    written = (ROOT / "src/hipaa_guard/cli/pipelines/gitlab.yaml").read_text().replace("@REQUIREMENT@", "x")
    job, component = yaml.safe_load(written)["hipaa-guard"], yaml.safe_load(template.split("\n---\n")[1])
    for part in ("script", "rules", "artifacts"):
        assert component["$[[ inputs.job ]]"][part] == job[part]


def test_what_exists_is_kept(repository: Path) -> None:
    (repository / ".github" / "workflows").mkdir(parents=True)
    mine = {SETTINGS: "quiet: true\n", WORKFLOW: "name: mine\n", ".gitlab-ci.yml": "stages: [test]\n"}
    for name, text in mine.items():
        (repository / name).write_text(text)
    result = run("init", *FROM, "--no-pre-commit", cwd=repository)
    assert result.returncode == 0
    assert not (repository / HOOKS).exists()
    assert {name: (repository / name).read_text() for name in mine} == mine
    assert f"kept       {WORKFLOW}: it exists, --force overwrites it" in result.stdout
    assert f"Add to .gitlab-ci.yml:\ninclude:\n  - local: {JOB}" in result.stdout
    assert f"changed    {SETTINGS}" in run("init", *FROM, "--force", cwd=repository).stdout
    assert "path" in yaml.safe_load((repository / SETTINGS).read_text())["terraform"]
    assert (repository / ".gitlab-ci.yml").read_text() == mine[".gitlab-ci.yml"]


def test_a_pipeline_can_be_chosen(repository: Path) -> None:
    (repository / ".github").mkdir()
    assert run("init", "--ci", "none", "--no-pre-commit", cwd=repository).returncode == 0
    assert written(repository) == {SETTINGS}
    assert run("init", "--ci", "gitlab", "--no-pre-commit", *FROM, cwd=repository).returncode == 0
    assert written(repository) == {SETTINGS, JOB, ".gitlab-ci.yml"}


def test_names_that_look_like_yaml_are_taken_as_text(tmp_path: Path) -> None:
    odd = tmp_path / 'yes: "#1"'
    odd.mkdir()
    (odd / "main.tf").write_text(BAD)
    requirement = 'hipaa-guard-cloud @ git+https://git.example.org/x?a="b"#egg=@PATH@'
    assert run("init", "--ci", "github", "--install", requirement, cwd=tmp_path).returncode == 0
    assert yaml.safe_load((tmp_path / SETTINGS).read_text())["terraform"]["path"] == 'yes: "#1"'
    workflow = yaml.safe_load((tmp_path / WORKFLOW).read_text())
    assert requirement in [step.get("env", {}).get("REQUIREMENT") for step in workflow["jobs"]["scan"]["steps"]]


def test_nothing_is_written_where_there_is_nothing_to_scan(tmp_path: Path) -> None:
    result = run("init", "--ci", "github", *FROM, cwd=tmp_path)
    assert result.returncode == 2
    assert "there is no Terraform" in one_sentence(result)
    assert list(tmp_path.iterdir()) == []
