"""Results of other scanners that take nothing away from ours."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.merge import Reason
from tests.lifecycle.register_text import VERSIONING
from tests.peers.imported.project import PHI, merged, ours, row
from tests.peers.samples import checkov, misconfiguration, record, trivy


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
