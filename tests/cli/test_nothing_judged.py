"""A scan that judged nothing is not green, unless somebody means it; how many resources may go without a control."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES, INCOMPLETE, USAGE
from hipaa_guard.cli.main import run

VERSIONING, QUEUES = "s3_bucket_versioning_enabled", "sqs_queue_encrypted_at_rest"
ALONE = """
resource "aws_redshift_cluster" "phi" {}
resource "aws_docdb_cluster" "phi" {}
resource "aws_elasticache_cluster" "phi" {}
"""
QUEUE = 'resource "aws_sqs_queue" "phi" { sqs_managed_sse_enabled = true }\n'
BUCKET = 'resource "aws_s3_bucket" "phi" {}\n'
NEIGHBOUR = 'resource "aws_kms_alias" "a" {\n  name          = "alias/a"\n  target_key_id = "k"\n}\n'
"""Controls of other resources read it, and none judges it."""
NO_CONTROL = "Nothing was judged: 3 resources of 3 types have no control."
NO_RESOURCE = "Nothing was judged: no resource was found that a control judges."
ASKED = "Nothing was judged: the part that was asked for holds no resource that the chosen controls judge."

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def declared(work: Path, text: str, root: str = "infra") -> None:
    (work / root).mkdir(parents=True, exist_ok=True)
    (work / root / "main.tf").write_text(text)


def planned(work: Path, *changes: tuple[str, str, str], name: str = "plan.json") -> str:
    """A plan with resources of these types, names and actions."""
    told = [
        {
            "address": f"{type}.{label}",
            "mode": "managed",
            "type": type,
            "name": label,
            "change": {"actions": [action], "before": None, "after": {"id": label}, "after_unknown": {}},
        }
        for type, label, action in changes
    ]
    (work / name).write_text(json.dumps({"format_version": "1.2", "resource_changes": told}))
    return name


def scan(*arguments: str) -> int:
    return run(["scan", "terraform", *arguments])


@pytest.mark.parametrize("text, said", [(ALONE, NO_CONTROL), ("# nothing\n", NO_RESOURCE), (NEIGHBOUR, NO_RESOURCE)])
def test_source_of_which_nothing_is_judged(work: Path, capsys: Captured, text: str, said: str) -> None:
    declared(work, text)
    assert scan("infra") == INCOMPLETE
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == f"Gate failed (exit code 3): {said}"
    assert "No gap found" not in out
    assert scan("infra", "--allow-empty") == CLEAN
    assert capsys.readouterr().out.splitlines()[-1] == f"Gate passed: {said}"
    assert scan("infra", "--warn-only") == CLEAN
    assert capsys.readouterr().out.splitlines()[-1] == f"Gate passed: Warnings only: {said}"


def test_a_plan_and_a_state_of_which_nothing_is_judged(work: Path, capsys: Captured) -> None:
    types = ("aws_redshift_cluster", "aws_docdb_cluster", "aws_elasticache_cluster")
    assert scan(planned(work, *((type, "phi", "create") for type in types))) == INCOMPLETE
    assert NO_CONTROL in capsys.readouterr().out
    resources = [
        {"address": f"{type}.phi", "mode": "managed", "type": type, "name": "phi", "values": {}} for type in types
    ]
    (work / "state.json").write_text(
        json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": resources}}})
    )
    assert scan("state.json") == INCOMPLETE
    assert NO_CONTROL in capsys.readouterr().out
    assert scan(planned(work)) == INCOMPLETE
    assert NO_RESOURCE in capsys.readouterr().out


def test_a_directory_without_terraform_is_a_usage_error_all_the_same(work: Path) -> None:
    (work / "empty").mkdir()
    assert scan("empty") == USAGE
    assert scan("empty", "--allow-empty") == USAGE


class TestAFilterThatLeavesNothing:
    @pytest.mark.parametrize("chosen", [("-c", VERSIONING), ("--control", VERSIONING, "--max-unknown", "0")])
    def test_of_controls(self, work: Path, capsys: Captured, chosen: tuple[str, ...]) -> None:
        declared(work, QUEUE)
        assert scan("infra", *chosen) == CLEAN
        assert capsys.readouterr().out.splitlines()[-1] == f"Gate passed: {ASKED}"

    def test_of_controls_does_not_hide_that_none_of_them_would_judge_anything(
        self, work: Path, capsys: Captured
    ) -> None:
        declared(work, ALONE)
        assert scan("infra", "-c", VERSIONING) == INCOMPLETE
        assert scan("infra", "--skip-control", VERSIONING) == INCOMPLETE
        assert NO_CONTROL in capsys.readouterr().out

    def test_of_changed_files(self, work: Path, capsys: Captured) -> None:
        declared(work, ALONE, "infra/a")
        declared(work, QUEUE, "infra/b")
        assert scan("infra", "infra/a/main.tf", "--changed") == CLEAN
        assert ASKED in capsys.readouterr().out
        assert scan("infra", "README.md", "--changed") == CLEAN
        assert ASKED in capsys.readouterr().out

    def test_of_what_a_plan_changes(self, work: Path, capsys: Captured) -> None:
        plan = planned(work, ("aws_sqs_queue", "old", "no-op"), ("aws_redshift_cluster", "new", "create"))
        assert scan(plan, "--changed-only") == CLEAN
        assert ASKED in capsys.readouterr().out
        assert scan(plan) != CLEAN


@pytest.mark.parametrize("most, code", [("3", CLEAN), ("2", INCOMPLETE), ("0", INCOMPLETE)])
def test_resources_that_no_control_judges(work: Path, capsys: Captured, most: str, code: int) -> None:
    declared(work, QUEUE + ALONE)
    only = ("infra", "-c", QUEUES, "--max-unjudged")
    assert scan(*only, most) == code
    said = f"3 resources were judged by no control and at most {most} may be."
    assert (said in capsys.readouterr().out) is (code == INCOMPLETE)


def test_resources_whose_controls_were_left_out_count_among_them(work: Path, capsys: Captured) -> None:
    declared(work, QUEUE + BUCKET)
    assert scan("infra", "-c", QUEUES, "--max-unjudged", "1") == CLEAN
    assert scan("infra", "-c", QUEUES, "--max-unjudged", "0") == INCOMPLETE
    assert "left out    s3.Bucket 1" in capsys.readouterr().out


def test_a_gap_goes_before_them(work: Path) -> None:
    declared(work, BUCKET + ALONE)
    assert scan("infra", "-c", VERSIONING, "--max-unjudged", "0") == FAILURES


@pytest.mark.parametrize(
    "settings, variables, code",
    [
        ("allow-empty: true\n", {}, CLEAN),
        ("allow-empty: false\n", {"HIPAA_GUARD_ALLOW_EMPTY": "true"}, CLEAN),
        ("allow-empty: true\nmax-unjudged: 2\n", {}, INCOMPLETE),
        ("allow-empty: true\nterraform:\n  max-unjudged: 3\n", {}, CLEAN),
        ("allow-empty: true\n", {"HIPAA_GUARD_MAX_UNJUDGED": "2"}, INCOMPLETE),
        ("max-unjudged: many\n", {}, USAGE),
        ("allow-empty: 1\n", {}, USAGE),
    ],
)
def test_both_are_settings(
    work: Path, monkeypatch: pytest.MonkeyPatch, settings: str, variables: Mapping[str, str], code: int
) -> None:
    declared(work, ALONE)
    (work / ".hipaa-guard.yaml").write_text(settings)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert scan("infra") == code


def test_every_format_says_it(work: Path) -> None:
    declared(work, ALONE)
    formats = ("json", "html", "junit", "sarif", "markdown", "terminal")
    assert scan("infra", "-q", *(part for name in formats for part in ("-o", f"{name}=out.{name}"))) == INCOMPLETE
    for name in formats:
        assert "Nothing was judged" in (work / f"out.{name}").read_text(), name
    told: dict[str, Any] = json.loads((work / "out.json").read_text())
    assert told["gate"]["reasons"] == [NO_CONTROL]
    assert (told["coverage"]["resources_judged"], told["coverage"]["resources_not_judged"]) == (0, 3)
    assert '<testsuite name="not looked at" tests="1" failures="0" errors="1"' in (work / "out.junit").read_text()
