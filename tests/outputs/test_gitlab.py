"""GitLab Code Quality: what its widget reads."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.locations import Location
from hipaa_guard.outputs import OutputError, write
from hipaa_guard.outputs.formats.gitlab import render

SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./|/|\.\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""The fields of GitLab's documentation; it publishes no schema."""


def entries(assessment: Assessment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(assessment))
    return found


@pytest.mark.parametrize("which", ["golden", "empty", "nasty", "covered", "changed", "telehealth"])
def test_has_the_fields_that_gitlab_reads(which: str, request: pytest.FixtureRequest) -> None:
    found = entries(request.getfixturevalue(which))
    jsonschema.validate(found, SCHEMA)
    fingerprints = [entry["fingerprint"] for entry in found]
    assert len(fingerprints) == len(set(fingerprints)), "GitLab shows only the first of two with one"


def test_nothing_found_is_an_empty_list(empty: Assessment) -> None:
    assert entries(empty) == []


def test_severities_and_what_is_no_open_gap(covered: Assessment) -> None:
    told = {(entry["check_name"], entry["location"]["path"]): entry["severity"] for entry in entries(covered)}
    assert told == {
        ("s3_bucket_public", "infra/main.tf"): "blocker",
        ("s3_bucket_public", "infra/a.tf"): "info",  # an accepted risk
        ("s3_bucket_versioned", "infra/main.tf"): "major",
        ("s3_bucket_logged", "infra/main.tf"): "minor",
        ("s3_bucket_tls_required", "infra/main.tf"): "info",  # not known
    }


def test_fingerprints_stay_when_lines_move(covered: Assessment) -> None:
    def moved(place: Location | None) -> Location | None:
        return place and place._replace(line_start=place.line_start + 100, line_end=place.line_end + 100)

    later = tuple(
        each._replace(resource=dataclasses.replace(each.resource, location=moved(each.location)))
        for each in covered.findings
    )
    before, after = entries(covered), entries(dataclasses.replace(covered, findings=later))
    assert [entry["fingerprint"] for entry in before] == [entry["fingerprint"] for entry in after]
    assert before != after


def test_the_same_twice_is_told_apart(covered: Assessment) -> None:
    twice = dataclasses.replace(covered, findings=(covered.findings[0],) * 3)
    assert len({entry["fingerprint"] for entry in entries(twice)}) == 3


def test_what_has_no_file_is_one_entry_as_bad_as_the_worst(covered: Assessment) -> None:
    placeless = tuple(
        each._replace(resource=dataclasses.replace(each.resource, location=None)) for each in covered.findings
    )
    (entry,) = entries(dataclasses.replace(covered, findings=placeless))
    assert entry["description"].startswith("5 findings have no file in the repository")
    assert entry["severity"] == "blocker"


def test_a_file_that_was_not_read_is_told(golden: Assessment) -> None:
    (entry,) = [entry for entry in entries(golden) if entry["check_name"] == "not looked at"]
    assert entry["location"] == {"path": "broken.tf", "lines": {"begin": 3}}


def test_an_account_is_refused_with_what_to_do(clinic: Assessment) -> None:
    with pytest.raises(OutputError, match="-o junit=FILE"):
        write(clinic, "gitlab")


def test_numbers_agree_with_the_scan(telehealth: Assessment) -> None:
    open_gaps = [entry for entry in entries(telehealth) if entry["severity"] != "info"]
    assert len(open_gaps) == telehealth.counts()[Status.FAIL]
