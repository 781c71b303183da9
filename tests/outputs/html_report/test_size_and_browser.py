"""The auditor's report stays small, and opens in a browser without a complaint."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats.html import render
from tests.patience import HANGS


def test_a_small_report_is_small(html: str) -> None:
    assert len(html.encode()) < 300_000


@pytest.fixture(scope="module")
def huge_html(huge: Assessment) -> str:
    return render(huge)


def test_100_000_findings_stay_below_6_mb(huge: Assessment, huge_html: str) -> None:
    assert len(huge.findings) == 100_000
    assert len(huge_html.encode()) < 6_000_000
    open_findings = sum(huge.counts()[status] for status in (Status.FAIL, Status.UNKNOWN))
    assert f"{open_findings - 2000:,} more are in the table of all findings" in huge_html


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _opened(page: str, directory: Path) -> tuple[str, str]:
    """The page after its script has run, and what the browser logged."""
    browser = _browser()
    if browser is None:
        pytest.skip("needs a browser: apt-get install chromium")
    file = directory / "report.html"
    file.write_text(page)
    flags = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--v=0"),
        *(f"--user-data-dir={directory / 'profile'}", "--virtual-time-budget=20000", "--dump-dom"),
    )
    answer = subprocess.run([browser, *flags, file.as_uri()], capture_output=True, text=True, timeout=HANGS, check=True)
    return answer.stdout, "\n".join(line for line in answer.stderr.splitlines() if ":CONSOLE" in line)


def test_runs_in_a_browser_without_a_complaint(html: str, golden: Assessment, tmp_path: Path) -> None:
    document, console = _opened(html, tmp_path)
    assert console == ""
    assert f"{len(golden.findings)} of {len(golden.findings)} findings" in document
    assert re.search(r'<div id="explorer">', document), "the table is shown"


def test_the_browser_check_would_notice_a_blocked_style(html: str, tmp_path: Path) -> None:
    spoilt = html.replace("<main", '<main style="color: red"', 1)
    _, console = _opened(spoilt, tmp_path)
    assert "Content Security Policy" in console


def test_100_000_findings_open_in_a_browser(huge_html: str, tmp_path: Path) -> None:
    document, console = _opened(huge_html, tmp_path)
    assert console == ""
    assert "100,000 of 100,000 findings" in document
    assert "Page 1 of 2,000" in document
