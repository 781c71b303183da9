"""Each format that tells of a fix tells what the fix does besides closing the gap, in the one sentence of the fix."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats import asff, csv_format, html, junit, markdown, ocsf, sarif
from hipaa_guard.outputs.wording.phrases import OPEN
from hipaa_guard.outputs.wording.told import gaps


def _of_sarif(text: str) -> dict[str, str]:
    return {rule["id"]: rule["help"]["text"] for rule in json.loads(text)["runs"][0]["tool"]["driver"]["rules"]}


def _of_ocsf(text: str) -> dict[str, str]:
    events = [event for event in json.loads(text) if "remediation" in event]
    return {event["compliance"]["control"]: event["remediation"]["desc"] for event in events}


def _of_asff(text: str) -> dict[str, str]:
    found = [each for each in json.loads(text) if "Remediation" in each]
    return {each["GeneratorId"].rpartition("/")[2]: each["Remediation"]["Recommendation"]["Text"] for each in found}


def _of_csv(text: str) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return {row["control"]: row["the fix also"] for row in rows if row["status"] in {each.value for each in OPEN}}


BY_CONTROL: dict[str, tuple[Callable[[Assessment], str], Callable[[str], dict[str, str]]]] = {
    "sarif": (sarif.render, _of_sarif),
    "ocsf": (ocsf.render, _of_ocsf),
    "asff": (asff.render, _of_asff),
    "csv": (csv_format.render, _of_csv),
}


@pytest.mark.parametrize(
    ("name", "which"),
    [("sarif", "telehealth"), ("ocsf", "telehealth"), ("ocsf", "clinic"), ("asff", "clinic")]
    + [("csv", which) for which in ("telehealth", "clinic")],
)
def test_the_fix_of_each_gap_tells_its_consequences(name: str, which: str, request: pytest.FixtureRequest) -> None:
    assessment = request.getfixturevalue(which)
    write, read = BY_CONTROL[name]
    told = read(write(assessment))
    sentences = {control.id: control.fix.also() for control in assessment.controls}
    assert any(sentences[id] for id in told)
    assert not [id for id, text in told.items() if sentences[id] not in text]


def _whole_markdown(assessment: Assessment) -> str:
    return markdown.document(assessment, markdown.STEP_SUMMARY)


@pytest.mark.parametrize("write", [html.render, junit.render, _whole_markdown])
def test_a_page_tells_them(write: Callable[[Assessment], str], telehealth: Assessment) -> None:
    text = write(telehealth)
    failing = [finding for finding in telehealth.findings if finding.status is Status.FAIL]
    shown = gaps(failing).told if write is _whole_markdown else failing  # a page for reviewers shows fixes of these
    ids = {finding.control_id for finding in shown}
    sentences = {control.fix.also() for control in telehealth.controls if control.id in ids} - {""}
    assert sentences
    assert not [sentence for sentence in sentences if sentence not in text]


def test_a_row_without_a_gap_tells_none(telehealth: Assessment) -> None:
    rows = csv.DictReader(io.StringIO(csv_format.render(telehealth).removeprefix("\ufeff"), newline=""))
    closed = [row for row in rows if row["status"] not in {each.value for each in OPEN}]
    assert closed
    assert not [row for row in closed if row["the fix also"]]
