"""The terminal: readable at 80 columns, worst first, and harmless."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.cli.terminal.progress import shown, silent
from hipaa_guard.outputs.formats.terminal import render
from hipaa_guard.outputs.wording.page import Page, page_for

ESCAPE = re.compile("\x1b\\[[0-9;]*m")


@pytest.fixture(scope="module")
def text(golden: Assessment) -> str:
    return render(golden, Page())


@pytest.fixture(scope="module")
def with_fixes(golden: Assessment) -> str:
    return render(golden, Page(fixes=True))


def test_worst_severity_comes_first(text: str) -> None:
    assert re.findall(r"^(CRITICAL|HIGH|MEDIUM|LOW) ", text, re.MULTILINE) == ["CRITICAL", "HIGH", "MEDIUM"]


def test_a_finding_shows_what_where_and_how_to_close_it(text: str, with_fixes: str) -> None:
    assert "s3_bucket_tls_required  45 CFR 164.312(e)(1) +1" in text
    assert re.search(r"^  [0-9a-f]{8}  module\.store\.aws_s3_bucket\.plain_00  main\.tf:0$", text, re.MULTILINE)
    assert "            and 12 more of the same call\n" in text
    assert "has no bucket policy, so S3 answers plain HTTP" in text
    assert "it may not exist: count is not known" in " ".join(text.split())
    assert '    resource "aws_s3_bucket" "this" {\n' in with_fixes
    assert 'resource "aws_s3_bucket" "this" {' not in text


def test_a_gap_in_source_says_whether_a_machine_makes_the_change(with_fixes: str) -> None:
    of_source, of_account = (
        with_fixes[with_fixes.index(control) :].partition("\n\n")[0]
        for control in ("s3_bucket_public", "kms_key_rotates")
    )
    assert "  hipaa-guard fix does not make this change: it needs <b>a person</b>.\n" in of_source
    assert "hipaa-guard fix" not in of_account


def test_a_gap_says_what_closing_it_does_besides(with_fixes: str) -> None:
    gaps = re.split(r"^(?:CRITICAL|HIGH|MEDIUM) ", with_fixes.partition("NOT KNOWN:")[0], flags=re.MULTILINE)[1:]
    assert len(gaps) == 3
    assert all("may cut off people or programs that have access now." in " ".join(gap.split()) for gap in gaps)


def test_says_where_the_deciding_line_stands_if_elsewhere(text: str) -> None:
    assert "(set at modules/<img src=x onerror=alert(1)>/main.tf:40)" in text


def test_a_live_finding_shows_arn_region_and_account_and_the_command(with_fixes: str) -> None:
    assert "  arn:aws:kms:eu-west-1:123456789012:key/key-1\n            eu-west-1, 123456789012\n" in with_fixes
    assert "    aws s3api put-bucket-policy --bucket NAME\n" in with_fixes


def test_long_lists_are_capped_unless_everything_is_wanted(golden: Assessment) -> None:
    apart = tuple(
        each._replace(resource=dataclasses.replace(each.resource, location=each.location._replace(calls=())))
        for each in golden.findings
        if each.location is not None
    )
    of_several = dataclasses.replace(golden, findings=apart)
    text = render(of_several)
    assert "plain_09" in text
    assert "plain_10" not in text
    assert "and 3 more; --all shows each" in text
    full = render(golden, Page(everything=True))
    assert "plain_12" in full
    assert "more; --all" not in full


def test_what_is_not_known_is_grouped_by_its_cause(text: str) -> None:
    assert "NOT KNOWN: 12 verdicts could not be reached" in text
    assert "    1  access denied: kms:GetKeyRotationStatus" in text
    assert "   10  variable without a value: --var, --var-file or a plan gives it\n" in text


def test_gaps_in_what_was_looked_at_come_with_what_to_do(text: str) -> None:
    assert "file not read: broken.tf (broken.tf:3)" in text
    assert "      allow s3:GetBucketPolicy" in text


def test_the_last_line_is_the_gate(text: str) -> None:
    last = text.splitlines()[-1]
    assert last.startswith("Gate failed (exit code 4): 1 control broke while judging")
    assert "24 findings fail: 10 critical, 13 high, 1 medium." in last


def test_prose_fits_80_columns(golden: Assessment) -> None:
    quiet = dataclasses.replace(
        golden,
        findings=tuple(f for f in golden.findings if f.control_id in ("s3_bucket_tls_required", "kms_key_rotates")),
        coverage=dataclasses.replace(golden.coverage, gaps=()),
    )
    assert [line for line in render(quiet, Page(terminal=True)).splitlines() if len(line) > 80] == []


def test_colours_only_where_wanted_and_they_change_no_word(golden: Assessment, text: str) -> None:
    assert "\x1b" not in text
    coloured = render(golden, Page(colour=True))
    assert ESCAPE.search(coloured)
    assert ESCAPE.sub("", coloured) == text


def test_nothing_from_a_scanned_tree_acts_on_the_terminal(golden: Assessment) -> None:
    shown = ESCAPE.sub("", render(golden, Page(colour=True, everything=True)))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert r"\x1b[31mred\x1b[0m\x1b]0;title\x07" in shown
    assert r"safe\u202egnp.exe" in shown


def test_an_empty_result_says_that_nothing_was_judged(empty: Assessment) -> None:
    text = render(empty)
    assert text.endswith(
        "Gate failed (exit code 3): Nothing was judged: no resource was found that a control judges.\n"
    )
    assert "compliant" not in text.lower()


@pytest.mark.parametrize(
    "environ, colour", [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)]
)
def test_a_pipe_has_colours_only_by_force(environ: dict[str, str], colour: bool) -> None:
    assert page_for(io.StringIO(), environ=environ) == Page(80, colour)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("environ, colour", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_has_colours_unless_told_otherwise(environ: dict[str, str], colour: bool) -> None:
    assert page_for(_Terminal(), environ={**environ, "COLUMNS": "100"}) == Page(100, colour, terminal=True)


def test_progress_is_silent_where_nobody_watches() -> None:
    stream = io.StringIO()
    with shown(stream) as progress:
        assert progress is silent
        progress(1, 2, "x")
    assert stream.getvalue() == ""


def test_progress_of_short_work_draws_nothing() -> None:
    stream = _Terminal()
    with shown(stream) as progress:
        progress(1, 2, "x")
    assert stream.getvalue() == ""


def test_progress_of_long_work_is_drawn_and_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hipaa_guard.cli.terminal.progress._PATIENCE", 0.0)
    monkeypatch.setattr("hipaa_guard.cli.terminal.progress._EVERY", 0.0)
    stream = _Terminal()
    with shown(stream) as progress:
        progress(1, 2, "reading [bold]s3\x1b]0;title\x07")
        progress(2, 2, "reading kms")
    assert "[bold]s3" in stream.getvalue()
    assert "\x1b]0;" not in stream.getvalue()
