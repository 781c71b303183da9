"""A job that runs the steps of action.yml with bash, as GitHub would, in a repository of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.patience import HANGS
from tests.pipelines.tools import ROOT, git

STEPS = {
    step["name"]: step for step in yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"] if "run" in step
}
NO_INPUTS = dict.fromkeys(("SCANNED", "FAIL_ON", "BASELINE_REF", "SETTINGS_REF", "FAIL_ON_SETTINGS_CHANGE"), "")
GOOD = 'resource "aws_sqs_queue" "phi" {\n  sqs_managed_sse_enabled = true\n}\n'
BAD = 'resource "aws_s3_bucket" "phi" {}\n'


class Job(NamedTuple):
    repository: Path
    temp: Path

    def run(self, step: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a step of the action; every variable it declares has to be given."""
        assert set(STEPS[step].get("env", {})) <= set(env)
        script = self.temp / "step.sh"
        script.write_text(STEPS[step]["run"])
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HIPAA_GUARD_", "GITHUB_", "PIP_"))
        }
        files = {name: str(self.temp / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        clean |= {"RUNNER_TEMP": str(self.temp), "PATH": f"{self.temp}/bin:{os.environ['PATH']}", **files}
        clean |= {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "clinic/infra", **env}
        # As GitHub calls `shell: bash`.
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.repository,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
            timeout=HANGS,
        )

    def scan(self, **env: str) -> subprocess.CompletedProcess[str]:
        return self.run("Scan", **{**NO_INPUTS, **env})

    def told(self, name: str) -> str:
        path = self.temp / name
        return path.read_text() if path.exists() else ""


def job_in(tmp_path: Path) -> Job:
    """A job with a repository that has one gap."""
    made = Job(tmp_path / "repository", tmp_path / "runner's temp")
    (made.repository / "infra").mkdir(parents=True)
    (made.repository / "infra" / "main.tf").write_text(BAD)
    git(made.repository, "init", "-q", "-b", "main")
    git(made.repository, "add", "-A")
    git(made.repository, "commit", "-qm", "first")
    (made.temp / "hipaa-guard" / "bin").mkdir(parents=True)
    (made.temp / "bin").mkdir()
    # Instead of the step Install, which has a test of its own.
    ours = made.temp / "hipaa-guard" / "bin" / "hipaa-guard"
    ours.write_text(f'#!/usr/bin/env bash\nexec "{sys.executable}" -m hipaa_guard "$@"\n')
    ours.chmod(0o755)
    (ours.parent / "python").symlink_to(sys.executable)
    return made
