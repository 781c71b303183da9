"""The baseline: what its file holds, and what is new beside it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.baseline import Baseline, BaselineError, baseline_of, compared, read, written
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.baseline.repositories import LOGS, OFF, ON, PHI, UNKNOWN, new
from tests.lifecycle.register_text import VERSIONING, entry, scan, tree


class TestTheFile:
    @pytest.fixture
    def found(self, tmp_path: Path) -> Assessment:
        text = LOGS + PHI + UNKNOWN + 'resource "aws_s3_bucket" "good" {\n versioning {\n  enabled = true\n }\n}\n'
        return scan(tree(tmp_path / "infra", main=text), entry(scope={"address": "aws_s3_bucket.logs"}))

    def test_holds_what_is_open_sorted_and_readable(self, found: Assessment) -> None:
        document = json.loads(written(found))
        assert document["baseline_version"] == "1.0"
        assert document["tool"]["version"] == found.version
        assert document["controls"] == [VERSIONING]
        rows = [(row["resource"], row["status"], row["exception"]) for row in document["findings"]]
        assert rows == [("aws_s3_bucket.logs", "fail", "EX-1"), ("aws_s3_bucket.phi", "unknown", None)]
        assert {row["control_id"] for row in document["findings"]} == {VERSIONING}
        assert {row["root"] for row in document["findings"]} == {"."}

    def test_the_same_result_gives_the_same_text(self, found: Assessment, tmp_path: Path) -> None:
        again = scan(tmp_path / "infra", entry(scope={"address": "aws_s3_bucket.logs"}))
        assert written(again) == written(found)

    def test_reads_what_it_wrote(self, found: Assessment, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        file.write_text(written(found))
        assert read(file) == baseline_of(found)

    @pytest.mark.parametrize(
        "text, words",
        [
            ("", "it is not JSON"),
            ("[" * 100_000, "it is not JSON"),
            ("[]", "baseline write"),
            ('{"schema_version": "1.0"}', "baseline write"),
            ('{"baseline_version": "2.0", "findings": []}', "'2.0'"),
            ('{"baseline_version": 1, "findings": []}', "1"),
            ('{"baseline_version": "1.0"}', "no findings"),
            ('{"baseline_version": "1.0", "findings": [{}]}', "entry 1"),
            ('{"baseline_version": "1.0", "findings": [{"fingerprint": "a", "status": "pass"}]}', "entry 1"),
            ('{"baseline_version": "1.0", "findings": ["a"]}', "entry 1"),
        ],
    )
    def test_what_is_none(self, text: str, words: str, tmp_path: Path) -> None:
        file = tmp_path / "baseline.json"
        file.write_text(text)
        with pytest.raises(BaselineError, match=words):
            read(file)

    def test_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(BaselineError, match="cannot be read"):
            read(tmp_path / "none.json")
        with pytest.raises(InputError, match="cannot be read"):
            scan_terraform(TerraformTarget(tmp_path), Options(baseline=tmp_path / "none.json"))


@pytest.mark.parametrize(
    "before, after, is_new",
    [
        (PHI, PHI, False),
        (PHI, PHI + OFF, False),
        (PHI, PHI + UNKNOWN, False),
        (PHI + UNKNOWN, PHI + UNKNOWN, False),
        (PHI + UNKNOWN, PHI, True),
        (PHI + ON, PHI, True),
        (PHI + ON, PHI + UNKNOWN, True),
        (LOGS, PHI, True),
        (PHI, PHI + ON, None),
    ],
)
def test_what_is_new(before: str, after: str, is_new: bool | None, tmp_path: Path) -> None:
    was, is_now = (scan(tree(tmp_path / name, main=text)) for name, text in (("was", before), ("now", after)))
    (finding,) = compared(is_now.findings, baseline_of(was))
    assert finding.new is is_new


def test_without_a_baseline_nothing_is_new_or_old(tmp_path: Path) -> None:
    assert new(scan(tree(tmp_path / "infra", main=PHI))) == {"aws_s3_bucket.phi": None}


def test_an_empty_baseline_knows_nothing(tmp_path: Path) -> None:
    found = scan(tree(tmp_path / "infra", main=PHI))
    assert [f.new for f in compared(found.findings, Baseline())] == [True]


def test_a_gap_is_seen_when_its_exception_ends(tmp_path: Path) -> None:
    directory = tree(tmp_path / "infra", main=PHI)
    file = tmp_path / "baseline.json"
    short = entry(expires_on=date(2026, 12, 1))
    file.write_text(written(scan(directory, short)))
    gated: dict[str, Any] = {"baseline": file, "fail_on_new": True}
    covered = scan(directory, short, **gated)
    assert (new(covered), covered.gate.exit_code) == ({"aws_s3_bucket.phi": False}, 0)
    later = scan(directory, short, today=date(2026, 12, 2), **gated)
    assert (new(later), later.gate.exit_code) == ({"aws_s3_bucket.phi": True}, 1)


# --- a commit of git -----------------------------------------------------------------------------------------------


def test_statuses_of_a_baseline_are_those_of_findings(tmp_path: Path) -> None:
    found = scan(tree(tmp_path / "infra", main=PHI + UNKNOWN + LOGS))
    assert {known.status for known in baseline_of(found).findings.values()} == {Status.FAIL, Status.UNKNOWN}
