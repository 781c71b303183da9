"""CSV: a row for each finding, and no cell that a spreadsheet calculates."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.formats.csv_format import render
from hipaa_guard.outputs.wording.page import Page


def rows(assessment: Assessment, *, raw: bool = False) -> list[dict[str, str]]:
    text = render(assessment, Page(raw=raw))
    assert text.startswith("\ufeff"), "Excel knows UTF-8 by it"
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("which", ["golden", "empty", "nasty", "covered", "telehealth", "clinic"])
def test_a_row_for_each_finding(which: str, request: pytest.FixtureRequest) -> None:
    assessment = request.getfixturevalue(which)
    found = rows(assessment)
    assert [row["fingerprint"] for row in found] == [finding.fingerprint for finding in assessment.findings]
    assert all(None not in row and None not in row.values() for row in found)
    assert render(assessment).count("\r\n") == len(found) + 1, "no cell holds a line end"


def test_no_cell_is_a_formula(nasty: Assessment) -> None:
    for row in rows(nasty):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
            assert len(cell) <= 32_767, "more than Excel holds"
    resources = {row["resource"] for row in rows(nasty, raw=True)}
    assert 'arn:aws:kms:eu-west-1:123456789012:key/=HYPERLINK("http://evil.example")' in resources


def test_raw_cells_are_as_they_were(clinic: Assessment) -> None:
    formula = dataclasses.replace(clinic, findings=(clinic.findings[0]._replace(message="=1+1", action=" -x"),))
    assert [(row["message"], row["missing action"]) for row in rows(formula)] == [("'=1+1", "' -x")]
    assert [(row["message"], row["missing action"]) for row in rows(formula, raw=True)] == [("=1+1", " -x")]


def test_account_ids_are_text(golden: Assessment) -> None:
    accounts = {row["account"] for row in rows(golden)}
    assert accounts == {"", "'123456789012"}
    assert {row["account"] for row in rows(golden, raw=True)} == {"", "123456789012"}


def test_what_a_row_says(covered: Assessment) -> None:
    told = {row["message"]: row for row in rows(covered)}
    row = told["is public too"]
    assert (row["status"], row["exception"], row["exception expires"]) == ("fail", "EX-12", "2027-03-31")
    row = told["keeps no versions"]
    assert (row["file"], row["line"], row["new"]) == ("infra/main.tf", "3", "known")
    assert told["is not logged"]["new"] == "new"
    assert told["refuses plain HTTP"]["new"] == ""


def test_100_000_findings(huge: Assessment) -> None:
    assert len(rows(huge)) == 100_000
