"""Gaps that are told beside others: those that follow from another one, and advisory ones. Nothing loses a count."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment import presets
from hipaa_guard.assessment.folding import folded
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding, fingerprint
from hipaa_guard.facts.origin import Origin
from hipaa_guard.testing import all_controls

REPOSITORY = Path(__file__).parents[2]
BUCKETS = """
resource "aws_s3_bucket" "phi" {
  bucket = "phi-records"
}
resource "aws_s3_bucket_policy" "phi" {
  bucket = aws_s3_bucket.phi.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.phi.arn}/*"
  }] })
}
resource "aws_sqs_queue" "jobs" {
  name                    = "jobs"
  sqs_managed_sse_enabled = true
}
"""


def scan(directory: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", ".", *options]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
    )


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("buckets")
    (directory / "main.tf").write_text(BUCKETS, encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def result(buckets: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scan(buckets, "-o", "json").stdout)
    return found


def controls() -> list[Control]:
    return list(all_controls().values())


@pytest.mark.parametrize("control", [each for each in controls() if each.refines], ids=lambda each: each.id)
def test_a_control_refines_controls_of_its_own_kind_that_are_as_severe(control: Control) -> None:
    for id in control.refines:
        other = all_controls()[id]
        assert other.kind is control.kind
        assert other.severity.rank <= control.severity.rank or control.id == "iam_password_policy_reuse_24"


def test_no_control_refines_itself_by_others() -> None:
    refined = {each.id: set(each.refines) for each in controls()}
    for id, others in refined.items():
        reached, left = set(others), list(others)
        while left:
            more = refined[left.pop()] - reached
            reached |= more
            left += more
        assert id not in reached


@pytest.mark.parametrize("control", controls(), ids=lambda each: each.id)
def test_each_control_says_which_preset_it_stops_for(control: Control) -> None:
    words = presets.reason(control.severity, control.advisory)
    assert "strict" in words
    assert words.endswith(".")
    if control.advisory:
        assert control.advisory in words
        assert control.advisory[0].isupper()
        assert control.advisory.endswith(".")


def of(control: str, severity: Severity, address: str = "aws_s3_bucket.a", **more: Any) -> Finding:
    origin = Origin("s3.Bucket", "aws_s3_bucket", None, "terraform", address=address)
    found = Finding(control, Status.FAIL, severity, "fails", fingerprint(control, origin), origin)
    return found._replace(**more)


def follows(*findings: Finding) -> list[str | None]:
    chosen = [all_controls()["s3_bucket_mfa_delete"], all_controls()["s3_bucket_versioning_enabled"]]
    return [each.follows_from for each in folded(findings, chosen)]


FINE, COARSE = "s3_bucket_mfa_delete", "s3_bucket_versioning_enabled"


def test_a_gap_follows_from_one_of_the_same_resource() -> None:
    assert follows(of(FINE, Severity.LOW), of(COARSE, Severity.MEDIUM)) == [COARSE, None]


@pytest.mark.parametrize(
    "cause",
    [
        of(COARSE, Severity.MEDIUM, "aws_s3_bucket.b"),
        of(COARSE, Severity.MEDIUM, status=Status.PASS),
        of(COARSE, Severity.MEDIUM, status=Status.UNKNOWN),
        of(COARSE, Severity.MEDIUM, exception=object()),
        of(COARSE, Severity.MEDIUM, new=False),
        of("s3_bucket_acl_not_public", Severity.CRITICAL),
    ],
    ids=["other resource", "passes", "unknown", "accepted", "in the baseline", "another control"],
)
def test_a_gap_stands_alone_where_nothing_else_is_told_of_it(cause: Finding) -> None:
    assert follows(of(FINE, Severity.LOW, new=True), cause) == [None, None]


def test_a_worse_gap_follows_from_no_milder_one() -> None:
    assert follows(of(FINE, Severity.HIGH), of(COARSE, Severity.MEDIUM)) == [None, None]


def test_a_gap_that_stops_follows_from_no_advisory_one() -> None:
    cause = of(COARSE, Severity.LOW, advisory=True)
    assert follows(of(FINE, Severity.LOW), cause) == [None, None]
    assert follows(of(FINE, Severity.LOW, advisory=True), cause) == [COARSE, None]


def test_an_accepted_gap_follows_from_none() -> None:
    assert follows(of(FINE, Severity.LOW, exception=object()), of(COARSE, Severity.MEDIUM)) == [None, None]


def test_a_chain_ends_at_its_first_gap() -> None:
    chain = [
        "iam_role_inline_policy_no_service_wildcard",
        "iam_role_inline_policy_no_admin",
        "iam_role_no_administrator_access",
    ]
    severities = (Severity.MEDIUM, Severity.HIGH, Severity.HIGH)
    found = folded([of(*each) for each in zip(chain, severities, strict=True)], [all_controls()[id] for id in chain])
    assert [each.follows_from for each in found] == [chain[2], chain[2], None]


def test_json_has_every_finding_and_counts_those_apart(result: dict[str, Any]) -> None:
    failing = [each for each in result["findings"] if each["status"] == "fail"]
    follow = [each for each in failing if "follows_from" in each]
    advisory = [each for each in failing if each.get("advisory")]
    assert {each["control_id"] for each in follow} >= {
        "s3_bucket_object_lock_enabled",
        "s3_bucket_replication_enabled",
        "s3_bucket_no_cross_account_policy",
        "s3_bucket_encrypted_with_cmk",
    }
    assert result["summary"]["follow_from_others"] == len(follow)
    assert result["summary"]["advisory"] == len(advisory)
    assert result["summary"]["findings"]["fail"] == len(failing)
    assert result["gate"]["preset"] == "recommended"
    assert all(each["severity"] == "low" for each in advisory)


def test_people_are_told_once(buckets: Path) -> None:
    text = scan(buckets).stdout
    flat = " ".join(text.split())
    assert "Also fails s3_bucket_no_cross_account_policy" in flat
    assert text.count("s3_bucket_no_cross_account_policy") == 1
    assert re.search(r"ADVISORY: \d+ gaps of \d+ controls", flat)
    assert not re.search(r"^LOW .*\n +sqs_queue_has_dead_letter_queue", text, re.MULTILINE)
    full = scan(buckets, "--all").stdout
    assert "ADVISORY" not in full
    assert re.search(r"^ +s3_bucket_no_cross_account_policy  45 CFR", full, re.MULTILINE)


def test_a_change_is_shown_where_it_is_asked_for(buckets: Path) -> None:
    assert 'resource "aws_s3_bucket' not in scan(buckets).stdout
    assert 'resource "aws_s3_bucket' in scan(buckets, "--fixes").stdout


@pytest.mark.parametrize(
    "options, code",
    [
        ((), 0),
        (("--preset", "recommended"), 0),
        (("--preset", "strict"), 1),
        (("--fail-on", "low"), 1),
        (("--fail-on", "medium"), 0),
        (("--fail-on", "low", "--preset", "recommended"), 1),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else str(each),
)
def test_advisory_gaps_stop_a_pipeline_only_where_they_are_asked_to(
    tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n', encoding="utf-8")
    done = scan(tmp_path, "--control", "sqs_queue_has_dead_letter_queue", "-o", "json", *options)
    assert done.returncode == code
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["status"] == "fail"
    assert finding.get("advisory", False) == (not options or options == ("--preset", "recommended"))


def test_the_gate_says_how_many_are_advisory(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n', encoding="utf-8")
    done = scan(tmp_path, "--control", "sqs_queue_has_dead_letter_queue")
    assert done.stdout.splitlines()[-1] == ("Gate passed: 1 failing finding advisory (--preset strict stops for them).")


QUEUE = "sqs_queue_has_dead_letter_queue"


def accept(directory: Path, register: Path, digits: str) -> None:
    """Accept the gap of these digits in a register."""
    words = ["exceptions", "add", digits, "--exceptions", str(register), "--owner", "a", "--approver", "b"]
    words += ["--justification", "Jobs are made again each night from the records themselves."]
    words += ["--compensating-control", "The nightly run reports jobs that are missing."]
    words += ["--expires-on", str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30))]
    command = [sys.executable, "-m", "hipaa_guard", *words]
    subprocess.run(command, cwd=directory, check=True, capture_output=True, timeout=120)


def test_an_accepted_gap_is_not_advisory_too(result: dict[str, Any], tmp_path: Path) -> None:
    """The numbers of the gate, of JSON, of GitHub and of the terminal are of the same gaps."""
    (tmp_path / "main.tf").write_text(BUCKETS, encoding="utf-8")
    digits = next(f["fingerprint"][:8] for f in result["findings"] if f["control_id"] == QUEUE)
    register = tmp_path / "exceptions.yaml"
    accept(tmp_path, register, digits)
    scan(tmp_path, "--exceptions", str(register), "-o", "json=s.json", "-o", "terminal=s.txt", "-o", "github=s.log")
    accepted = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    (finding,) = (each for each in accepted["findings"] if each["control_id"] == QUEUE)
    assert finding["exception"]
    assert not finding.get("advisory")
    number = accepted["summary"]["advisory"]
    assert number == result["summary"]["advisory"] - 1
    assert f"(besides {number} advisory and 1 covered by exceptions)" in accepted["gate"]["reasons"][0]
    both = sum(bool(each.get("advisory") and each.get("follows_from")) for each in accepted["findings"])
    assert both
    text = " ".join((tmp_path / "s.txt").read_text(encoding="utf-8").split())
    assert f", {number} are advisory and {both} are both." in text
    assert f"ADVISORY: {number - both} gaps" in text
    assert f"{number - both} gaps are advisory" in (tmp_path / "s.log").read_text(encoding="utf-8")


def test_the_last_screen_names_new_gaps_first(tmp_path: Path) -> None:
    """The gate that stops for new gaps alone is explained by them."""
    (tmp_path / "main.tf").write_text(BUCKETS, encoding="utf-8")
    scan(tmp_path, "-o", "json=known.json")
    base = [sys.executable, "-m", "hipaa_guard", "baseline", "write", "known.json", "-o", "known-gaps.json"]
    subprocess.run(base, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    key = 'resource "aws_kms_key" "fresh" {}\n'
    (tmp_path / "main.tf").write_text(BUCKETS + key, encoding="utf-8")
    done = scan(tmp_path, "--baseline", "known-gaps.json", "--fail-on-new")
    assert done.returncode == 1
    worst = done.stdout.partition("THE WORST\n")[2].splitlines()
    assert "aws_kms_key.fresh" in worst[0]
    assert "aws_kms_key.fresh" not in "".join(worst[2:-1])


def test_folding_changes_no_verdict_no_fingerprint_and_no_order(result: dict[str, Any], buckets: Path) -> None:
    strict = json.loads(scan(buckets, "-o", "json", "--preset", "strict").stdout)
    kept = ("control_id", "status", "severity", "message", "fingerprint")
    assert [[each[name] for name in kept] for each in result["findings"]] == [
        [each[name] for name in kept] for each in strict["findings"]
    ]
    assert Counter("follows_from" in each for each in result["findings"]) == Counter(
        "follows_from" in each for each in strict["findings"]
    )


def test_workspace_and_variables_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "key" {}\n'
        'resource "aws_sqs_queue" "a" {\n  name = "a"\n  kms_master_key_id = var.key\n}\n'
        'resource "aws_ebs_volume" "b" {\n  size = 1\n  availability_zone = "us-east-1a"\n'
        '  encrypted = terraform.workspace == "prod"\n}\n',
        encoding="utf-8",
    )
    flat = " ".join(scan(tmp_path).stdout.split())
    assert re.search(r"\d+ variable without a value: --var, --var-file or a plan gives it var\.key \d+", flat)
    assert re.search(r"\d+ workspace not known: --workspace NAME or a plan tells it", flat)
    assert "--show-unknown lists them" in flat
    full = scan(tmp_path, "--show-unknown").stdout
    assert "aws_ebs_volume.b" in full
    assert "--show-unknown" not in full


def test_terragoat_like_trees_end_with_what_matters() -> None:
    """The last screen names the worst gaps and the reason of the gate."""
    done = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", "scan", "terraform", "examples/telehealth"],
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    lines = done.stdout.splitlines()
    last = lines[-40:]
    assert "THE WORST" in last
    assert sum(line.startswith("  CRITICAL") for line in last) == 2
    assert lines[-1].startswith("Gate failed (exit code 1): ")
    assert len(lines) < 250
    assert [line for line in lines[:-1] if len(line) > 80] == []


def test_origins_without_a_place_do_not_stop_folding() -> None:
    bare = dataclasses.replace(of(FINE, Severity.LOW).resource, address=None, name="phi")
    fine, coarse = of(FINE, Severity.LOW, resource=bare), of(COARSE, Severity.MEDIUM, resource=bare)
    assert follows(fine, coarse) == [COARSE, None]
