"""The template of a policy of one's own, and `policies test`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_guard.cli import policy_template
from tests.controls.own_policies.running import CLEAN, FAULTS, ID, ROOT, USAGE, policies


def refused(*arguments: str | Path) -> str:
    """What is said of arguments that cannot be used."""
    from hipaa_guard.cli.main import run

    assert run(["policies", *map(str, arguments)]) == USAGE
    return ""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    assert policies("new", ID, "--kind", "ebs.Volume", "--directory", tmp_path).exception is None
    return tmp_path


def edited(directory: Path, name: str, old: str, new: str) -> None:
    file = directory / name
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_what_the_template_writes_runs_and_holds_for_every_kind(tmp_path: Path) -> None:
    kinds = policy_template.kinds()
    assert {"s3.Bucket", "ebs.Volume", "rds.Instance", "kms.Key", "iam.Role"} <= kinds.keys()
    for name, kind in kinds.items():
        id = f"own_{name.lower().replace('.', '_')}"
        (tmp_path / f"{id}.py").write_text(policy_template.policy_text(id, kind))
        (tmp_path / f"test_{id}.py").write_text(policy_template.table_text(id, kind))
    told = policies("test", tmp_path)
    assert told.return_value == CLEAN, told.output
    assert f"{len(kinds)} controls, {3 * len(kinds)} cases hold, 0 faults" in told.output


def test_what_the_template_writes_needs_no_formatting(written: Path) -> None:
    config = ROOT / "pyproject.toml"
    command = [sys.executable, "-m", "ruff", "format", "--check", "--config", str(config), str(written)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("new", "Own", "--directory", "{dir}"), "is not an id"),
        (("new", "own", "--directory", "{dir}"), "is not an id"),
        (("new", "s3_bucket_tls_required", "--directory", "{dir}"), "already"),
        (("new", ID, "--directory", "{dir}"), "already"),
        (("new", "own_other", "--kind", "s3.Buckte", "--directory", "{dir}"), "did you mean s3.Bucket"),
        (("test", "{dir}/nowhere"), "no policies directory"),
    ],
)
def test_what_cannot_be_done_is_said(
    written: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    refused(*(argument.replace("{dir}", str(written)) for argument in arguments))
    assert says in capsys.readouterr().err


def test_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / f"test_{ID}.py").write_text("")
    refused("new", ID, "--directory", tmp_path)
    assert "is not overwritten" in capsys.readouterr().err
    assert (tmp_path / f"test_{ID}.py").read_text() == ""
    assert not (tmp_path / f"{ID}.py").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (f"{ID}.py", "if resource.encrypted:", "if not resource.encrypted:", "as it should be: expected pass"),
        (f"{ID}.py", "if resource.encrypted:", "if resource.nothing:", "AttributeError"),
        (f"test_{ID}.py", "        UNKNOWN,", "        PASS,", "has no case that is unknown"),
        (f"test_{ID}.py", "test_verdict = cases(", "(lambda *_, **__: None)(", "it has no cases"),
        (f"test_{ID}.py", 'resource "aws_ebs_volume"', "resource", "cannot be read in full"),
        (f"test_{ID}.py", "        FAIL,", '        FAIL, says="nothing of the kind",', "is not in"),
    ],
)
def test_faults_are_named(written: Path, file: str, old: str, new: str, says: str) -> None:
    edited(written, file, old, new)
    told = policies("test", written)
    assert told.return_value == FAULTS
    assert says in told.output


def test_a_verdict_that_gets_better_by_not_knowing_is_a_fault(written: Path) -> None:
    edited(
        written,
        f"{ID}.py",
        "    if resource.encrypted:\n",
        "    try:\n        known = resource.encrypted\n    except Exception:\n        known = True\n    if known:\n",
    )
    told = policies("test", written)
    assert "fail became pass without encrypted" in told.output
    assert told.return_value == FAULTS


def test_a_table_for_a_control_that_is_not_there(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(written, f"test_{ID}.py", f'ID = "{ID}"', 'ID = "own_volume_encripted"')
    refused("test", written)
    assert f"did you mean {ID}" in capsys.readouterr().err


AWS = """        aws=lambda aws: aws.ec2.create_volume(
            AvailabilityZone="us-east-1a", Size=1, Encrypted=True,
            TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "phi"}]}],
        ),
"""


def test_cases_are_told_to_aws_where_there_is_moto(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edited(written, f"test_{ID}.py", "        PASS,\n", f"        PASS,\n{AWS}")
    told = policies("test", written, "--verbose")
    assert told.return_value == CLEAN, told.output
    assert f"ok      aws - {ID}: as it should be" in told.output
    monkeypatch.setitem(sys.modules, "moto", None)
    told = policies("test", written)
    assert told.return_value == CLEAN, told.output
    assert "1 cases of AWS were not run: they need moto" in told.output


def test_pytest_runs_the_same_tables(written: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", "temporary", str(written)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=written)
    assert "3 passed" in told.stdout, told.stdout
