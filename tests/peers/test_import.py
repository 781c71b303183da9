"""Results of other scanners, mapped to our controls and laid beside ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.loading import load
from hipaa_guard.outputs.comparison.merged import as_json, as_text
from hipaa_guard.outputs.json import writing
from hipaa_guard.peers.merge import Merged, MergedRow, Reason, merge, same_file
from hipaa_guard.peers.reading import read
from hipaa_guard.peers.results import PeerError
from hipaa_guard.peers.security_hub import rule_of
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, entry, register
from tests.peers.samples import ACCOUNT, REGION, checkov, finding, misconfiguration, prowler, record, trivy

CLEAN, GAPS, USAGE = 0, 1, 2
BLOCKED = "s3_bucket_public_access_blocked"
SSH, RDP = "sg_no_public_ingress_ssh", "sg_no_public_ingress_rdp"
PASSWORD = "iam_password_policy_min_length_14"

MAIN = """resource "aws_s3_bucket" "phi" {
}

resource "aws_s3_bucket" "notes" {
  versioning {
    enabled = true
  }
}

resource "aws_s3_bucket_public_access_block" "phi" {
  bucket                  = aws_s3_bucket.phi.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

module "store" {
  source   = "./store"
  for_each = toset(["charts", "scans"])
}

resource "aws_security_group" "door" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
STORE = 'resource "aws_s3_bucket" "this" {\n}\n'
PHI, NOTES = "aws_s3_bucket.phi", "aws_s3_bucket.notes"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "store").mkdir()
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "store" / "main.tf").write_text(STORE)
    return tmp_path


def merged(work: Path, *documents: Any, scan: Assessment | None = None) -> Merged:
    """What the documents tell, beside a scan of ours."""
    read_ = []
    for number, document in enumerate(documents):
        file = work / f"{number}.json"
        file.write_text(json.dumps(document))
        read_.append(read(file))
    return merge(read_, load(()), scan)


def ours(work: Path, *only: str) -> Assessment:
    return scan_terraform(TerraformTarget(work), Options(only=only or (VERSIONING,)))


def row(found: Merged, control: str, label: str) -> MergedRow:
    (one,) = [each for each in found.rows if each.label == label and control in {c.id for c in each.controls}]
    return one


def said(one: MergedRow) -> list[tuple[str, str, Status]]:
    return [(opinion.tool, opinion.check, opinion.status) for opinion in one.opinions]


