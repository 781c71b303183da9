"""A file that cannot be written is named, and the former one stays whole."""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.standard_streams.verbs import USAGE, VERBS, environment, one_sentence

WRITING = {
    "scan terraform tf -q -o json=FILE": "FILE",
    "scan terraform tf -q -o html=FILE": "FILE",
    "render scan.json -o sarif=FILE": "FILE",
    "diff scan.json scan.json -o json=FILE": "FILE",
    "import checkov.json -o json=FILE": "FILE",
    "scan aws --dry-run -o json=FILE": "FILE",
    "baseline write tf -o FILE": "FILE",
    "exceptions add --exceptions register.yaml" + VERBS["exceptions add"][0].partition("new.yaml")[2]: "register.yaml",
    "fix tf --write": "tf/main.tf",
    "init --ci none --force": ".hipaa-guard.yaml",
    "policies new own_new --directory new": "new/own_new.py",
}
"""What writes a file, and that file."""


@pytest.mark.parametrize("arguments", WRITING)
def test_a_file_that_cannot_be_written_is_named_and_the_former_one_is_whole(here: Path, arguments: str) -> None:
    file = here / WRITING[arguments]
    former = file.read_bytes() if file.exists() else None
    if file.name in ("FILE", ".hipaa-guard.yaml"):
        former = b"# former\n"
        file.write_bytes(former)
    before = {each for each in here.rglob("*") if each.is_file()}

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))

    told = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", *shlex.split(arguments)],
        cwd=here, env=environment() | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, preexec_fn=limited, check=False,
    )  # fmt: skip
    assert told.returncode == USAGE
    assert WRITING[arguments] in one_sentence(told.stderr)
    assert "File too large" in one_sentence(told.stderr)
    assert (file.read_bytes() if file.exists() else None) == former
    assert {each for each in here.rglob("*") if each.is_file()} == before


def test_a_device_that_is_full_is_named(here: Path) -> None:
    arguments = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", "tf", "-q", "-o", "json=/dev/full"]
    told = subprocess.run(arguments, cwd=here, env=environment(), capture_output=True, check=False)
    assert told.returncode == USAGE
    assert "cannot write /dev/full: No space left on device" in one_sentence(told.stderr)
