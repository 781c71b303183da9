"""SARIF: what GitHub takes, and shows as it is meant."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.outputs.formats.sarif import MOST_RESULTS, render
from tests.patience import HANGS

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json.gz"
MULTITOOL = Path(sys.prefix) / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"


def run_of(assessment: Assessment) -> dict[str, Any]:
    (run,) = json.loads(render(assessment))["runs"]
    found: dict[str, Any] = run
    return found


def by_message(run: dict[str, Any], part: str) -> dict[str, Any]:
    (result,) = [each for each in run["results"] if part in each["message"]["text"]]
    found: dict[str, Any] = result
    return found


def told(run: dict[str, Any]) -> str:
    return "\n".join(each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"])


@pytest.fixture(scope="module")
def check() -> Callable[[object], None]:
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    validate: Callable[[Any], None] = jsonschema.validators.validator_for(schema)(schema).validate
    return validate


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """What Microsoft's validator says of a log, by its rules and those of GitHub."""
    if not os.access(MULTITOOL, os.X_OK):
        pytest.skip("needs Microsoft's SARIF multitool (`make tools` installs it, by npm)")

    def judged(log: str) -> list[str]:
        file = tmp_path_factory.mktemp("sarif") / "log.sarif"
        file.write_text(log)
        answer = subprocess.run(
            [MULTITOOL, "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"],
            capture_output=True,
            text=True,
            check=False,
            timeout=HANGS,
            env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": str(file.parent)},
        )
        assert "Analysis completed successfully" in answer.stdout, answer.stdout + answer.stderr
        # The exit code is 0 whatever it finds.
        return [line for line in answer.stdout.splitlines() if re.search(r": (error|warning) ", line)]

    return judged


@pytest.mark.parametrize("which", ["golden", "empty", "nasty", "covered", "changed", "telehealth", "clinic"])
def test_is_what_the_schema_says(which: str, request: pytest.FixtureRequest, check: Callable[[object], None]) -> None:
    check(json.loads(render(request.getfixturevalue(which))))


@pytest.mark.parametrize("which", ["nasty", "covered", "telehealth"])
def test_github_would_take_it(
    which: str, request: pytest.FixtureRequest, complaints: Callable[[str], list[str]]
) -> None:
    assert complaints(render(request.getfixturevalue(which))) == []


def test_the_validators_would_notice(
    covered: Assessment, check: Callable[[object], None], complaints: Callable[[str], list[str]]
) -> None:
    log = json.loads(render(covered))
    log["runs"][0]["tool"]["driver"]["rules"][0].pop("help")
    assert "GH2012" in complaints(json.dumps(log))[0]
    log["runs"][0]["results"][0]["level"] = "worst"
    with pytest.raises(jsonschema.ValidationError):
        check(log)


def test_a_gap_stands_in_the_repository_with_its_neighbours(covered: Assessment) -> None:
    result = by_message(run_of(covered), "aws_s3_bucket.phi is public")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "infra/main.tf", "uriBaseId": "%SRCROOT%"}
    assert location["physicalLocation"]["region"] == {"startLine": 10, "startColumn": 1, "endLine": 14}
    assert "Called at [infra/root.tf:3](1)" in result["message"]["text"]
    assert [each["id"] for each in result["relatedLocations"]] == [1]


def test_what_a_downloaded_module_does_stands_at_its_call(covered: Assessment) -> None:
    result = by_message(run_of(covered), "keeps no versions")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/main.tf"
    assert place["region"]["startLine"] == 3
    assert "Declared at [infra/.terraform/modules/store/main.tf:7](1)" in result["message"]["text"]


def test_fingerprints_are_ours_and_lack_the_lines(covered: Assessment) -> None:
    (finding,) = [each for each in covered.findings if each.message == "is public"]
    fingerprints = by_message(run_of(covered), "aws_s3_bucket.phi is public")["partialFingerprints"]
    assert fingerprints == {
        "primaryLocationLineHash": f"{finding.fingerprint}:1",
        "hipaaGuard/v1": finding.fingerprint,
    }


def test_the_same_twice_is_told_apart(covered: Assessment) -> None:
    (finding,) = [each for each in covered.findings if each.message == "is public"]
    twice = dataclasses.replace(covered, findings=(finding, finding))
    hashes = [each["partialFingerprints"]["primaryLocationLineHash"] for each in run_of(twice)["results"]]
    assert hashes == [f"{finding.fingerprint}:1", f"{finding.fingerprint}:2"]


