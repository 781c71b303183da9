"""docs/ci.md shows what works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.cli.command_line.running import run
from tests.pipelines.tools import ROOT, accepts, actionlint, tool

PAGE = (ROOT / "docs" / "ci.md").read_text()
BLOCKS: list[str] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
COMMIT = "0" * 40


def block(part: str) -> str:
    (found,) = [each for each in BLOCKS if part in each]
    return found


def inputs_told(text: str) -> set[str]:
    rows = re.findall(r"(?m)^\| ((?:`[a-z-]+`(?:, )?)+) \|", text)
    return {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}


def test_the_settings_are_settings(tmp_path: Path) -> None:
    (tmp_path / ".hipaa-guard.yaml").write_text(block("# for every scan"))
    (tmp_path / "out").mkdir()
    shown = run("config", "show", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert yaml.safe_load(shown.stdout)["aws"]["fail-on"] == "low"


def test_the_steps_of_github_are_those_of_a_workflow(tmp_path: Path) -> None:
    text = block("id: hipaa\n").replace("OWNER/hipaa-guard@COMMIT", f"clinic/hipaa-guard@{COMMIT}")
    job: dict[str, Any] = yaml.safe_load(text)
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (step,) = [step for step in job["steps"] if step.get("id") == "hipaa"]
    assert set(step["with"]) <= set(action["inputs"])
    used = set(re.findall(r"steps\.hipaa\.outputs\.([a-z-]+)", text))
    assert used <= set(action["outputs"])
    assert inputs_told(PAGE.partition("## GitHub")[2].partition("## GitLab")[0]) == set(action["inputs"])
    workflow = {"on": {"pull_request": None}, "jobs": {"scan": {"runs-on": "ubuntu-latest", **job}}}
    path = tmp_path / "workflow.yml"
    path.write_text(yaml.safe_dump(workflow))
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path)
    accepts(*actionlint(path))


def test_the_caller_of_the_reusable_workflow_gives_its_inputs() -> None:
    called = yaml.safe_load((ROOT / ".github/workflows/scan-account.yml").read_text())
    inputs = called[True]["workflow_call"]["inputs"]  # YAML 1.1 reads `on` as true
    job = yaml.safe_load(block("scan-account.yml"))["jobs"]["account"]
    required = {name for name, each in inputs.items() if each.get("required")}
    assert required <= set(job["with"]) <= set(inputs)
    assert job["permissions"] == called["jobs"]["scan"]["permissions"]


def test_the_includer_of_the_component_gives_its_inputs() -> None:
    inputs = next(yaml.safe_load_all((ROOT / "templates/scan/template.yml").read_text()))["spec"]["inputs"]
    (given,) = yaml.safe_load(block("component:"))["include"]
    assert {name for name, each in inputs.items() if "default" not in each} <= set(given["inputs"]) <= set(inputs)


def test_the_hook_is_configured_as_pre_commit_wants_it(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(block("rev: COMMIT"))
    accepts(tool("pre-commit"), "validate-config", path)


def test_options_of_the_page_exist() -> None:
    known = set(re.findall(r"--[a-z][a-z-]+", (ROOT / "docs" / "command-line.md").read_text()))
    told = {
        option
        for line in PAGE.splitlines()
        if "hipaa-guard " in line
        for option in re.findall(r" (--[a-z][a-z-]+)", line)
    }
    foreign = {"--rm", "--read-only", "--network"}  # docker's
    assert told - foreign - known == set()
