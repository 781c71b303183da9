"""Every verb with a standard output that is closed, full or no longer read, and a standard error that cannot be written."""

from __future__ import annotations

import functools
import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
import pytest

from hipaa_guard.cli.main import cli
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
    "completion": ("bash", CLEAN),
    "--help": ("", CLEAN),
    "--version": ("", CLEAN),
    "scan terraform --help": ("", CLEAN),
}
"""Each verb as it is called, and its exit code where all streams can be used."""

SILENT = {"baseline write"}
"""Verbs that print nothing on the standard output."""

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


def test_every_verb_is_here() -> None:
    assert set(leaves(cli)) == {verb for verb in VERBS if not verb.endswith(("--help", "--version"))}


each_verb = pytest.mark.parametrize("verb", VERBS)


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


@each_verb
def test_it_works_where_all_streams_can_be_used(
    whole: Callable[[str], subprocess.CompletedProcess[bytes]], verb: str
) -> None:
    told = whole(verb)
    assert told.returncode == VERBS[verb][1], told.stderr
    assert bool(told.stdout) is (verb not in SILENT)


@each_verb
@pytest.mark.parametrize("how", ["closed", "full"])
def test_an_output_that_cannot_be_written_is_exit_2_with_a_sentence(here: Path, verb: str, how: str) -> None:
    if how == "closed":
        told = run(verb, here, stdout=subprocess.DEVNULL, preexec_fn=closing(1))
    else:
        with full() as file:
            told = run(verb, here, stdout=file)
    text = one_sentence(told.stderr)
    if verb in SILENT:
        assert told.returncode == VERBS[verb][1]
        assert "standard output" not in text
        return
    why = {"closed": "it is closed", "full": "No space left on device"}[how]
    assert told.returncode == USAGE
    assert text.count(f"hipaa-guard: the output could not be written to the standard output: {why}\n") == 1


@each_verb
def test_a_reader_that_has_gone_ends_it_quietly_and_never_with_0(here: Path, verb: str) -> None:
    with without_a_reader() as pipe:
        told = run(verb, here, stdout=pipe)
    text = one_sentence(told.stderr)
    assert told.returncode == (VERBS[verb][1] if verb in SILENT else READER_LEFT)
    assert "standard output" not in text


@each_verb
@pytest.mark.parametrize("how", ["closed", "full", "without a reader"])
def test_an_error_stream_that_cannot_be_written_changes_nothing(
    here: Path, whole: Callable[[str], subprocess.CompletedProcess[bytes]], verb: str, how: str
) -> None:
    if how == "closed":
        told = run(verb, here, stderr=subprocess.DEVNULL, preexec_fn=closing(2))
    elif how == "full":
        with full() as file:
            told = run(verb, here, stderr=file)
    else:
        with without_a_reader() as pipe:
            told = run(verb, here, stderr=pipe)
    assert (told.returncode, told.stdout) == (whole(verb).returncode, whole(verb).stdout)


@pytest.mark.parametrize("arguments", [["nowhere"], ["scan", "terraform", "nowhere"], ["controls", "show", "nothing"]])
def test_a_usage_error_is_exit_2_with_no_stream_at_all(here: Path, arguments: list[str]) -> None:
    def close() -> None:
        for descriptor in (0, 1, 2):
            os.close(descriptor)

    told = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", *arguments], cwd=here, env=environment(), preexec_fn=close, check=False
    )
    assert told.returncode == USAGE


def test_files_do_not_take_the_place_of_streams_that_are_closed(here: Path) -> None:
    def close() -> None:
        for descriptor in (0, 1, 2):
            os.close(descriptor)

    arguments = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", "tf", "-o", "json=out.json"]
    told = subprocess.run(arguments, cwd=here, env=environment(), preexec_fn=close, check=False)
    assert told.returncode == GAPS
    json.loads((here / "out.json").read_text())


def test_outputs_in_files_are_there_though_nobody_reads_the_other(here: Path) -> None:
    arguments = [
        sys.executable,
        "-m",
        "hipaa_guard",
        "scan",
        "terraform",
        "tf",
        "-q",
        "-o",
        "terminal",
        "-o",
        "json=o.json",
    ]
    with without_a_reader() as pipe:
        told = subprocess.run(arguments, cwd=here, env=environment(), stdout=pipe, check=False)
    assert told.returncode == READER_LEFT
    assert json.loads((here / "o.json").read_text())["gate"]["exit_code"] == GAPS


def test_what_a_broken_policy_swallows_is_exit_2_all_the_same(here: Path) -> None:
    # A case of a table prints; whatever it does with the error, the output is not whole.
    table = here / "own" / "test_own_thing.py"
    text = table.read_text().replace("test_verdict = cases(", "import sys\n\n\ntest_verdict = cases(")
    table.write_text(text + "\ntry:\n    sys.__stdout__.write('x' * 100_000)\nexcept Exception:\n    pass\n")
    with full() as file:
        told = run("policies test", here, stdout=file)
    assert told.returncode == USAGE
    assert "No space left on device" in one_sentence(told.stderr)


BREAKING = """
import sys
from hipaa_guard.cli import main
from hipaa_guard.testing import all_controls
object.__setattr__(all_controls()["s3_bucket_versioning_enabled"], "judge", lambda bucket: 1 / 0)
main()
"""


@pytest.mark.parametrize("spec", ["json", "json=/dev/full"])
def test_an_error_of_ours_goes_before_an_output_that_cannot_be_written(here: Path, spec: str) -> None:
    arguments = [sys.executable, "-c", BREAKING, "scan", "terraform", "tf", "-q", "-o", spec]
    with full() as file:
        told = subprocess.run(arguments, cwd=here, env=environment(), stdout=file, stderr=subprocess.PIPE, check=False)
    assert told.returncode == BROKEN
    assert "No space left on device" in one_sentence(told.stderr)


# --- output files --------------------------------------------------------------------------------------------------

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
