"""The file of exceptions: what it may hold, what it says where it is wrong, and that an entry can be added."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hipaa_guard.assessment.exception_scopes import ExceptionScope
from hipaa_guard.assessment.register import RegisterError, parse, read
from hipaa_guard.assessment.register_writing import appended, next_id
from tests.lifecycle.register_text import ENTRY, entry, register

SCHEMA = json.loads((files("hipaa_guard.assessment") / "schema" / "exceptions-1.json").read_text())


def allowed(text: str) -> bool:
    """Whether the shipped schema allows it; JSON has no days, so these are texts there."""
    document = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def refused(text: str) -> str:
    with pytest.raises(RegisterError) as told:
        parse(text, "ex.yaml")
    return str(told.value)


def test_a_whole_entry_is_read() -> None:
    scope: dict[str, Any] = {
        "address": "module.a.aws_s3_bucket.phi",
        "root": "prod",
        "arn": "arn:aws:s3:::phi",
        "account": "012345678901",
        "region": "eu-west-1",
        "tags": {"Data": "none"},
        "inline": True,
    }
    told = entry(scope=scope, compensating_control="x" * 30, risk="low", ticket="SEC-1", allow_broad=True)
    (found,) = parse(register(told), "ex.yaml")
    assert found.scope == ExceptionScope(**scope)
    assert found.allow_broad
    assert found.line == 3
    shown = found.exception
    assert (shown.id, shown.control, shown.ticket, shown.risk) == ("EX-1", told["control"], "SEC-1", "low")
    assert (shown.owner, shown.approver) == (told["owner"], told["approver"])
    assert (shown.approved_on, shown.expires_on) == (date(2026, 11, 1), date(2027, 6, 1))
    assert "module.a.aws_s3_bucket.phi" in shown.scope
    assert "tag Data=none" in shown.scope


def test_the_short_form_of_inline_and_days_in_quotes() -> None:
    (found,) = parse(register(entry(scope="inline", expires_on="2027-06-01")), "ex.yaml")
    assert found.scope == ExceptionScope(inline=True)
    assert found.exception.expires_on == date(2027, 6, 1)


def test_an_empty_register() -> None:
    assert parse("version: 1\n", "ex.yaml") == parse("version: 1\nexceptions: []\n", "ex.yaml") == []


SOUND = [
    entry(),
    entry(scope="inline"),
    entry(scope={"inline": True, "address": "module.a"}),
    entry(scope={"tags": {"a": ""}}, allow_broad=True),
    entry(expires_on="2027-06-01", risk="high", ticket="T"),
]
BAD: list[tuple[dict[str, Any], str]] = [
    *[({k: v for k, v in ENTRY.items() if k != name}, f"{name}: is missing") for name in ENTRY if name != "id"],
    (entry(id=None), "id: is missing"),
    (entry(id="EX-0"), "id: it must be like EX-12"),
    (entry(id="EX-012"), "id: it must be like EX-12"),
    (entry(id="12"), "id: it must be like EX-12"),
    (entry(id=12), "id: must be text"),
    (entry(control="*"), "control"),
    (entry(reason="x"), "reason: is not a field of it"),
    (entry(justification="too short"), "justification"),
    (entry(justification=" " * 40), "justification"),
    (entry(compensating_control="yes"), "compensating_control"),
    (entry(risk="none"), "risk"),
    (entry(owner=""), "owner"),
    (entry(approved_on="yesterday"), "approved_on: is not a day: write YYYY-MM-DD"),
    (entry(approved_on=20261101), "approved_on: is not a day"),
    (entry(allow_broad="yes"), "allow_broad"),
    (entry(scope={}), "scope"),
    (entry(scope="everything"), "scope"),
    (entry(scope={"adress": "a.b"}), "scope.adress: is not a field of it"),
    (entry(scope={"address": ""}), "scope.address"),
    (entry(scope={"account": 123456789012}), "scope.account: must be text: put it into quotes"),
    (entry(scope={"account": "1234"}), "scope.account: it must be 12 digits in quotes"),
    (entry(scope={"region": "all"}), "scope.region"),
    (entry(scope={"tags": {"a": 1}}), "scope.tags.a: must be text"),
]


@pytest.mark.parametrize("told", SOUND)
def test_what_is_sound_is_allowed_by_the_schema_too(told: dict[str, Any]) -> None:
    assert len(parse(register(told), "ex.yaml")) == 1
    assert allowed(register(told))


@pytest.mark.parametrize("told, words", BAD, ids=[words for _, words in BAD])
def test_what_is_wrong_is_said_with_its_place_and_refused_by_the_schema(told: dict[str, Any], words: str) -> None:
    text = register(entry(id="EX-7"), told)
    said = refused(text)
    line = 1 + next(number for number, row in enumerate(text.splitlines()) if row.startswith("- ") and number > 3)
    assert said.startswith(f"ex.yaml:{line}: ")
    assert words in said
    if words != "justification" or len(told["justification"]) < 20:  # the schema counts spaces
        assert not allowed(text)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"approver": "Storage@Example.org "}, "the approver is the owner"),
        ({"expires_on": date(2026, 11, 1)}, "expires before or on the day"),
        ({"expires_on": date(2026, 11, 1) + timedelta(days=366)}, "more than 365 days"),
    ],
)
def test_two_people_and_an_end(changes: dict[str, Any], words: str) -> None:
    assert words in refused(register(entry(**changes)))
    longest = entry(expires_on=date(2026, 11, 1) + timedelta(days=365))
    assert len(parse(register(longest), "ex.yaml")) == 1


def test_ids_are_there_once() -> None:
    assert "EX-1 is there twice" in refused(register(entry(), entry(control="other")))


def test_all_errors_are_said_at_once() -> None:
    said = refused(register(entry(owner=None), entry(id="EX-2", control=None)))
    assert [line.split(": ")[1:3] for line in said.splitlines()] == [["EX-1", "owner"], ["EX-2", "control"]]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "version: is missing"),
        ("[]", "ex.yaml: "),
        ("just text", "ex.yaml: "),
        ("version: 2", "version: it must be 1"),
        ("version: true", "version: it must be 1"),
        ("version: 1\nexceptions: 5", "exceptions"),
        ("version: 1\nexceptions: [5]", "ex.yaml:2"),
        ("version: 1\nexceptions:\n", "exceptions"),
        ("version: 1\nversion: 1", "'version' is there twice"),
        ("version: 1\nexceptions:\n- id: EX-1\n  id: EX-2", "ex.yaml:4: 'id' is there twice"),
        ("a: [", "it is not YAML"),
        ("a: !!python/object:os.system x", "it is not YAML"),
        ("a: &a [*a]", "ex.yaml: "),
        ("version: 1\nexceptions: &e [*e]", "ex.yaml"),
        ("? [a]\n: b", "ex.yaml"),
        ("a: 2026-13-45", "ex.yaml"),
        ("\x00", "ex.yaml"),
    ],
)
def test_what_is_no_register(text: str, words: str) -> None:
    assert words in refused(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"\xff\xfe\xff")
    for path in (tmp_path / "none.yaml", tmp_path, latin):
        with pytest.raises(RegisterError, match=path.name):
            read(path)


class TestAdding:
    VALUES = entry(id="EX-9", scope={"address": "aws_s3_bucket.new"})

    def test_what_is_there_stays_to_the_letter(self) -> None:
        text = (
            "# ours\nversion: 1\nexceptions:\n"
            "    # the first\n    - id: EX-4 # old\n      control: s3_bucket_versioning_enabled\n"
            '      scope: {address: "aws_s3_bucket.phi"}\n'
            "      justification: >-\n        The objects are written once,\n        and kept elsewhere.\n"
            "      owner: a\n      approver: b\n      approved_on: 2026-11-01\n      expires_on: 2027-01-01\n\n# end\n"
        )
        result, added = appended(text, "ex.yaml", self.VALUES)
        assert result.startswith(text.rstrip())
        assert added.exception.id == "EX-9"
        assert [each.exception.id for each in parse(result, "ex.yaml")] == ["EX-4", "EX-9"]
        assert "\n    - id: EX-9\n      control:" in result

    @pytest.mark.parametrize(
        "text", ["", "version: 1\n", "version: 1\nexceptions: []\n", "version: 1\nexceptions: [ ] # none\n"]
    )
    def test_to_a_register_without_entries(self, text: str) -> None:
        result, _ = appended(text, "ex.yaml", self.VALUES)
        assert [each.exception.id for each in parse(result, "ex.yaml")] == ["EX-9"]
        assert ("# none" in result) == ("# none" in text)

    def test_twice(self) -> None:
        once, _ = appended("", "ex.yaml", self.VALUES)
        twice, _ = appended(
            once, "ex.yaml", {**self.VALUES, "id": "EX-10", "justification": 'It: says "more", \u00e9 # so.'}
        )
        found = parse(twice, "ex.yaml")
        assert [each.exception.id for each in found] == ["EX-9", "EX-10"]
        assert found[1].exception.justification == 'It: says "more", \u00e9 # so.'
        assert next_id(found) == "EX-11"
        assert next_id([]) == "EX-1"

    @pytest.mark.parametrize(
        "text",
        [
            f"exceptions:\n- {json.dumps(entry(approved_on='2026-11-01', expires_on='2027-01-01'))}\nversion: 1\n",
            f"version: 1\nexceptions: [{json.dumps(entry(approved_on='2026-11-01', expires_on='2027-01-01'))}]\n",
        ],
    )
    def test_where_it_cannot_be_done_nothing_is_guessed(self, text: str) -> None:
        parse(text, "ex.yaml")
        with pytest.raises(RegisterError, match=r"ex\.yaml"):
            appended(text, "ex.yaml", self.VALUES)

    def test_an_entry_that_is_wrong_is_not_added(self) -> None:
        with pytest.raises(RegisterError, match="approver is the owner"):
            appended("", "ex.yaml", {**self.VALUES, "approver": self.VALUES["owner"]})
        with pytest.raises(RegisterError, match="there twice"):
            appended(register(entry(id="EX-9")), "ex.yaml", self.VALUES)
