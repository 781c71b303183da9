"""What people type for controls: patterns, citations, ids of other scanners, severities; and the nearest right words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.assessment.gate import CLEAN, FAILURES, INCOMPLETE, USAGE
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Severity
from hipaa_guard.controls.loading import load
from hipaa_guard.controls.selecting import RELATED, Index

Captured = pytest.CaptureFixture[str]
TREE = """
resource "aws_s3_bucket" "phi" { bucket = "phi" }
resource "aws_sqs_queue" "phi" { sqs_managed_sse_enabled = false }
"""


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "main.tf").write_text(TREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def controls(*words: str) -> set[str]:
    """The controls of a scan with these words."""
    assert run(["scan", *words, "-o", "json=r.json", "-q"]) in (CLEAN, FAILURES, INCOMPLETE)
    return {each["id"] for each in result()["controls"]}


def result() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("r.json").read_text())
    return found


def refused(capsys: Captured, *words: str) -> str:
    capsys.readouterr()
    assert run(list(words)) == USAGE
    return capsys.readouterr().err


def test_patterns() -> None:
    every = controls()
    assert controls("--control", "s3_*") == {id for id in every if id.startswith("s3_")}
    assert controls("-c", "*_VERSIONING_*", "-c", "sqs_queue_encrypted_at_rest") == {
        "s3_bucket_versioning_enabled",
        "sqs_queue_encrypted_at_rest",
    }
    assert controls("--skip-control", "s3_*") == {id for id in every if not id.startswith("s3_")}
    assert controls("-c", "s3_*", "--skip-control", "*tls*") == {
        id for id in every if id.startswith("s3_") and "tls" not in id
    }


def test_citations_mean_what_stands_below_them() -> None:
    every = {control.id: control for control in load()}
    found = controls("--control", "164.312(e)(1)")
    assert found == {
        id for id, each in every.items() if {"164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"} & set(each.hipaa)
    }
    assert found == controls("-c", "45 CFR § 164.312(E)(1)") < controls("-c", "164.312")
    assert controls("-c", "164.312(e)(2)(ii)") < found


def test_ids_of_other_scanners() -> None:
    for control in load():
        for ids in control.peers.values():
            for id in ids:
                assert control in Index([control]).matching(id.upper())
    assert "ebs_volume_encrypted" in controls("--control", "CKV_AWS_3")
    assert controls("-c", "avd-aws-0026") == controls("-c", "aws-0026") == controls("-c", "AVD-AWS-0026") != set()


def test_a_check_of_another_scanner_that_has_no_equivalent(capsys: Captured) -> None:
    ids = {control.id for control in load()}
    for related in RELATED:
        assert set(related.controls) <= ids
        for id in related.ids:
            assert not Index(load()).matching(id), "a control names it as its equivalent"
    near = {"s3_bucket_encrypted_with_kms", "s3_bucket_encrypted_with_cmk"}
    assert controls("--control", "CKV_AWS_19") == near
    assert "S3 encrypts every object by itself since 2023-01-05" in refused(
        capsys, "scan", "--skip-control", "CKV_AWS_19"
    )
    assert run(["explain", "AVD-AWS-0088"]) == CLEAN
    said = capsys.readouterr().out
    assert said.startswith("No control is the equivalent of AVD-AWS-0088. S3 encrypts")
    assert near <= set(said.split())


def test_explaining_a_citation_and_the_check_of_another_scanner(capsys: Captured) -> None:
    assert run(["explain", "164.312(e)(1)"]) == CLEAN
    said = capsys.readouterr().out
    assert said.startswith("164.312(e)(1) Transmission security\n")
    assert "s3_bucket_tls_required" in said
    assert run(["explain", "CKV_AWS_3"]) == CLEAN
    assert "ebs_volume_encrypted\n====" in capsys.readouterr().out
    assert run(["controls", "show", "S3_bucket_tls_required"]) == CLEAN
    assert capsys.readouterr().out.startswith("s3_bucket_tls_required\n")


class TestSeverities:
    def test_in_any_case_and_several(self) -> None:
        every = {control.id: control.severity for control in load()}
        assert controls("--severity", "HIGH,critical") == {
            id for id, severity in every.items() if severity in (Severity.HIGH, Severity.CRITICAL)
        }
        assert controls("--severity", "High", "--severity", "CRITICAL") == controls("--severity", "critical,high")

    def test_a_gap_with_a_severity_of_its_own_counts_by_that(self, tree: Path) -> None:
        (tree / "own.py").write_text(
            "from hipaa_guard.authoring import *\n"
            "from hipaa_guard.services import sqs\n\n\n"
            '@control(title="Queues are named", severity=LOW, hipaa=("164.312(b)",),\n'
            '         why="Because.", fix=Fix(terraform=\'resource "aws_sqs_queue" "phi" {\\n  name = "x"\\n}\'))\n'
            "def own_queue(queue: sqs.Queue) -> Verdict:\n"
            '    return failed("has no name", severity=CRITICAL)\n'
        )
        found = controls("--severity", "critical", "--policies", ".")
        if "own_queue" not in found:  # the policy itself must be sound for the test to say anything
            assert "own_queue" in controls("--policies", "."), "the policy of the test is broken"
        assert "own_queue" in found
        assert {each["severity"] for each in result()["findings"]} == {"critical"}
        assert "own_queue" not in controls("--severity", "medium", "--policies", ".")

    def test_that_leave_nothing_are_no_silent_pass(self, tree: Path, capsys: Captured) -> None:
        (tree / "main.tf").write_text('resource "aws_cloudwatch_log_group" "phi" {}\n')
        assert run(["scan", "--severity", "critical"]) == INCOMPLETE
        assert "Nothing was judged" in capsys.readouterr().out.splitlines()[-1]

    def test_the_gate_takes_them_in_any_case(self) -> None:
        assert run(["scan", "--fail-on", "Critical", "-q"]) == CLEAN
        assert run(["scan", "--fail-on", "MEDIUM", "-q"]) == FAILURES

    def test_the_settings_take_them(self, tree: Path, capsys: Captured) -> None:
        (tree / ".hipaa-guard.yaml").write_text("severity: [HIGH, critical]\nterraform:\n  control: s3_*\n")
        assert controls() == controls("-c", "s3_*", "--severity", "high,critical")
        (tree / ".hipaa-guard.yaml").write_text("severity: hgh\n")
        assert "did you mean high?" in refused(capsys, "scan")


class TestLists:
    def test_of_some_controls(self, capsys: Captured) -> None:
        assert (
            run(["ls", "--service", "s3", "--severity", "HIGH", "--safeguard", "network_exposure", "-o", "json"])
            == CLEAN
        )
        listed = json.loads(capsys.readouterr().out)
        assert {each["id"] for each in listed} == {
            control.id
            for control in load()
            if control.kind_name.startswith("s3.")
            and control.severity is Severity.HIGH
            and control.safeguard == "network_exposure"
        }
        assert run(["controls", "ls", "--json"]) == CLEAN
        assert len(json.loads(capsys.readouterr().out)) == len(load())

    def test_as_a_table(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert run(["controls", "list", "--format", "csv"]) == CLEAN
        rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode("utf-8-sig"))))
        assert [row["id"] for row in rows] == [control.id for control in load()]
        assert {row["severity"] for row in rows} == {severity.value for severity in Severity}


@pytest.mark.parametrize(
    "words, said",
    [
        (["scann"], "Did you mean 'scan'?"),
        (["controls", "lst"], "Did you mean 'list'?"),
        (["exceptions", "ad"], "Did you mean 'add'?"),
        (["help", "explan"], "Did you mean 'explain'?"),
        (["scan", "--severty", "high"], "'--severity'"),
        (["scan", "--regions", "eu-west-1"], "--regions is an option of `hipaa-guard scan aws`"),
        (["scan", "aws", "--skip-path", "x"], "--skip-path is an option of `hipaa-guard scan terraform`"),
        (["scan", "--severity", "hihg"], "did you mean high?"),
        (["scan", "--fail-on", "lo"], "did you mean low?"),
        (["scan", "-o", "sarf"], "did you mean sarif?"),
        (["scan", "-c", "s3_bucket_versionning"], "did you mean s3_bucket_versioning_enabled"),
        (["scan", "-c", "s3_bukket_*"], "there is no control 's3_bukket_*': did you mean s3_"),
        (["scan", "--skip-control", "nothing_*"], "`hipaa-guard controls list` shows them all"),
        (["scan", "-c", "CKV_AWS_33333"], "did you mean CKV_AWS_"),
        (["scan", "-c", "164.312(x)(1)"], "did you mean 164.312("),
        (["scan", "-c", "164.310(a)(1)"], "no control can judge it; a person has to"),
        (["controls", "list", "--service", "xyzw"], "there are cloudtrail"),
        (["controls", "list", "--service", "dynamo"], "did you mean dynamodb?"),
        (["controls", "list", "--safeguard", "patchin"], "did you mean patching?"),
        (["explain", "ebs_volume_encypted"], "did you mean ebs_volume_encrypted"),
        (["completion", "bsh"], "did you mean bash?"),
        (["scan", "--color", "alway"], "did you mean always?"),
    ],
)
def test_a_wrong_word_gets_the_nearest_right_one(capsys: Captured, words: list[str], said: str) -> None:
    message = refused(capsys, *words)
    assert said in message
    assert "Traceback" not in message


def test_words_for_help_and_version(capsys: Captured) -> None:
    assert run(["version"]) == run(["--version"]) == CLEAN
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert run(["help", "scan", "tf"]) == CLEAN
    assert "--skip-path" in capsys.readouterr().out
    assert run(["help"]) == CLEAN
    assert "Verbs" in capsys.readouterr().out
    assert "has no verbs" in refused(capsys, "help", "explain", "x")
