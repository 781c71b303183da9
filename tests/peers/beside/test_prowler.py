"""Prowler beside the scan of an account, by a program that stands in for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import PROWLS, program
from tests.peers.samples import ACCOUNT, REGION, prowler

CLEAN, GAPS, USAGE, INCOMPLETE = range(4)
VERSIONING = "s3_bucket_versioning_enabled"
PHI, NOTES = "arn:aws:s3:::phi", "arn:aws:s3:::notes"
AWS = ("aws", "--regions", REGION)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulated")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        for name in ("phi", "notes"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket="notes", VersioningConfiguration={"Status": "Enabled"})
        yield


def event(check: str, code: str, uid: str, severity: str, status_id: int = 1) -> dict[str, object]:
    found = prowler(check, code, uid, status_id=status_id) | {"severity": severity}
    found["metadata"]["product"]["version"] = "5.13.0"
    found["cloud"]["account"]["uid"] = ACCOUNT
    return found


def test_it_runs_with_our_credentials_and_regions(scan: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [
        event("s3_bucket_object_versioning", "FAIL", PHI, "Medium"),
        event("s3_bucket_object_versioning", "FAIL", NOTES, "Medium"),
        event("s3_bucket_of_nobody", "FAIL", PHI, "High"),
        event("s3_bucket_told_only", "FAIL", PHI, "Informational"),
        event("s3_bucket_of_nobody", "FAIL", NOTES, "High", 3),
        event("s3_bucket_by_hand", "MANUAL", NOTES, "High"),
    ]
    made = program(tmp_path / "bin", "prowler", events, PROWLS)
    for name in ("PROWLER_CLOUD_API_KEY", "SLACK_API_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    found = scan("--peers", f"prowler={made.path}", "--skip-control", "s3_bucket_tls_required", source=AWS)
    assert (found.peer["tool"], found.peer["version"], found.missing) == ("Prowler", "5.13.0", [])
    assert found.of("agreed") == [("s3_bucket_object_versioning", PHI)]
    assert found.of("disagrees") == [("s3_bucket_object_versioning", NOTES)]
    assert found.of("suppressed") == [("s3_bucket_of_nobody", NOTES)]
    stops = {each["check"]: each["stops"] for each in found.peer["results"] if each["relation"] == "alone"}
    assert stops == {"s3_bucket_of_nobody": "high", "s3_bucket_told_only": None}
    assert "1 failure of Prowler without a verdict of ours: 1 high." in found.result["gate"]["reasons"]
    started = made.started()
    argv, env = started["argv"], started["env"]
    out = argv[argv.index("--output-directory") + 1]
    assert argv == [
        *("aws", "--output-formats", "json-ocsf", "--output-directory", out, "--output-filename", "results"),
        *("--no-banner", "--ignore-exit-code-3", "--region", REGION),
    ]
    assert not Path(out).exists()
    assert (env["AWS_ACCESS_KEY_ID"], env["HTTPS_PROXY"]) == (
        os.environ["AWS_ACCESS_KEY_ID"],
        "http://proxy.example:3128",
    )
    assert env["HOME"] == os.environ["HOME"]  # where the AWS SDK finds profiles and tokens
    assert not {"PROWLER_CLOUD_API_KEY", "SLACK_API_TOKEN"} & set(env)
    assert started["there"] == []


def test_it_takes_on_the_same_role(scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "prowler", [event("a", "PASS", PHI, "Low")], PROWLS)
    role = f"arn:aws:iam::{ACCOUNT}:role/auditor"
    options = ("--role-arn", role, "--external-id", "e-1")
    scan("--peers", f"prowler={made.path}", "-c", VERSIONING, *options, source=("aws", "--regions", "all"))
    assert made.started()["argv"][-4:] == ["--role", role, "--external-id", "e-1"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [("pass", "it wrote no results"), ("sys.exit(1)", "it ended with exit code 1")],
    ids=["nothing", "crash"],
)
def test_without_results_the_scan_is_incomplete(body: str, reason: str, scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "prowler", "", body)
    found = scan("--peers", f"prowler={made.path}", "--fail-on", "critical", "-c", VERSIONING, source=AWS)
    assert (found.code, found.missing) == (INCOMPLETE, [reason])


def test_terraform_is_nothing_for_it_and_accounts_are_nothing_for_others(scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "trivy", "")
    found = scan("--peers", f"trivy={made.path}", source=AWS)
    assert (found.code, made.has_run) == (USAGE, False)
    assert "Trivy reads Terraform: give it to `scan terraform`" in found.said


def test_stored_answers_are_judged_without_it(scan: Scan, tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "prowler", [], PROWLS)
    evidence = tmp_path / "evidence"
    assert scan("-c", VERSIONING, "--evidence", str(evidence), source=AWS).code == GAPS
    found = scan("--peers", f"prowler={made.path}", source=("aws", "--replay", str(evidence)))
    assert (found.code, made.has_run) == (USAGE, False)
