"""The auditor's report: complete without a script, loads nothing, and nothing scanned acts in it."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs import json_format
from hipaa_guard.outputs.html import render
from tests.patience import HANGS

VOID = {"meta", "br", "input", "link", "img", "hr"}
LOADING = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "manifest"}


class Tree(HTMLParser):
    """What a browser would see: elements with attributes, texts, and whether the nesting is right."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.blocks: dict[str, list[str]] = {"script": [], "style": []}
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "br":
            self.texts.append("\n")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> without a start"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.blocks:
            self.blocks[self._open[-1]].append(data)
        else:
            self.texts.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


@pytest.fixture(scope="module")
def html(golden: Assessment) -> str:
    return render(golden)


@pytest.fixture(scope="module")
def tree(html: str) -> Tree:
    return Tree(html)


@pytest.fixture(scope="module")
def words(tree: Tree) -> str:
    return re.sub(r"\s+", " ", "".join(tree.texts))


def test_loads_nothing(tree: Tree) -> None:
    for tag, attributes in tree.elements:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"}
        assert not LOADING & attributes.keys(), tag
        assert all(value.startswith("#") for name, value in attributes.items() if name in {"href", "xlink:href"})
        assert not any(name.startswith("on") for name in attributes), "no inline handler"
        assert "style" not in attributes, "the policy would block it"
    style = "".join(tree.blocks["style"])
    assert "@import" not in style
    assert "url(" not in style


def test_the_policy_names_exactly_our_script_and_style(tree: Tree) -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in tree.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    _data, script = tree.blocks["script"]
    (style,) = tree.blocks["style"]

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest(style)}'",
        f"script-src 'sha256-{digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_hostile_text_is_shown_and_does_nothing(html: str, tree: Tree, words: str) -> None:
    assert [tag for tag, _ in tree.elements].count("script") == 2
    assert "img" not in [tag for tag, _ in tree.elements]
    assert "<img src=x onerror=alert(1)>" in words
    assert "</script><script>alert(1)</script>" in words
    assert "{{ 7*7 }} {% raw %}" in words
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert r"safe\u202egnp.exe" in words
    html.encode("utf-8")


def test_says_what_it_is_and_what_it_is_not(words: str, golden: Assessment) -> None:
    assert "Technical safeguards assessment" in words
    assert "It is not a certification, not legal advice" in words
    assert "proposed on January 6, 2025 (90 FR 898) are not in force" in words
    assert golden.law.compiled in words
    assert golden.law.eligible_services in words
    assert "2026-11-22 06:00:00 UTC" in words
    for word in ("compliant", "certified", "violation", "HIPAA-approved"):
        assert word not in words.replace("security violations", ""), word


def test_every_line_of_the_rule_is_there(tree: Tree, words: str, golden: Assessment) -> None:
    assert len(golden.requirements) == 69
    for requirement in golden.requirements:
        assert f"45 CFR {requirement.citation} {requirement.name}" in words
    assert sum(tag == "article" for tag, _ in tree.elements) == 69


def test_coverage_is_told_before_any_number(words: str) -> None:
    summary = words[words.index("1. Summary") :]
    assert summary.index("30 resources in 12 files") < summary.index("Standards and specifications")
    assert "12 could not be" in summary
    assert "2 things that exist were not read" in summary


def test_a_finding_stands_with_its_evidence_fix_and_source(words: str) -> None:
    assert "policy: =cmd|' /C calc'!A0 modules/main.tf:40" in words
    assert "acl: not set default of the provider" in words
    assert "has no bucket policy, so S3 answers plain HTTP" in words
    assert 'resource "aws_s3_bucket" "this" {' in words
    assert "It may not exist: count is not known." in words


def test_a_control_says_whether_a_machine_makes_the_change(words: str) -> None:
    assert "hipaa-guard fix does not make this change: it needs <b>a person</b>." in words
    assert "hipaa-guard fix makes this change in Terraform source." in words


