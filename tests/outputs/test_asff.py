"""ASFF: what botocore and Security Hub's documented limits allow."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from moto import mock_aws

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.resource import Resource
from hipaa_guard.outputs import OutputError, write
from hipaa_guard.outputs.formats.asff import render
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.testing import all_controls

SERVICE = botocore.session.get_session().get_service_model("securityhub")
INPUT = SERVICE.operation_model("BatchImportFindings").input_shape


def findings(assessment: Assessment, *, everything: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(assessment, Page(everything=everything)))
    return found


def batches(found: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(found), 100):
        yield found[start : start + 100]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    else:
        assert isinstance(value, str)
        yield value


@pytest.mark.parametrize("which", ["golden", "nasty", "clinic"])
def test_is_what_botocore_says(which: str, request: pytest.FixtureRequest) -> None:
    assert INPUT is not None
    for batch in batches(findings(request.getfixturevalue(which), everything=True)):
        report = ParamValidator().validate({"Findings": batch}, INPUT)
        assert not report.has_errors(), report.generate_report()


def test_botocore_would_notice(clinic: Assessment) -> None:
    assert INPUT is not None
    spoilt = findings(clinic)[0]
    del spoilt["Title"]
    spoilt["Workflow"] = "open"
    assert "Missing required parameter" in ParamValidator().validate({"Findings": [spoilt]}, INPUT).generate_report()


@pytest.mark.parametrize("which", ["golden", "nasty", "clinic"])
def test_keeps_the_limits_of_the_reference(which: str, request: pytest.FixtureRequest) -> None:
    found = findings(request.getfixturevalue(which), everything=True)
    assert found
    for each in found:
        assert len(json.dumps(each).encode()) < 240_000
        assert all(re.search(r"\S", text) for text in texts(each)), "Security Hub refuses an empty text"
        assert len(each["Id"]) <= 512
        assert len(each["GeneratorId"]) <= 512
        assert len(each["Title"]) <= 256
        assert len(each["Description"]) <= 1024
        assert len(each["Remediation"]["Recommendation"]["Text"]) <= 512
        assert len(each.get("Note", {"Text": ""})["Text"]) <= 512
        assert len(each["Compliance"].get("RelatedRequirements", [])) <= 32
        assert len(each["ProductFields"]) <= 50
        assert all(len(name) <= 128 and len(value) <= 2048 for name, value in each["ProductFields"].items())
        (resource,) = each["Resources"]
        details = resource.get("Details", {"Other": {}})["Other"]
        assert len(details) <= 50
        assert all(len(name) < 128 and len(value) < 1024 for name, value in details.items())
        (type,) = each["FindingProviderFields"]["Types"]
        assert re.fullmatch(r"Software and Configuration Checks/[^/]+/[^/]+", type)
        assert re.fullmatch(r"arn:aws:securityhub:[a-z0-9-]+:\d{12}:product/\d{12}/default", each["ProductArn"])


def test_security_hub_takes_it(clinic: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulated")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
    with mock_aws():
        hub = boto3.client("securityhub", region_name="us-east-1")
        hub.enable_security_hub()
        for batch in batches(findings(clinic)):
            answer = hub.batch_import_findings(Findings=batch)
            assert (answer["FailedCount"], answer["SuccessCount"]) == (0, len(batch))
        stored = hub.get_findings(MaxResults=100)["Findings"]
    assert {each["Id"] for each in stored} == {each["Id"] for each in findings(clinic)}


def test_only_what_somebody_has_to_look_at_unless_all_is_asked_for(golden: Assessment) -> None:
    def statuses(*, everything: bool) -> set[str]:
        return {each["Compliance"]["Status"] for each in findings(golden, everything=everything)}

    assert statuses(everything=False) == {"FAILED", "NOT_AVAILABLE"}
    assert statuses(everything=True) == {"FAILED", "NOT_AVAILABLE", "PASSED", "WARNING"}


def test_a_finding_is_updated_by_the_next_scan(clinic: Assessment) -> None:
    later = dataclasses.replace(clinic, scan=dataclasses.replace(clinic.scan, finished=clinic.scan.started))
    assert [each["Id"] for each in findings(later)] == [each["Id"] for each in findings(clinic)]


def test_an_account_s_gap(clinic: Assessment) -> None:
    (root,) = [each for each in findings(clinic) if each["GeneratorId"] == "hipaa-guard/iam_root_mfa_enabled"]
    assert root["AwsAccountId"] == "123456789012"
    assert root["ProductArn"] == "arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default"
    assert root["Compliance"]["Status"] == "FAILED"
    assert "45 CFR 164.312(d)" in root["Compliance"]["RelatedRequirements"]
    assert root["FindingProviderFields"]["Severity"] == {"Label": "CRITICAL", "Original": "critical"}
    buckets = [
        each["Resources"][0] for each in findings(clinic) if each["ProductFields"]["hipaa-guard/kind"] == "s3.Bucket"
    ]
    assert "arn:aws:s3:::riverside-exports" in [bucket["Id"] for bucket in buckets]
    assert {bucket["Type"] for bucket in buckets} == {"AwsS3Bucket"}


def test_an_accepted_risk_is_a_warning_with_a_note(nasty: Assessment) -> None:
    accepted = [each for each in findings(nasty) if "Note" in each]
    assert len(accepted) == sum(each.exception is not None and each.resource.source == "aws" for each in nasty.findings)
    for each in accepted:
        assert each["Compliance"]["Status"] == "WARNING"
        assert each["Note"]["Text"].startswith("Accepted risk EX-")
        assert " until 2027-03-31, approved by security officer" in each["Note"]["Text"]
        assert each["ProductFields"]["hipaa-guard/exception"] in each["Note"]["Text"]


def test_terraform_is_refused_with_the_reason(telehealth: Assessment) -> None:
    with pytest.raises(OutputError, match="findings of an AWS account and region, which Terraform findings do not"):
        write(telehealth, "asff")


def test_of_a_mixed_scan_only_the_account(nasty: Assessment) -> None:
    live = [
        each.fingerprint
        for each in nasty.findings
        if each.resource.source == "aws" and each.status in (Status.FAIL, Status.UNKNOWN)
    ]
    assert [each["Id"] for each in findings(nasty)] == [f"hipaa-guard/{fingerprint}" for fingerprint in live]


KINDS = [kind for kind in kinds_of(all_controls().values()) if kind.aws is not None]
TYPES = set(SERVICE.shape_for("ResourceDetails").members)  # type: ignore[attr-defined]  # it is a structure


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_kind_has_the_name_that_security_hub_gives_it(kind: type[Resource]) -> None:
    assert kind.security_hub_type in {"", *TYPES}
    # Most of its names are those of CloudFormation.
    plain = {type.replace("::", "").lower() for type in kind.aws_types if "::" in type}
    (known,) = [name for name in TYPES if name.lower() in plain] or [""]
    if known:
        assert kind.security_hub_type, f'{kind.kind}: say security_hub_type = "{known}" beside aws_types'


def test_an_assessment_of_a_file_has_the_names_too(clinic: Assessment, tmp_path: Path) -> None:
    write(clinic, f"json={tmp_path / 'a.json'}")
    command = [sys.executable, "-m", "hipaa_guard", "render", str(tmp_path / "a.json"), "-o", "asff"]
    rendered = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    assert [each["Resources"][0]["Type"] for each in rendered] == [
        each["Resources"][0]["Type"] for each in findings(clinic)
    ]
    assert {"AwsS3Bucket", "AwsKmsKey", "Other"} <= {each["Resources"][0]["Type"] for each in rendered}


def test_the_documented_way_to_send_them_works(
    nasty: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text()
    (script,) = re.findall(r"^python3 - <<'PY'\n(.*?)^PY$", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulated")
    write(nasty, "asff=findings.json")
    sent = json.loads(Path("findings.json").read_text())
    regions = {each["ProductArn"].split(":")[3] for each in sent}
    assert regions == {"us-east-1", "us-west-2"}
    with mock_aws():
        hubs = [boto3.client("securityhub", region_name=region) for region in sorted(regions)]
        for hub in hubs:
            hub.enable_security_hub()
        exec(script, {})
        stored = [each["Id"] for hub in hubs for each in hub.get_findings(MaxResults=100)["Findings"]]
    assert sorted(stored) == sorted({each["Id"] for each in sent})
