"""What is kept of a replica: fingerprints, baselines, comments and outputs."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema

from hipaa_guard.assessment.baseline import baseline_of
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.fixing.trees import fix, reasons
from tests.lifecycle.register_text import covered, entry, scan
from tests.policies.replicas.holders import (
    EU,
    PITR,
    TABLE,
    eu,
    source,
)

# --- what is kept of a resource ----------------------------------------------------------------------------------


def findings(path: Path, **options: Any) -> dict[str, Finding]:
    found = scan_terraform(TerraformTarget(path), Options(only=(PITR,), **options)).findings
    return {finding.resource.address or "": finding for finding in found}


def test_a_replica_keeps_its_fingerprint_where_its_table_is_moved(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for directory in (before, after):
        directory.mkdir()
    moved = "moved {\n from = aws_dynamodb_table.phi\n to = aws_dynamodb_table.records\n}\n"
    old = findings(source(before, TABLE % eu()))[EU]
    new = findings(source(after, (TABLE % eu()).replace('"phi"', '"records"') + moved))
    assert old.fingerprint in new[EU.replace("phi", "records")].previous


def test_a_baseline_knows_a_replica_whose_table_gets_a_count(tmp_path: Path) -> None:
    before = baseline_of(scan_terraform(TerraformTarget(source(tmp_path, TABLE % eu())), Options(only=(PITR,))))
    after = scan_terraform(TerraformTarget(source(tmp_path, TABLE % ("count = 1\n" + eu()))), Options(only=(PITR,)))
    assert {each.resource.address for each in after.findings} == {
        "aws_dynamodb_table.phi[0]",
        'aws_dynamodb_table.phi[0].replica["eu-west-1"]',
    }
    assert all(before.knows(each) for each in after.findings)


def test_a_comment_speaks_for_the_replicas_of_its_block_and_tags_do_not(tmp_path: Path) -> None:
    lines = 'tags = { env = "test" }\n' + eu()
    path = source(tmp_path, "# hipaa-guard: exception EX-1\n" + TABLE % lines)

    def met(**scope: Any) -> set[str]:
        return set(covered(scan(path, entry(control=PITR, scope=scope), only=(PITR,))))

    assert met(inline=True) == {"aws_dynamodb_table.phi", EU}
    assert met(address="aws_dynamodb_table.phi", tags={"env": "test"}) == {"aws_dynamodb_table.phi"}
    assert met(address="aws_dynamodb_table.phi.*", tags={"env": "test"}) == set()
    assert met(address=EU) == {EU}


def test_the_json_tells_the_resource_that_a_replica_stands_in(tmp_path: Path) -> None:
    assessment = scan_terraform(TerraformTarget(source(tmp_path, TABLE % eu())), Options(only=(PITR,)))
    text = render(assessment)
    told = json.loads(text)
    jsonschema.validate(told, json.loads((files("hipaa_guard.outputs") / "schema/assessment-1.0.json").read_text()))
    assert {each["resource"]["address"]: each["resource"].get("inside") for each in told["findings"]} == {
        "aws_dynamodb_table.phi": None,
        EU: "aws_dynamodb_table.phi",
    }
    assert {each.resource.inside for each in parse(text).findings} == {None, "aws_dynamodb_table.phi"}


def test_no_repair_is_made_inside_of_a_block(tmp_path: Path) -> None:
    text = 'resource "aws_dynamodb_table" "phi" {\n  name = "records"\n\n  replica {\n    region_name = "eu-west-1"\n  }\n}\n'
    (tmp_path / "main.tf").write_text(text)
    fixed = fix(tmp_path, PITR)
    assert "no repair inside of aws_dynamodb_table.phi is known that is certain" in reasons(fixed)
