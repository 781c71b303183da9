"""Settings: a file that was only found may ask for a scanner by its name, and for nothing by which the tree runs code."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import Program, on_path, program
from tests.peers.samples import misconfiguration, trivy
from tests.pipelines.tools import GIT

CLEAN, GAPS, USAGE, INCOMPLETE = range(4)
RESULTS = trivy(misconfiguration("AWS-9999", "FAIL", "aws_s3_bucket.phi", (1, 2)) | {"Severity": "CRITICAL"})
ONE = ("-c", "s3_bucket_versioning_enabled")


@pytest.fixture
def installed(tmp_path: Path, tree: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Trivy on PATH; the working directory is the tree."""
    found = program(tmp_path / "bin", "trivy", RESULTS)
    monkeypatch.setenv("PATH", on_path(found))
    monkeypatch.chdir(tree)
    return found


@pytest.mark.parametrize("section", ["", "terraform:\n  "])
def test_a_found_file_may_name_a_scanner(section: str, scan: Scan, tree: Path, installed: Program) -> None:
    (tree / ".hipaa-guard.yaml").write_text(f"{section}peers: [trivy]\n")
    found = scan()
    assert (found.peer["name"], installed.has_run) == ("trivy", True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("peers: trivy=/usr/bin/true", "it names a program"),
        ("peers: [checkov, 'trivy=/usr/bin/true']", "it names a program"),
        ("trust-peer-config: true", "it lets the tree run code"),
    ],
)
def test_a_found_file_may_not(line: str, says: str, scan: Scan, tree: Path, installed: Program) -> None:
    (tree / ".hipaa-guard.yaml").write_text(f"{line}\n")
    found = scan("--peers", "trivy")
    assert (found.code, installed.has_run) == (USAGE, False)
    assert says in found.said
    assert ".hipaa-guard.yaml:1" in found.said


def test_a_file_that_the_user_names_may(scan: Scan, tree: Path, installed: Program, tmp_path: Path) -> None:
    (tree / "trivy.yaml").touch()
    named = tmp_path / "settings.yaml"
    named.write_text(f"peers: trivy={installed.path}\ntrust-peer-config: true\n")
    found = scan("--config", str(named))
    assert (found.missing, installed.has_run) == ([], True)


@pytest.mark.parametrize("line", ["peers: trivy=/usr/bin/true", "trust-peer-config: true"])
def test_a_commit_does_not_vouch_for_what_lies_in_the_tree(
    line: str, scan: Scan, tree: Path, installed: Program
) -> None:
    (tree / ".hipaa-guard.yaml").write_text(f"{line}\n")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "settings")):
        subprocess.run([*GIT, *words], cwd=tree, check=True, capture_output=True)
    for more in ((), ("--config", ".hipaa-guard.yaml")):
        found = scan("--settings-ref", "HEAD", "--peers", "trivy", *more, source=("terraform", "."))
        assert (found.code, installed.has_run) == (USAGE, False), found.said


def test_the_environment_is_the_users(scan: Scan, installed: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIPAA_GUARD_PEERS", f"trivy={installed.path}")
    assert scan().peer["name"] == "trivy"


def test_a_hook_on_changed_files_goes_before_settings(scan: Scan, tree: Path, installed: Program) -> None:
    (tree / ".hipaa-guard.yaml").write_text("peers: trivy\n")
    found = scan("--changed", "main.tf", *ONE, source=("terraform", "."))
    assert (found.result["peers"], installed.has_run) == ([], False)


def test_a_commit_is_scanned_by_it_too(scan: Scan, tree: Path, installed: Program) -> None:
    """What it found at the base commit already is not new."""
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "before")):
        subprocess.run([*GIT, *words], cwd=tree, check=True, capture_output=True)
    options = ("--peers", "trivy", "--baseline-ref", "HEAD", "--fail-on-new")
    found = scan(*options, source=("terraform", "."))
    assert (found.code, [each["new"] for each in found.peer["results"]]) == (CLEAN, [False])
    text = installed.path.read_text()
    here = f"print(output if argv[-1] == {str(tree)!r} else 'no result')"
    installed.path.write_text(text.replace("print(output)", here))
    found = scan(*options, source=("terraform", "."))
    assert found.code == GAPS, found.said  # what is not known to be old counts
    assert [each["new"] for each in found.peer["results"]] == [None]


def test_a_baseline_knows_its_failures(scan: Scan, tree: Path, installed: Program, tmp_path: Path) -> None:
    saved, baseline = tmp_path / "scan.json", tmp_path / "baseline.json"
    scan("--peers", "trivy", "-o", f"json={saved}", "-o", "markdown=/dev/null")
    assert run(["baseline", "write", str(saved), "-o", str(baseline)]) == CLEAN
    known = scan("--peers", "trivy", "--baseline", str(baseline), "--fail-on-new")
    assert (known.code, [each["new"] for each in known.peer["results"]]) == (CLEAN, [False])
    without = scan("--baseline", str(baseline), "--fail-on-new")
    assert without.code == CLEAN
