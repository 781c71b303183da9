"""The hook of .pre-commit-hooks.yaml, as pre-commit installs and runs it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from tests.patience import HANGS
from tests.pipelines.tools import ROOT, accepts, copied, git, pip_environment, tool

HOOKS = ROOT / ".pre-commit-hooks.yaml"


def test_the_manifest_is_one() -> None:
    accepts(tool("pre-commit"), "validate-manifest", HOOKS)


def test_the_hook_runs_for_what_terraform_reads() -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())
    for name in ("main.tf", "infra/x.tf.json", "prod.tfvars", "a.auto.tfvars.json", "main.tofu"):
        assert re.search(hook["files"], name)
    for name in ("README.md", "tf", "x.tf.txt", "plan.json"):
        assert not re.search(hook["files"], name)


def test_the_hook_stops_a_commit_with_a_gap(tmp_path: Path) -> None:
    pre_commit = tool("pre-commit")
    tool_tree, clinic = tmp_path / "hipaa-guard", tmp_path / "clinic"
    copied(tool_tree, HOOKS.name)
    clinic.mkdir()
    (clinic / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    for tree in (tool_tree, clinic):
        git(tree, "init", "-q")
        git(tree, "add", "-A")
        git(tree, "commit", "-qm", "first")
    hook = [pre_commit, "try-repo", str(tool_tree), "hipaa-guard", "--all-files", "--color=never"]
    environment = {**pip_environment(), "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    found = subprocess.run(
        hook, cwd=clinic, env=environment, capture_output=True, text=True, check=False, timeout=HANGS
    )
    assert found.returncode == 1, found.stdout + found.stderr
    head, shown = found.stdout.split("- exit code: 1\n")
    assert "hipaa-guard" in head
    lines = shown.strip().splitlines()
    assert lines
    assert [line for line in lines if not re.match(r"main\.tf:1:1: \w+: aws_s3_bucket\.phi .+ \[s3_\w+\]$", line)] == []
    (clinic / "main.tf").write_text("locals {\n  a = 1\n}\n")
    accepts(*hook, cwd=clinic, environment=environment)
