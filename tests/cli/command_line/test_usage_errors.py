"""Errors of usage: each is one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line.running import USAGE, VERSIONING, one_sentence, run


def test_no_such_path(tmp_path: Path) -> None:
    result = run("scan", "terraform", tmp_path / "nowhere")
    assert result.returncode == USAGE
    assert "nowhere" in one_sentence(result)


def test_an_empty_directory(tmp_path: Path) -> None:
    result = run("scan", "terraform", tmp_path)
    assert result.returncode == USAGE
    assert str(tmp_path) in one_sentence(result)


@pytest.mark.parametrize("content", ["", "not json", "[1, 2]", '{"a": 1}', "\x00\x01\x02"])
def test_a_file_that_is_no_plan(tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)
    result = run("scan", "terraform", file)
    assert result.returncode == USAGE
    assert "plan.json" in one_sentence(result)


def test_a_binary_plan_is_told_how_to_become_json(tmp_path: Path) -> None:
    file = tmp_path / "tfplan"
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    result = run("scan", "terraform", file)
    assert result.returncode == USAGE
    assert "terraform show -json" in one_sentence(result)


def test_no_credentials() -> None:
    result = run("scan", "aws", "--regions", "us-east-1")
    assert result.returncode == USAGE
    assert "credentials" in one_sentence(result)


def test_an_unknown_region() -> None:
    result = run("scan", "aws", "--regions", "us-esat-1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    assert result.returncode == USAGE
    assert "us-east-1" in one_sentence(result)


def test_an_unknown_profile() -> None:
    result = run("scan", "aws", "--profile", "clinic")
    assert result.returncode == USAGE
    assert "clinic" in one_sentence(result)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("controls", "show", "s3_bucket_versioning"), VERSIONING),
        (("explain", "s3_bucket_versioning"), VERSIONING),
        (("scan", "terraform", "examples", "-c", "s3_bucket_versioning"), VERSIONING),
        (("scan", "terraform", "examples", "-o", "htlm=x.html"), "html"),
        (("scan", "terraform", "examples", "-o", "html=/dev/null/x.html"), "/dev/null is not a directory"),
        (("scan", "terraform", "examples", "-o", "json", "-o", "html"), "standard output"),
        (("scan", "terraform", "examples", "--var", "novalue"), "NAME=VALUE"),
        (("scan", "terraform", "examples", "--var-file", "nowhere.tfvars"), "nowhere.tfvars"),
        (("scan", "terraform", "examples", "--policies", "nowhere"), "nowhere"),
        (("scna",), "scan"),
        (("render", "nowhere.json"), "nowhere.json"),
        (("render", "README.md"), "README.md"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_usage_says_what_to_do(arguments: tuple[str, ...], hint: str) -> None:
    result = run(*arguments)
    assert result.returncode == USAGE
    assert hint in one_sentence(result)
