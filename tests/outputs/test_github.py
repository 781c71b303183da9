"""Annotations of GitHub Actions, read as its runner reads them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs import OutputError, write
from hipaa_guard.outputs.formats.github import MOST, render

_UNESCAPED = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message of each command. Every line has to be one."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert set(properties) <= {"file", "line", "endLine", "title"}
        found.append((match[1], {name: plain(value) for name, value in properties.items()}, plain(match[3])))
    return found


def plain(text: str) -> str:
    for code, sign in _UNESCAPED:
        text = text.replace(code, sign)
    return text


def test_new_gaps_come_first_then_the_worst(covered: Assessment) -> None:
    *shown, notice = commands(render(covered))
    assert [(kind, properties["file"], properties["line"], message) for kind, properties, message in shown] == [
        ("warning", "infra/main.tf", "10", "aws_s3_bucket.phi is not logged [s3_bucket_logged]"),
        ("error", "infra/main.tf", "10", "aws_s3_bucket.phi is public [s3_bucket_public]"),
        (
            "warning",
            "infra/main.tf",
            "3",
            "module.store.aws_s3_bucket.store keeps no versions [s3_bucket_versioned]",
        ),
        (
            "notice",
            "infra/main.tf",
            "10",
            "aws_s3_bucket.phi cannot be judged: var.policy has no value [s3_bucket_tls_required]",
        ),
    ]
    assert shown[0][1]["title"].startswith("hipaa-guard (new, low): Things are as s3 bucket logged says")
    assert notice[2].startswith("1 finding is an accepted risk.")


def test_the_worst_ten_and_how_many_are_not_shown(telehealth: Assessment) -> None:
    *shown, notice = commands(render(telehealth))
    assert len(shown) == MOST
    severities = [finding.severity for finding in telehealth.findings if finding.status is Status.FAIL][:MOST]
    assert [properties["title"].split(")")[0] for _, properties, _ in shown] == [
        f"hipaa-guard ({severity}" for severity in severities
    ]
    counts = telehealth.counts()
    apart = [each for each in telehealth.findings if each.advisory or each.follows_from]
    rest = counts[Status.FAIL] + counts[Status.UNKNOWN] - len(apart) - MOST
    assert f"{rest} more findings are not shown here" in notice[2]
    assert f"{sum(not each.follows_from for each in apart)} gaps are advisory" in notice[2]


def test_an_account_has_no_file(clinic: Assessment) -> None:
    *shown, _ = commands(render(clinic))
    assert shown
    assert all("file" not in properties for _, properties, _ in shown)


def test_what_was_not_read_is_told(golden: Assessment) -> None:
    assert "2 things were not looked at" in commands(render(golden))[-1][2]


def test_no_text_of_a_scan_is_a_command(nasty: Assessment, hostile: tuple[str, ...]) -> None:
    text = render(nasty)
    assert len(commands(text)) == MOST + 1, "each is one line, and a command of ours"
    assert max(map(len, text.splitlines())) < 3000
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_nothing_found_prints_nothing(empty: Assessment) -> None:
    assert render(empty) == ""


def test_a_job_gets_the_page_of_its_step_too(
    covered: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(covered, f"github={tmp_path / 'annotations'}")
    assert summary.read_text() == "# Before\n", "a file is no job's output"
    write(covered, "github", stdout=io.StringIO())
    text = summary.read_text()
    assert text.startswith("# Before\n")
    assert "### New gaps: 1" in text


def test_the_summaries_of_a_step_stay_below_the_limit_together(
    huge: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * 800_000)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for _ in range(3):
        write(huge, "github", stdout=io.StringIO())
    assert 800_000 < summary.stat().st_size <= 900_000


def test_a_summary_that_cannot_be_written_is_said(covered: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary.md")
    with pytest.raises(OutputError, match=r"cannot write the step summary /nowhere/summary\.md"):
        write(covered, "github", stdout=io.StringIO())
