"""Our controls inside stock Checkov: its verdicts are ours, and what is not known is skipped, never passed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.loading import load
from hipaa_guard.peers.merge import merge
from hipaa_guard.peers.reading import read
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.register_text import VERSIONING, entry, register
from tests.terraform.plans import block, change, plan

OWN_PLACE = Path(sys.prefix) / "checkov" / "bin" / "checkov"
CHECKOV = str(OWN_PLACE) if OWN_PLACE.exists() else shutil.which("checkov")
EXAMPLES = Path(__file__).parents[2] / "examples"
FOUND, USAGE = 1, 2

KINDS = {"PASSED": Status.PASS, "FAILED": Status.FAIL, "SKIPPED": Status.UNKNOWN}

needs_checkov = pytest.mark.skipif(
    CHECKOV is None,
    reason="needs Checkov (`make tools` installs it)",
)


@cache
def directory() -> str:
    told = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", "checkov-dir"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def checkov(
    *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    assert CHECKOV is not None
    own = {"HIPAA_GUARD": str(Path(sys.executable).parent / "hipaa-guard"), **(environment or {})}
    given = ("--external-checks-dir", directory(), "--skip-download", "--compact", "-o", "json")
    return subprocess.run(
        [CHECKOV, *arguments, *given], cwd=cwd, env=os.environ | own, capture_output=True, text=True, check=False
    )


def records(ended: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert ended.stdout, ended.stderr
    results = json.loads(ended.stdout)["results"]
    return [each for name in ("passed_checks", "failed_checks", "skipped_checks") for each in results.get(name, [])]


def verdicts(found: list[dict[str, Any]]) -> Counter[tuple[str, str, Status]]:
    return Counter((each["check_id"], each["resource"], KINDS[each["check_result"]["result"]]) for each in found)


def ours(target: Path) -> Counter[tuple[str, str | None, Status]]:
    """Our verdicts, by a process of its own: other tests here define kinds that would be looked for as well."""
    asked = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", str(target), "-q", "-o", "json"]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    judged = (each for each in json.loads(ended.stdout)["findings"] if each["status"] in KINDS.values())
    return Counter((each["control_id"], each["resource"]["address"], Status(each["status"])) for each in judged)


def of(found: list[dict[str, Any]], address: str) -> tuple[str, str]:
    """The result and the reason of the one record on a resource."""
    (record,) = [each for each in found if each["resource"] == address]
    return record["check_result"]["result"], record["check_result"].get("suppress_comment", "")


def test_the_directory_is_printed_and_holds_nothing_else_that_checkov_would_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["checkov-dir"]) == 0
    found = Path(capsys.readouterr().out.strip())
    assert {file.name for file in found.iterdir() if file.is_file()} == {"__init__.py", "hipaa_guard_checks.py"}


@needs_checkov
class TestInsideCheckov:
    def test_verdicts_on_the_examples_are_ours(self, tmp_path: Path) -> None:
        ended = checkov("-d", str(EXAMPLES), "--framework", "terraform", cwd=EXAMPLES)
        assert ended.returncode == FOUND
        known = ours(EXAMPLES)
        controls = {control for control, _, _ in known}
        found = [each for each in records(ended) if each["check_id"] in controls]
        assert verdicts(found) == known
        skipped = [each["check_result"] for each in found if each["check_result"]["result"] == "SKIPPED"]
        assert skipped
        assert all(each["suppress_comment"].startswith("not known: it cannot be judged: ") for each in skipped)
        failed = next(each for each in found if each["check_result"]["result"] == "FAILED")
        assert failed["details"]
        assert failed["guideline"].startswith("45 CFR 164.")
        (tmp_path / "checkov.json").write_text(ended.stdout)
        self.check_import(tmp_path / "checkov.json")

    def check_import(self, file: Path) -> None:
        """What Checkov has really written can be laid beside our scan."""
        scan = scan_terraform(TerraformTarget(EXAMPLES), Options())
        merged = merge([read(file)], load(()), scan)
        ours = {(row.controls[0].id, row.label): row for row in merged.rows if row.finding is not None}
        assert len(ours) == len(scan.findings)
        exports = ours["s3_bucket_public_access_blocked", 'module.documents["exports"].aws_s3_bucket.this']
        said = {opinion.check for opinion in exports.opinions if opinion.status is Status.FAIL}
        assert {"s3_bucket_public_access_blocked", "CKV_AWS_53", "CKV_AWS_56"} <= said
        assert not [each for each in merged.unmapped if each.check in {control for control, _ in ours}]

    def test_a_replica_is_judged_with_the_block_that_it_stands_in(self, tmp_path: Path) -> None:
        lines = 'point_in_time_recovery {\n enabled = true\n }\n replica {\n region_name = "eu-west-1"\n }'
        (tmp_path / "main.tf").write_text(f'resource "aws_dynamodb_table" "phi" {{\n name = "phi"\n {lines}\n}}\n')
        found = records(checkov("-d", ".", "--check", "dynamodb_table_pitr_enabled", cwd=tmp_path))
        assert of(found, "aws_dynamodb_table.phi")[0] == "FAILED"
        assert 'aws_dynamodb_table.phi.replica["eu-west-1"] has' in " ".join(found[0]["details"])

    def test_verdicts_on_a_plan_are_ours(self, tmp_path: Path) -> None:
        file = tmp_path / "plan.json"
        changes = [
            change("aws_s3_bucket.phi", {"bucket": "phi"}, {"id": True}),
            change("aws_s3_bucket.notes", {"bucket": "notes"}, {"id": True}),
            change(
                "aws_s3_bucket_versioning.notes",
                {"versioning_configuration": [{"status": "Enabled"}]},
                {"bucket": True},
            ),
        ]
        to_notes = {"references": ["aws_s3_bucket.notes.id", "aws_s3_bucket.notes"]}
        split = block("aws_s3_bucket_versioning.notes", {"bucket": to_notes})
        document = plan(changes, [block("aws_s3_bucket.phi", {}), block("aws_s3_bucket.notes", {}), split])
        planned = [{**each, "values": each["change"]["after"]} for each in changes]
        file.write_text(json.dumps(document | {"planned_values": {"root_module": {"resources": planned}}}))
        ended = checkov("-f", str(file), "--framework", "terraform_plan", cwd=tmp_path)
        known = ours(file)
        assert known[VERSIONING, "aws_s3_bucket.notes", Status.PASS]
        controls = {control for control, _, _ in known}
        assert verdicts([each for each in records(ended) if each["check_id"] in controls]) == known

    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        (tmp_path / "main.tf").write_text(
            'variable "keep" {\n  type = string\n}\n\nvariable "buckets" {\n  type = number\n}\n\n'
            'resource "aws_s3_bucket" "phi" {\n  versioning {\n    enabled = var.keep\n  }\n}\n\n'
            'resource "aws_s3_bucket" "notes" {\n  # checkov:skip=s3_bucket_versioning_enabled:a copy\n}\n\n'
            'resource "aws_s3_bucket" "archive" {\n}\n\n'
            'resource "aws_s3_bucket" "logs" {\n}\n\n'
            'resource "aws_s3_bucket" "many" {\n  count = var.buckets\n}\n'
        )
        (tmp_path / "prod.tfvars").write_text('keep = "true"\n')
        file = tmp_path / ".hipaa-guard" / "exceptions.yaml"
        file.parent.mkdir()
        file.write_text(register(entry(scope={"address": "aws_s3_bucket.archive"})))
        return tmp_path

    def test_what_is_skipped_says_why(self, tree: Path) -> None:
        found = records(checkov("-d", ".", "--framework", "terraform", "-c", VERSIONING, cwd=tree))
        result, reason = of(found, "aws_s3_bucket.phi")
        assert result == "SKIPPED"
        assert reason.startswith("not known: it cannot be judged: versioning: var.keep")
        assert of(found, "aws_s3_bucket.notes") == ("SKIPPED", "a copy")
        result, reason = of(found, "aws_s3_bucket.archive")
        assert result == "SKIPPED"
        assert reason.startswith("accepted risk EX-1: it ")
        assert of(found, "aws_s3_bucket.logs")[0] == "FAILED"
        assert of(found, "aws_s3_bucket.many")[0] == "FAILED"

    def test_the_scan_takes_options(self, tree: Path) -> None:
        options = {"HIPAA_GUARD_SCAN_OPTIONS": "--var-file prod.tfvars"}
        ended = checkov("-d", ".", "--framework", "terraform", "-c", VERSIONING, cwd=tree, environment=options)
        assert of(records(ended), "aws_s3_bucket.phi")[0] == "PASSED"

    def test_a_scan_that_fails_passes_nothing(self, tree: Path) -> None:
        options = {"HIPAA_GUARD_SCAN_OPTIONS": "--var-file none.tfvars"}
        ended = checkov("-d", ".", "--framework", "terraform", "-c", VERSIONING, cwd=tree, environment=options)
        result, reason = of(records(ended), "aws_s3_bucket.logs")
        assert result == "SKIPPED"
        assert "none.tfvars" in reason
        assert "none.tfvars" in ended.stderr

    def test_without_hipaa_guard_checkov_stops_instead_of_going_on_without_the_controls(self, tree: Path) -> None:
        gone = {"HIPAA_GUARD": str(tree / "hipaa-guard")}
        ended = checkov("-d", ".", "--framework", "terraform", cwd=tree, environment=gone)
        assert ended.returncode == USAGE
        assert not ended.stdout
        assert "hipaa-guard cannot be run" in ended.stderr
