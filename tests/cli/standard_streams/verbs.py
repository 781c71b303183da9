"""Every verb as it is called, and the ways in which a stream cannot be used."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
import pytest

from tests.patience import HANGS

CLEAN, GAPS, USAGE, INCOMPLETE, BROKEN = range(5)
READER_LEFT = 141
ID = "s3_bucket_versioning_enabled"
VERBS: dict[str, tuple[str, int]] = {
    "scan terraform": ("tf -q", GAPS),
    "scan aws": ("--dry-run", CLEAN),
    "controls list": ("", CLEAN),
    "controls show": (ID, CLEAN),
    "explain": (ID, CLEAN),
    "fix": ("tf", GAPS),
    "policies new": ("own_new --directory new", CLEAN),
    "policies test": ("own", CLEAN),
    "exceptions lint": ("--exceptions register.yaml", CLEAN),
    "exceptions list": ("--exceptions register.yaml", CLEAN),
    "exceptions expiring": ("--exceptions register.yaml --on 2026-01-05", CLEAN),
    "exceptions add": (
        f"--exceptions new.yaml --control {ID} --address aws_s3_bucket.phi --root tf --owner a --approver b "  # noqa: ISC004
        "--justification 'The records are written once.' --compensating-control 'Each night a copy is made.' "
        "--approved-on 2026-01-01 --expires-on 2026-12-01",
        CLEAN,
    ),
    "exceptions schema": ("", CLEAN),
    "baseline write": ("tf -o baseline.json", CLEAN),
    "diff": ("scan.json scan.json", CLEAN),
    "iam-policy": ("", CLEAN),
    "render": ("scan.json", CLEAN),
    "import": ("checkov.json", CLEAN),
    "checkov-dir": ("", CLEAN),
    "config schema": ("", CLEAN),
    "config show": ("", CLEAN),
    "init": ("--ci none", CLEAN),
    "mcp": ("", CLEAN),
    "completion": ("bash", CLEAN),
    "man": ("", CLEAN),
    "help": ("scan terraform", CLEAN),
    "version": ("", CLEAN),
    "--help": ("", CLEAN),
    "--version": ("", CLEAN),
    "scan terraform --help": ("", CLEAN),
}
"""Each verb as it is called, and its exit code where all streams can be used."""
SILENT = {"baseline write", "mcp"}
"""Verbs that print nothing on the standard output."""


def command(verb: str) -> list[str]:
    return [sys.executable, "-m", "hipaa_guard", *shlex.split(f"{verb} {VERBS[verb][0]}")]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HIPAA_GUARD_"))}
    return kept | {"AWS_EC2_METADATA_DISABLED": "true", "SOURCE_DATE_EPOCH": "1767700000"}


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from leaves(inner, (*path, name))


def run(verb: str, cwd: Path, **streams: IO[bytes] | int | Callable[[], None]) -> subprocess.CompletedProcess[bytes]:
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.run(  # type: ignore[call-overload, no-any-return] # mypy does not look into keywords
        command(verb), cwd=cwd, env=environment(), timeout=HANGS, check=False, **told
    )


def closing(descriptor: int) -> Callable[[], None]:
    return lambda: os.close(descriptor)


@contextmanager
def full() -> Iterator[IO[bytes]]:
    with Path("/dev/full").open("wb") as file:
        yield file


@contextmanager
def without_a_reader() -> Iterator[int]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


def one_sentence(told: bytes) -> str:
    text = told.decode()
    assert "Traceback" not in text
    assert "Exception ignored" not in text
    return text


each_verb = pytest.mark.parametrize("verb", VERBS)
