"""Every format names the settings and the register that held, and says where the tree differs from them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.model import Assessment, SettingsChange, UsedFile
from hipaa_guard.outputs import FORMATS
from hipaa_guard.outputs.json.writing import parse
from hipaa_guard.outputs.wording import settings_in_effect
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.writing import renderer

SCHEMA = Path(__file__).parents[2] / "src/hipaa_guard/outputs/schema/assessment-1.0.json"
COMMIT = "0123456789abcdef" * 2 + "01234567"
SETTINGS, REGISTER = "ab" * 32, "cd" * 32
SENTENCE = (
    "The tree differs from main (0123456789ab) in settings of .hipaa-guard.yaml (1 added, 2 removed, 3 changed); "
    "exceptions of risks.yaml (1 added); comments that refer to exceptions (that of the tree cannot be used). "
    "The settings of main (0123456789ab) are in effect."
)


def rendered(format: str, assessment: Assessment) -> str:
    return renderer(format).render(assessment, Page())


@pytest.fixture(params=["covered", "clinic"])
def plain(request: pytest.FixtureRequest) -> Assessment:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Assessment)
    return dataclasses.replace(
        found,
        settings=UsedFile(".hipaa-guard.yaml", SETTINGS, "commit", "main", COMMIT),
        register=UsedFile("risks.yaml", REGISTER, "named"),
    )


def differing(assessment: Assessment) -> Assessment:
    changes = (
        SettingsChange("settings", ".hipaa-guard.yaml", 1, 2, 3),
        SettingsChange("exceptions", "risks.yaml", 1),
        SettingsChange("marks", note="that of the tree cannot be used"),
    )
    return dataclasses.replace(assessment, settings_changes=changes)


def can_show(format: str, assessment: Assessment) -> bool:
    return format != ("gitlab" if assessment.scan.source == "aws" else "asff")


def in_words(text: str) -> str:
    """Text as people read it: on one line, without the marks of formats."""
    text = text.replace("\\u0026", "&").replace("&#39;", "'").replace("\\", "").replace("**", "").replace("`", "")
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("format", [each for each in FORMATS if each != "gitlab"])
def test_the_settings_and_the_register_are_named_with_their_digest(format: str, plain: Assessment) -> None:
    if can_show(format, plain):
        text = rendered(format, plain)
        for told in (SETTINGS, REGISTER, ".hipaa-guard.yaml", "risks.yaml", COMMIT[:12]):
            assert told in text, told


@pytest.mark.parametrize("format", FORMATS)
def test_the_difference_is_told_in_every_format_and_without_one_nothing_is(format: str, plain: Assessment) -> None:
    if can_show(format, plain):
        assert "differs from" not in in_words(rendered(format, plain))
        told = in_words(rendered(format, differing(plain)))
        said = (
            SENTENCE
            if format != "json"
            else '"what": "settings", "file": ".hipaa-guard.yaml", "added": 1, "removed": 2'
        )
        assert said in told


LINES: dict[str, Callable[[str], list[str]]] = {
    "markdown": lambda text: [line.strip("*") for line in text.splitlines()],
    "github": lambda text: [line.partition("::")[2].partition("::")[2] for line in text.splitlines()],
    "lines": lambda text: [line.removeprefix("hipaa-guard: warning: ") for line in text.splitlines()],
    "csv": lambda text: [row[6] for row in csv.reader(io.StringIO(text))],
    "junit": lambda text: re.findall(r'<skipped type="settings" message="([^"]*)"/>', text),
    "sarif": lambda text: [each["message"]["text"] for each in _notifications(json.loads(text))],
    "ocsf": lambda text: [each["message"] for each in json.loads(text)],
    "gitlab": lambda text: [each["description"].partition(" settings ")[0] for each in json.loads(text)][:1],
    "terminal": lambda text: [in_words(part).strip() for part in re.split(r"\.\n(?=The tree)|\n\n", text)],
}


def _notifications(log: Any) -> list[Any]:
    found = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("format", [each for each in LINES if each != "gitlab"])
def test_it_is_a_line_of_its_own(format: str, plain: Assessment) -> None:
    lines = LINES[format](rendered(format, differing(plain)))
    assert lines.count(SENTENCE) == 1, lines[:5]


def test_gitlab_has_an_entry_for_it_that_names_both(covered: Assessment) -> None:
    settings = UsedFile(".hipaa-guard.yaml", SETTINGS, "commit", "main", COMMIT)
    first, *_ = json.loads(rendered("gitlab", differing(dataclasses.replace(covered, settings=settings))))
    assert first["description"].startswith(SENTENCE)
    assert SETTINGS in first["description"]
    assert (first["severity"], first["check_name"]) == ("info", settings_in_effect.CHANGED)
    assert first["location"] == {"path": ".hipaa-guard.yaml", "lines": {"begin": 1}}


def test_json_has_the_fields_of_the_schema_and_reads_them_back(changed: Assessment, plain: Assessment) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for each in (changed, plain, differing(plain)):
        text = rendered("json", each)
        validator.validate(json.loads(text))
        assert rendered("json", parse(text)) == text
        read = parse(text)
        assert (read.settings, read.register, read.settings_changes) == (
            each.settings,
            each.register,
            each.settings_changes,
        )
    told = json.loads(rendered("json", plain))
    assert told["settings"] == {
        "file": ".hipaa-guard.yaml",
        "digest": SETTINGS,
        "source": "commit",
        "ref": "main",
        "commit": COMMIT,
    }
    assert told["register"] == {
        "file": "risks.yaml",
        "digest": REGISTER,
        "source": "named",
        "ref": None,
        "commit": None,
    }
    del told["settings"], told["register"], told["settings_changes"]
    assert parse(json.dumps(told)).settings == UsedFile(), "an older document"


@pytest.mark.parametrize("format", FORMATS)
def test_names_of_files_act_in_no_format(format: str, changed: Assessment) -> None:
    if can_show(format, changed):
        for line in rendered(format, changed).splitlines():
            assert not line.startswith("::error file=secret"), line
            assert "\x1b" not in line


def test_in_words() -> None:
    assert settings_in_effect.file_in_words(UsedFile()) == "none"
    assert (
        settings_in_effect.file_in_words(UsedFile(source="none", ref="main", commit=COMMIT))
        == "none of main (0123456789ab)"
    )
    assert (
        settings_in_effect.file_in_words(UsedFile("x", "ab", "found"))
        == "x, found in the working directory, SHA-256 ab"
    )
    assert (
        settings_in_effect.file_in_words(UsedFile("x", "ab", "commit", COMMIT, COMMIT))
        == "x of 0123456789ab, SHA-256 ab"
    )
