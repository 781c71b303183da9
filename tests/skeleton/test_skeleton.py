"""The skeleton of a service: written whole into a copy, it passes the linters, and the tests say what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.tools import copied
from tests.skeleton import models
from tests.skeleton.__main__ import ROOT, main
from tests.skeleton.tables import kinds
from tests.skeleton.texts import files

NAMES = ("kinesis", "workspaces", "firehose", "ecr", "elasticache")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the skeletons of services that it does not have."""
    root = copied(tmp_path_factory.mktemp("skeleton"))
    for name in ("tests", "examples"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "recorded"))
    # The modules of an installed package come before those of the directory, but for what lies in it.
    for name in ("policies", "reports"):
        (root / "src" / "hipaa_guard" / name).symlink_to(root / name)
    for name in NAMES:
        assert main([name, "--root", str(root)]) == 0
    return root


def written(name: str) -> list[str]:
    return list(files(name, kinds(name)[0]))


def ran(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_the_linters_accept_it(copy: Path) -> None:
    every = [path for name in NAMES for path in written(name)]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", "--no-incremental"]):
        done = ran(copy, *command, *every)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_say_in_words_what_is_missing(copy: Path) -> None:
    done = ran(
        copy,
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-q",
        "tests/test_services.py",
        "-k",
        "kinesis",
        "--basetemp",
        "temporary",
    )
    assert done.returncode == 1
    assert (
        "no control reads kinesis.Stream: write one in policies/access_control/ or policies/encryption_at_rest/"
        in done.stdout
    )
    assert "for unset= of Stream.encryption_type, Stream.kms_key_id, " in done.stdout
    assert "awscc_kinesis_stream: not in tests/reference. `make docs` adds types of awscc" in done.stdout


def test_it_is_the_table_that_a_person_would_write() -> None:
    (stream,), _ = kinds("kinesis")
    assert stream.listed.operation.name == "ListStreams"
    told = {fact.name: (fact.terraform, fact.awscc, fact.aws) for fact in stream.facts}
    asked = 'ask("kinesis.describe_stream_summary", "StreamDescriptionSummary.{}", StreamName="{{StreamName}}")'
    assert told["encryption_type"] == (
        "encryption_type",
        "stream_encryption.encryption_type",
        asked.format("EncryptionType"),
    )
    assert told["kms_key_id"] == ("kms_key_id", "stream_encryption.key_id", asked.format("KeyId"))
    assert "retention_period" in stream.unmatched
    text = files("kinesis", [stream])["src/hipaa_guard/services/kinesis.py"]
    assert 'aws_types = ("AWS::Kinesis::Stream",)\n    security_hub_type = "AwsKinesisStream"' in text
    assert "#   retention_period\n" in text


def test_the_hospital_makes_what_moto_makes_and_answers_the_rest() -> None:
    made = files("kinesis", kinds("kinesis")[0])["tests/aws/hospital/kinesis.py"]
    assert "create_stream(StreamName='phi', ShardCount=1)" in made
    told = files("firehose", kinds("firehose")[0])["tests/aws/hospital/firehose.py"]
    assert '"firehose.list_delivery_streams": lambda region, _:' in told
    assert '"HasMoreDeliveryStreams": False' in told


def test_what_is_listed_by_name_alone_is_described_by_that_name() -> None:
    (stream,), _ = kinds("firehose")
    assert stream.listed.wrap == "DeliveryStreamName"
    assert stream.described is not None
    assert stream.described.params == {"DeliveryStreamName": "DeliveryStreamName"}


def test_the_cases_stand_in_a_folder_of_the_service_and_are_told_to_both_sides() -> None:
    written = files("ecr", kinds("ecr", ["aws_ecr_repository"])[0])
    assert "tests/policies/ecr/__init__.py" in written
    cases = written["tests/policies/ecr/test_controls.py"]
    assert """return Told(resource("aws_ecr_repository", f'name = "phi"\\n{lines}'), seed)""" in cases
    assert "(ECR): repositories." in written["src/hipaa_guard/services/ecr.py"]


def test_a_kind_that_aws_calls_after_the_service_is_found_by_that_name() -> None:
    (vault,), _ = kinds("backup", ["aws_backup_vault"])
    assert (vault.name, vault.listed.operation.name) == ("BackupVault", "ListBackupVaults")
    assert vault.cloudformation == "AWS::Backup::BackupVault"
    assert 'arn="{BackupVaultArn}"' in files("backup", [vault])["src/hipaa_guard/services/backup.py"]
    assert [(fact.terraform, fact.aws) for fact in vault.facts] == [("kms_key_arn", 'listed("EncryptionKeyArn")')]


def test_a_required_block_is_written_as_one() -> None:
    cases = files("backup", kinds("backup", ["aws_backup_plan"])[0])["tests/policies/backup/test_controls.py"]
    assert "f'name = \"phi\"\\nrule {{}}\\n{lines}'" in cases


def test_a_type_that_nothing_lists_is_left_out_and_told() -> None:
    found, left_out = kinds("workspaces")
    assert [kind.type for kind in found] == ["aws_workspaces_workspace"]
    assert left_out == [
        "aws_workspaces_directory: no operation of workspaces lists it without being asked for something"
    ]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("kinesys", "boto3 has no service 'kinesys': did you mean kinesis"),
        ("sts", "no resource type that belongs to sts"),
        ("sqs", "src/hipaa_guard/services/sqs.py"),
    ],
)
def test_nothing_is_written_without_a_reason(
    name: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(tmp_path)
    assert main([name, "--root", str(root)]) == 2
    assert says in capsys.readouterr().err


def test_each_type_of_a_service_belongs_to_the_service_with_the_longest_prefix() -> None:
    assert [kind.type for kind in kinds("kinesis")[0]] == ["aws_kinesis_stream"]
    assert models.words("KmsKeyId") == models.words("kms_key_id")
