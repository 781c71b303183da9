"""Plans: the source beside them, and what they change."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command_line.running import GAPS, USAGE, one_sentence, run


def test_a_plan_beside_its_source_has_lines(bad: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    bucket = {"address": "aws_s3_bucket.phi", "mode": "managed", "type": "aws_s3_bucket", "name": "phi"}
    created = {"actions": ["create"], "before": None, "after": {"bucket": "phi-records"}, "after_unknown": {"id": True}}
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": [{**bucket, "change": created}]}))
    page = tmp_path / "page.html"
    result = run(
        "scan",
        "terraform",
        plan,
        "--source",
        bad,
        "-o",
        "json",
        "-o",
        f"html={page}",
        "-o",
        "terminal=t.txt",
        cwd=tmp_path,
    )
    assert result.returncode == GAPS
    places = {finding["location"]["file"] for finding in json.loads(result.stdout)["findings"]}
    assert places == {"main.tf"}
    assert "main.tf:1" in (tmp_path / "t.txt").read_text()
    assert "main.tf:1" in page.read_text()
    assert "plan.json:1" in run("scan", "terraform", plan).stdout


def test_a_source_that_is_not_the_one_of_the_plan_is_a_usage_error(bad: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    topic = {"address": "aws_sns_topic.t", "mode": "managed", "type": "aws_sns_topic", "name": "t", "values": {}}
    state.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": [topic]}}}))
    result = run("scan", "terraform", state, "--source", bad)
    assert result.returncode == USAGE
    assert "does not hold the source of state.json" in one_sentence(result)


def test_only_what_a_plan_changes_is_judged_where_that_is_asked_for(bad: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    changes = []
    for name, action in (("old", "no-op"), ("new", "create")):
        bucket = {"address": f"aws_s3_bucket.{name}", "mode": "managed", "type": "aws_s3_bucket", "name": name}
        values = {"bucket": f"phi-{name}", "id": f"phi-{name}"}
        changes.append({**bucket, "change": {"actions": [action], "before": None, "after": values}})
    plan.write_text(json.dumps({"format_version": "1.2", "resource_changes": changes}))
    result = json.loads(run("scan", "terraform", plan, "--changed-only", "-o", "json").stdout)
    assert {finding["resource"]["address"] for finding in result["findings"]} == {"aws_s3_bucket.new"}
    assert [gap["kind"] for gap in result["coverage"]["gaps"]] == ["not judged"]
    refused = run("scan", "terraform", bad, "--changed-only")
    assert refused.returncode == USAGE
    assert "is no plan" in one_sentence(refused)