class TestOneResource:
    def test_equivalent_checks_on_one_resource_are_one_row(self, work: Path) -> None:
        found = merged(
            work,
            checkov(record("CKV_AWS_21", "FAILED", PHI, (1, 2))),
            trivy(misconfiguration("AVD-AWS-0090", "FAIL", PHI, (1, 2))),
            scan=ours(work),
        )
        one = row(found, VERSIONING, PHI)
        assert said(one) == [
            ("hipaa-guard", VERSIONING, Status.FAIL),
            ("Checkov", "CKV_AWS_21", Status.FAIL),
            ("Trivy", "AVD-AWS-0090", Status.FAIL),
        ]
        assert one.status is Status.FAIL
        assert not one.disagree
        assert len(found.rows) == len(ours(work).findings)

    def test_without_our_scan_two_tools_still_share_a_row_and_its_citations(self, work: Path) -> None:
        found = merged(
            work,
            checkov(record("CKV_AWS_21", "PASSED", PHI, (1, 2), file="/infra/main.tf")),
            trivy(misconfiguration("AWS-0090", "FAIL", PHI, (1, 2))),
        )
        (one,) = found.rows
        assert [(tool, status) for tool, _, status in said(one)] == [("Checkov", Status.PASS), ("Trivy", Status.FAIL)]
        assert one.disagree
        assert one.status is Status.FAIL
        assert "164.308(a)(7)(ii)(A)" in one.hipaa

    def test_the_same_address_in_another_file_is_another_resource(self, work: Path) -> None:
        reports = [record("CKV_AWS_21", "FAILED", PHI, (1, 2), file=f"/{root}/main.tf") for root in ("live", "test")]
        assert len(merged(work, checkov(*reports)).rows) == 2

    def test_our_scan_of_one_directory_has_nothing_of_another(self, work: Path) -> None:
        for root in ("live", "test"):
            (work / root).mkdir()
            (work / root / "main.tf").write_text(MAIN.partition("module")[0])
        reports = [record("CKV_AWS_21", "FAILED", PHI, (1, 2), file=f"/{root}/main.tf") for root in ("live", "test")]
        scan = scan_terraform(TerraformTarget(work / "live"), Options(only=(VERSIONING,)))
        found = merged(work, checkov(*reports), scan=scan)
        assert len(found.rows) == len(scan.findings) + 1
        assert {len(each.opinions) for each in found.rows if each.label == PHI} == {1, 2}

    def test_a_split_resource_is_known_by_its_lines(self, work: Path) -> None:
        found = merged(
            work,
            checkov(record("CKV_AWS_53", "FAILED", "aws_s3_bucket_public_access_block.phi", (10, 16))),
            scan=ours(work, BLOCKED),
        )
        one = row(found, BLOCKED, PHI)
        assert said(one) == [("hipaa-guard", BLOCKED, Status.PASS), ("Checkov", "CKV_AWS_53", Status.FAIL)]
        assert one.disagree

    def test_of_a_module_trivy_names_the_call_and_the_inner_block(self, work: Path) -> None:
        call = 'module.store["charts"]'
        inner = misconfiguration("AVD-AWS-0090", "FAIL", call, (1, 2), "aws_s3_bucket.this", call)
        bare = misconfiguration("AVD-AWS-0090", "FAIL", 'module.store["scans"]', (1, 2), 'module.store["scans"]')
        found = merged(work, trivy(inner, bare, target="store/main.tf"), scan=ours(work))
        for key in ("charts", "scans"):
            one = row(found, VERSIONING, f'module.store["{key}"].aws_s3_bucket.this')
            assert [tool for tool, _, _ in said(one)] == ["hipaa-guard", "Trivy"]

    def test_a_block_whose_instances_the_tool_does_not_know_is_every_instance(self, work: Path) -> None:
        found = merged(
            work,
            checkov(record("CKV_AWS_21", "FAILED", "module.store.aws_s3_bucket.this", (1, 2), file="/store/main.tf")),
            scan=ours(work),
        )
        spoken = [each.label for each in found.rows if len(each.opinions) == 2]
        assert spoken == ['module.store["charts"].aws_s3_bucket.this', 'module.store["scans"].aws_s3_bucket.this']

    def test_a_broad_check_fails_because_of_the_control_that_fails(self, work: Path) -> None:
        group = "aws_security_group.door"
        report = trivy(misconfiguration("AVD-AWS-0107", "FAIL", group, (27, 27)))
        found = merged(work, report, scan=ours(work, SSH, RDP))
        assert len(row(found, SSH, group).opinions) == 2
        assert len(row(found, RDP, group).opinions) == 1
        (alone,) = merged(work, report).rows
        assert {control.id for control in alone.controls} == {SSH, RDP}

    def test_a_check_of_several_kinds_is_the_control_of_the_kind(self, work: Path) -> None:
        (one,) = merged(work, checkov(record("CKV_AWS_17", "FAILED", "aws_db_instance.phi", (1, 9)))).rows
        assert [control.id for control in one.controls] == ["rds_instance_not_public"]

    def test_our_own_check_inside_checkov_is_our_control(self, work: Path) -> None:
        found = merged(work, checkov(record(VERSIONING, "FAILED", PHI, (1, 2))), scan=ours(work))
        assert said(row(found, VERSIONING, PHI))[1:] == [("Checkov", VERSIONING, Status.FAIL)]


