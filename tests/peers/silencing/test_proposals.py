"""Exceptions proposed for what other scanners were told to leave out, at the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hipaa_guard.cli.main import run
from tests.lifecycle.register_text import VERSIONING
from tests.peers.samples import REGION, checkov, misconfiguration, prowler, record, trivy

CLEAN, GAPS, USAGE, INCOMPLETE = range(4)
LOGGING, BLOCKED = "s3_bucket_access_logging_enabled", "s3_bucket_public_access_blocked"
SSH, RDP = "sg_no_public_ingress_ssh", "sg_no_public_ingress_rdp"
REGISTER = ".hipaa-guard/exceptions.yaml"
SAID = (
    *("--owner", "storage@example.org", "--approver", "security@example.org", "--expires-on", "2027-06-01"),
    *("--compensating-control", "The archive account keeps a copy of each object."),
)
WHY = "These buckets receive logs and nothing else."

MAIN = """
resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:These buckets receive the logs of the other buckets.
  # checkov:skip=CKV_AWS_21,CKV2_AWS_62: short
  bucket = "logs" /* bridgecrew:skip=CKV_AWS_9999:\x1b[31mred */
}

# checkov:skip=CKV_AWS_21:above a block it has no effect
resource "aws_s3_bucket_public_access_block" "logs" {
  bucket            = aws_s3_bucket.logs.id
  block_public_acls = true # checkov:skip=CKV_AWS_54
}

