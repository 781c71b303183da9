"""The baseline: what it holds, what is new beside it, and that of a commit of git."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.baseline import Baseline, BaselineError, baseline_of, compared, read, written
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.git_checkout import directory_at
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from tests.lifecycle.register_text import VERSIONING, entry, label, scan, tree

PHI = 'resource "aws_s3_bucket" "phi" {}\n'
LOGS = 'resource "aws_s3_bucket" "logs" {}\n'
KEEPS = """
resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = STATUS
  }
}
"""
ON, OFF, UNKNOWN = (KEEPS.replace("STATUS", text) for text in ('"Enabled"', '"Suspended"', "terraform.workspace"))


def new(assessment: Assessment) -> dict[str, bool | None]:
    return {label(f): f.new for f in assessment.findings}


class TestTheFile:
    @pytest.fixture
    def found(self, tmp_path: Path) -> Assessment:
        text = LOGS + PHI + UNKNOWN + 'resource "aws_s3_bucket" "good" {\n versioning {\n  enabled = true\n }\n}\n'
        return scan(tree(tmp_path / "infra", main=text), entry(scope={"address": "aws_s3_bucket.logs"}))

    def test_holds_what_is_open_sorted_and_readable(self, found: Assessment) -> None:
        document = json.loads(written(found))
        assert document["baseline_version"] == "1.0"
        assert document["tool"]["version"] == found.version
        assert document["controls"] == [VERSIONING]
        rows = [(row["resource"], row["status"], row["exception"]) for row in document["findings"]]
        assert rows == [("aws_s3_bucket.logs", "fail", "EX-1"), ("aws_s3_bucket.phi", "unknown", None)]
        assert {row["control_id"] for row in document["findings"]} == {VERSIONING}
        assert {row["root"] for row in document["findings"]} == {"."}

    def test_the_same_result_gives_the_same_text(self, found: Assessment, tmp_path: Path) -> None:
        again = scan(tmp_path / "infra", entry(scope={"address": "aws_s3_bucket.logs"}))
        assert written(again) == written(found)

    def test_reads_what_it_wrote(self, found: Assessment, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        file.write_text(written(found))
        assert read(file) == baseline_of(found)

    @pytest.mark.parametrize(
        "text, words",
        [
            ("", "it is not JSON"),
            ("[" * 100_000, "it is not JSON"),
            ("[]", "baseline write"),
            ('{"schema_version": "1.0"}', "baseline write"),
            ('{"baseline_version": "2.0", "findings": []}', "'2.0'"),
            ('{"baseline_version": 1, "findings": []}', "1"),
            ('{"baseline_version": "1.0"}', "no findings"),
            ('{"baseline_version": "1.0", "findings": [{}]}', "entry 1"),
            ('{"baseline_version": "1.0", "findings": [{"fingerprint": "a", "status": "pass"}]}', "entry 1"),
            ('{"baseline_version": "1.0", "findings": ["a"]}', "entry 1"),
        ],
    )
    def test_what_is_none(self, text: str, words: str, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        file.write_text(text)
        with pytest.raises(BaselineError, match=words):
            read(file)

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(BaselineError, match="cannot be read"):
            read(tmp_path / "none.json")
        with pytest.raises(InputError, match="cannot be read"):
            scan_terraform(TerraformTarget(tmp_path), Options(baseline=tmp_path / "none.json"))


@pytest.mark.parametrize(
    "before, after, is_new",
    [
        (PHI, PHI, False),
        (PHI, PHI + OFF, False),
        (PHI, PHI + UNKNOWN, False),
        (PHI + UNKNOWN, PHI + UNKNOWN, False),
        (PHI + UNKNOWN, PHI, True),
        (PHI + ON, PHI, True),
        (PHI + ON, PHI + UNKNOWN, True),
        (LOGS, PHI, True),
        (PHI, PHI + ON, None),
    ],
)
def test_what_is_new(before: str, after: str, is_new: bool | None, tmp_path: Path) -> None:
    was, is_now = (scan(tree(tmp_path / name, main=text)) for name, text in (("was", before), ("now", after)))
    (finding,) = compared(is_now.findings, baseline_of(was))
    assert finding.new is is_new


def test_without_a_baseline_nothing_is_new_or_old(tmp_path: Path) -> None:
    assert new(scan(tree(tmp_path / "infra", main=PHI))) == {"aws_s3_bucket.phi": None}


def test_an_empty_baseline_knows_nothing(tmp_path: Path) -> None:
    found = scan(tree(tmp_path / "infra", main=PHI))
    assert [f.new for f in compared(found.findings, Baseline())] == [True]


def test_a_gap_is_seen_when_its_exception_ends(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main=PHI)
    file = tmp_path / "baseline.json"
    short = entry(expires_on=date(2026, 12, 1))
    file.write_text(written(scan(directory, short)))
    gated: dict[str, Any] = {"baseline": file, "fail_on_new": True}
    covered = scan(directory, short, **gated)
    assert (new(covered), covered.gate.exit_code) == ({"aws_s3_bucket.phi": False}, 0)
    later = scan(directory, short, today=date(2026, 12, 2), **gated)
    assert (new(later), later.gate.exit_code) == ({"aws_s3_bucket.phi": True}, 1)


# --- a commit of git -----------------------------------------------------------------------------------------------


def git(directory: Path, *arguments: str) -> str:
    settings = (
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
    )
    result = subprocess.run(
        ["git", "-C", str(directory), *settings, *arguments], capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: the first has one bucket, the second one more; the work tree has a third."""
    directory = tree(tmp_path / "repository", infra__main=PHI)
    git(directory, "init", "-q")
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "first")
    git(directory, "tag", "first")
    tree(directory, infra__logs=LOGS)
    git(directory, "add", "-A")
    git(directory, "commit", "-qm", "second")
    tree(directory, infra__new='resource "aws_s3_bucket" "new" {}\n')
    return directory


