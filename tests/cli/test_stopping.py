"""A program that is stopped leaves nothing temporary behind. Each is stopped at a point that a FIFO makes certain."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import HANGS

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
each_signal = pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)

BUCKET = 'resource "aws_s3_bucket" "phi" {\n  bucket = "phi-records"\n}\n'
POLICY = """from hipaa_guard.authoring import LOW, Fix, Verdict, control, passed
from hipaa_guard.services import s3


@control(title="T", severity=LOW, hipaa=("164.312(b)",), why="W.", fix=Fix(note="N."))
def own_waiting(bucket: s3.Bucket) -> Verdict:
    {body}
    return passed("is fine")
"""
WAITING = "open({fifo!r}, 'w').close(); open({fifo!r} + '.never')"
"""Tells that it is there, and waits for what never comes."""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    for name in ("tf", "own", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "tf" / "main.tf").write_text(BUCKET)
    os.mkfifo(tmp_path / "fifo")
    os.mkfifo(tmp_path / "fifo.never")
    return tmp_path


def waiting(here: Path) -> str:
    return WAITING.format(fifo=str(here / "fifo"))


def ordinary() -> None:
    """All signals act, whatever runs the tests: a shell starts what runs in the background with some ignored."""
    for number in CODES:
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def started(here: Path, command: Sequence[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A program of which it is certain that it waits."""

    process = subprocess.Popen(
        command, cwd=here, env=os.environ | {"TMPDIR": str(here / "tmp")} | environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=ordinary,  # noqa: PLW1509 - no thread runs
    )  # fmt: skip
    try:
        (here / "fifo").read_text()  # waits until it writes
        yield process
    finally:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """What is said on stderr by a program that is stopped."""
    process.send_signal(number)
    _, err = process.communicate(timeout=HANGS)
    assert process.returncode == CODES[number], err
    assert "Traceback" not in err
    return err


def guard(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hipaa_guard", *arguments]


def files(directory: Path) -> set[str]:
    return {str(each.relative_to(directory)) for each in directory.rglob("*") if "__pycache__" not in str(each)}


SCAN = ("scan", "terraform", "tf", "--policies", "own", "-q", "-c", "own_waiting", "-o", "json=out.json")


@each_signal
def test_a_scan_that_is_stopped_says_so_and_leaves_nothing(here: Path, number: signal.Signals) -> None:
    (here / "own" / "mine.py").write_text(POLICY.format(body=waiting(here)))
    before = files(here)
    with started(here, guard(*SCAN)) as process:
        told = ended(process, number)
    said = "interrupted" if number is signal.SIGINT else f"stopped by {number.name}"
    assert told.strip() == f"hipaa-guard: {said}"
    assert files(here) == before


@each_signal
def test_a_policy_that_swallows_it_gives_no_verdict(here: Path, number: signal.Signals) -> None:
    body = f"try:\n        {waiting(here)}\n    except BaseException:\n        pass"
    (here / "own" / "mine.py").write_text(POLICY.format(body=body))
    with started(here, guard(*SCAN)) as process:
        ended(process, number)


# It tells that it is there once it was asked: before, the program may not yet know its process.
GIT = """#!{sh}
case "$*" in
  *"cat-file --batch") read -r _; exec 9>{fifo}; echo here >&9; exec 8<{fifo}.never;;
esac
exec {git} "$@"
"""


@each_signal
def test_the_tree_of_a_commit_is_removed_and_git_ends(here: Path, number: signal.Signals) -> None:
    git, sh = shutil.which("git"), shutil.which("sh")
    assert git is not None
    assert sh is not None
    for arguments in (
        ["init", "-q"],
        ["add", "tf"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "m"],
    ):
        subprocess.run([git, *arguments], cwd=here, check=True)
    (here / "bin").mkdir()
    stub = here / "bin" / "git"
    stub.write_text(GIT.format(sh=sh, git=git, fifo=here / "fifo"))
    stub.chmod(0o755)
    path = f"{here / 'bin'}{os.pathsep}{os.environ['PATH']}"
    before = files(here)
    command = guard("scan", "terraform", "tf", "-q", "--baseline-ref", "HEAD")
    process = subprocess.Popen(
        command, cwd=here, env=os.environ | {"TMPDIR": str(here / "tmp"), "PATH": path}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=ordinary,  # noqa: PLW1509 - no thread runs
    )  # fmt: skip
    with (here / "fifo").open() as fifo:
        assert fifo.readline() == "here\n"
        assert files(here / "tmp"), "the tree is being made"
        ended(process, number)
        assert fifo.read() == "", "git has ended: nobody has the other end any more"
    assert files(here) == before


SCRIPT = """
import sys
from collections import UserDict
from pathlib import Path
from hipaa_guard.stopping import exit_code, stoppable

def wait():
    {waiting}

try:
    with stoppable():
        {act}
except KeyboardInterrupt:
    sys.exit(exit_code())
"""
REPORT = """
        from hipaa_guard.storing import replace
        def pieces():
            yield b"half "
            wait()
        replace(Path("report.json"), pieces())
"""
NEW = REPORT.replace("replace", "create").replace("report.json", "new.json")
FIX = """
        from hipaa_guard.fixing.patch import write
        class Before(UserDict):
            def __getitem__(self, file):
                if file.name == "b.tf":
                    wait()
                return b"x"
        names = [Path("a.tf"), Path("b.tf")]
        write(Before(), {name: b"y" for name in names})
"""


@each_signal
@pytest.mark.parametrize("act", [REPORT, NEW, FIX], ids=["a report", "a new file", "repairs"])
def test_a_file_that_is_being_written_is_as_it_was(here: Path, number: signal.Signals, act: str) -> None:
    for name in ("report.json", "a.tf", "b.tf"):
        (here / name).write_text("x")
    before = files(here)
    script = SCRIPT.format(waiting=waiting(here), act=act.strip())
    with started(here, [sys.executable, "-c", script]) as process:
        assert files(here) > before, "it is being written"
        ended(process, number)
    assert files(here) == before
    assert {(here / name).read_text() for name in ("report.json", "a.tf", "b.tf")} == {"x"}


def test_the_cases_of_a_table_leave_no_directory(here: Path) -> None:
    (here / "own" / "mine.py").write_text(POLICY.format(body=waiting(here)))
    (here / "own" / "test_mine.py").write_text(
        "from hipaa_guard.testing import PASS, Case, cases\n"
        f"test_all = cases(Case('own_waiting', 'waits', PASS, terraform={BUCKET!r}))\n"
    )
    with started(here, guard("policies", "test", "own")) as process:
        assert files(here / "tmp")
        ended(process, signal.SIGTERM)
    assert files(here / "tmp") == set()


def test_a_signal_that_is_ignored_stays_so(here: Path) -> None:
    script = SCRIPT.format(
        waiting="pass", act="import os, signal\n        os.kill(os.getpid(), signal.SIGHUP)\n        sys.exit(7)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN) and None,
        check=False,
    )
    assert told.returncode == 7


def test_a_second_request_does_not_break_off_what_removes_the_rest(here: Path) -> None:
    act = """
        import os, signal
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
            Path("fifo").unlink()
"""
    script = SCRIPT.format(waiting="pass", act=act.strip())
    told = subprocess.run([sys.executable, "-c", script], cwd=here, capture_output=True, check=False)
    assert told.returncode == CODES[signal.SIGTERM]
    assert not (here / "fifo").exists()
