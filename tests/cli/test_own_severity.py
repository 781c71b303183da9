"""A verdict may be less, or more, severe than its control: the pipeline and every report go by the verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run

POLICY = """from hipaa_guard.authoring import HIGH, LOW, Fix, Verdict, control, failed
from hipaa_guard.services import sqs


@control(title="T", severity=HIGH, hipaa=("164.312(b)",), why="W.", fix=Fix(note="N."))
def own_thing(queue: sqs.Queue) -> Verdict:
    if queue.key is None:
        return failed("has a default only", severity=LOW)
    return failed("is open")
"""
MILD = 'resource "aws_sqs_queue" "mild" {}\n'
BAD = 'resource "aws_sqs_queue" "bad" {\n  kms_master_key_id = "alias/phi"\n}\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own_thing.py").write_text(POLICY)
    (tmp_path / "tf").mkdir()
    return tmp_path


def scanned(here: Path, text: str, *more: str) -> int:
    (here / "tf" / "main.tf").write_text(text)
    outputs = [f"-o{name}=out.{name}" for name in ("json", "terminal", "markdown", "html")]
    return run(["scan", "terraform", "tf", "--policies", "own", "-c", "own_thing", "-q", *outputs, *more])


def test_the_gate_goes_by_the_verdict(here: Path) -> None:
    assert scanned(here, MILD, "--fail-on", "high") == 0
    assert scanned(here, MILD + BAD, "--fail-on", "high") == 1


def test_json_keeps_both(here: Path) -> None:
    scanned(here, MILD + BAD)
    result = json.loads((here / "out.json").read_text())
    assert {each["resource"]["name"]: each["severity"] for each in result["findings"]} == {"mild": "low", "bad": "high"}
    (control,) = result["controls"]
    assert (control["severity"], control["worst_severity"]) == ("high", "high")
    scanned(here, MILD)
    result = json.loads((here / "out.json").read_text())
    (control,) = result["controls"]
    assert (control["severity"], control["worst_severity"]) == ("high", "low")
    (line,) = (each for each in result["requirements"] if each["citation"] == "164.312(b)")
    assert line["worst_severity"] == "low"


def test_reports_show_the_severity_of_the_verdict(here: Path) -> None:
    scanned(here, MILD + BAD)
    terminal = (here / "out.terminal").read_text()
    assert terminal.index("HIGH") < terminal.index("is open") < terminal.index("low: has a default only")
    markdown = (here / "out.markdown").read_text()
    lines = [line.split(" (")[0] for line in markdown.splitlines() if line.startswith("- **")]
    assert lines == ["- **HIGH** `aws_sqs_queue.bad` is open", "- **LOW** `aws_sqs_queue.mild` has a default only"]
    assert '<span class="severity low">low</span><br>' in (here / "out.html").read_text().replace("\n", "")


def test_what_was_written_is_read_back(here: Path) -> None:
    scanned(here, MILD + BAD)
    assert run(["render", "out.json", "-o", "json=again.json"]) == 0
    assert (here / "again.json").read_text() == (here / "out.json").read_text()