class TestWhatDoesNotCount:
    def test_what_a_tool_was_told_to_skip_neither_passes_nor_fails(self, work: Path) -> None:
        skipped = checkov(record("CKV_AWS_21", "SKIPPED", PHI, (1, 2)))
        one = row(merged(work, skipped, scan=ours(work)), VERSIONING, PHI)
        assert one.status is Status.FAIL
        assert not one.disagree
        assert one.opinions[1].suppressed == "a copy"
        (alone,) = merged(work, skipped).rows
        assert alone.status is Status.UNKNOWN

    def test_what_we_do_not_know_another_tool_does_not_pass(self, work: Path) -> None:
        (work / "more.tf").write_text(
            'variable "on" {}\nresource "aws_s3_bucket" "late" {\n  versioning {\n    enabled = var.on\n  }\n}\n'
        )
        report = checkov(record("CKV_AWS_21", "PASSED", "aws_s3_bucket.late", (2, 6), file="/more.tf"))
        one = row(merged(work, report, scan=ours(work)), VERSIONING, "aws_s3_bucket.late")
        assert one.status is Status.UNKNOWN
        assert len(one.opinions) == 2

    def test_checks_without_an_equivalent_are_listed_and_counted(self, work: Path) -> None:
        found = merged(
            work,
            checkov(*(record("CKV_AWS_9999", result, PHI, (1, 2)) for result in ("FAILED", "PASSED", "FAILED"))),
            trivy(misconfiguration("AVD-AWS-0090", "PASS", "", (0, 0))),
        )
        assert not found.rows
        other, nameless = found.unmapped
        assert (other.check, other.reason) == ("CKV_AWS_9999", Reason.NO_EQUIVALENT)
        assert other.counts == {Status.FAIL: 2, Status.PASS: 1}
        assert (nameless.check, nameless.reason) == ("AVD-AWS-0090", Reason.NO_RESOURCE)
        assert found.results == {"Checkov": 3, "Trivy": 1}

    def test_what_a_tool_could_not_read_is_told(self, work: Path) -> None:
        reports = [
            checkov(errors=("/broken.tf",)),
            checkov(record("CKV_K8S_1", "FAILED", "Pod.x", (1, 2)), framework="kubernetes"),
        ]
        found = merged(work, reports, trivy(misconfiguration("DS002", "FAIL", "", (1, 1)), type="dockerfile"))
        assert [gap.partition(": ")[2] for gap in found.gaps] == [
            "Checkov could not parse /broken.tf",
            "1 results of kubernetes: only those of Terraform are read",
            "1 results of dockerfile: only those of Terraform are read",
        ]