module "store" {
  # checkov:skip=CKV_AWS_18
  source   = "./store"
  for_each = toset(["charts", "scans"])
}
"""
STORE = """
resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_145:This comment is about a bucket with a key of its own.
  # checkov:skip=s3_bucket_versioning_enabled:Our control ran inside of Checkov.
  bucket_prefix = "store"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }
}
"""
OTHER = 'resource "aws_s3_bucket" "logs" {}\n'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")  # 2026-11-22
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name, text in {"infra/main.tf": MAIN, "infra/store/main.tf": STORE, "other/main.tf": OTHER}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "out").mkdir()
    run(["scan", "terraform", ".", "-q", "-o", "json=out/scan.json"])
    return tmp_path


def proposals(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["import", *arguments, "--as-exceptions", "new.yaml", "-o", "json"]) in (CLEAN, INCOMPLETE)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def named(found: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [
        (
            each["control"],
            each["resource"]["address"] or each["resource"]["arn"],
            [s["check"] for s in each["silenced"]],
        )
        for each in found["proposed"]
    ]


def left(found: dict[str, Any]) -> dict[str, str]:
    return {f"{each['check']} {each['place'].rpartition(':')[2]}": each["why"] for each in found["not_proposed"]}


class TestComments:
    def test_each_is_proposed_or_listed(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        found = proposals(capsys, "infra")
        charts, scans = (f'module.store["{key}"].aws_s3_bucket.this' for key in ("charts", "scans"))
        assert sorted(named(found)) == [
            (LOGGING, "aws_s3_bucket.logs", ["CKV_AWS_18"]),
            (LOGGING, charts, ["CKV_AWS_18"]),
            (LOGGING, scans, ["CKV_AWS_18"]),
            (BLOCKED, "aws_s3_bucket.logs", ["CKV_AWS_54"]),
            (VERSIONING, "aws_s3_bucket.logs", ["CKV_AWS_21"]),
            (VERSIONING, charts, [VERSIONING]),
            (VERSIONING, scans, [VERSIONING]),
        ]
        assert {each["resource"]["root"] for each in found["proposed"]} == {"infra"}
        why = left(found)
        assert why["CKV2_AWS_62 4"] == "no control of ours is its equivalent"
        assert why["CKV_AWS_9999 5"] == "no control of ours is its equivalent"
        assert why["CKV_AWS_21 8"].startswith("it stands outside of a resource")
        assert why["CKV_AWS_145 3"].endswith("nothing is left to accept: it passes or does not apply")
        assert len(why) == 4
        assert found["summary"] == {"silenced": 9, "proposed": 7, "not_proposed": 4}

    def test_a_control_that_asks_more_than_was_skipped_says_so(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (blocked,) = [each for each in proposals(capsys, "infra")["proposed"] if each["control"] == BLOCKED]
        assert blocked["also_asks"] == ["CKV_AWS_53", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6"]

    def test_one_file_is_read_alone(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert {control for control, _, _ in named(proposals(capsys, "infra/store/main.tf"))} == {VERSIONING}

    def test_text_of_the_tree_acts_nowhere(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(["import", "infra", "--as-exceptions", "new.yaml"])
        shown = capsys.readouterr()
        assert "red" in shown.out
        assert "\x1b" not in shown.out + shown.err + (tree / "new.yaml").read_text()


class TestRegister:
    def test_what_is_said_makes_a_register_that_scans_use(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["import", "infra", "--as-exceptions", REGISTER, "--justification", WHY, *SAID]) == CLEAN
        entries = yaml.safe_load((tree / REGISTER).read_text())["exceptions"]
        assert [entry["id"] for entry in entries] == [f"EX-{number}" for number in range(1, 8)]
        (logs,) = [e for e in entries if (e["control"], e["scope"]["address"]) == (LOGGING, "aws_s3_bucket.logs")]
        assert logs["justification"] == (
            f"{WHY} These buckets receive the logs of the other buckets. (From Checkov CKV_AWS_18 at infra/main.tf:3.)"
        )
        assert str(logs["approved_on"]) == "2026-11-22"
        assert run(["exceptions", "lint"]) == CLEAN
        capsys.readouterr()
        run(["scan", "terraform", ".", "-q", "-o", "json"])
        covered = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["exception"]]
        assert len(covered) == len(entries)
        assert {each["status"] for each in covered} == {"fail"}  # an exception is never a pass

    def test_a_second_time_nothing_is_added(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        command = ["import", "infra", "--as-exceptions", REGISTER, "--justification", WHY, *SAID]
        assert run(command) == CLEAN
        before = (tree / REGISTER).read_text()
        capsys.readouterr()
        assert run(command) == CLEAN
        told = capsys.readouterr()
        assert (tree / REGISTER).read_text() == before
        assert "of the register is for it" in told.out
        assert "nothing is proposed" in told.err

    def test_entries_are_added_behind_those_that_are_there(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(["import", "infra/store", "--as-exceptions", REGISTER, "--justification", WHY, *SAID])
        before = (tree / REGISTER).read_text()
        assert run(["import", "infra", "--as-exceptions", REGISTER, "--justification", WHY, *SAID]) == CLEAN
        after = (tree / REGISTER).read_text()
        assert after.startswith(before.rstrip())
        assert [entry["id"] for entry in yaml.safe_load(after)["exceptions"]] == [f"EX-{n}" for n in range(1, 8)]

    def test_what_nobody_said_is_left_to_fill_in_and_holds_until_then(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["import", "infra", "--as-exceptions", "new.yaml"]) == CLEAN
        assert "a person fills in approved_on, approver," in capsys.readouterr().err
        text = (tree / "new.yaml").read_text()
        assert "    owner:  # fill in\n" in text
        assert "  # Checkov CKV_AWS_21 at infra/main.tf:4: short\n" in text
        assert "justification: These buckets receive the logs" in text  # a reason that is long enough stands
        assert run(["exceptions", "lint", "--exceptions", "new.yaml"]) == USAGE
        assert "EX-1: owner: is empty: fill it in" in capsys.readouterr().err
        assert run(["scan", "terraform", ".", "-q", "--exceptions", "new.yaml"]) == USAGE

    def test_a_register_that_is_there_is_not_spoilt(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tree / "new.yaml").write_text("version: 1\nexceptions: []\n")
        assert run(["import", "infra", "--as-exceptions", "new.yaml"]) == USAGE
        assert (
            "give --approver, --compensating-control, --expires-on, --justification, --owner, or name a new file"
            in " ".join(capsys.readouterr().err.split())
        )
        assert (tree / "new.yaml").read_text() == "version: 1\nexceptions: []\n"

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--owner", "a@example.org", "--approver", "A@example.org", "--expires-on", "2027-01-01"), "the owner"),
            (("--owner", "a", "--approver", "b", "--expires-on", "2029-01-01"), "more than 365 days"),
        ],
    )
    def test_what_the_register_refuses_is_not_written(
        self, tree: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
    ) -> None:
        measure = ("--compensating-control", "The archive account keeps a copy of each object.")
        command = ["import", "infra", "--as-exceptions", "new.yaml", "--justification", WHY, *measure, *options]
        assert run(command) == USAGE
        assert said in capsys.readouterr().err
        assert not (tree / "new.yaml").exists()


class TestBaseline:
    def write(self, directory: Path, file: str, resource: str, *checks: str) -> None:
        findings = [{"resource": resource, "check_ids": list(checks)}]
        text = json.dumps({"failed_checks": [{"file": file, "findings": findings}]})
        (directory / ".checkov.baseline").write_text(text)

    def test_the_file_says_the_root(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.write(tree / "infra", "/main.tf", "aws_s3_bucket.logs", "CKV_AWS_21", "CKV2_AWS_62")
        found = proposals(capsys, "infra/.checkov.baseline")
        assert named(found) == [(VERSIONING, "aws_s3_bucket.logs", ["CKV_AWS_21"])]
        assert found["proposed"][0]["resource"]["root"] == "infra"
        assert [each["check"] for each in found["not_proposed"]] == ["CKV2_AWS_62"]

    def test_a_file_that_is_not_beside_it_may_be_of_several_roots(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.write(tree, "/main.tf", "aws_s3_bucket.logs", "CKV_AWS_21")
        found = proposals(capsys, ".checkov.baseline")
        assert found["proposed"] == []
        assert found["not_proposed"][0]["why"].startswith("the address exists in several roots (infra, other)")

    def test_a_resource_that_is_gone(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.write(tree, "/infra/main.tf", "aws_s3_bucket.gone", "CKV_AWS_21")
        (only,) = proposals(capsys, ".checkov.baseline")["not_proposed"]
        assert only["why"] == "the scan judged no such resource by a control that is its equivalent"


class TestReports:
    """Reports in which the tool says what it did not count."""

    def test_skipped_results_of_checkov(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        report = checkov(
            record("CKV_AWS_21", "SKIPPED", "aws_s3_bucket.logs", (2, 6), "/infra/main.tf"),
            record("CKV_AWS_18", "FAILED", "aws_s3_bucket.logs", (2, 6), "/infra/main.tf"),
        )
        (tree / "checkov.json").write_text(json.dumps(report))
        assert named(proposals(capsys, "checkov.json")) == [(VERSIONING, "aws_s3_bucket.logs", ["CKV_AWS_21"])]

    def test_a_check_that_stands_for_several_controls_is_listed_with_them(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rule = 'protocol = "-1"\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]'
        group = f'resource "aws_security_group" "open" {{\n ingress {{\n {rule}\n }}\n}}\n'
        (tree / "other/main.tf").write_text(group)
        run(["scan", "terraform", "other", "-q", "-o", "json=out/scan.json"])
        ignored = misconfiguration("AVD-AWS-0107", "EXCEPTION", "aws_security_group.open", (1, 8))
        (tree / "trivy.json").write_text(json.dumps(trivy(ignored)))
        found = proposals(capsys, "trivy.json")
        assert found["proposed"] == []
        why = found["not_proposed"][0]["why"]
        assert "several controls that fail" in why
        assert SSH in why
        assert RDP in why


class TestRefused:
    @pytest.mark.parametrize(
        ("file", "text", "said"),
        [
            ("x.yaml", "Mutelist: {Accounts: []}", "Accounts is no mapping"),
            ("x.yaml", "a: [", "it is not YAML"),
            ("x.yaml", "rules: []", "no mutelist"),
            ("x.json", "{", "it is not JSON"),
            ("x.json", '{"failed_checks": [{"file": "/a.tf", "findings": [{"resource": "a.b", "check_ids": 3}]}]}', "check_ids"),
            ("x.json", '{"failed_checks": [3]}', "not an object"),
            ("x.yaml", "a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(
                f"{chr(c + 1)}: &{chr(c + 1)} [*{chr(c)}, *{chr(c)}, *{chr(c)}, *{chr(c)}]\n" for c in range(98, 112)
            ), "aliases"),
        ],
    )  # fmt: skip
    def test_a_file_of_another_form(
        self, tree: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, said: str
    ) -> None:
        (tree / file).write_text(text)
        assert run(["import", file, "--as-exceptions", "new.yaml"]) == USAGE
        told = capsys.readouterr().err
        assert said in told
        assert file in told
        assert not (tree / "new.yaml").exists()

    def test_without_a_scan(self, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tree / "out/scan.json").unlink()
        assert run(["import", "infra", "--as-exceptions", "new.yaml"]) == USAGE
        assert "scan the same first" in capsys.readouterr().err

    @pytest.mark.parametrize("path", ["infra", "infra/main.tf", "nothing.yml", ".checkov.baseline"])
    def test_without_a_register_to_write(self, tree: Path, capsys: pytest.CaptureFixture[str], path: str) -> None:
        assert run(["import", path]) == USAGE
        assert "--as-exceptions FILE" in capsys.readouterr().err

    @pytest.mark.parametrize("option", [("--owner", "a@example.org"), ("--expires-on", "2027-01-01")])
    def test_what_is_said_of_exceptions_goes_with_them(
        self, tree: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
    ) -> None:
        assert run(["import", "x.json", *option]) == USAGE
        assert f"{option[0]} goes with --as-exceptions FILE" in capsys.readouterr().err

    def test_a_file_that_cannot_be_read_makes_it_incomplete(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tree / "infra/broken.tf").write_bytes(b"\xff\xfe:skip=")
        assert run(["import", "infra", "--as-exceptions", "new.yaml"]) == INCOMPLETE
        assert "broken.tf: UTF-16 text" in capsys.readouterr().out


MUTES = """
Mutelist:
  Accounts:
    "*":
      Checks:
        "s3_bucket_object_v*":
          Regions: ["eu-west-1"]
          Resources: ["logs"]
          Description: They receive the logs of the other buckets.
        "s3_bucket_server_access_logging_enabled":
          Regions: ["*"]
          Resources: ["*"]
          Exceptions:
            Regions: ["eu-.*"]
            Resources: ["^phi$"]
        "s3_bucket_secure_transport_policy":
          Regions: ["*"]
          Resources: ["*"]
          Tags: ["environment=dev"]
        "s3_bucket_kms_encryption":
          Regions: ["*"]
          Resources: ["[*"]
        "vpc_peering_*":
          Regions: ["*"]
          Resources: ["*"]
    "999999999999":
      Checks:
        "s3_bucket_object_versioning":
          Regions: ["*"]
          Resources: ["phi"]