def at_ref(path: Path, ref: str, **more: Any) -> Assessment:
    return scan_terraform(
        TerraformTarget(path, baseline_ref=ref, **more), Options(only=(VERSIONING,), fail_on_new=True)
    )


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


class TestNothingOfTheRepositoryRuns:
    def test_neither_hooks_nor_filters_nor_attributes(self, repository: Path, tmp_path: Path) -> None:
        ran = tmp_path / "ran"
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
            path = repository / ".git" / "hooks" / hook
            path.write_text(f"#!/bin/sh\ntouch {ran}\n")
            path.chmod(0o755)
        (repository / ".gitattributes").write_text("*.tf filter=run export-ignore export-subst\n")
        git(repository, "add", ".gitattributes")
        git(repository, "commit", "-qm", "attributes", "--no-verify")
        ran.unlink(missing_ok=True)
        names = ("filter.run.smudge", "filter.run.clean", "core.fsmonitor", "core.pager", "core.sshCommand")
        with (repository / ".git" / "config").open("a") as config:
            config.writelines(_setting(name, f"touch {ran}") for name in names)
        assert new(at_ref(repository / "infra", "HEAD"))["aws_s3_bucket.logs"] is False
        assert not ran.exists()

    def test_the_environment_does_not_lead_elsewhere(
        self, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
        monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
        assert new(at_ref(repository / "infra", "HEAD"))["aws_s3_bucket.phi"] is False

    def test_links_do_not_lead_out(self, repository: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (repository / "infra" / "out").symlink_to(outside)
        (repository / "infra" / "etc.tf").symlink_to("/etc/passwd")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "links")
        with directory_at(repository / "infra", "HEAD") as found:
            assert found is not None
            assert (found.directory / "etc.tf").is_symlink()
            assert (found.directory / "main.tf").read_text() == PHI
        found_now = at_ref(repository / "infra", "HEAD")
        assert new(found_now)["aws_s3_bucket.phi"] is False

    def test_a_crafted_commit_writes_nowhere_else(self, repository: Path, tmp_path: Path) -> None:
        """A tree object may hold names that no work tree could: ``..`` and a file below a link."""
        blob = git(repository, "hash-object", "-w", "infra/main.tf")
        link = _stored(repository, "blob", os.fsencode(tmp_path / "target"))
        (tmp_path / "target").mkdir()
        inner = _tree(repository, [("100644", "x.tf", blob)])
        upper = _tree(repository, [("100644", "escaped.tf", blob)])
        root = _tree(
            repository,
            [
                ("40000", "..", upper),
                ("40000", ".git", inner),
                ("120000", "a", link),
                ("40000", "a", inner),
                ("40000", "infra", inner),
            ],
        )
        commit = git(repository, "commit-tree", "-m", "crafted", root)
        with directory_at(repository / "infra", commit) as found:
            assert found is not None
            assert [path.name for path in found.directory.iterdir()] == ["x.tf"]
            base = found.directory.parent
            assert not (base.parent / "escaped.tf").exists()
            assert list((base / ".git").iterdir()) == []
        assert list((tmp_path / "target").iterdir()) == []


def _setting(name: str, value: str) -> str:
    *section, key = name.split(".")
    head = section[0] if len(section) == 1 else f'{section[0]} "{section[1]}"'
    return f"[{head}]\n\t{key} = {value}\n"


def _stored(repository: Path, kind: str, content: bytes) -> str:
    command = ["git", "-C", str(repository), "hash-object", "-w", "--literally", "-t", kind, "--stdin"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()


def _tree(repository: Path, entries: list[tuple[str, str, str]]) -> str:
    content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(object_) for mode, name, object_ in entries)
    return _stored(repository, "tree", content)


def test_statuses_of_a_baseline_are_those_of_findings(tmp_path: Path) -> None:
    found = scan(tree(tmp_path / "infra", main=PHI + UNKNOWN + LOGS))
    assert {known.status for known in baseline_of(found).findings.values()} == {Status.FAIL, Status.UNKNOWN}
