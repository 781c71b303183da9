"""What is said of the register of exceptions, and which file it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hipaa_guard.assessment.exceptions import MOST_REFERENCES
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.source_comments import MOST
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.exceptions.buckets import BUCKETS, KEEPS, warnings
from tests.lifecycle.register_text import TODAY, VERSIONING, covered, entry, register, scan, tree


class TestWhatIsSaidOfTheRegister:
    def test_unused(self, buckets: Path) -> None:
        found = scan(buckets, entry(scope={"address": "aws_s3_bucket.gone"}))
        assert (
            "EX-1 is not used: no resource that s3_bucket_versioning_enabled judged is address aws_s3_bucket.gone"
            in warnings(found)
        )

    def test_no_longer_needed(self, tmp_path: Path) -> None:
        directory = tree(tmp_path / "infra", main=BUCKETS + KEEPS.replace("STATUS", '"Enabled"'))
        found = scan(directory, entry())
        assert covered(found) == {}
        assert "EX-1 is not needed any more: the resources in its scope pass" in warnings(found)

    def test_what_this_scan_could_not_meet_is_not_unused(self, buckets: Path) -> None:
        assert warnings(scan(buckets, entry(scope={"arn": "arn:aws:s3:::phi"}))) == ""
        assert warnings(scan(buckets, entry(), only=("s3_bucket_access_logging_enabled",))) == ""

    def test_overlapping(self, buckets: Path) -> None:
        found = scan(buckets, entry(), entry(id="EX-2", scope={"address": "**.aws_s3_bucket.phi"}))
        assert covered(found) == {"aws_s3_bucket.phi": "EX-1"}
        assert warnings(found) == "exception EX-2 overlaps with EX-1, which covers 1 finding of its scope"

    def test_an_expired_one_does_not_hide_one_in_force(self, buckets: Path) -> None:
        ended = entry(approved_on=date(2026, 1, 1), expires_on=date(2026, 2, 1))
        found = scan(buckets, ended, entry(id="EX-2"))
        assert covered(found) == {"aws_s3_bucket.phi": "EX-2"}


def test_the_file_of_the_working_directory_and_never_of_the_tree(
    buckets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for place in (buckets, tmp_path / "work"):
        (place / ".hipaa-guard").mkdir(parents=True)
        (place / ".hipaa-guard" / "exceptions.yaml").write_text(
            register(entry(id="EX-7" if place == buckets else "EX-8"))
        )
    options = Options(only=(VERSIONING,), today=TODAY)
    monkeypatch.chdir(tmp_path)
    alone = scan_terraform(TerraformTarget(buckets), options)
    assert (covered(alone), alone.exceptions.file) == ({}, "")
    monkeypatch.chdir(tmp_path / "work")
    found = scan_terraform(TerraformTarget(buckets), options)
    assert covered(found) == {"aws_s3_bucket.phi": "EX-8"}
    assert found.exceptions.file == ".hipaa-guard/exceptions.yaml"


def test_a_register_that_cannot_be_used_ends_the_scan_before_it_begins(buckets: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml cannot be read"):
        scan_terraform(TerraformTarget(buckets), Options(exceptions=tmp_path / "none.yaml"))
    with pytest.raises(InputError, match="approver is the owner"):
        scan(buckets, entry(approver="storage@example.org"))


class TestWhatAHostileTreeMayHold:
    def test_very_many_references(self, tmp_path: Path) -> None:
        ids = ", ".join(f"EX-{number}" for number in range(1, 5000))
        text = f'# hipaa-guard: exception {ids}\nresource "aws_s3_bucket" "phi" {{\n  count = 50\n}}\n'
        found = scan(tree(tmp_path / "infra", main=text), entry(scope="inline"))
        assert len(covered(found)) == 50
        assert len(found.exceptions.references) == MOST
        assert "more than 10 references" in warnings(found)

    def test_very_many_comments(self, tmp_path: Path) -> None:
        one = '# hipaa-guard: exception EX-9\nresource "aws_s3_bucket" "b{}" {{}}\n'
        text = "".join(one.format(number) for number in range(1500))
        found = scan(tree(tmp_path / "infra", main=text))
        assert len(found.exceptions.references) == MOST_REFERENCES + 1
        assert found.exceptions.references[-1] == "and 500 references more"

    def test_moves_in_a_circle_and_to_one_place(self, tmp_path: Path) -> None:
        names = [f"aws_s3_bucket.b{number}" for number in range(300)]
        pairs = [*zip(names, names[1:] + names[:1], strict=True), *((name, "aws_s3_bucket.phi") for name in names)]
        text = "".join(f"moved {{\n  from = {before}\n  to = {after}\n}}\n" for before, after in pairs)
        found = scan(tree(tmp_path / "infra", main=f'{text}resource "aws_s3_bucket" "phi" {{}}\n'))
        (finding,) = found.findings
        assert 0 < len(finding.previous) <= 20
