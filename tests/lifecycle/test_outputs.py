"""Exceptions and the baseline in what people and machines read."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.baseline import written
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.formats import html, terminal
from hipaa_guard.outputs.json.writing import ReportError, parse, render
from hipaa_guard.outputs.wording.finding_text import finding_text
from hipaa_guard.outputs.wording.page import Page
from tests.lifecycle.register_text import ROTATION, VERSIONING, entry, scan, tree

BUCKETS = """
resource "aws_s3_bucket" "phi" {}
resource "aws_s3_bucket" "logs" {}
resource "aws_s3_bucket" "old" {}
resource "aws_kms_key" "phi" {}
# hipaa-guard: exception EX-77
resource "aws_kms_key" "other" {}
variable "rotated" {}
resource "aws_kms_key" "unknown" {
  enable_key_rotation = var.rotated
}
"""
HOSTILE = "</script><img src=x onerror=alert(1)> \u202e it is not what it seems {{ 7*7 }}"
REGISTER = [
    entry(justification=HOSTILE, ticket="SEC-1", risk="low"),
    entry(
        id="EX-2",
        control=ROTATION,
        scope={"address": "aws_kms_key.*"},
        allow_broad=True,
        compensating_control="The key is replaced by hand each year.",
    ),
    entry(id="EX-3", scope={"address": "aws_s3_bucket.gone"}, expires_on=date(2026, 11, 20)),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    directory = tree(tmp_path_factory.mktemp("outputs") / "infra", main=BUCKETS)
    only = (VERSIONING, ROTATION)
    before = directory.parent / "baseline.json"
    (directory / "new.tf").write_text("")
    known = scan(directory, *REGISTER, only=(ROTATION,))
    before.write_text(written(known))
    return scan(directory, *REGISTER, only=only, baseline=before)


@pytest.fixture(scope="module")
def document(found: Assessment) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(found))
    return loaded


class TestJson:
    def test_is_what_the_schema_says(self, document: dict[str, Any]) -> None:
        schema = json.loads((files("hipaa_guard.outputs") / "schema" / "assessment-1.0.json").read_text())
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
        assert document["schema_version"] == "1.0"

    def test_has_the_register_with_its_states(self, document: dict[str, Any]) -> None:
        rows = {row["id"]: row for row in document["exceptions"]["entries"]}
        assert [(id, row["state"], row["findings"]) for id, row in rows.items()] == [
            ("EX-1", "active", 1),
            ("EX-2", "active", 3),
            ("EX-3", "expired", 0),
        ]
        assert rows["EX-1"]["justification"] == HOSTILE
        assert rows["EX-3"]["days_left"] == -2
        assert len(document["exceptions"]["references"]) == 1

    def test_names_the_exception_of_a_finding_and_whether_it_is_new(self, document: dict[str, Any]) -> None:
        told = {
            (f["control_id"], f["resource"]["address"]): (f["status"], f["exception"], f["new"])
            for f in document["findings"]
        }
        assert told[VERSIONING, "aws_s3_bucket.phi"] == ("fail", "EX-1", True)
        assert told[VERSIONING, "aws_s3_bucket.logs"] == ("fail", None, True)
        assert told[ROTATION, "aws_kms_key.phi"] == ("fail", "EX-2", False)
        assert told[ROTATION, "aws_kms_key.unknown"] == ("unknown", "EX-2", False)

    def test_reads_back_what_it_wrote(self, found: Assessment) -> None:
        again = parse(render(found))
        assert render(again) == render(found)
        assert again.exceptions == found.exceptions
        assert [(f.exception, f.new, f.previous) for f in again.findings] == [
            (f.exception, f.new, f.previous) for f in found.findings
        ]

    def test_reads_what_was_written_before_there_were_exceptions(self, document: dict[str, Any]) -> None:
        del (old := json.loads(json.dumps(document)))["exceptions"]
        for finding in old["findings"]:
            del finding["exception"], finding["new"]
        again = parse(json.dumps(old))
        assert again.exceptions.entries == ()
        assert {f.exception for f in again.findings} == {None}
        assert {f.new for f in again.findings} == {None}

    @pytest.mark.parametrize(
        "path, value",
        [
            (("findings", 0, "exception"), "EX-99"),
            (("findings", 0, "exception"), 1),
            (("findings", 0, "new"), "yes"),
            (("findings", 0, "previous"), [1]),
            (("exceptions",), []),
            (("exceptions", "entries", 0, "expires_on"), "soon"),
            (("exceptions", "entries", 0, "state"), "fine"),
            (("exceptions", "entries", 0, "days_left"), None),
        ],
    )
    def test_what_is_damaged_is_told_with_its_place(
        self, document: dict[str, Any], path: tuple[str | int, ...], value: Any
    ) -> None:
        damaged = json.loads(json.dumps(document))
        place = damaged
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        with pytest.raises(ReportError, match=re.escape(str(path[-1]))):
            parse(json.dumps(damaged))


class TestTerminal:
    def test_tells_accepted_risks_apart_from_gaps(self, found: Assessment) -> None:
        text = terminal.render(found)
        gaps, accepted = text.split("ACCEPTED RISKS")
        assert "aws_s3_bucket.logs" in gaps
        assert "aws_s3_bucket.phi  main.tf" not in gaps
        assert "NOT KNOWN" not in gaps, "the one unknown verdict is covered"
        assert "aws_s3_bucket.phi  main.tf:2" in accepted
        assert "EX-1 until 2027-06-01" in accepted
        assert "storage@example.org, approved by security@example.org on 2026-11-01, SEC-1" in accepted
        assert "\u202e" not in text

    def test_counts_them_beside_the_table(self, found: Assessment) -> None:
        text = " ".join(terminal.render(found).split())
        assert "Of these, 3 gaps and 1 unknown verdict covered by exceptions; 2 gaps new; none in the baseline." in text

    def test_says_what_is_new(self, found: Assessment) -> None:
        lines = terminal.render(found, Page(everything=True)).splitlines()
        after = lines[next(n for n, line in enumerate(lines) if "aws_s3_bucket.logs" in line) + 1]
        assert after.strip().startswith("new")

    def test_says_nothing_where_there_is_neither(self, tmp_path: Path) -> None:
        text = terminal.render(scan(tree(tmp_path / "infra", main=BUCKETS)))
        assert "ACCEPTED" not in text
        assert "Of these" not in text


class TestHtml:
    def test_has_the_register_of_accepted_risks(self, found: Assessment) -> None:
        text = html.render(found)
        assert '<section class="accepted" id="exception-EX-1"' in text
        assert "Risk accepted until 2027-06-01: exception EX-1." in text
        assert "164.312(a)(2)(iv): addressable, for which 164.306(d)(3)" in text
        assert "164.308(a)(7)(ii)(A), 164.308(a)(7)(ii)(B): required: the rule has no alternative." in text
        assert "it refers to EX-77, which is not in the register" in text
        assert HOSTILE not in text
        assert "<img" not in text

    def test_says_so_where_there_is_none(self, tmp_path: Path) -> None:
        text = html.render(scan(tree(tmp_path / "infra", main=BUCKETS)))
        assert "no register of exceptions was used" in text


def test_a_finding_in_full(found: Assessment) -> None:
    finding = next(f for f in found.findings if f.resource.address == "aws_s3_bucket.phi")
    text = finding_text(finding, found)
    for words in (
        "aws_s3_bucket.phi",
        "gap found, new",
        finding.fingerprint,
        "main.tf:2",
        "Risk accepted until 2027-06-01: exception EX-1",
        "aws_s3_bucket_versioning",
        "164.312(c)(1)",
    ):
        assert words in text
    assert "\u202e" not in text