class TestAccounts:
    @pytest.fixture(scope="class")
    def account(self) -> Iterator[Assessment]:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                patch.setenv(name, "simulated")
            patch.setenv("AWS_CONFIG_FILE", os.devnull)
            patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
            with mock_aws():
                s3 = boto3.client("s3", region_name=REGION)
                for name in ("phi", "notes"):
                    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
                s3.put_bucket_versioning(Bucket="notes", VersioningConfiguration={"Status": "Enabled"})
                yield scan_aws(Options(only=(VERSIONING, PASSWORD)), AwsTarget(regions=REGION))

    def test_prowler_and_security_hub_share_our_row(self, work: Path, account: Assessment) -> None:
        phi = "arn:aws:s3:::phi"
        rule = "securityhub-s3-bucket-versioning-enabled-fe95bf3f"
        standards = [finding(rule, "FAILED", phi, GeneratorId=standard) for standard in ("fsbp", "nist")]
        found = merged(
            work,
            [prowler("s3_bucket_object_versioning", "FAIL", phi)],
            {"Findings": [*standards, finding(rule, "PASSED", phi, RecordState="ARCHIVED")]},
            scan=account,
        )
        one = row(found, VERSIONING, phi)
        assert [(tool, status) for tool, _, status in said(one)] == [
            ("hipaa-guard", Status.FAIL),
            ("Prowler", Status.FAIL),
            ("Security Hub", Status.FAIL),
        ]
        assert len(found.rows) == len(account.findings)
        assert [gap.partition(": ")[2] for gap in found.gaps] == ["1 archived findings"]

    def test_they_disagree(self, work: Path, account: Assessment) -> None:
        events = [prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::notes")]
        assert row(merged(work, events, scan=account), VERSIONING, "arn:aws:s3:::notes").disagree

    def test_another_account_is_another_resource(self, work: Path, account: Assessment) -> None:
        event = prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::phi")
        event["cloud"]["account"]["uid"] = "999999999999"
        assert len(merged(work, [event], scan=account).rows) == len(account.findings) + 1

    def test_what_an_account_has_once_needs_no_name(self, work: Path, account: Assessment) -> None:
        event = prowler("iam_password_policy_minimum_length_14", "FAIL", f"arn:aws:iam::{ACCOUNT}:password-policy")
        rows = [each for each in merged(work, [event], scan=account).rows if each.controls[0].id == PASSWORD]
        (one,) = rows
        assert [tool for tool, _, _ in said(one)] == ["hipaa-guard", "Prowler"]

    def test_muted_manual_and_other_providers(self, work: Path) -> None:
        phi = "arn:aws:s3:::phi"
        events = [
            prowler("s3_bucket_object_versioning", "FAIL", phi, status_id=3),
            prowler("storage_blob_versioning", "FAIL", "x", provider="azure"),
        ]
        found = merged(work, events, [finding("securityhub-s3-bucket-versioning-enabled-1a2b3c", "WARNING", phi)])
        (one,) = found.rows
        assert one.opinions[0].suppressed == "muted"
        assert one.status is Status.UNKNOWN
        assert [gap.partition(": ")[2] for gap in found.gaps] == ["1 results of other providers than AWS"]

    def test_what_others_send_to_security_hub_is_theirs(self, work: Path) -> None:
        sent = [
            finding("", "FAILED", "arn:aws:s3:::phi", GeneratorId="prowler-s3_bucket_object_versioning"),
            finding("", "FAILED", "arn:aws:s3:::phi", GeneratorId=f"hipaa-guard/{VERSIONING}"),
            finding("", "FAILED", "arn:aws:s3:::phi", ProductFields={}),
        ]
        found = merged(work, sent)
        (one,) = found.rows
        assert [tool for tool, _, _ in said(one)] == ["Prowler", "hipaa-guard in Security Hub"]
        assert [each.check for each in found.unmapped] == ["S3.14"]

    @pytest.mark.parametrize(
        ("name", "rule"),
        [
            ("securityhub-alb-http-to-https-redirection-check-b0e79d1c", "alb-http-to-https-redirection-check"),
            ("securityhub-iam-root-access-key-check", "iam-root-access-key-check"),
            ("securityhub-vpc-flow-logs-enabled-12345", "vpc-flow-logs-enabled"),
        ],
    )
    def test_the_rule_in_a_name(self, name: str, rule: str) -> None:
        assert rule_of(name) == rule


class TestCommandLine:
    @pytest.fixture
    def files(self, work: Path) -> Path:
        (work / "scan.json").write_text(writing.render(ours(work)))
        (work / "checkov.json").write_text(
            json.dumps(
                [
                    checkov(
                        record("CKV_AWS_21", "FAILED", NOTES, (4, 8)),
                        record("CKV_AWS_21", "FAILED", PHI, (1, 2)),
                        record("CKV_AWS_9999", "FAILED", "aws_s3_bucket.\x1b[31m", (1, 2)),
                    )
                ]
            )
        )
        return work

    def test_the_terminal_tells_gaps_disagreements_and_what_has_no_row(
        self, files: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["import", "checkov.json", "--with", "scan.json"]) == CLEAN
        told = capsys.readouterr().out
        disagree = told.partition("TOOLS DISAGREE")[2].partition("CHECKS WITHOUT A ROW")[0]
        assert "hipaa-guard s3_bucket_versioning_enabled: pass" in disagree
        assert "Checkov CKV_AWS_21: fail" in disagree
        assert "Checkov CKV_AWS_9999: 1 fail: no control of ours is its equivalent" in told
        assert (
            told.splitlines()[-1] == "4 gaps, 1 disagreement between tools; 1 check of other tools without a row here."
        )

    def test_json_has_every_row(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["import", "checkov.json", "--with", "scan.json", "-o", "json"]) == CLEAN
        document = json.loads(capsys.readouterr().out)
        assert document["import_version"] == "1.0"
        assert document["summary"]["disagreements"] == 1
        assert document["summary"]["unmapped_checks"] == 1
        (notes,) = [each for each in document["rows"] if each["resource"]["address"] == NOTES]
        assert notes["status"] == "fail"
        assert [(each["tool"], each["status"]) for each in notes["opinions"]] == [
            ("hipaa-guard", "pass"),
            ("Checkov", "fail"),
        ]
        assert notes["resource"]["file"] == "main.tf:4"

    def test_the_gate(self, files: Path) -> None:
        assert run(["import", "checkov.json", "--fail-on", "medium"]) == GAPS
        assert run(["import", "checkov.json", "--fail-on", "critical"]) == CLEAN

    def test_an_accepted_risk_does_not_fail_it(self, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (files / "one").mkdir()
        (files / "one" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n}\n')
        (files / "exceptions.yaml").write_text(register(entry()))
        (files / "checkov.json").write_text(json.dumps(checkov(record("CKV_AWS_21", "FAILED", PHI, (1, 2)))))
        for exceptions, code in ((None, GAPS), (files / "exceptions.yaml", CLEAN)):
            result = scan_terraform(TerraformTarget(files / "one"), Options(only=(VERSIONING,), exceptions=exceptions))
            (files / "scan.json").write_text(writing.render(result))
            assert run(["import", "checkov.json", "--with", "scan.json", "--fail-on", "low"]) == code
        assert "0 gaps, 0 disagreements" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{", "is not JSON"),
            ("{}", "no known tool wrote this"),
            ('[{"check_type": "terraform", "results": {"failed_checks": {}}}]', "results.failed_checks is not a list"),
            ('[{"check_type": "terraform", "results": {"failed_checks": [1]}}]', "has an entry that is not an object"),
            ('{"schema_version": "1.0", "findings": []}', "give it with --with"),
        ],
    )
    def test_what_cannot_be_read(self, work: Path, capsys: pytest.CaptureFixture[str], text: str, told: str) -> None:
        (work / "bad.json").write_text(text)
        assert run(["import", "bad.json"]) == USAGE
        assert told in capsys.readouterr().err

    def test_nor_what_is_not_there_or_another_format(self, files: Path) -> None:
        assert run(["import", "none.json"]) == USAGE
        assert run(["import", "checkov.json", "-o", "html"]) == USAGE

    def test_nothing_found_is_no_error(self, work: Path) -> None:
        (work / "nothing.json").write_text(
            '{"passed": 0, "failed": 0, "parsing_errors": 0, "checkov_version": "3.3.30"}'
        )
        (work / "empty.json").write_text("[]")
        assert run(["import", "nothing.json", "empty.json"]) == CLEAN
        with pytest.raises(PeerError):
            read(work / "none.json")


DOCUMENTS = (
    checkov(record("CKV_AWS_21", "FAILED", 'module.a["x"].aws_s3_bucket.b', (1, 2)), errors=("/a.tf",)),
    trivy(misconfiguration("AVD-AWS-0090", "FAIL", "module.x", (1, 2), "aws_s3_bucket.b", "module.x")),
    [prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::x")],
    {"Findings": [finding("securityhub-s3-bucket-versioning-enabled-1a2b3c", "FAILED", "arn:aws:s3:::x")]},
)
DAMAGE: tuple[Any, ...] = (None, 1, True, 1.5, "x", "[", "module.", [], {}, [1], [[]], {"a": 1})


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, part in parts:
        yield from places(part, (*path, name))


def damaged(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = deepcopy(document)
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


@pytest.mark.parametrize("document", DOCUMENTS, ids=("checkov", "trivy", "prowler", "asff"))
def test_no_damage_breaks_the_reader(tmp_path: Path, document: Any) -> None:
    controls = load(())
    file = tmp_path / "damaged.json"
    refused = 0
    for path in places(document):
        for value in DAMAGE:
            file.write_text(json.dumps(damaged(document, path, value)))
            try:
                found = merge([read(file)], controls)
            except PeerError:
                refused += 1
            else:
                json.loads(as_json(found))
                assert as_text(found)
    assert refused


def test_paths_of_one_file() -> None:
    assert same_file("main.tf", "infra/main.tf")
    assert same_file("../infra/main.tf", "infra/main.tf")
    assert not same_file("live/main.tf", "test/main.tf")
    assert not same_file("domain.tf", "main.tf")
