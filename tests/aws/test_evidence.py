"""The answers of a scan as files, and judging them again without AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.aws.keeping.evidence import read
from hipaa_guard.cli.main import run
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.json.writing import render
from hipaa_guard.scanning.aws import AwsTarget, rejudge, scan_aws
from hipaa_guard.scanning.options import InputError, Options

SECRET = "correct-horse-battery"
CHOSEN = Options(
    only=(
        "s3_bucket_versioning_enabled",
        "s3_bucket_tls_required",
        "lambda_env_no_secrets",
        "iam_root_mfa_enabled",
    )
)


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Assessment, Path]:
    """A scan of an account with a function that has a password in its environment, and its evidence."""
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="records")
        iam = boto3.client("iam")
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust, Description="of nobody's business")["Role"]
        boto3.client("lambda").create_function(
            FunctionName="admit",
            Role=role["Arn"],
            Runtime="python3.12",
            Handler="a.b",
            Code={"ZipFile": b"code"},
            Environment={"Variables": {"DB_PASSWORD": SECRET}},
            Description="of nobody's business",
        )
        return scan_aws(CHOSEN, AwsTarget(regions="us-east-1"), evidence=tmp_path / "kept"), tmp_path / "kept"


def manifest(directory: Path) -> dict[str, Any]:
    (path,) = directory.glob("*.json")
    return json.loads(path.read_text())  # type: ignore[no-any-return]


def objects(directory: Path) -> list[Path]:
    return sorted((directory / "objects").iterdir())


def test_judged_again_it_says_the_same(kept: tuple[Assessment, Path]) -> None:
    live, directory = kept
    assert render(rejudge(CHOSEN, directory)) == render(live)
    assert any(finding.status is Status.FAIL for finding in live.findings)


def test_each_call_is_there_with_where_and_when(kept: tuple[Assessment, Path]) -> None:
    live, directory = kept
    document = manifest(directory)
    (policy,) = (entry for entry in document["answers"] if entry["operation"] == "s3.get_bucket_policy")
    assert policy["parameters"] == {"Bucket": "records"}
    assert policy["region"] == "us-east-1"
    assert policy["refusal"]["code"] == "NoSuchBucketPolicy"
    assert policy["object"] is None
    assert (document["account"], document["regions"]) == ("123456789012", ["us-east-1"])
    told = {call.operation: call for finding in live.findings for each in finding.evidence for call in each.calls}
    assert told["s3.get_bucket_policy"].params == {"Bucket": "records"}
    assert told["s3.get_bucket_policy"].time.isoformat() == policy["time"]


def test_only_what_is_read_is_stored_and_no_secret(kept: tuple[Assessment, Path]) -> None:
    live, directory = kept
    stored = "".join(path.read_text() for path in directory.rglob("*.json"))
    assert SECRET not in stored
    assert "nobody" not in stored
    assert "a password in DB_PASSWORD" in stored
    assert any("DB_PASSWORD" in finding.message for finding in live.findings)


def test_nobody_else_may_read_it(kept: tuple[Assessment, Path]) -> None:
    _, directory = kept
    assert {path.stat().st_mode & 0o077 for path in (directory, *directory.rglob("*"))} == {0}


def test_what_did_not_change_is_stored_once(kept: tuple[Assessment, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    _, directory = kept
    before = objects(directory)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="records")
        scan_aws(Options(only=("s3_bucket_versioning_enabled",)), AwsTarget(regions="us-east-1"), evidence=directory)
    assert len(list(directory.glob("*.json"))) == 2
    assert set(objects(directory)) >= set(before)
    assert read(directory).started.year == 2026


def test_a_changed_object_is_refused(kept: tuple[Assessment, Path]) -> None:
    _, directory = kept
    for each in objects(directory):
        each.write_text("{}")
    with pytest.raises(InputError, match="was changed after the scan"):
        rejudge(CHOSEN, directory)


def test_a_missing_object_is_refused(kept: tuple[Assessment, Path]) -> None:
    _, directory = kept
    objects(directory)[0].unlink()
    with pytest.raises(InputError, match="which the manifest names, cannot be read"):
        rejudge(CHOSEN, directory)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 7}', '{"format": 1}', '{"format": 1, "answers": [{}]}', "\x00"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(text)
    assert run(["scan", "aws", "--replay", str(file)]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert run(["scan", "aws", "--replay", str(tmp_path / "nowhere")]) == 2
    (tmp_path / "empty").mkdir()
    assert run(["scan", "aws", "--replay", str(tmp_path / "empty")]) == 2


def test_what_was_not_asked_then_is_not_known_now(kept: tuple[Assessment, Path]) -> None:
    """A control that reads more than was stored is unknown: never "none is configured"."""
    _, directory = kept
    more = Options(only=("s3_bucket_versioning_enabled", "kms_key_rotation_enabled", "lambda_function_not_public"))
    again = rejudge(more, directory)
    verdicts = {finding.control_id: finding for finding in again.findings}
    assert verdicts["s3_bucket_versioning_enabled"].status is Status.FAIL
    for control in ("kms_key_rotation_enabled", "lambda_function_not_public"):
        assert verdicts[control].status is Status.UNKNOWN
        assert "is not in the evidence" in verdicts[control].message
    assert not again.coverage.complete


def test_a_field_that_was_not_kept_is_not_taken_for_absent(kept: tuple[Assessment, Path]) -> None:
    """The same call may be read for more by another version: then its stored answer is not enough."""
    _, directory = kept
    (path,) = directory.glob("*.json")
    document = json.loads(path.read_text())
    del document["fields"]["s3.get_bucket_versioning"]
    path.write_text(json.dumps(document))
    (finding,) = rejudge(Options(only=("s3_bucket_versioning_enabled",)), directory).findings
    assert finding.status is Status.UNKNOWN


@pytest.mark.parametrize("more", [["--resume"], ["--regions", "us-east-1"], ["--evidence", "x"], ["--dry-run"]])
def test_nothing_of_an_account_goes_with_a_replay(
    tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "aws", "--replay", str(tmp_path), *more]) == 2
    assert "--replay" in capsys.readouterr().err


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    with mock_aws():
        code = run(
            [
                "scan",
                "aws",
                "--regions",
                "us-east-1",
                "-q",
                "-c",
                "iam_root_mfa_enabled",
                "--evidence",
                f"{tmp_path}/file/x",
            ]
        )
    assert code == 2
    assert "The evidence cannot be written" in capsys.readouterr().err
