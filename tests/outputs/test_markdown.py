"""Markdown, read by a reader of GitHub's dialect: nothing that a scan brought in may act."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats.markdown import COMMENT, MOST_GAPS, STEP_SUMMARY, document, render
from hipaa_guard.outputs.wording import harmless_markdown
from hipaa_guard.outputs.wording.told import gaps

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

OURS = re.compile(r"<details><summary>[\w ,.:]+</summary>|</details>|<!-- -->")


def tokens(text: str) -> Iterator[Token]:
    def flat(found: Iterable[Token]) -> Iterator[Token]:
        for token in found:
            yield token
            yield from flat(token.children or ())

    return flat(PARSER.parse(text))


def words(text: str) -> str:
    """What a reader sees."""
    return " ".join(
        token.content for token in tokens(text) if token.type in ("text", "code_inline", "fence", "text_special")
    )


def opened(text: str) -> list[str]:
    """The lines that a reader sees who unfolds nothing, without empty ones."""
    unfolded = re.sub(r"(?s)<details><summary>(.*?)</summary>.*?</details>", r"> \1", text)
    return [line for line in unfolded.splitlines() if line and not line.startswith("<!--")]


def entries(text: str) -> list[str]:
    """The lines of gaps that a reader sees who unfolds nothing."""
    return [line for line in opened(text) if line.startswith("- ")]


def folds(text: str) -> bool:
    """Whether each fold is opened and closed in turn."""
    html = [token.content for token in tokens(text) if token.type == "html_block" and "details" in token.content]
    return [each.startswith("</") for each in html] == [number % 2 == 1 for number in range(len(html))]


@pytest.mark.parametrize("which", ["golden", "nasty", "covered", "telehealth", "clinic", "empty"])
def test_only_our_own_structure_is_in_it(which: str, request: pytest.FixtureRequest) -> None:
    text = render(request.getfixturevalue(which))
    found = list(tokens(text))
    assert not [token for token in found if token.type in ("link_open", "image", "s_open", "html_link")]
    html = [token.content.strip() for token in found if token.type in ("html_block", "html_inline")]
    assert html[0].startswith("<!-- hipaa-guard:")
    assert [each for each in html[1:] if not OURS.fullmatch(each)] == []
    headings = [token for token in found if token.type == "heading_open"]
    assert [token.tag for token in headings].count("h2") == 1
    assert folds(text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("text", ["a|b", "`x`", "```", "`` ` ``", "*bold* _x_", "<b>", "[a](b)", "a\\b", "&amp;", " "])
def test_a_name_reads_as_it_is(text: str) -> None:
    assert words(harmless_markdown.code(text)).strip() == text.strip()
    assert words(f"x {harmless_markdown.prose(text)}").split() == f"x {text}".split()


def test_nobody_is_called_and_nothing_is_linked() -> None:
    told = harmless_markdown.prose("@octocat #12 https://evil.example WWW.evil.example")
    assert not re.search(r"@\w|#\d|https?://|www\.", told, re.IGNORECASE)


def test_a_block_holds_its_fence() -> None:
    (fence,) = [token for token in tokens(harmless_markdown.block("a\n````\nb", "hcl")) if token.type == "fence"]
    assert fence.content == "a\n````\nb\n"


def test_new_gaps_come_before_known_ones(covered: Assessment) -> None:
    text = words(render(covered))
    places = [text.index(part) for part in ("New gaps: 1", "is not logged", "is public", "is public too")]
    assert places == sorted(places)
    assert "infra/main.tf:10" in text
    assert "Accepted risk EX-12 until 2027-03-31" in text
    assert opened(render(covered))[-6:] == [
        "- **LOW** `aws_s3_bucket.phi` is not logged (`infra/main.tf:10`, called at infra/root.tf:3, `s3_bucket_logged`)",
        "> Gaps that are not new: 2",
        "> What the controls ask for, and fixes",
        "> Accepted risks: 1",
        "> Not assessed: 1 verdict could not be reached",
        "> The Security Rule, line by line",
    ]


def test_numbers_stand_in_a_table(covered: Assessment) -> None:
    assert "| severity | gap found | of them new | not assessed | evidence found | accepted risks |" in render(covered)
    assert "| critical | 2 | 0 | 0 | 0 | 1 |" in render(covered)
    assert "| low | 1 | 1 | 0 | 0 | 0 |" in render(covered)


def test_without_a_baseline_no_gap_is_called_new(telehealth: Assessment) -> None:
    assert "| severity | gap found | not assessed | evidence found | accepted risks |" in render(telehealth)
    assert "### Gaps: " in render(telehealth)
    assert "new" not in " ".join(opened(render(telehealth))[:10])


def test_it_fits_on_a_screen(telehealth: Assessment, huge: Assessment) -> None:
    for assessment in (telehealth, huge):
        text = render(assessment)
        assert len(entries(text)) == MOST_GAPS == 30
        assert len(opened(text)) <= 50
        assert f"and {len(gaps(assessment.findings).told) - 30:,} more: the JSON result" in text


def test_new_gaps_are_the_first_of_those_that_fit(telehealth: Assessment) -> None:
    failing = gaps(telehealth.findings).told
    new = {finding.fingerprint for finding in failing[-25:]}
    marked = tuple(each._replace(new=each.fingerprint in new) for each in failing)
    text = render(dataclasses.replace(telehealth, findings=marked))
    assert len(entries(text)) == 25
    known = text.partition("Gaps that are not new: ")[2].partition("</details>")[0]
    assert len(re.findall("(?m)^- ", known)) == 5
    assert f"and {len(failing) - 30:,} more" in known


def test_fixes_are_folded_and_each_told_once(telehealth: Assessment) -> None:
    text = render(telehealth)
    assert "```" not in "\n".join(opened(text))
    shown = {re.findall("`([a-z0-9_]+)`", line)[-1] for line in entries(text)}
    fold = text.partition("What the controls ask for, and fixes")[2].partition("</details>")[0]
    controls = {control.id: control for control in telehealth.controls}
    assert set(re.findall(r"(?m)^\*\*.*\(`([a-z0-9_]+)`, 45 CFR", fold)) == shown
    for id in shown:
        assert fold.count(f"(`{id}`, 45 CFR {', '.join(controls[id].hipaa)})**") == 1
    assert fold.count("```hcl") == sum(bool(controls[id].fix.terraform) for id in shown)


def test_fixes_are_left_out_before_gaps_are(telehealth: Assessment) -> None:
    text = document(telehealth, 25_000, MOST_GAPS)
    assert len(entries(text)) == 30
    assert "```" not in text
    assert "`hipaa-guard explain CONTROL` shows how to close a gap" in text


def test_a_known_comment_is_found_by_its_mark(covered: Assessment, telehealth: Assessment) -> None:
    def mark(assessment: Assessment) -> str:
        return render(assessment).splitlines()[0]

    assert re.fullmatch(r"<!-- hipaa-guard:[0-9a-f]{12} -->", mark(covered))
    later = dataclasses.replace(covered, findings=(), scan=dataclasses.replace(covered.scan, commit="f" * 40))
    assert mark(later) == mark(covered)
    assert mark(telehealth) != mark(covered), "one comment for each directory that is scanned"


def test_every_gap_is_there_where_it_fits(telehealth: Assessment) -> None:
    text = document(telehealth, STEP_SUMMARY)
    found = gaps(telehealth.findings)
    assert len(entries(text)) == len(found.told)
    advisory = text.partition("Advisory gaps, which stop no pipeline: ")[2].partition("</details>")[0]
    assert len(re.findall("(?m)^- ", advisory)) == len(found.advisory) > 0
    plain = text.replace("\\", "")
    following = [each.control_id for folded in found.folded.values() for each in folded]
    assert following
    assert not [id for id in following if id not in plain]


@pytest.mark.parametrize("limit", [COMMENT, STEP_SUMMARY, 20_000, 4_000])
@pytest.mark.parametrize("which", ["nasty", "huge"])
def test_stays_below_the_limit_with_numbers_and_the_worst(
    which: str, limit: int, request: pytest.FixtureRequest
) -> None:
    assessment = request.getfixturevalue(which)
    text = document(assessment, limit)
    assert 0 < len(text.encode()) <= limit
    assert folds(text)
    assert "**Gate failed" in text
    if which == "huge":
        assert "more: the JSON result" in text


def test_the_first_fifty_of_very_many(huge: Assessment) -> None:
    text = document(huge, STEP_SUMMARY)
    assert len(entries(text)) == 50
    assert f"and {huge.counts()[Status.FAIL] - 50:,} more" in text


def test_no_room_gives_nothing(golden: Assessment) -> None:
    assert document(golden, 100) == ""
    assert document(golden, -5) == ""


def test_what_was_not_read_is_there(golden: Assessment) -> None:
    assert "> Not looked at, or only in part: 3" in opened(render(golden))
    assert "line 3: a brace is missing" in words(render(golden))
