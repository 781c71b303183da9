"""Other scanners in the formats that people and machines read. Every output is made of the result alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

import hipaa_guard.outputs
from hipaa_guard.cli.main import run
from tests.outputs.test_sarif import check, complaints
from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import program
from tests.peers.samples import checkov, misconfiguration, record, trivy

__all__ = ("check", "complaints")

HOSTILE = "\x1b[2J::error::<script>alert(1)</script> [x](javascript:1) ##[command]"
FORMATS = {"terminal": "txt", "json": "json", "html": "html", "sarif": "sarif", "markdown": "md"}
PHI, NOTES = "aws_s3_bucket.phi", "aws_s3_bucket.notes"


class Outputs(NamedTuple):
    """The texts of one result."""

    terminal: str
    json: str
    html: str
    sarif: str
    markdown: str


@pytest.fixture
def outputs(scan: Scan, tree: Path, tmp_path: Path) -> Outputs:
    """What Checkov and Trivy said, and that Prowler's like failed."""
    (tree / ".git").mkdir()
    silenced = record("CKV_AWS_18", "SKIPPED", PHI, (1, 2))
    silenced["check_result"]["suppress_comment"] = HOSTILE
    alone = record("CKV_AWS_9999", "FAILED", PHI, (1, 2))
    alone["check_name"] = HOSTILE
    said = checkov(
        alone,
        silenced,
        record("CKV_AWS_21", "FAILED", PHI, (1, 2)),
        record("CKV_AWS_21", "FAILED", NOTES, (4, 8)),
        record("CKV_AWS_9998", "PASSED", PHI, (1, 2)),
    )
    other = trivy(misconfiguration("AWS-9999", "FAIL", PHI, (1, 2)) | {"Severity": "HIGH"})
    programs = (
        program(tmp_path / "bin", "checkov", said),
        program(tmp_path / "bin", "trivy", other),
    )
    asked = ("--peers", ",".join(f"{each.path.name}={each.path}" for each in programs))
    files = {format: tmp_path / f"report.{ending}" for format, ending in FORMATS.items()}
    wanted = [word for format, file in files.items() for word in ("-o", f"{format}={file}")]
    assert run(["scan", "terraform", str(tree), "-q", *wanted, *asked]) == 1
    return Outputs(**{format: file.read_text() for format, file in files.items()})


def test_the_json_is_what_the_schema_says_and_every_output_follows_from_it(outputs: Outputs, tmp_path: Path) -> None:
    schema = json.loads((Path(hipaa_guard.outputs.__file__).parent / "schema" / "assessment-1.0.json").read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(outputs.json))
    (tmp_path / "saved.json").write_text(outputs.json)
    for format in FORMATS:
        again = tmp_path / f"again.{format}"
        assert run(["render", str(tmp_path / "saved.json"), "-o", f"{format}={again}"]) == 0
        assert again.read_text() == getattr(outputs, format), format


def test_a_person_reads_what_only_the_other_found_and_what_contradicts_ours(outputs: Outputs) -> None:
    for text in (outputs.terminal, outputs.markdown, outputs.html):
        for part in ("Checkov 3.3.30", "Found by it alone: 1", "Disagreements: 1", "Silenced in it: 1"):
            assert part in text
        assert text.index("CKV_AWS_9999") < text.index("Disagreements: 1") < text.index("Silenced in it: 1")
        assert "CKV_AWS_9998" not in text  # it passes, and nobody says otherwise
    assert "5 results: 1 agree with ours, 1 disagree" in outputs.terminal
    assert "AVD-AWS-9999  high  what AWS-9999 asks for" in outputs.terminal
    assert f"fails; {'s3_bucket_versioning_enabled'} passes" in outputs.terminal
    assert "Found by both, and told by our own findings: 1" in outputs.html
    assert "of Checkov without a verdict of ours: 1 low" not in " ".join(outputs.terminal.split())


def test_no_text_of_the_other_acts(outputs: Outputs) -> None:
    for text in outputs:
        assert "\x1b" not in text
        assert "##[command]" not in text
        assert not re.search(r"(?m)^\s*::error", text)
    assert "<script>alert" not in outputs.html
    assert "<script>alert" not in outputs.markdown
    assert "](javascript" not in outputs.sarif


def test_code_scanning_gets_them_as_extensions_of_the_tool(
    outputs: Outputs, check: Callable[[object], None], complaints: Callable[[str], list[str]]
) -> None:
    log = json.loads(outputs.sarif)
    check(log)
    # GitHub's own analyser writes the id of the rule both ways too, so that readers without extensions find one.
    assert [each for each in complaints(outputs.sarif) if "SARIF2004" not in each] == []
    (only,) = log["runs"]  # GitHub takes one
    extensions = only["tool"]["extensions"]
    assert [(each["name"], [rule["id"] for rule in each["rules"]]) for each in extensions] == [
        ("Checkov", ["CKV_AWS_9999"]),
        ("Trivy", ["AVD-AWS-9999"]),
    ]
    theirs: list[dict[str, Any]] = [each for each in only["results"] if "rule" in each]
    assert [(each["ruleId"], each["rule"]["toolComponent"]["name"], each["level"]) for each in theirs] == [
        ("CKV_AWS_9999", "Checkov", "note"),
        ("AVD-AWS-9999", "Trivy", "error"),
    ]
    for each in theirs:
        component = extensions[each["rule"]["toolComponent"]["index"]]
        assert component["rules"][each["rule"]["index"]]["id"] == each["ruleId"]
        assert each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "main.tf"
    told = [each["message"]["text"] for each in only["invocations"][0]["toolExecutionNotifications"]]
    assert any(each.startswith("Disagreement: Checkov CKV_AWS_21 on aws_s3_bucket.notes fails") for each in told)


def test_one_that_failed_is_told_everywhere(scan: Scan, tree: Path, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "trivy", "", "sys.exit(7)")
    files = {format: tmp_path / f"report.{ending}" for format, ending in FORMATS.items()}
    wanted = [word for format, file in files.items() for word in ("-o", f"{format}={file}")]
    assert run(["scan", "terraform", str(tree), "-q", *wanted, "--peers", f"trivy={made.path}"]) == 1
    for format, file in files.items():
        assert "ended with exit code 7" in file.read_text(), format


def test_without_other_scanners_nothing_speaks_of_them(scan: Scan, tree: Path, tmp_path: Path) -> None:
    files = {format: tmp_path / f"report.{ending}" for format, ending in FORMATS.items()}
    wanted = [word for format, file in files.items() for word in ("-o", f"{format}={file}")]
    run(["scan", "terraform", str(tree), "-q", *wanted])
    assert json.loads(files["json"].read_text())["peers"] == []
    assert "extensions" not in json.loads(files["sarif"].read_text())["runs"][0]["tool"]
    for format in ("terminal", "html", "markdown"):
        assert "ther scanner" not in files[format].read_text(), format


def test_a_result_from_before_can_be_read(scan: Scan, tree: Path, tmp_path: Path) -> None:
    saved = tmp_path / "scan.json"
    run(["scan", "terraform", str(tree), "-q", "-o", f"json={saved}"])
    document = json.loads(saved.read_text())
    del document["peers"]
    saved.write_text(json.dumps(document))
    assert run(["render", str(saved), "-o", f"json={tmp_path / 'again.json'}"]) == 0
