"""What a line of the rule says where not all that belongs to it was judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import Assessment, Coverage, NotJudged, RequirementSummary, Scan, Why
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.locations import NOT_ASKED_FOR, Gap, GapKind
from hipaa_guard.facts.origin import Origin
from hipaa_guard.outputs.json.writing import parse, render
from hipaa_guard.outputs.wording import requirement_lines
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

REST, TRANSIT, LOGS, WORKFORCE = "164.312(a)(2)(iv)", "164.312(e)(2)(ii)", "164.312(b)", "164.308(a)(3)(i)"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
EVERY = load()
BY_ID = {control.id: control for control in EVERY}
DATABASE = "rds_instance_encrypted_at_rest"
RDS = {"rds.Instance": 1}


def found(
    status: Status = Status.PASS, control_id: str = DATABASE, severity: Severity = Severity.HIGH, name: str = "a"
) -> Finding:
    origin = Origin("rds.Instance", "aws_db_instance", name, "terraform", address=f"aws_db_instance.{name}")
    return Finding(control_id, status, severity, "is so", (name * 64)[:64], origin)


def judged(
    *findings: Finding, controls: list[Control] | None = None, source: Any = "terraform", **coverage: Any
) -> Assessment:
    scan = Scan(source, ".", NOW, NOW, "live" if source == "aws" else "hcl")
    told = Coverage(**{"resources": RDS, **coverage})
    return assess(scan, told, EVERY if controls is None else controls, findings, version="1", every=EVERY)


def line(assessment: Assessment, citation: str = REST) -> RequirementSummary:
    return next(each for each in assessment.requirements if each.citation == citation)


UNJUDGED: Mapping[str, Mapping[str, Any]] = {
    "a warehouse": {"unjudged_types": {"aws_redshift_cluster": 1}},
    "a warehouse of an account": {"unjudged_types": {"AWS::Redshift::Cluster": 1}},
    "a warehouse of the other provider": {"unjudged_types": {"awscc_redshift_cluster": 1}},
    "a cache": {"unjudged_types": {"aws_elasticache_replication_group": 3}},
    "documents": {"unjudged_types": {"aws_docdb_cluster": 1}},
    "a search domain": {"unjudged_types": {"aws_opensearch_domain": 1}},
    "a stack of who knows what": {"unjudged_types": {"aws_cloudformation_stack": 1}},
    "a type newer than the data": {"unjudged_types": {"aws_medical_archive": 1}},
    "a file that could not be read": {"gaps": (Gap(GapKind.FILE, "a.tf", "broken"),)},
    "other root modules": {"gaps": (Gap(GapKind.ROOTS, ".", "some", incomplete=False),)},
    "what a plan leaves": {"gaps": (Gap(GapKind.UNCHANGED, ".", "some", incomplete=False),)},
    "other regions": {"skipped": {"eu-west-1": NOT_ASKED_FOR}},
    "what nobody asked the account for": {"unjudged_counted": False},
}
JUDGED: Mapping[str, Mapping[str, Any]] = {
    "nothing else": {},
    "a record of a name": {"unjudged_types": {"aws_route53_record": 9, "AWS::EC2::RouteTable": 2}},
    "resources of other providers": {"unjudged_types": {"random_id": 1}},
    "a log group's part that holds nothing at rest": {"unjudged_types": {"aws_iam_access_key": 1}},
    "a region that the account has not enabled": {"skipped": {"me-south-1": "not enabled in this account"}},
    "a value that is merely not decided": {"gaps": (Gap(GapKind.EXPRESSION, "x", "why", incomplete=False),)},
}


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


def test_a_control_of_ones_own_for_the_line_fills_the_place() -> None:
    own = Control(
        **{
            name: getattr(BY_ID["dynamodb_table_pitr_enabled"], name)
            for name in ("title", "severity", "why", "fix", "kind", "judge", "needs_inventory")
        },
        id="own_table_tls",
        hipaa=(TRANSIT,),
        safeguard="own",
        module="own.tables",
    )
    scan = Scan("terraform", ".", NOW, NOW, "hcl")
    coverage = Coverage(resources={"dynamodb.Table": 1})
    told = assess(scan, coverage, [*EVERY, own], [found(control_id="own_table_tls")], version="1")
    assert line(told, TRANSIT).status is Status.PASS


def test_controls_that_were_left_out_are_named_with_what_they_would_have_judged() -> None:
    s3 = next(control for control in EVERY if control.kind.kind == "s3.Bucket" and REST in control.hipaa)
    left = [control for control in EVERY if control.id != s3.id]
    told = line(judged(found(), controls=left, resources={**RDS, "s3.Bucket": 2}))
    assert told.status is Status.PARTIAL
    assert NotJudged(Why.LEFT_OUT, "s3.Bucket", 2, controls=(s3.id,)) in told.not_judged
    assert line(judged(found(), controls=left)).status is Status.PASS, "it would have met nothing"


def test_controls_that_were_left_out_and_would_have_judged_a_replica_are_named() -> None:
    kms = BY_ID["dynamodb_table_encrypted_with_kms"]
    told = line(judged(found(control_id=kms.id), controls=[kms], resources={"dynamodb.TableReplica": 3}))
    assert told.status is Status.PARTIAL
    left_out = NotJudged(Why.LEFT_OUT, "dynamodb.TableReplica", 3, controls=("dynamodb_table_encrypted_with_cmk",))
    assert left_out in told.not_judged


def test_a_control_of_ones_own_fills_the_place_for_replicas_too() -> None:
    own = replace(BY_ID["dynamodb_table_pitr_enabled"], id="own_table_tls", hipaa=(TRANSIT,), safeguard="own")
    scan = Scan("terraform", ".", NOW, NOW, "hcl")
    coverage = Coverage(resources={"dynamodb.TableReplica": 1})
    told = assess(scan, coverage, [*EVERY, own], [found(control_id=own.id)], version="1")
    assert line(told, TRANSIT).status is Status.PASS


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


def test_a_line_whose_controls_were_all_left_out_is_not_assessed() -> None:
    only = [BY_ID[DATABASE]]
    told = line(judged(found(), controls=only, unjudged_kinds={"vpc.Vpc": 1}), LOGS)
    assert told.status is Status.UNKNOWN
    assert {entry.what for entry in told.not_judged} == {"vpc.Vpc", "rds.Instance"}
    assert "left out, for" in requirement_lines.not_judged(told)


def test_an_account_is_asked_for_no_more_than_the_controls_that_were_chosen_need() -> None:
    told = line(judged(found(), controls=[BY_ID[DATABASE]], source="aws"))
    assert told.status is Status.PARTIAL
    by_kind = {entry.what: entry.number for entry in told.not_judged if entry.why is Why.LEFT_OUT}
    assert by_kind["s3.Bucket"] is None
    assert by_kind["rds.Instance"] == 1


def test_a_line_asks_only_for_those_who_hold_what_it_is_about() -> None:
    told = judged(found(), unjudged_types={"aws_opensearch_domain": 1, "aws_ssoadmin_permission_set": 1})
    assert [entry.what for entry in line(told, WORKFORCE).not_judged] == ["aws_ssoadmin_permission_set"]


def test_the_numbers_of_one_kind_are_added_whatever_controls_were_left_out() -> None:
    left_out = (NotJudged(Why.LEFT_OUT, "s3.Bucket", number, controls=("a", id)) for number, id in ((2, "b"), (3, "c")))
    told = replace(line(judged(found())), not_judged=tuple(left_out))
    assert requirement_lines.not_judged(told) == "3 controls left out, for s3.Bucket 5"


class TestSeverity:
    def test_a_line_tells_the_worst_of_its_gaps(self) -> None:
        low, high = "rds_instance_encrypted_with_cmk", DATABASE
        told = line(judged(found(Status.FAIL, low), found(Status.PASS, high)))
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
