"""Scans of a directory: exit codes, and what stands on the standard output."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tests.cli.command_line.running import CLEAN, GAPS, INCOMPLETE, ROOT, VERSIONING, run


def test_gaps_exit_1_and_the_last_line_says_why(bad: Path) -> None:
    result = run("scan", "terraform", bad)
    assert result.returncode == GAPS
    assert "fail" in result.stdout.strip().splitlines()[-1]
    assert "main.tf:1" in result.stdout


def test_clean_exits_0(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}\n')
    result = run("scan", "terraform", tmp_path, "-c", VERSIONING)
    assert result.returncode == CLEAN, result.stdout


def test_only_json_stands_on_stdout(bad: Path) -> None:
    result = run("scan", "terraform", bad, "-o", "json")
    told = json.loads(result.stdout)
    schema = json.loads((ROOT / "src/hipaa_guard/outputs/schema/assessment-1.0.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(told)
    assert told["schema_version"] == "1.0"
    assert told["gate"]["exit_code"] == result.returncode == GAPS
    (finding,) = [f for f in told["findings"] if f["control_id"] == VERSIONING]
    assert finding["status"] == "fail"
    assert finding["resource"]["address"] == "aws_s3_bucket.phi"
    assert finding["resource"]["type"] == "aws_s3_bucket"
    assert finding["location"]["file"] == "main.tf"
    assert (finding["location"]["line_start"], finding["location"]["line_end"]) == (1, 1)
    assert result.stderr.strip().splitlines()[-1] == f"hipaa-guard: {told['gate']['reasons'][0]}"


def test_every_loaded_control_is_listed_whether_or_not_it_met_a_resource(bad: Path) -> None:
    told = json.loads(run("scan", "terraform", bad, "-o", "json").stdout)
    listed = json.loads(run("controls", "list", "--json").stdout)
    assert [control["id"] for control in told["controls"]] == [control["id"] for control in listed]


def test_several_outputs_in_one_run(bad: Path, tmp_path: Path) -> None:
    html, saved = tmp_path / "report.html", tmp_path / "scan.json"
    result = run("scan", "terraform", bad, "-o", f"html={html}", "-o", f"json={saved}", "-o", "terminal")
    assert result.returncode == GAPS
    assert html.read_text().startswith("<!doctype html>")
    again = tmp_path / "again.html"
    assert run("render", saved, "-o", f"html={again}").returncode == CLEAN
    assert again.read_text() == html.read_text()


def test_a_scan_twice_gives_the_same_findings(bad: Path) -> None:
    first, second = (json.loads(run("scan", "terraform", bad, "-o", "json").stdout) for _ in range(2))
    assert first["findings"] == second["findings"]


def test_fail_on_lets_milder_gaps_pass(bad: Path) -> None:
    assert run("scan", "terraform", bad, "-c", VERSIONING, "--fail-on", "high").returncode == CLEAN
    assert run("scan", "terraform", bad, "-c", VERSIONING, "--fail-on", "medium").returncode == GAPS
    assert run("scan", "terraform", bad, "--warn-only").returncode == CLEAN


def test_broken_hcl_in_one_of_many_files_is_incomplete_and_named(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n versioning {\n enabled = true\n }\n}\n')
    (tmp_path / "broken.tf").write_text('resource "aws_s3_bucket" "x" {\n bucket = \n')
    result = run("scan", "terraform", tmp_path, "-c", VERSIONING)
    assert result.returncode == INCOMPLETE
    assert "broken.tf" in result.stdout


def test_a_certain_gap_is_never_hidden_behind_incomplete(bad: Path) -> None:
    (bad / "broken.tf").write_text("resource {{{\n")
    assert run("scan", "terraform", bad, "-c", VERSIONING).returncode == GAPS


def test_only_types_that_no_control_looks_at_are_listed_as_such(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_iam_role" "phi" { assume_role_policy = "{}" }\n'
        'resource "aws_iam_role_policy" "p" {\n  role   = aws_iam_role.phi.id\n  policy = "{}"\n}\n'
        'resource "aws_elastic_beanstalk_application" "a" { name = "x" }\n'
    )
    told = json.loads(run("scan", "terraform", tmp_path, "-o", "json").stdout)
    assert told["coverage"]["unjudged_types"] == {"aws_elastic_beanstalk_application": 1}
