"""The auditor's report is complete without a script, and can be read by everybody."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
import re

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.formats.html import render
from hipaa_guard.outputs.json import writing
from tests.outputs.html_report.elements import Tree


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
    assert "The change also overwrites or deletes all that is set there now" in words


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
    assert hashlib.sha256(writing.render(golden).encode()).hexdigest() in words


def test_is_the_same_each_time_and_after_reading_back(html: str, golden: Assessment) -> None:
    assert render(golden) == html
    assert render(writing.parse(writing.render(golden))) == html


def test_an_empty_result_is_a_whole_report(empty: Assessment) -> None:
    tree = Tree(render(empty))
    words = re.sub(r"\s+", " ", "".join(tree.texts))
    assert sum(tag == "article" for tag, _ in tree.elements) == 69
    assert "0 resources in 0 files" in words
    assert "Nothing was judged: no resource was found that a control judges." in words


def test_a_control_of_the_user_may_cite_what_the_rule_does_not_have(golden: Assessment) -> None:
    own = dataclasses.replace(golden.controls[0], hipaa=("164.999(z)", *golden.controls[0].hipaa))
    tree = Tree(render(dataclasses.replace(golden, controls=(own, *golden.controls[1:]))))
    assert {href[1:] for href in tree.attributes("href")} <= set(tree.attributes("id"))
