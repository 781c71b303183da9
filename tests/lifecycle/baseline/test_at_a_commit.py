"""The baseline of a commit of git: which files, modules and values are those of then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from tests.lifecycle.baseline.repositories import PHI, at_ref, git, new
from tests.lifecycle.register_text import VERSIONING, tree


def test_what_a_commit_had_is_not_new(repository: Path) -> None:
    infra = repository / "infra"
    phi, logs, third = "aws_s3_bucket.phi", "aws_s3_bucket.logs", "aws_s3_bucket.new"
    assert new(at_ref(infra, "HEAD")) == {phi: False, logs: False, third: True}
    assert new(at_ref(infra, "first")) == {phi: False, logs: True, third: True}
    assert new(at_ref(repository, "main~1")) == {phi: False, logs: True, third: True}, "roots are named alike"
    assert at_ref(infra, "HEAD").gate.exit_code == 1
    (infra / "new.tf").unlink()
    assert at_ref(infra, "HEAD").gate.exit_code == 0


def test_a_directory_that_was_not_there_yet(repository: Path) -> None:
    tree(repository, more__main=PHI)
    assert new(at_ref(repository / "more", "HEAD")) == {"aws_s3_bucket.phi": True}
    (repository / "notes").mkdir()
    (repository / "notes" / "a.txt").write_text("x")
    git(repository, "add", "notes")
    git(repository, "commit", "-qm", "notes")
    tree(repository, notes__main=PHI)
    assert new(at_ref(repository / "notes", "HEAD")) == {"aws_s3_bucket.phi": True}


def test_modules_beside_the_directory_are_there_too(repository: Path) -> None:
    tree(repository, modules__b__main=PHI, infra__call='module "b" {\n  source = "../modules/b"\n}\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "module")
    found = at_ref(repository / "infra", "HEAD")
    assert new(found)["module.b.aws_s3_bucket.phi"] is False
    assert found.gate.exit_code == 0


def test_modules_that_were_downloaded_are_those_of_today(repository: Path) -> None:
    infra = repository / "infra"
    (repository / ".gitignore").write_text(".terraform\n")
    tree(infra, call='module "b" {\n  source = "registry.example.org/a/b/aws"\n}\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "module")
    tree(infra / ".terraform" / "modules" / "b", main=PHI)
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "b", "Source": "x", "Dir": ".terraform/modules/b"}]}
    (infra / ".terraform" / "modules" / "modules.json").write_text(json.dumps(manifest))
    assert new(at_ref(infra, "HEAD"))["module.b.aws_s3_bucket.phi"] is False


@pytest.mark.parametrize("kept", [".terraform", "vendored"])
def test_modules_that_git_keeps_are_no_part_of_what_was_before(repository: Path, kept: str) -> None:
    infra = repository / "infra"
    tree(infra, call='module "b" {\n  source = "registry.example.org/a/b/aws"\n}\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "module")
    tree(infra / kept / "modules" / "b", main=PHI)
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "b", "Source": "x", "Dir": ".terraform/modules/b"}]}
    (infra / kept / "modules" / "modules.json").write_text(json.dumps(manifest))
    if kept != ".terraform":
        (infra / ".terraform").symlink_to(kept)
    git(repository, "add", "-Af")
    assert new(at_ref(infra, "HEAD"))["module.b.aws_s3_bucket.phi"] is True


VERSIONED = """variable "versioned" {}
resource "aws_s3_bucket" "v" {}
resource "aws_s3_bucket_versioning" "v" {
  bucket = aws_s3_bucket.v.id
  versioning_configuration {
    status = var.versioned
  }
}
"""


@pytest.mark.parametrize(
    ("before", "kept", "is_new"),
    [
        ("Enabled", True, True),
        ("Suspended", True, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_values_are_those_of_then_if_git_keeps_them(
    before: str | None, kept: bool, is_new: bool, repository: Path
) -> None:
    values = repository / "env" / "prod.tfvars"
    values.parent.mkdir()
    tree(repository, infra__v=VERSIONED)
    if before is not None:
        values.write_text(f'versioned = "{before}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "values")
    values.write_text('versioned = "Suspended"\n')
    if kept:
        git(repository, "add", "-A")
    found = at_ref(repository / "infra", "HEAD", inputs=PlanInputs([values]))
    assert new(found)["aws_s3_bucket.v"] is is_new


def test_values_behind_a_link_that_is_new_are_those_of_then(repository: Path) -> None:
    tree(repository, infra__v=VERSIONED)
    for name, status in (("env", "Enabled"), ("other", "Suspended")):
        (repository / name).mkdir()
        (repository / name / "prod.tfvars").write_text(f'versioned = "{status}"\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "values")
    git(repository, "rm", "-rq", "env")
    (repository / "env").symlink_to("other")
    git(repository, "add", "-A")
    found = at_ref(repository / "infra", "HEAD", inputs=PlanInputs([repository / "env" / "prod.tfvars"]))
    assert new(found)["aws_s3_bucket.v"] is True


def test_variables_that_are_new_stop_nothing(repository: Path) -> None:
    tree(repository, infra__v='variable "added" {}\n')
    found = at_ref(repository / "infra", "HEAD", inputs=PlanInputs(variables={"added": "x"}))
    assert new(found)["aws_s3_bucket.phi"] is False


@pytest.mark.parametrize("ref", ["no-such", "--help", "-x", "HEAD:infra", "", "HEAD~9", "main..first"])
def test_what_is_no_commit(repository: Path, ref: str) -> None:
    with pytest.raises(InputError, match="is no commit"):
        at_ref(repository / "infra", ref)


def test_what_is_no_repository_or_no_directory(tmp_path: Path, repository: Path) -> None:
    with pytest.raises(InputError, match="is in no work tree of git"):
        at_ref(tree(tmp_path / "plain", main=PHI), "HEAD")
    with pytest.raises(InputError, match="goes with a directory of source"):
        at_ref(repository / "infra" / "main.tf", "HEAD")


def test_a_commit_that_cannot_be_read_in_whole_is_told(repository: Path) -> None:
    tree(repository, infra__broken='resource "aws_s3_bucket" "x" {')
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "broken")
    tree(repository, infra__broken='resource "aws_s3_bucket" "x" {}')
    told: list[str] = []
    options = Options(only=(VERSIONING,), warn=told.append)
    found = scan_terraform(TerraformTarget(repository / "infra", baseline_ref="HEAD"), options)
    assert new(found)["aws_s3_bucket.x"] is True
    assert len(told) == 1
    assert "could be read at HEAD" in told[0]
