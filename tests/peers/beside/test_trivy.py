"""Trivy beside a scan, by a program that stands in for it: how it is started, and what becomes of its results."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.lifecycle.register_text import entry as accepted
from tests.lifecycle.register_text import register
from tests.peers.beside.conftest import Scan
from tests.peers.beside.programs import Program, on_path, program
from tests.peers.samples import misconfiguration, trivy
from tests.terraform.plans import change, plan

GAPS, INCOMPLETE = 1, 3
VERSIONING = "s3_bucket_versioning_enabled"
PHI, NOTES = "aws_s3_bucket.phi", "aws_s3_bucket.notes"


def entry(id: str, status: str, resource: str, severity: str) -> dict[str, object]:
    lines = (1, 2) if resource == PHI else (4, 8)
    return misconfiguration(id, status, resource, lines) | {"Severity": severity}


RESULTS = trivy(
    entry("AWS-0090", "FAIL", PHI, "MEDIUM"),  # versioning: we say the same
    entry("AWS-0090", "FAIL", NOTES, "MEDIUM"),  # and here the contrary
    entry("AWS-9999", "FAIL", PHI, "HIGH"),  # no control of ours is its equivalent
    entry("AWS-9998", "FAIL", NOTES, "LOW"),
) | {"Trivy": {"Version": "0.69.3"}}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    found = program(tmp_path / "bin", "trivy", RESULTS)
    monkeypatch.setenv("PATH", on_path(found))
    return found


def test_its_results_are_laid_beside_ours(scan: Scan, installed: Program) -> None:
    found = scan("--peers", "trivy", "--skip-control", "s3_bucket_tls_required")
    assert found.code == GAPS
    assert (found.peer["tool"], found.peer["version"], found.peer["failure"]) == ("Trivy", "0.69.3", "")
    assert found.of("agreed") == [("AVD-AWS-0090", PHI)]
    assert found.of("disagrees") == [("AVD-AWS-0090", NOTES)]
    assert found.of("alone") == [("AVD-AWS-9999", PHI), ("AVD-AWS-9998", NOTES)]
    assert found.peer["relations"] == {"agreed": 1, "disagrees": 1, "undecided": 0, "alone": 2, "suppressed": 0}
    assert "1 failure of Trivy without a verdict of ours: 1 high." in found.result["gate"]["reasons"]
    (agreed,) = [each for each in found.peer["results"] if each["relation"] == "agreed"]
    (ours,) = [
        each
        for each in found.result["findings"]
        if each["control_id"] == VERSIONING and each["resource"]["address"] == PHI
    ]
    assert (agreed["controls"], agreed["findings"], agreed["ours"]) == ([VERSIONING], [ours["fingerprint"]], "fail")
    assert "164.312(c)(1)" in agreed["hipaa"]
    (contrary,) = [each for each in found.peer["results"] if each["relation"] == "disagrees"]
    assert (contrary["ours"], contrary["stops"]) == ("pass", None)


@pytest.mark.parametrize(
    ("fail_on", "code"), [("critical", 0), ("high", GAPS), ("low", GAPS)], ids=["critical", "high", "low"]
)
def test_what_only_it_finds_stops_by_its_own_severity(fail_on: str, code: int, scan: Scan, tmp_path: Path) -> None:
    worst = trivy(entry("AWS-9999", "FAIL", NOTES, "HIGH"))
    path = program(tmp_path / "elsewhere", "trivy", worst).path
    # No control of ours fails on a bucket at these severities but that of TLS.
    found = scan("--peers", f"trivy={path}", "--fail-on", fail_on, "--skip-control", "s3_bucket_tls_required")
    assert found.code == code, found.said


def test_a_disagreement_never_stops(scan: Scan, tree: Path, tmp_path: Path) -> None:
    (tree / "main.tf").write_text('resource "aws_kms_key" "k" {\n  enable_key_rotation = true\n}\n')
    contrary = trivy(misconfiguration("AWS-0065", "FAIL", "aws_kms_key.k", (1, 3)) | {"Severity": "CRITICAL"})
    path = program(tmp_path / "elsewhere", "trivy", contrary).path
    found = scan("--peers", f"trivy={path}", "-c", "kms_key_rotation_enabled")
    assert (found.code, found.of("disagrees")) == (0, [("AVD-AWS-0065", "aws_kms_key.k")])


def test_what_was_not_asked_for_is_left_out(scan: Scan, installed: Program) -> None:
    only = scan("--peers", "trivy", "-c", "s3_bucket_tls_required")
    assert (only.peer["read"], only.peer["left_out"], only.peer["results"]) == (4, 4, [])
    without = scan("--peers", "trivy", "--skip-control", VERSIONING)
    assert (without.peer["left_out"], without.of("alone")) == (2, [("AVD-AWS-9999", PHI), ("AVD-AWS-9998", NOTES)])


def test_it_reads_no_configuration_and_downloads_nothing(
    scan: Scan, tree: Path, installed: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TRIVY_CONFIG", "TRIVY_IGNOREFILE", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PATH", f"{on_path(installed)}:.:{tree}")
    (tree / "prod.tfvars").write_text("")
    scan("--peers", "trivy", "--var-file", str(tree / "prod.tfvars"), "--peers-timeout", "90")
    started = installed.started()
    argv, env = started["argv"], started["env"]
    assert (argv[0], argv[-1]) == ("config", str(tree))
    given = dict(pairwise(argv))
    assert given["--format"] == "json"
    assert given["--misconfig-scanners"] == "terraform"
    assert given["--tf-vars"] == str(tree / "prod.tfvars")
    assert given["--timeout"] == "90s"
    assert "--skip-check-update" in argv
    here = Path(started["cwd"])
    for option in ("--config", "--ignorefile", "--cache-dir"):
        assert Path(given[option]).is_relative_to(here.parent), option
    assert (started["there"], here.is_relative_to(tree)) == ([], False)
    assert Path(env["HOME"]).is_relative_to(here.parent)
    assert (
        set(env) & {"TRIVY_CONFIG", "TRIVY_IGNOREFILE", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PYTHONPATH"} == set()
    )
    assert env["HTTPS_PROXY"] == env["https_proxy"] == "http://127.0.0.1:9"
    assert (env["GIT_ALLOW_PROTOCOL"], env["TRIVY_SKIP_VERSION_CHECK"], env["TRIVY_DISABLE_TELEMETRY"]) == (
        *("none", "true"),
        "true",
    )
    assert not {".", str(tree)} & set(env["PATH"].split(":"))
    assert not here.exists()


@pytest.mark.parametrize("name", ["trivy.yaml", "trivy.yml", "Trivy.YAML", ".trivyignore", ".trivyignore.yaml"])
def test_a_file_that_would_configure_it_stops_it(name: str, scan: Scan, tree: Path, installed: Program) -> None:
    (tree / name).write_text("severity: CRITICAL\n")
    found = scan("--peers", "trivy", "--fail-on", "critical")
    assert (found.code, installed.has_run) == (INCOMPLETE, False)
    (reason,) = found.missing
    assert reason.startswith(f"it was not run: {name} would")
    (row,) = [each for each in found.result["coverage"]["gaps"] if each["kind"] == "other scanner"]
    assert (row["subject"], row["incomplete"]) == ("Trivy", True)
    assert "--trust-peer-config" in row["hint"]
    assert "1 other scanner gave no result" in found.result["gate"]["reasons"][0]


def test_a_trusted_file_is_read(scan: Scan, tree: Path, installed: Program) -> None:
    (tree / "trivy.yaml").write_text("severity: CRITICAL\n")
    found = scan("--peers", "trivy", "--trust-peer-config")
    started = installed.started()
    assert (found.code, found.missing, started["cwd"]) == (GAPS, [], str(tree))
    assert not {"--config", "--ignorefile"} & set(started["argv"])
    assert started["env"]["HTTPS_PROXY"] == "http://127.0.0.1:9"  # trusted, it still downloads nothing


def test_the_working_directory_counts_where_it_is_of_the_tree(
    scan: Scan, tree: Path, installed: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / ".git").mkdir()
    (tree / "trivy.yaml").touch()
    (tree / "infra").mkdir()
    (tree / "main.tf").rename(tree / "infra" / "main.tf")
    monkeypatch.chdir(tree)
    found = scan("--peers", "trivy", source=("terraform", "infra"))
    assert (installed.has_run, found.missing[0][:36]) == (False, "it was not run: trivy.yaml would con")
    # Trivy looks nowhere deeper than where it is started.
    (tree / "trivy.yaml").rename(tree / "infra" / "deep.yaml")
    (tree / "infra" / "deeper").mkdir()
    (tree / "infra" / "deeper" / "trivy.yaml").touch()
    assert scan("--peers", "trivy", source=("terraform", "infra")).missing == []


def test_a_plan(scan: Scan, tmp_path: Path, installed: Program) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan([change("aws_s3_bucket.phi", {"bucket": "phi"})])))
    found = scan("--peers", "trivy", source=("terraform", str(file)))
    argv = installed.started()["argv"]
    assert (found.missing, argv[-1], argv[argv.index("--misconfig-scanners") + 1]) == (
        *([], str(file)),
        "terraformplan-json",
    )


def test_a_verdict_of_ours_that_is_not_known_leaves_the_word_to_the_other(
    scan: Scan, tree: Path, tmp_path: Path
) -> None:
    (tree / "main.tf").write_text('variable "on" {}\nresource "aws_kms_key" "k" {\n  enable_key_rotation = var.on\n}\n')
    one = trivy(misconfiguration("AWS-0065", "FAIL", "aws_kms_key.k", (2, 4)) | {"Severity": "HIGH"})
    path = program(tmp_path / "bin", "trivy", one).path
    options = ("-c", "kms_key_rotation_enabled", "--peers", f"trivy={path}")
    assert scan(*options[:2]).code == 0
    found = scan(*options)
    assert (found.code, found.of("undecided")) == (GAPS, [("AVD-AWS-0065", "aws_kms_key.k")])
    (only,) = found.peer["results"]
    assert (only["ours"], only["stops"]) == ("unknown", "high")


def test_an_accepted_risk_stays_accepted(
    scan: Scan, tree: Path, installed: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795910400")
    (tree / ".hipaa-guard").mkdir()
    (tree / ".hipaa-guard" / "exceptions.yaml").write_text(register(accepted()))
    found = scan("--peers", "trivy", "-c", VERSIONING)
    assert (found.code, found.of("agreed")) == (0, [("AVD-AWS-0090", PHI)]), found.said
