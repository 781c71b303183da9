"""Results of other scanners beside ours, where both speak of one resource of Terraform."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING
from tests.peers.imported.project import BLOCKED, MAIN, PHI, RDP, SSH, merged, ours, row, said
from tests.peers.samples import checkov, misconfiguration, record, trivy


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