"""


class TestMutelist:
    @pytest.fixture
    def account(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        import os

        import boto3
        from moto import mock_aws

        from hipaa_guard.outputs.json import writing
        from hipaa_guard.scanning.aws import AwsTarget, scan_aws
        from hipaa_guard.scanning.options import Options

        monkeypatch.chdir(tmp_path)
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "simulated")
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            monkeypatch.setenv(name, os.devnull)
        with mock_aws():
            s3 = boto3.client("s3", region_name=REGION)
            for name in ("phi", "ci-logs", "logs-replica"):
                s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
            only = (VERSIONING, LOGGING, "s3_bucket_tls_required")
            found = scan_aws(Options(only=only), AwsTarget(regions=REGION))
        (tmp_path / "scan.json").write_text(writing.render(found))
        return tmp_path

    def test_patterns_meet_the_resources_that_prowler_would_mute(
        self, account: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (account / "mutes.yaml").write_text(MUTES)
        found = proposals(capsys, "mutes.yaml", "--with", "scan.json")
        ci, replica = "arn:aws:s3:::ci-logs", "arn:aws:s3:::logs-replica"
        assert sorted(named(found)) == [
            (LOGGING, ci, ["s3_bucket_server_access_logging_enabled"]),
            (LOGGING, replica, ["s3_bucket_server_access_logging_enabled"]),
            (VERSIONING, ci, ["s3_bucket_object_versioning"]),
            (VERSIONING, replica, ["s3_bucket_object_versioning"]),
        ]
        why = {each["check"]: each["why"] for each in found["not_proposed"]}
        assert "by tags" in why["s3_bucket_secure_transport_policy"]
        assert why["s3_bucket_kms_encryption"] == "'[*' is no pattern that can be read"
        assert why["vpc_peering_*"] == "no control of ours is its equivalent"
        assert why["s3_bucket_object_versioning"].startswith("the scan judged no such resource")
        (ci_versions,) = [each for each in found["proposed"] if named({"proposed": [each]})[0][:2] == (VERSIONING, ci)]
        assert ci_versions["silenced"][0]["reason"] == "They receive the logs of the other buckets."

    def test_a_pattern_is_one_line_for_all_checks_without_a_resource(
        self, account: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = 'Mutelist: {Accounts: {"*": {Checks: {"*": {Regions: ["*"], Resources: ["^phi$"]}}}}}\n'
        (account / "mutes.yaml").write_text(text)
        command = ["import", "mutes.yaml", "--with", "scan.json", "--as-exceptions", "new.yaml"]
        assert run(command) == CLEAN
        told = capsys.readouterr().out
        assert told.count("the scan judged no such resource") == 1
        assert " more checks, mutes.yaml: account *, check *" in told
        assert "3 exceptions proposed" in told

    def test_an_entry_is_for_the_arn(self, account: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (account / "mutes.yaml").write_text(MUTES)
        command = ["import", "mutes.yaml", "--with", "scan.json", "--as-exceptions", "new.yaml"]
        assert run([*command, "--justification", WHY, *SAID]) == CLEAN
        scopes = [entry["scope"] for entry in yaml.safe_load((account / "new.yaml").read_text())["exceptions"]]
        assert {"arn": "arn:aws:s3:::ci-logs"} in scopes
        assert run(["exceptions", "lint", "--exceptions", "new.yaml"]) == CLEAN

    def test_a_key_that_stands_twice_is_told(self, account: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = 'Mutelist:\n  Accounts:\n    "*": {Checks: {}}\n    "*": {Checks: {}}\n'
        (account / "mutes.yaml").write_text(text)
        command = ["import", "mutes.yaml", "--with", "scan.json", "--as-exceptions", "new.yaml"]
        assert run(command) == INCOMPLETE
        assert "line 4: '*' is there twice" in capsys.readouterr().out

    def test_muted_results_of_prowler(self, account: Path, capsys: pytest.CaptureFixture[str]) -> None:
        events = [
            prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::phi", status_id=3),
            prowler("s3_bucket_object_versioning", "FAIL", "arn:aws:s3:::ci-logs"),
        ]
        (account / "prowler.json").write_text(json.dumps(events))
        found = proposals(capsys, "prowler.json", "--with", "scan.json")
        assert named(found) == [(VERSIONING, "arn:aws:s3:::phi", ["s3_bucket_object_versioning"])]
