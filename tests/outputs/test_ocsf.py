"""OCSF: what the schema of the class says, with the cloud profile where there is an account."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats.ocsf import VERSION, render

Check = Callable[[dict[str, Any]], None]


def events(assessment: Assessment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(assessment))
    return found


def by_message(assessment: Assessment, message: str) -> dict[str, Any]:
    (event,) = [each for each in events(assessment) if each["message"].endswith(message)]
    return event


@pytest.fixture(scope="module", params=[VERSION, "1.6.0", "1.8.0"])
def check(request: pytest.FixtureRequest) -> Check:
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(request.param))
    known: dict[tuple[str, ...], Any] = {}

    def checked(event: dict[str, Any]) -> None:
        profiles = tuple(event["metadata"]["profiles"])
        if profiles not in known:
            schema = schemas.get_class_schema("compliance_finding", list(profiles))
            known[profiles] = jsonschema.Draft202012Validator(schema)
        known[profiles].validate(event)

    return checked


@pytest.mark.parametrize("which", ["golden", "nasty", "covered", "changed", "telehealth", "clinic"])
def test_is_what_the_schema_says(which: str, request: pytest.FixtureRequest, check: Check) -> None:
    assessment = request.getfixturevalue(which)
    found = events(assessment)
    assert len(found) == len(assessment.findings) + bool(assessment.settings_changes)
    for event in found:
        check(event)


def test_the_schema_has_teeth(covered: Assessment, check: Check) -> None:
    event = events(covered)[0]
    for spoilt in ({**event, "severity_id": "5"}, {**event, "extra": 1}, {**event, "class_uid": 2004}):
        with pytest.raises(jsonschema.ValidationError):
            check({key: value for key, value in spoilt.items() if value != 2004})


def test_times_are_milliseconds(covered: Assessment) -> None:
    time = datetime.fromtimestamp(events(covered)[0]["time"] / 1000, tz=UTC)
    assert time == covered.scan.finished


def test_statuses(golden: Assessment) -> None:
    expected = {
        Status.PASS: (1, "Pass"),
        Status.UNKNOWN: (2, "Warning"),
        Status.MANUAL: (2, "Warning"),
        Status.FAIL: (3, "Fail"),
        Status.NOT_APPLICABLE: (99, "not applicable"),
        Status.INHERITED: (99, "inherited"),
    }
    for finding, event in zip(golden.findings, events(golden), strict=True):
        assert (event["compliance"]["status_id"], event["compliance"]["status"]) == expected[finding.status]
        assert event["finding_info"]["uid"] == finding.fingerprint


def test_a_gap_cites_the_rule_and_what_it_rests_on(covered: Assessment, clinic: Assessment) -> None:
    event = by_message(covered, "aws_s3_bucket.phi is public")
    assert event["compliance"]["control"] == "s3_bucket_public"
    assert event["compliance"]["requirements"] == ["45 CFR 164.312(a)(1)"]
    assert event["compliance"]["standards"] == ["HIPAA Security Rule"]
    assert event["resources"][0]["data"] == {
        "address": "aws_s3_bucket.phi",
        "region": None,
        "file": "infra/main.tf",
        "line_start": 10,
        "line_end": 14,
    }
    assert "cloud" not in event
    live = by_message(clinic, "root has no MFA")
    assert live["cloud"]["account"]["uid"] == "123456789012"
    assert {"name": "mfa_active", "data": {"value": "false", "source": "iam:GetAccountSummary in us-east-1"}} in live[
        "evidences"
    ]


def test_an_accepted_risk_is_suppressed_and_still_a_failure(covered: Assessment) -> None:
    event = by_message(covered, "is public too")
    assert (event["status_id"], event["compliance"]["status"]) == (3, "Fail")
    assert event["comment"].startswith("Accepted risk EX-12")


def test_what_the_baseline_knows_is_an_update(covered: Assessment) -> None:
    assert by_message(covered, "is not logged")["type_uid"] == 200301
    assert by_message(covered, "keeps no versions")["type_uid"] == 200302


def test_what_passes_alarms_nobody(covered: Assessment) -> None:
    assert by_message(covered, "refuses plain HTTP")["severity"] == "Informational"
    assert by_message(covered, "is not logged")["severity"] == "Low"


def test_100_000_findings_stand_on_a_line_each(huge: Assessment) -> None:
    lines = render(huge).splitlines()
    assert (lines[0], lines[-1]) == ("[", "]")
    assert len(lines) == 100_002
    assert json.loads(lines[70_001].rstrip(","))["finding_info"]["uid"] == huge.findings[70_000].fingerprint
