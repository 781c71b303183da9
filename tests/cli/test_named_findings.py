"""`explain` and `exceptions add` take a gap as the terminal shows it, with and without a saved result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES, USAGE
from hipaa_guard.cli.main import run

VERSIONING = "s3_bucket_versioning_enabled"
ENTRY = (
    *("--justification", "The records are written once.", "--compensating-control", "Each night a copy is made."),
    *("--owner", "a", "--approver", "b", "--approved-on", "2026-01-01", "--expires-on", "2026-12-01"),
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two roots, of which the settings name one, in a repository."""
    (tmp_path / ".git").mkdir()
    for root, names in {"infra": ("phi", "logs"), "other": ("phi",)}.items():
        (tmp_path / root).mkdir()
        text = "".join(f'resource "aws_s3_bucket" "{name}" {{ bucket = "{name}" }}\n' for name in names)
        (tmp_path / root / "main.tf").write_text(text)
    (tmp_path / ".hipaa-guard.yaml").write_text("terraform:\n  path: infra\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    return tmp_path


def digits(address: str, *paths: str) -> str:
    run(["scan", *paths, "-q", "-c", VERSIONING, "-o", "json=found.json"])
    findings = json.loads(Path("found.json").read_text())["findings"]
    return next(str(each["fingerprint"]) for each in findings if each["resource"]["address"] == address)


def refused(capsys: Captured, *words: str) -> str:
    capsys.readouterr()
    assert run(list(words)) == USAGE
    return capsys.readouterr().err


def test_explain_by_digits_and_by_control_and_address(capsys: Captured) -> None:
    name = digits("aws_s3_bucket.phi")
    capsys.readouterr()
    texts = []
    for words in (
        [name[:8]],
        [f"{name[:8]}..."],
        [VERSIONING, "aws_s3_bucket.phi"],
        ["*_versioning_*", "aws_s3_bucket.phi"],
    ):
        assert run(["explain", *words]) == CLEAN
        texts.append(capsys.readouterr().out)
    assert len(set(texts)) == 1
    assert f"Fingerprint  {name}" in texts[0]
    assert "Root         infra" in texts[0], "the settings say what is scanned"


def test_explain_prefers_a_saved_result_and_goes_on_where_that_lacks_it(tree: Path, capsys: Captured) -> None:
    assert run(["scan", "-q", "-c", VERSIONING, "-o", "json=out/scan.json"]) == FAILURES
    (tree / "infra" / "new.tf").write_text('resource "aws_s3_bucket" "new" { bucket = "new" }\n')
    capsys.readouterr()
    assert run(["explain", VERSIONING, "aws_s3_bucket.new"]) == CLEAN
    assert "aws_s3_bucket.new" in capsys.readouterr().out
    (tree / "infra" / "main.tf").unlink()
    assert run(["explain", VERSIONING, "aws_s3_bucket.logs"]) == CLEAN
    assert "out/scan.json has no finding" in refused(
        capsys, "explain", VERSIONING, "aws_s3_bucket.new", "--scan", "out/scan.json"
    )


def test_what_names_no_finding_or_several(tree: Path, capsys: Captured) -> None:
    (tree / ".hipaa-guard.yaml").unlink()
    said = refused(capsys, "explain", VERSIONING, "aws_s3_bucket.phi")
    assert "2 findings of s3_bucket_versioning_enabled in the working directory are on aws_s3_bucket.phi" in said
    for root in ("infra", "other"):
        name = digits("aws_s3_bucket.phi", root)
        assert f"{name[:12]} ({VERSIONING} on aws_s3_bucket.phi in {root})" in said
    assert "did you mean aws_s3_bucket.logs" in refused(capsys, "explain", VERSIONING, "aws_s3_bucket.lgs")
    assert "did you mean s3_bucket_versioning_enabled" in refused(
        capsys, "explain", f"{VERSIONING}d", "aws_s3_bucket.x"
    )
    assert "is no single control" in refused(capsys, "explain", "s3_*", "aws_s3_bucket.phi")
    assert "begins with 00000000" in refused(capsys, "explain", "00000000")


def test_an_exception_by_digits_and_by_control_and_address(tree: Path, capsys: Captured) -> None:
    assert run(["exceptions", "add", digits("aws_s3_bucket.phi")[:8], *ENTRY]) == CLEAN
    assert run(["exceptions", "add", VERSIONING, "aws_s3_bucket.logs", *ENTRY]) == CLEAN
    text = (tree / ".hipaa-guard" / "exceptions.yaml").read_text()
    assert text.count("root: infra") == 2
    capsys.readouterr()
    assert run(["scan", "-q", "-c", VERSIONING]) == CLEAN
    assert "2 failing findings covered by exceptions" in " ".join(capsys.readouterr().out.split())
    assert "name one gap" in refused(capsys, "exceptions", "add", "a", "b", "c", *ENTRY)
    assert "name one gap" in refused(capsys, "exceptions", "add", "0" * 8, "--finding", "0" * 8, *ENTRY)
    assert "name a gap by DIGITS" in refused(capsys, "exceptions", "add", *ENTRY)


def test_where_nothing_can_be_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert "holds no .tf files" in refused(capsys, "explain", "0123456789")
