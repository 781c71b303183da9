"""What is said of lines that were not judged in whole: its severity, in results of before, and in scans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Why
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.outputs.wording import requirement_lines
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.assessment.unjudged.lines import BY_ID, DATABASE, found, judged, line


class TestSeverity:
    def test_a_line_tells_the_worst_of_its_gaps(self) -> None:
        low, high = "rds_instance_encrypted_with_cmk", DATABASE
        told = line(judged(found(Status.FAIL, low, BY_ID[low].severity), found(Status.PASS, high)))
        assert (told.worst, requirement_lines.state(told)) == (
            BY_ID[low].severity,
            f"gap found ({BY_ID[low].severity})",
        )
        told = line(judged(found(Status.FAIL, low), found(Status.FAIL, high)))
        assert told.worst is min((BY_ID[low].severity, BY_ID[high].severity), key=lambda each: each.rank)

    def test_a_line_without_a_gap_has_none(self) -> None:
        assert line(judged(found())).worst is None
        assert requirement_lines.state(line(judged(found()))) == "evidence found"


class TestOldResults:
    """Results of versions that had none of these names."""

    @pytest.fixture
    def old(self) -> str:
        document = json.loads(
            render(judged(found(), found(Status.FAIL, name="b"), unjudged_types={"aws_docdb_cluster": 1}))
        )
        for requirement in document["requirements"]:
            del requirement["not_judged"], requirement["worst_severity"]
        for name in ("resources_judged", "resources_not_judged", "unjudged_kinds", "unjudged_counted"):
            del document["coverage"][name]
        del document["summary"]["requirements"]["partial"]
        return json.dumps(document)

    def test_are_read_with_the_severities_of_their_controls(self, old: str) -> None:
        assessment = parse(old)
        assert line(assessment).worst is BY_ID[DATABASE].severity
        assert line(assessment).not_judged == ()
        assert assessment.coverage.not_judged == 1

    def test_can_be_rendered_and_compared(self, old: str, tmp_path: Path) -> None:
        (tmp_path / "old.json").write_text(old)
        (tmp_path / "new.json").write_text(render(judged(found(), found(name="b"), unjudged_counted=False)))
        for format in ("html", "terminal", "markdown", "json", "csv", "junit"):
            assert run(["render", str(tmp_path / "old.json"), "-o", f"{format}={tmp_path / format}"]) == 0
        assert "gap found (" in (tmp_path / "html").read_text()
        assert run(["diff", str(tmp_path / "old.json"), str(tmp_path / "new.json")]) == 0
        assert run(["diff", str(tmp_path / "new.json"), str(tmp_path / "old.json")]) == 0

    def test_a_finding_is_never_partial(self, old: str) -> None:
        document = json.loads(old)
        document["findings"][0]["status"] = "partial"
        with pytest.raises(Exception, match=r"findings\[0\].status is not one of"):
            parse(json.dumps(document))


TREE = """
resource "aws_db_instance" "phi" {
  storage_encrypted = true
}
resource "aws_redshift_cluster" "phi" {
  encrypted = false
}
resource "aws_docdb_cluster" "phi" {}
"""


def test_an_unencrypted_warehouse_beside_an_encrypted_database(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TREE)
    kept = ("rds_instance_encrypted_at_rest",)
    told = scan_terraform(TerraformTarget(tmp_path), Options(only=kept))
    assert line(told).status is Status.PARTIAL
    types = {entry.what: entry.number for entry in line(told).not_judged if entry.why is Why.NO_CONTROL}
    assert types == {"aws_redshift_cluster": 1, "aws_docdb_cluster": 1}
    assert (told.coverage.judged, told.coverage.not_judged) == (1, 2)


def test_an_account_that_answered_nothing_is_not_clean() -> None:
    whole = judged(source="aws", resources={}, unjudged_types={"AWS::Redshift::Cluster": 2})
    assert (whole.gate.exit_code, whole.gate.reasons) == (
        3,
        ("Nothing was judged: 2 resources of 1 type have no control.",),
    )
    asked = judged(controls=[BY_ID[DATABASE]], source="aws", resources={})
    assert (asked.gate.exit_code, asked.gate.passed) == (0, True)