def test_what_was_not_looked_at_comes_with_what_to_do(words: str) -> None:
    assert "broken.tf broken.tf:3 line 3: a brace is missing fix the file" in words
    assert "allow s3:GetBucketPolicy" in words


def test_controls_that_met_no_resource_are_listed(words: str) -> None:
    assert "kms_key_unmet" in words[words.index("5. Controls that met no resource") :]


def test_links_lead_somewhere_and_names_are_unique(tree: Tree) -> None:
    ids = tree.attributes("id")
    assert len(ids) == len(set(ids))
    for target in [href[1:] for href in tree.attributes("href")]:
        assert target in ids
    for labels in tree.attributes("aria-labelledby"):
        assert set(labels.split()) <= set(ids)


def test_can_be_read_by_ear(tree: Tree) -> None:
    tags = [tag for tag, _ in tree.elements]
    assert tree.elements[0] == ("html", {"lang": "en"})
    assert [tags.count(tag) for tag in ("h1", "main", "header", "footer", "nav")] == [1, 1, 1, 1, 1]
    assert tree.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(tree.headings, tree.headings[1:], strict=False))
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attributes for tag, attributes in tree.elements if tag == "th")
    assert all(
        {"role", "aria-labelledby"} <= attributes.keys() or "aria-hidden" in attributes
        for tag, attributes in tree.elements
        if tag == "svg"
    )


def test_status_is_text_and_shape_not_colour_alone(words: str) -> None:
    for status in ("■\xa0gap found", "◆\xa0not assessed", "○\xa0needs a person", "◇\xa0inherited from AWS"):
        assert status.replace("\xa0", " ") in words


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_has_enough_contrast_in_light_dark_and_print(tree: Tree) -> None:
    style = "".join(tree.blocks["style"])
    palettes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    assert len(palettes) == 3
    for palette in palettes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", palette))
        for text in ("ink", "soft", "link", "fail", "unknown", "pass", "none", "manual", "inherited"):
            for ground in ("paper", "faint"):
                low, high = sorted((_luminance(colours[text]), _luminance(colours[ground])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)


def test_the_table_of_all_findings_has_all_findings(tree: Tree, golden: Assessment) -> None:
    document = json.loads(gzip.decompress(base64.b64decode(tree.blocks["script"][0])))
    texts, rows = document["texts"], document["rows"]
    shown = [[texts[column][place] for column, place in enumerate(row)] for row in zip(*rows, strict=True)]
    assert len(shown) == len(golden.findings)
    assert shown[-1][0] in ("inherited from AWS", "needs a person", "evidence found", "not applicable")
    assert [row[2] for row in shown] == [finding.control_id for finding in golden.findings]


def test_prints_the_digest_of_the_json_result(words: str, golden: Assessment) -> None:
    assert hashlib.sha256(json_format.render(golden).encode()).hexdigest() in words


def test_is_the_same_each_time_and_after_reading_back(html: str, golden: Assessment) -> None:
    assert render(golden) == html
    assert render(json_format.parse(json_format.render(golden))) == html


def test_an_empty_result_is_a_whole_report(empty: Assessment) -> None:
    tree = Tree(render(empty))
    words = re.sub(r"\s+", " ", "".join(tree.texts))
    assert sum(tag == "article" for tag, _ in tree.elements) == 69
    assert "0 resources in 0 files" in words
    assert "Nothing was judged: no resource was found that a control judges." in words


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


def test_a_control_of_the_user_may_cite_what_the_rule_does_not_have(golden: Assessment) -> None:
    own = dataclasses.replace(golden.controls[0], hipaa=("164.999(z)", *golden.controls[0].hipaa))
    tree = Tree(render(dataclasses.replace(golden, controls=(own, *golden.controls[1:]))))
    assert {href[1:] for href in tree.attributes("href")} <= set(tree.attributes("id"))
