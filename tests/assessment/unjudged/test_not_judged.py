"""What a line of the rule says where not all that belongs to it was judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.model import Assessment, NotJudged, Why
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.outputs.wording import requirement_lines
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.assessment.unjudged.lines import JUDGED, REST, TRANSIT, UNJUDGED, WORKFORCE, found, judged, line


@pytest.mark.parametrize("beside", UNJUDGED.values(), ids=UNJUDGED)
class TestBesideSomethingThatWasNotJudged:
    def test_evidence_is_evidence_in_part_and_names_it(self, beside: Mapping[str, Any]) -> None:
        told = line(judged(found(), **beside))
        assert told.status is Status.PARTIAL
        assert told.not_judged
        assert requirement_lines.state(told) == "evidence in part"
        for type, number in beside.get("unjudged_types", {}).items():
            assert told.not_judged == (NotJudged(Why.NO_CONTROL, type, number),)
            assert f"no control for {type} {number}" in requirement_lines.not_judged(told)

    def test_no_evidence_at_all_is_not_assessed(self, beside: Mapping[str, Any]) -> None:
        assert line(judged(**{"resources": {}, **beside})).status is Status.UNKNOWN

    def test_a_gap_beats_all_and_an_unknown_verdict_the_rest(self, beside: Mapping[str, Any]) -> None:
        for status in (Status.FAIL, Status.UNKNOWN):
            told = line(judged(found(), found(status, name="b"), **beside))
            assert told.status is status
            assert told.not_judged

    def test_it_is_read_back_from_json(self, beside: Mapping[str, Any]) -> None:
        assessment = judged(found(), **beside)
        text = render(assessment)
        assert parse(text) == assessment
        entry = next(each for each in json.loads(text)["requirements"] if each["citation"] == REST)
        assert (entry["status"], entry["worst_severity"]) == ("partial", None)
        assert [each["what"] for each in entry["not_judged"]] == [each.what for each in line(assessment).not_judged]


@pytest.mark.parametrize("beside", JUDGED.values(), ids=JUDGED)
def test_what_belongs_elsewhere_takes_nothing_from_the_evidence(beside: Mapping[str, Any]) -> None:
    told = line(judged(found(), **beside))
    assert (told.status, told.not_judged) == (Status.PASS, ())


def test_a_kind_without_a_control_of_the_folder_is_named() -> None:
    passes = found(control_id="sqs_queue_tls_required")
    table = judged(passes, resources={"sqs.Queue": 1, "dynamodb.Table": 2})
    told = line(table, TRANSIT)
    assert told.status is Status.PARTIAL
    assert told.not_judged == (NotJudged(Why.NOT_FOR_THIS, "dynamodb.Table", 2, "encryption_in_transit"),)
    assert requirement_lines.not_judged(told) == "no control of encryption in transit for dynamodb.Table 2"
    assert line(judged(passes, resources={"sqs.Queue": 1}), TRANSIT).status is Status.PASS


ELSEWHERE = """
    resource "aws_s3_bucket_versioning" "records" {
      bucket = "records"
      versioning_configuration {
        status = "Enabled"
      }
    }
"""


class TestWhereOnlyPartsAreDeclared:
    def scan(self, directory: Path, *controls: str, more: str = "") -> Assessment:
        (directory / "main.tf").write_text(ELSEWHERE + more)
        return scan_terraform(TerraformTarget(directory), Options(only=controls))

    def test_the_controls_that_were_left_out_are_named(self, tmp_path: Path) -> None:
        result = self.scan(tmp_path, "s3_bucket_access_logging_enabled")
        assert result.coverage.resources == {}, "no verdict was reached"
        backups = line(result, "164.308(a)(7)(ii)(A)")
        (left_out,) = [entry for entry in backups.not_judged if entry.why is Why.LEFT_OUT]
        assert "s3_bucket_versioning_enabled" in left_out.controls
        assert left_out.number is None

    def test_they_are_named_where_all_of_the_kind_were_left_out(self, tmp_path: Path) -> None:
        table = """
            resource "aws_dynamodb_table" "records" {
              name = "records"
              point_in_time_recovery {
                enabled = true
              }
            }
        """
        result = self.scan(tmp_path, "dynamodb_table_pitr_enabled", more=table)
        assert result.coverage.unjudged_kinds == {"s3.Bucket": 1}
        backups = line(result, "164.308(a)(7)(ii)(A)")
        assert {entry.what: entry.number for entry in backups.not_judged if entry.why is Why.LEFT_OUT} == {
            "s3.Bucket": 1
        }


def test_a_line_asks_only_for_those_who_hold_what_it_is_about() -> None:
    told = judged(found(), unjudged_types={"aws_opensearch_domain": 1, "aws_ssoadmin_permission_set": 1})
    assert [entry.what for entry in line(told, WORKFORCE).not_judged] == ["aws_ssoadmin_permission_set"]
