"""JSON: the contract, and that what was written can be read back."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import VERDICTS, Severity
from hipaa_guard.outputs import OutputError, parsed, write
from hipaa_guard.outputs.json.writing import ReportError, parse, render


@pytest.fixture(scope="module")
def document(golden: Assessment) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(golden))
    return loaded


@pytest.fixture(scope="module")
def check() -> Callable[[object], None]:
    schema = json.loads((files("hipaa_guard.outputs") / "schema" / "assessment-1.0.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).validate


def test_is_what_the_schema_says(document: dict[str, Any], empty: Assessment, check: Callable[[object], None]) -> None:
    check(document)
    check(json.loads(render(empty)))


def test_the_schema_has_teeth(document: dict[str, Any], check: Callable[[object], None]) -> None:
    for spoil in (
        {**document, "schema_version": "2.0"},
        {**document, "extra": 1},
        {key: value for key, value in document.items() if key != "gate"},
        {**document, "findings": [{**document["findings"][0], "status": "ok"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            check(spoil)


def test_the_names_of_the_contract(document: dict[str, Any]) -> None:
    assert document["schema_version"] == "1.0"
    assert {"tool", "scan", "summary", "gate", "coverage", "controls", "findings"} <= document.keys()
    for control in document["controls"]:
        assert {"id", "title", "severity", "hipaa", "equivalents"} <= control.keys()
        assert list(control["equivalents"]) == ["checkov", "trivy", "prowler", "aws_config", "cdk_nag", "powerpipe"]
        assert all(isinstance(ids, list) for ids in control["equivalents"].values())
    for finding in document["findings"]:
        assert {"control_id", "status", "severity", "message", "fingerprint", "resource", "location"} <= finding.keys()
        assert {"kind", "type", "name", "address", "arn", "region", "account"} <= finding["resource"].keys()
        if finding["location"] is not None:
            assert {"file", "line_start", "line_end"} <= finding["location"].keys()


def test_a_control_says_whether_a_machine_makes_the_change(document: dict[str, Any]) -> None:
    fixes = {control["id"]: control["fix"] for control in document["controls"]}
    assert {id for id, fix in fixes.items() if fix["by_machine"]} == {"s3_bucket_versioned"}
    assert fixes["s3_bucket_versioned"]["terraform"] == 'resource "aws_s3_bucket" "phi" {\n  versioned = true\n}'
    assert fixes["s3_bucket_public"]["not_by_machine"] == "needs <b>a person</b>"
    assert fixes["s3_bucket_public"]["consequences"] == ["overwrites", "cuts_access"]
    assert fixes["s3_bucket_versioned"]["consequences"] == []


def test_an_older_document_does_not_say_who_makes_the_change(document: dict[str, Any]) -> None:
    older = [
        {**each, "fix": {name: each["fix"][name] for name in ("terraform", "cli", "note")}}
        for each in document["controls"]
    ]
    read = parse(json.dumps({**document, "controls": older}))
    assert not [each for each in read.controls if each.fix.by_machine or each.fix.by_whom or each.fix.also()]


def test_controls_that_met_no_resource_and_passing_findings_are_there(document: dict[str, Any]) -> None:
    assert "kms_key_unmet" in [control["id"] for control in document["controls"]]
    assert {finding["status"] for finding in document["findings"]} == {status.value for status in VERDICTS}
    assert len(document["requirements"]) == 69


def test_reads_back_what_it_wrote(golden: Assessment, empty: Assessment) -> None:
    for assessment in (golden, empty):
        text = render(assessment)
        again = parse(text)
        assert render(again) == text
        assert again.gate == assessment.gate
        assert again.controls == assessment.controls
        assert again.requirements == assessment.requirements
        assert again.coverage == assessment.coverage
        assert [f.message for f in again.findings] == [f.message for f in assessment.findings]
        assert [f.decided_at for f in again.findings] == [f.decided_at for f in assessment.findings]


def test_summary_counts_the_findings(document: dict[str, Any], golden: Assessment) -> None:
    summary = document["summary"]
    assert summary["findings"] == {status.value: number for status, number in golden.counts().items()}
    assert sum(sum(row.values()) for row in summary["by_severity"].values()) == len(golden.findings)
    assert list(summary["by_severity"]) == [severity.value for severity in Severity]
    assert sum(summary["requirements"].values()) == 69


def test_nothing_in_it_acts_on_a_terminal(golden: Assessment, hostile: tuple[str, ...]) -> None:
    text = render(golden)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text)
    text.encode("utf-8")
    names = {finding["resource"]["name"] for finding in json.loads(text)["findings"]}
    assert set(hostile) <= names, "and yet every name reads back as it was"


def test_each_finding_stands_on_a_line(golden: Assessment) -> None:
    lines = [line for line in render(golden).splitlines() if line.startswith('{"control_id"')]
    assert len(lines) == len(golden.findings)


def test_a_later_minor_version_is_read_and_its_names_ignored(document: dict[str, Any]) -> None:
    later = {**document, "schema_version": "1.7", "new": [1], "gate": {**document["gate"], "new": 1}}
    assert parse(json.dumps(later)).gate.exit_code == document["gate"]["exit_code"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no schema_version"),
        ("{}", "no schema_version"),
        ('{"schema_version": 1}', "schema_version is 1"),
        ('{"schema_version": "2.0"}', "reads 1.x"),
        ('{"schema_version": "1.0"}', "tool is missing"),
    ],
)
def test_refuses_what_it_did_not_write(text: str, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        parse(text)


@pytest.mark.parametrize(
    "path, value, words",
    [
        (("findings", 0, "status"), "ok", r"findings\[0\]\.status is not one of"),
        (("findings", 0, "message"), 7, r"findings\[0\]\.message is not text"),
        (("findings", 0, "location", "line_start"), True, "line_start is not a whole number"),
        (("findings",), {}, "findings is not a list"),
        (("scan", "started"), "yesterday", "scan.started is not a time"),
        (("scan", "source"), "gcp", "scan.source is not one of terraform, aws"),
        (("coverage", "resources"), {"s3.Bucket": "3"}, "not a whole number"),
    ],
)
def test_says_what_is_wrong_and_where(
    golden: Assessment, path: tuple[str | int, ...], value: object, words: str
) -> None:
    document: Any = json.loads(render(golden))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ReportError, match=words):
        parse(json.dumps(document))


def test_rendering_json_needs_no_heavy_library() -> None:
    code = (
        "import sys, hipaa_guard.outputs.json.writing, hipaa_guard.outputs.formats.terminal, hipaa_guard.outputs.writing;"
        "print([m for m in ('rich', 'jinja2', 'pydantic', 'boto3', 'yaml') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


class TestWriting:
    def test_to_a_file_whole_or_not_at_all(self, golden: Assessment, tmp_path: Path) -> None:
        target = tmp_path / "scan.json"
        target.write_text("old")
        target.chmod(0o600)
        write(golden, f"json={target}")
        assert target.read_text() == render(golden)
        assert target.stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["scan.json"]

    def test_to_the_standard_output(self, golden: Assessment) -> None:
        for spec in ("json", "json=-"):
            stream = io.StringIO()
            write(golden, spec, stdout=stream)
            assert stream.getvalue() == render(golden)

    def test_is_utf8_for_machines_whatever_the_terminal_speaks(self, golden: Assessment) -> None:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="ascii")
        write(golden, "json", stdout=stream)
        assert raw.getvalue() == render(golden).encode()

    def test_for_people_characters_that_the_terminal_lacks_become_codes(self, golden: Assessment) -> None:
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding="ascii")
        write(golden, "terminal", stdout=stream)
        assert rb"\U0001f9ec" in raw.getvalue()

    def test_through_a_link_keeps_the_link(self, golden: Assessment, tmp_path: Path) -> None:
        (tmp_path / "real.json").write_text("")
        (tmp_path / "link.json").symlink_to("real.json")
        write(golden, f"json={tmp_path / 'link.json'}")
        assert (tmp_path / "link.json").is_symlink()
        assert (tmp_path / "real.json").read_text() == render(golden)

    def test_to_a_device(self, golden: Assessment) -> None:
        write(golden, "json=/dev/null")

    @pytest.mark.parametrize(
        "spec, words",
        [
            ("jsn", "there is no output format 'jsn': did you mean json"),
            ("JSON", "did you mean json"),
            ("xyz", "there are asff, csv, github, gitlab, html, json, "),
            ("json=", "names no file"),
            ("json=/dev/null/place/x.json", "/dev/null is not a directory"),
            ("json=/tmp", "it is a directory"),
        ],
    )
    def test_says_what_is_wrong_with_a_spec(self, spec: str, words: str) -> None:
        with pytest.raises(OutputError, match=words):
            parsed(spec)

    def test_says_why_a_file_cannot_be_written(self, golden: Assessment, tmp_path: Path) -> None:
        name = "x" * 300
        with pytest.raises(OutputError, match=r"cannot write .*too long"):
            write(golden, f"json={tmp_path / name}")
