"""Checkov itself beside a scan. The hostile file is planted: Checkov would run the Python that it names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hipaa_guard.outputs.json.reading import parse
from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import program
from tests.peers.samples import checkov, record
from tests.peers.test_inside_checkov import CHECKOV, needs_checkov

CLEAN, GAPS, INCOMPLETE = 0, 1, 3
SOURCE = """resource "aws_s3_bucket" "phi" {
  bucket = "phi"
}

resource "aws_sqs_queue" "q" {
  #checkov:skip=CKV_AWS_27:the queue holds no ePHI
  name = "q"
}

module "elsewhere" {
  source = "terraform-aws-modules/vpc/aws"
}
"""


def plant(tree: Path, name: str) -> Path:
    """A configuration that makes Checkov run Python, which leaves a file behind."""
    sign = tree.parent / "it-ran"
    (tree / "checks").mkdir()
    (tree / "checks" / "__init__.py").touch()
    (tree / "checks" / "evil.py").write_text(f"import pathlib\npathlib.Path({str(sign)!r}).touch()\n")
    (tree / name).write_text(f"external-checks-dir:\n  - {tree / 'checks'}\n")
    return sign


@needs_checkov
def test_checkov_runs_and_both_are_told(scan: Scan, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "main.tf").write_text(SOURCE)
    monkeypatch.setenv("CKV_CHECK", "CKV_AWS_1")  # would narrow it, and is not handed on
    found = scan("--peers", f"checkov={CHECKOV}", "--fail-on-new", "--baseline", _baseline(tree))
    assert found.peer["version"].startswith("3.")
    assert found.missing == []
    assert ("CKV_AWS_21", "aws_s3_bucket.phi") in found.of("agreed")
    assert ("CKV2_AWS_61", "aws_s3_bucket.phi") in found.of("alone")
    assert found.of("suppressed") == [("CKV_AWS_27", "aws_sqs_queue.q")]
    (silenced,) = [each for each in found.peer["results"] if each["relation"] == "suppressed"]
    assert (silenced["suppressed"], silenced["ours"]) == ("the queue holds no ePHI", "pass")
    assert sum(found.peer["relations"].values()) == found.peer["read"] > 10
    assert found.code == GAPS
    assert not any(
        "of Checkov without a verdict of ours" in each for each in found.result["gate"]["reasons"]
    )  # those without a severity count as low
    assert not (tree / ".external_modules").exists()
    assert parse(json.dumps(found.result)).peers[0].results[0].check == found.peer["results"][0]["check"]


def _baseline(tree: Path) -> str:
    """A baseline of a scan that ran no other scanner: what these find counts as new."""
    file = tree.parent / "baseline.json"
    file.write_text(json.dumps({"baseline_version": "1.0", "roots_from": None, "findings": []}))
    return str(file)


@needs_checkov
@pytest.mark.parametrize("name", [".checkov.yaml", ".checkov.yml"])
def test_a_hostile_file_stops_it_and_is_named(name: str, scan: Scan, tree: Path) -> None:
    sign = plant(tree, name)
    found = scan("--peers", f"checkov={CHECKOV}", "--fail-on", "critical")
    assert (found.code, sign.exists()) == (INCOMPLETE, False)
    (reason,) = found.missing
    assert reason.startswith(f"it was not run: {name} would")
    assert "Python that Checkov runs" in reason


@needs_checkov
def test_a_trusted_file_is_obeyed(scan: Scan, tree: Path) -> None:
    sign = plant(tree, ".checkov.yaml")
    found = scan("--peers", f"checkov={CHECKOV}", "--trust-peer-config", "--fail-on", "critical")
    assert (found.code, found.missing, sign.exists()) == (CLEAN, [], True)


@needs_checkov
def test_a_file_that_nobody_looked_for_would_not_be_read_either(
    scan: Scan, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The home directory is the user's, and deeper directories are none where Checkov looks."""
    (tree / "deep").mkdir()
    sign = plant(tree / "deep", ".checkov.yaml")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".checkov.yaml").write_text((tree / "deep" / ".checkov.yaml").read_text())
    monkeypatch.setenv("HOME", str(home))
    found = scan("--peers", f"checkov={CHECKOV}", "--fail-on", "critical")
    assert (found.code, found.missing, sign.exists(), (tree / "it-ran").exists()) == (CLEAN, [], False, False)


@pytest.mark.parametrize("how", ["link", "dangling", "directory", "case"])
def test_whatever_has_such_a_name_stops_it(how: str, scan: Scan, tree: Path, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "checkov", checkov())
    (tmp_path / "settings.yaml").touch()
    if how == "link":
        (tree / ".checkov.yaml").symlink_to(tmp_path / "settings.yaml")
    elif how == "dangling":
        (tree / ".checkov.yml").symlink_to(tmp_path / "nowhere")
    elif how == "directory":
        (tree / ".checkov.yaml").mkdir()
    else:
        (tree / ".Checkov.YAML").touch()
    found = scan("--peers", f"checkov={made.path}", "--fail-on", "critical")
    assert (found.code, made.has_run, len(found.missing)) == (INCOMPLETE, False, 1)


def test_how_it_is_started(scan: Scan, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = program(tmp_path / "bin", "checkov", checkov(record("CKV_AWS_21", "FAILED", "aws_s3_bucket.phi", (1, 2))))
    hostile = (
        "CKV_CHECK",
        "BC_API_KEY",
        "LOG_LEVEL",
        "EXTERNAL_MODULES_DIR",
        "PRISMA_API_URL",
        "PYTHONSTARTUP",
        "HOME",
    )
    for name in hostile:
        monkeypatch.setenv(name, "x")
    (tree / "a.tfvars").touch()
    scan("--peers", f"checkov={made.path}", "--var-file", str(tree / "a.tfvars"))
    started = made.started()
    # As one word: as two, Checkov would look for its configuration in that directory.
    assert started["argv"] == [
        *(f"--directory={tree}", "--framework=terraform", f"--var-file={tree / 'a.tfvars'}"),
        *("--skip-download", "--download-external-modules=false", "--skip-results-upload"),
        *("--soft-fail", "--output=json"),
    ]
    assert started["there"] == []
    assert not any(started["env"].get(name) == "x" for name in hostile)
    assert started["env"]["CKV_SKIP_PACKAGE_UPDATE_CHECK"] == "true"
    assert started["group"] != os.getpgrp()
