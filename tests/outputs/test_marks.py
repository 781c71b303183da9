"""No text of a scanned tree or account is a command of a CI system, wherever it stands and however lines are broken."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.diff import Change, Comparison, compare
from hipaa_guard.assessment.model import Assessment, Coverage
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.origin import Evidence
from hipaa_guard.facts.values import Cause
from hipaa_guard.outputs import FORMATS, write
from hipaa_guard.outputs.comparison import difference
from hipaa_guard.outputs.formats import terminal
from hipaa_guard.outputs.wording.finding_text import finding_text
from hipaa_guard.outputs.wording.harmless_text import escaped_json, in_log, in_xml, unmarked, wrapped
from hipaa_guard.outputs.wording.page import Page
from tests.outputs.logs import ACTING, WRAPPINGS, acting
from tests.outputs.results import CONTROLS, COVERAGE, EXCEPTION, SCAN, finding, in_account, in_terraform, registered

PLANTED = "PLANTED"
TEXTS = sorted({each.replace("@", command) for each in WRAPPINGS for command in ACTING})
WIDTHS = (20, 21, 25, 33, 40, 55, 60, 72, 79, 80, 81, 100, 120, 160, 200)
DOCUMENTS = frozenset({"html", "junit", "csv", "json", "sarif", "ocsf", "asff", "gitlab"})


def _planted_findings() -> Iterator[Finding]:
    public, tls, _, logged, rotates, _ = CONTROLS
    here = Location(f"{PLANTED}/main.tf", 2, 3, (Location(PLANTED, 3, 6),))
    source = dataclasses.replace(
        in_terraform(PLANTED), location=here, root=PLANTED, address=f'module.m["{PLANTED}"].aws_s3_bucket.{PLANTED}'
    )
    live = dataclasses.replace(in_account(PLANTED), arn=PLANTED, region=PLANTED, account=PLANTED, name=PLANTED)
    facts = (Evidence(PLANTED, PLANTED, PLANTED, here),)
    covered = dataclasses.replace(
        EXCEPTION, justification=PLANTED, compensating_control=PLANTED, owner=PLANTED, approver=PLANTED, ticket=PLANTED,
        control=PLANTED, scope=PLANTED, risk=PLANTED,
    )  # fmt: skip
    yield finding(public, Status.FAIL, source, PLANTED, evidence=facts, uncertain=PLANTED)
    yield finding(tls, Status.UNKNOWN, source, f"it: {PLANTED}", cause=Cause.VARIABLE, evidence=facts)
    yield finding(rotates, Status.FAIL, live, f"AccessDenied: {PLANTED}", evidence=facts)
    yield finding(rotates, Status.UNKNOWN, live, PLANTED, cause=Cause.DENIED, action=PLANTED, error=PLANTED)
    yield finding(logged, Status.FAIL, source, PLANTED, exception=covered, previous=(PLANTED,))


def _planted() -> Assessment:
    gaps = tuple(
        Gap(kind, PLANTED, PLANTED, PLANTED, location=Location(PLANTED, 1, 1), region=PLANTED, action=PLANTED)
        for kind in GapKind
    )
    coverage: Coverage = dataclasses.replace(
        COVERAGE,
        roots=(PLANTED,),
        resources={PLANTED: 2},
        unjudged_types={PLANTED: 1},
        unjudged_kinds={PLANTED: 1},
        regions=(PLANTED,),
        skipped={PLANTED: PLANTED},
        discovery_unknown={PLANTED: PLANTED},
        denied=(PLANTED,),
        unread_services=(PLANTED,),
        gaps=gaps,
    )
    scan = dataclasses.replace(SCAN, source="both", target=PLANTED, account=PLANTED, caller=PLANTED, commit=PLANTED)
    found = list(_planted_findings())
    return assess(scan, coverage, CONTROLS, found, version="0.1.0", exceptions=registered(found))


ASSESSMENT = _planted()


def planted(value: Any, text: str) -> Any:
    """A value with a text wherever `PLANTED` stands in it."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value.replace(PLANTED, text)
    if isinstance(value, tuple):
        parts = [planted(part, text) for part in value]
        return value._make(parts) if hasattr(value, "_make") else tuple(parts)
    if isinstance(value, Mapping):
        return {planted(key, text): planted(part, text) for key, part in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {one.name: planted(getattr(value, one.name), text) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def written(assessment: Assessment, format: str) -> str:
    """What a format writes to the standard output."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    write(assessment, format, wanted=Page(everything=True), stdout=stream)
    stream.flush()
    return raw.getvalue().decode()


def of_source(assessment: Assessment, format: str) -> Assessment:
    """The part of a result that a format can show."""
    source = {"gitlab": "terraform", "lines": "terraform", "asff": "aws"}.get(format)
    if source is None:
        return assessment
    return dataclasses.replace(
        assessment,
        scan=dataclasses.replace(assessment.scan, source=source),  # type: ignore[arg-type] # one of the two
        findings=tuple(each for each in assessment.findings if each.resource.source == source),
    )


@pytest.mark.parametrize("text", ACTING)
def test_a_reader_of_logs_sees_each_command(text: str) -> None:
    assert acting(text)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_no_planted_text_is_a_command_in_any_format(format: str) -> None:
    for text in TEXTS:
        told = written(of_source(planted(ASSESSMENT, text), format), format)
        if format == "github":
            assert all(re.match("::(?:error|warning|notice) ", line) for line in told.splitlines())
            told = "\n".join(line.removeprefix("::") for line in told.splitlines())
        assert not acting(told, document=format in DOCUMENTS), text


def test_no_planted_text_is_a_command_whatever_the_width() -> None:
    for number, text in enumerate(TEXTS):
        result = planted(ASSESSMENT, text)
        for width in WIDTHS[number % 5 :: 5]:  # each command stands in a dozen texts
            for page in (Page(width=width, everything=True), Page(width=width, colour=True)):
                assert not acting(terminal.render(result, page)), (text, width)


PIECES = st.sampled_from([
    *("#", "##", "##[", "##vso[", ":", "::", "::error ", "::x", "[", "]", "section_", "start:", "section_end:", "--", "- "),
    *("---", "+++ ", " ", "  ", "\n", "\r", "\t", "\x1b[0m", "\x1b[0K", "a", "word", "::/0", "\u200b", "\u3000", "\0", "\ufeff"),
])  # fmt: skip
COMPOSED = st.lists(PIECES, max_size=30).map("".join)


@settings(deadline=None, max_examples=150)
@given(COMPOSED, st.integers(20, 200), st.booleans())
def test_no_composed_text_is_a_command_whatever_the_width(text: str, width: int, colour: bool) -> None:
    page = Page(width=width, colour=colour, everything=True)
    assert not acting(terminal.render(planted(ASSESSMENT, text), page))


@settings(deadline=None, max_examples=300)
@given(COMPOSED)
def test_breaking_a_text_is_done_once_and_escapes_keep_the_meaning(text: str) -> None:
    assert not acting(in_log(unmarked(text)).replace("\r", " "))
    assert in_log(in_log(text)) == in_log(text)
    document = escaped_json(json.dumps({text: [text]}, ensure_ascii=False))
    assert json.loads(document) == {text: [text]}
    assert not acting(document)
    plain = re.sub("[\0-\x08\x0b-\x1f]", "", text)
    element = ET.fromstring(f"<a>x\n{in_xml(plain)}</a>")
    assert element.text == f"x\n{plain}"


@pytest.mark.parametrize("width", WIDTHS)
def test_an_address_that_begins_with_colons_stays_readable(width: int) -> None:
    lines = wrapped("lets in 0.0.0.0/0 and ::/0 on port 22 and ::/0 and ::1/128 on every other port", width)
    assert not [line for line in lines if line.startswith(":")]
    assert " ".join(lines) == "lets in 0.0.0.0/0 and ::/0 on port 22 and ::/0 and ::1/128 on every other port"


def test_a_broken_mark_is_still_read() -> None:
    assert in_log("a\n  ::error::x ##[add-mask]y") == "a\n  \\u003a:error::x \\u0023#[add-mask]y"
    assert in_log("section_start:1:a --- b") == "section_start\\u003a1:a --- b"


def test_what_is_no_mark_stays() -> None:
    text = "a::b\n# not [this]\n## nor [that]\narn:aws:s3:::b\n- item\n--option\n----\n+1\n::".removesuffix("\n::")
    assert in_log(text) == text


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_other_verbs_hold_no_command(text: str) -> None:
    result = planted(ASSESSMENT, text)
    for each in result.findings:
        assert not acting(finding_text(each, result))
    comparison: Comparison = compare(dataclasses.replace(result, findings=result.findings[:2]), result)
    assert Change.NEW in comparison.counts()
    assert not acting(difference.as_text(comparison, everything=True))
    assert not acting(difference.as_json(comparison), document=True)


@pytest.mark.parametrize("text", ACTING)
def test_json_and_xml_say_what_was_planted(text: str) -> None:
    result = planted(ASSESSMENT, text)
    document = json.loads(written(result, "json"))
    assert document["coverage"]["gaps"][0]["reason"] == text
    rows = list(csv.reader(io.StringIO(written(result, "csv").lstrip("\ufeff"))))
    assert len(rows) == len(result.findings) + 1
    assert all(len(row) == len(rows[0]) for row in rows)
