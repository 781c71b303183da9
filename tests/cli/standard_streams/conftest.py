"""A project with all that each verb needs, and how each verb ends there where all streams can be used."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.standard_streams.verbs import ID, environment, run

REGISTER = f"""version: 1
exceptions:
  - id: EX-1
    control: {ID}
    scope: {{address: aws_s3_bucket.phi, root: tf}}
    justification: The records are written once.
    compensating_control: Each night a copy is made.
    owner: a
    approver: b
    approved_on: 2026-01-01
    expires_on: 2026-12-01
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which every verb has what it needs."""
    directory = tmp_path_factory.mktemp("verbs")
    (directory / "tf").mkdir()
    (directory / "tf" / "main.tf").write_text('resource "aws_s3_bucket" "phi" {\n  bucket = "phi-records"\n}\n')
    (directory / "register.yaml").write_text(REGISTER)
    (directory / "checkov.json").write_text(
        json.dumps({"check_type": "terraform", "results": {"passed_checks": [], "failed_checks": []}})
    )
    for arguments in ("policies new own_thing --directory own", "scan terraform tf -q -o json=scan.json"):
        made = [sys.executable, "-m", "hipaa_guard", *arguments.split()]
        assert subprocess.run(made, cwd=directory, env=environment(), capture_output=True, check=False).returncode < 2
    return directory


@pytest.fixture
def here(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "verbs")
    return tmp_path / "verbs"


@pytest.fixture(scope="module")
def whole(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], subprocess.CompletedProcess[bytes]]:
    """What a verb says where all streams can be used."""

    @functools.cache
    def said(verb: str) -> subprocess.CompletedProcess[bytes]:
        place = tmp_path_factory.mktemp("whole") / "verbs"
        shutil.copytree(template, place)
        return run(verb, place)

    return said
