"""Results of other scanners at the command line: files, exit codes and outputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.outputs.json import writing
from hipaa_guard.peers.reading import read
from hipaa_guard.peers.results import PeerError
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, entry, register
from tests.peers.imported.project import CLEAN, GAPS, NOTES, PHI, USAGE, ours
from tests.peers.samples import checkov, record


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
