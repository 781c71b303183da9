"""The files by which pipelines use hipaa-guard are what those pipelines take."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
import yaml

from tests.pipelines.tools import ROOT, accepts, actionlint, copied, pip_environment, refuses, tool

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMPONENT = ROOT / "templates" / "scan" / "template.yml"


def test_the_action_is_an_action(tmp_path: Path) -> None:
    check = (tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions")
    accepts(*check, "action.yml")
    broken = tmp_path / "action.yml"
    broken.write_text((ROOT / "action.yml").read_text().replace("using: composite", "using: nothing"))
    refuses(*check, broken)


def test_workflows_are_workflows(tmp_path: Path) -> None:
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)
    accepts(*actionlint(*WORKFLOWS))
    broken = tmp_path / "scan.yml"
    broken.write_text(
        (ROOT / ".github/workflows/scan-account.yml").read_text().replace("inputs.region ", "inputs.place ")
    )
    assert "place" in refuses(*actionlint(broken))


def test_action_and_workflows_are_safe(tmp_path: Path) -> None:
    zizmor = (tool("zizmor"), "--offline", "--no-progress", "--persona=pedantic", "--min-severity=low")
    accepts(*zizmor, "action.yml", *WORKFLOWS)
    broken = tmp_path / "action.yml"
    broken.write_text((ROOT / "action.yml").read_text().replace('"--fail-on=$FAIL_ON"', "${{ inputs.fail-on }}"))
    assert "template-injection" in refuses(*zizmor, broken)


def test_the_component_is_a_pipeline_of_gitlab(tmp_path: Path) -> None:
    head, job = COMPONENT.read_text().split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    used = set(re.findall(r"\$\[\[ inputs\.(\S+) ]]", job))
    assert used == set(inputs)
    filled = re.sub(r"\$\[\[ inputs\.(\S+) ]]", lambda mark: inputs[mark[1]].get("default", "x==1"), job)
    path = tmp_path / "job.yml"
    path.write_text(filled)
    check = (tool("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    accepts(*check, path)
    (tmp_path / "head.yml").write_text(head)
    accepts(*check, tmp_path / "head.yml")
    path.write_text(filled.replace("when: always", "when: sometimes"))
    refuses(*check, path)


def test_the_dockerfile_is_a_good_one(tmp_path: Path) -> None:
    hadolint = tool("hadolint")
    accepts(hadolint, "Dockerfile")
    text = (ROOT / "Dockerfile").read_text()
    broken = tmp_path / "Dockerfile"
    broken.write_text(re.sub(r"python:3\.13-slim@sha256:\w+", "python", text))
    assert "DL3006" in refuses(hadolint, broken)


def test_the_image_has_no_root_and_all_that_the_build_needs() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"(?m)^USER (.+)$", text) == ["10001:10001"]
    assert text.index("\nUSER ") < text.index("\nENTRYPOINT ")
    assert all("@sha256:" in line for line in text.splitlines() if line.startswith("FROM "))
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {word for line in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", text) for word in line.split()}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_the_installation_of_the_image_works(tmp_path: Path) -> None:
    """The image itself is not built: its commands are run, with places of this machine for those of the image."""
    source = copied(tmp_path / "source")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "").replace("/opt/", f"{tmp_path}/opt/")
    environment = {**pip_environment(), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    commands = re.findall(r"(?m)^RUN (.+)$", text)
    assert commands
    for command in commands:
        accepts("sh", "-ec", command, cwd=source, environment=environment)
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {}\n')
    ours = tmp_path / "opt" / "hipaa-guard" / "bin" / "hipaa-guard"
    assert "Gate failed (exit code 1)" in refuses(ours, "scan", "terraform", ".", cwd=tmp_path)
    installed = {path.name.partition("-")[0] for path in (tmp_path / "opt/hipaa-guard").rglob("*.dist-info")}
    assert "hipaa_guard_cloud" in installed
    assert installed.isdisjoint({"pip", "setuptools", "wheel"})


@pytest.mark.parametrize(
    "path", [ROOT / "action.yml", *WORKFLOWS, *(ROOT / "src/hipaa_guard/cli/pipelines").glob("github*")]
)
def test_foreign_actions_are_held_to_a_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text())
    assert used
    assert [each for each in used if not re.search(r"@[0-9a-f]{40}$", each)] == []
