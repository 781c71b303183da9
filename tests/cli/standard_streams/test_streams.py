"""Every verb with a standard output that is closed, full or no longer read, and a standard error that cannot be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hipaa_guard.cli.main import cli
from tests.cli.standard_streams.verbs import (
    BROKEN,
    GAPS,
    READER_LEFT,
    SILENT,
    USAGE,
    VERBS,
    closing,
    each_verb,
    environment,
    full,
    leaves,
    one_sentence,
    run,
    without_a_reader,
)


def test_every_verb_is_here() -> None:
    assert set(leaves(cli)) == {verb for verb in VERBS if not verb.endswith(("--help", "--version"))}


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
