"""``hipaa-guard fix``: the patch on stdout, the rest on stderr, the files only with --write."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.controls.consequences import sentence
from hipaa_guard.fixing.patch import WriteError, quoted, unified, write
from hipaa_guard.testing import all_controls
from tests.fixing.trees import tree

TEXT = """# keys
resource "aws_kms_key" "phi" {
  description = "records" # of patients
}

resource "aws_db_instance" "phi" {}"""
OPTIONS = ["-c", "kms_key_rotation_enabled"]


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tree(tmp_path / "infra", TEXT)


ANEW = sentence(all_controls()["rds_instance_encrypted_at_rest"].fix.consequences).rstrip(".")
_ALSO = "{}: kms_key_rotation_enabled: The change also costs money.\n    aws_kms_key.phi  main.tf:2\n"


def test_a_patch_is_shown_and_nothing_written(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", "infra", *OPTIONS]) == 1
    out, err = capfd.readouterr()
    assert out == (
        "--- a/infra/main.tf\n+++ b/infra/main.tf\n@@ -1,6 +1,8 @@\n # keys\n"
        ' resource "aws_kms_key" "phi" {\n   description = "records" # of patients\n'
        "+\n+  enable_key_rotation = true\n }\n \n"
        ' resource "aws_db_instance" "phi" {}\n\\ No newline at end of file\n'
    )
    assert err == _ALSO.format("in the patch") + "hipaa-guard: the patch closes 1 of 1 gaps in 1 file\n"
    assert (infra / "main.tf").read_text() == TEXT


def test_it_is_written_and_then_there_is_nothing_to_do(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (infra / "main.tf").chmod(0o640)
    assert run(["fix", "infra", "--write", *OPTIONS]) == 0
    assert "hipaa-guard: fixed 1 of 1 gaps in 1 file\n" in capfd.readouterr().err
    assert (infra / "main.tf").stat().st_mode & 0o777 == 0o640
    assert [file.name for file in infra.iterdir()] == ["main.tf"]
    assert run(["fix", "infra", *OPTIONS]) == 0
    assert capfd.readouterr().out == ""
    assert run(["scan", "terraform", "infra", "-q", *OPTIONS]) == 0


def test_what_is_left_is_told_and_fails(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fix", str(infra), "--write", "--all", "-c", "rds_instance_encrypted_at_rest", *OPTIONS]) == 1
    assert capfd.readouterr().err == (
        "not fixed: rds_instance_encrypted_at_rest: the change needs a new instance, and the data of the old "
        f"one copied to it. {ANEW}\n    aws_db_instance.phi  main.tf:6\n"
        f"{_ALSO.format('fixed')}hipaa-guard: fixed 1 of 2 gaps in 1 file\n"
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_applies_the_patch_whatever_the_file_is_called(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = ["a b.tf", 'q"uote.tf', "wörd.tf", "tab\there.tf", "line\nend.tf", "back\\slash.tf", "-rf.tf"]
    for number, name in enumerate(names):
        tree(infra, f'resource "aws_kms_key" "k{number}" {{\r\n  description = "é"\r\n}}', name)
    assert run(["fix", "infra", *OPTIONS]) == 1
    patch = capfd.readouterr().out
    assert patch.count("\n+++ ") == len(names) + 1
    applied = shutil.copytree(infra, infra.parent / "other" / "infra")
    subprocess.run(["git", "init", "-q"], cwd=applied.parent, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], input=patch.encode(), cwd=applied.parent, check=True)
    assert run(["fix", "infra", "--write", *OPTIONS]) == 0
    for file in infra.iterdir():
        assert (applied / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_terminal_is_not_acted_on(
    infra: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(infra, 'resource "aws_kms_key" "k" {\n\tdescription = 1 # \x1b[2J\u202e\r\n}\n')
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["fix", "infra", *OPTIONS]) == 1
    shown = capsys.readouterr().out
    assert "\tdescription = 1 # \\x1b[2J\\u202e\n" in shown
    assert "\x1b" not in shown


def test_variables_and_the_workspace_are_those_of_a_scan(infra: Path, capfd: pytest.CaptureFixture[str]) -> None:
    tree(infra, 'variable "n" {}\nresource "aws_kms_key" "many" {\n  count = var.n\n}\n', "more.tf")
    tree(infra.parent, "n = 0\n", "zero.tfvars")
    assert run(["fix", "infra", "--write", "--var-file", "zero.tfvars", *OPTIONS]) == 0
    assert run(["fix", "infra", "--write", "--var", "n=1", *OPTIONS]) == 0
    assert "enable_key_rotation = true" in (infra / "more.tf").read_text()
    capfd.readouterr()
    assert run(["fix", "infra", "--var", "n"]) == 2
    assert run(["fix", "infra", "--var", "other=1"]) == 2
    assert run(["fix", "missing"]) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_nothing_is_written_over_a_newer_text(infra: Path) -> None:
    first, second = infra / "main.tf", infra / "more.tf"
    second.write_bytes(b"new")
    before = {first: TEXT.encode(), second: b"old"}
    with pytest.raises(WriteError, match="was changed meanwhile"):
        write(before, {first: b"x", second: b"y"})
    assert first.read_text() == TEXT
    assert sorted(file.name for file in infra.iterdir()) == ["main.tf", "more.tf"]


def test_nothing_is_written_if_one_file_cannot_be(infra: Path) -> None:
    first, second = infra / "main.tf", infra / "gone.tf"
    with pytest.raises(WriteError, match=r"cannot write .*gone\.tf"):
        write({first: TEXT.encode(), second: b""}, {first: b"x", second: b"y"})
    assert first.read_text() == TEXT


def test_names_in_a_patch() -> None:
    assert quoted("a/main.tf") == "a/main.tf"
    assert quoted("a/\x1b[2J.tf") == '"a/\\033[2J.tf"'
    assert "".join(unified("x", b"", b"a")) == ("--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n")