def test_an_accepted_risk_is_suppressed_and_says_why(covered: Assessment) -> None:
    run = run_of(covered)
    (suppression,) = by_message(run, "is public too")["suppressions"]
    assert suppression["kind"] == "external"
    assert suppression["status"] == "accepted"
    assert suppression["justification"].startswith("Accepted risk EX-12 until 2027-03-31, approved by security officer")
    assert "suppressions" not in by_message(run, "is not logged")


def test_new_and_known_are_told_where_there_is_a_baseline(covered: Assessment, telehealth: Assessment) -> None:
    run = run_of(covered)
    assert by_message(run, "is not logged")["baselineState"] == "new"
    assert by_message(run, "keeps no versions")["baselineState"] == "unchanged"
    assert not any("baselineState" in result for result in run_of(telehealth)["results"])


def test_rules_say_what_github_shows_and_sorts_by(covered: Assessment) -> None:
    run = run_of(covered)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    severities = {id: rule["properties"]["security-severity"] for id, rule in rules.items()}
    assert severities == {"s3_bucket_public": "9.5", "s3_bucket_versioned": "5.5", "s3_bucket_logged": "2.0"}
    rule = rules["s3_bucket_public"]
    for part in ("45 CFR 164.312(a)(1)", "ePHI can leak", "```hcl", "```sh", "hipaa-guard explain s3_bucket_public"):
        assert part in rule["help"]["markdown"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_category_is_the_directory_that_was_scanned(covered: Assessment, empty: Assessment) -> None:
    assert run_of(covered)["automationDetails"]["id"] == "hipaa-guard/infra/"
    assert run_of(empty)["automationDetails"]["id"] == "hipaa-guard/"
    one = dataclasses.replace(covered, coverage=dataclasses.replace(covered.coverage, roots=("live/prod",)))
    assert run_of(one)["automationDetails"]["id"] == "hipaa-guard/infra/live/prod/"


def test_what_has_no_file_is_said_and_not_invented(clinic: Assessment) -> None:
    run = run_of(clinic)
    assert run["results"] == []
    number = clinic.counts()[Status.FAIL]
    assert f"{number} failing findings have no file in the repository" in told(run)


def test_what_is_not_known_is_said(covered: Assessment, golden: Assessment) -> None:
    assert "1 verdict could not be reached: variable without a value" in told(run_of(covered))
    run = run_of(golden)
    assert run["invocations"][0]["executionSuccessful"] is True, "GitHub refuses the file otherwise"
    assert "Not looked at, or only in part: file not read: broken.tf" in told(run)


def test_every_gap_in_source_is_there(telehealth: Assessment) -> None:
    assert len(run_of(telehealth)["results"]) == telehealth.counts()[Status.FAIL]


def test_no_text_of_a_scan_becomes_a_link_or_acts(nasty: Assessment) -> None:
    text = render(nasty)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    for result in run_of(nasty)["results"]:
        message = result["message"]["text"]
        links = re.findall(r"\]\(([^)]*)\)", message)
        assert links == [str(number) for number in range(1, len(links) + 1)]
        assert len(message) < 8000


def test_github_s_limit_cuts_the_least_severe_and_says_so(huge: Assessment, check: Callable[[object], None]) -> None:
    failing = [finding for finding in huge.findings if finding.status is Status.FAIL]
    many = dataclasses.replace(huge, findings=(*failing, *failing))
    text = render(many)
    assert len(gzip.compress(text.encode(), 1)) < 10_000_000
    log = json.loads(text)
    (run,) = log["runs"]
    check({**log, "runs": [{**run, "results": run["results"][:: MOST_RESULTS // 10]}]})
    assert len(run["results"]) == MOST_RESULTS
    assert f"{2 * len(failing) - MOST_RESULTS:,} failing findings were left out" in told(run)
    worst = sum(finding.severity in (Severity.CRITICAL, Severity.HIGH) for finding in many.findings)
    assert sum(result["level"] == "error" for result in run["results"]) == worst
    assert sum(result["level"] == "note" for result in run["results"]) < sum(
        finding.severity is Severity.LOW for finding in many.findings
    )
