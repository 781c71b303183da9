"""A directory with a configuration, and the evidence of an account."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.testing import Aws, aws_account
from tests.controls.broken import GOOD, HEAD
from tests.controls.broken_policies.configuration import HCL


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tf").mkdir()
    (tmp_path / "tf" / "main.tf").write_text(HCL)
    return tmp_path


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a scan of a simulated account with one encrypted volume stored."""
    directory = tmp_path_factory.mktemp("account")
    (directory / "policies").mkdir()
    (directory / "policies" / "good.py").write_text(HEAD + GOOD.format(id="own_good"))
    with aws_account():
        Aws().ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)
        assert run(["scan", "aws", "--regions", "us-east-1", "-q", "--policies", str(directory / "policies"),
                    "-c", "own_good", "--evidence", str(directory / "evidence"), "-o", f"json={directory / 'x'}"]) == 0  # fmt: skip
    return directory / "evidence"
