"""``hipaa-guard fix --interactive``, with answers from a pipe and from a terminal, as a process of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixing.trees import tree
from tests.patience import HANGS

KEYS = "".join(f'resource "aws_kms_key" "{name}" {{\n  description = "{name}"\n}}\n\n' for name in ("a", "b", "c"))
COMMAND = [sys.executable, "-m", "hipaa_guard", "fix", ".", "-c", "kms_key_rotation_enabled"]


def asked(directory: Path, answers: str | bytes, *words: str) -> subprocess.CompletedProcess[str]:
    """The command with piped answers."""
    given = answers.encode() if isinstance(answers, str) else answers
    done = subprocess.run(
        [*COMMAND, "--interactive", "--all", *words],
        cwd=directory,
        input=given,
        capture_output=True,
        check=False,
        timeout=HANGS,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def rotated(directory: Path) -> str:
    """The names of the keys that rotate."""
    blocks = (directory / "main.tf").read_text().split("\n}\n")
    return "".join(block.split('"')[3] for block in blocks if "enable_key_rotation = true" in block)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tree(tmp_path, KEYS)


@pytest.mark.parametrize(
    ("answers", "made", "reasons"),
    [
        ("y\ny\ny\n", "abc", {}),
        ("n\ny\nn\n", "b", {"you said no": "ac"}),
        ("y\nq\n", "a", {"you stopped before it": "bc"}),
        ("n\na\n", "bc", {"you said no": "a"}),
        ("a", "abc", {}),
        ("y\n", "a", {"you stopped before it": "bc"}),
        ("", "", {"you stopped before it": "abc"}),
        ("?\nwhat\n\nY\n N \nq\n", "a", {"you said no": "b", "you stopped before it": "c"}),
        (b"\xff\xfe\n", "", {"you stopped before it": "abc"}),
    ],
    ids=["all", "one", "stopped", "the rest", "without a line end", "ended", "nothing", "asked again", "no text"],
)
def test_the_repairs_that_were_chosen_are_made(answers: str, made: str, reasons: dict[str, str], keys: Path) -> None:
    done = asked(keys, answers)
    assert rotated(keys) == made, done.stderr
    assert done.returncode == (1 if reasons else 0)
    assert done.stderr.endswith(f"fixed {len(made)} of 3 gaps in {1 if made else 0} file{'' if made else 's'}\n")
    for reason, names in reasons.items():
        head = f"not fixed: kms_key_rotation_enabled: {reason}\n"
        its = done.stderr.partition(head)[2].split("not fixed")[0].split("fixed: ")[0]
        assert [name for name in "abc" if f"    aws_kms_key.{name}  main.tf" in its] == list(names)


def test_each_question_shows_what_would_change(keys: Path) -> None:
    done = asked(keys, "?\ny\nn\nn\n")
    assert done.stderr.count("(1/3) Make this change [y,n,a,q,?]? ") == 2
    assert "q - stop: make neither" in done.stderr
    first = done.stderr.partition("(1/3)")[0]
    assert "kms_key_rotation_enabled (medium): " in first
    assert "    aws_kms_key.a  main.tf:1 " in first
    assert "The change also costs money." in first
    assert "\n+  enable_key_rotation = true\n" in first
    second = done.stderr.partition("(2/3)")[0].partition("aws_kms_key.b")[2]
    assert second.count("\n+  enable_key_rotation = true\n") == 1, "what was chosen before is no change any more"


def test_the_patch_of_what_was_made_goes_to_a_pipe(keys: Path) -> None:
    done = asked(keys, "n\ny\nn\n")
    assert done.stdout.startswith("--- a/main.tf\n+++ b/main.tf\n")
    assert done.stdout.count("\n+  enable_key_rotation = true\n") == 1
    assert "Make this change" not in done.stdout


def test_without_a_repair_nothing_is_asked(keys: Path) -> None:
    assert asked(keys, "a\n").returncode == 0
    again = asked(keys, "y\n")
    assert (again.returncode, again.stdout) == (0, "")
    assert "[y,n,a,q,?]" not in again.stderr


def test_a_closed_input_stops(keys: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" --interactive <&-', "sh", *COMMAND],
        cwd=keys,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert rotated(keys) == ""


def test_a_hostile_text_does_not_act(tmp_path: Path) -> None:
    text = 'resource "aws_kms_key" "k" {\n  description = "x" # \x1b[2J\n\n  # ##vso[task.complete]\n}\n'
    done = asked(tree(tmp_path, text), "y\n")
    assert "enable_key_rotation = true" in (tmp_path / "main.tf").read_text()
    assert "\x1b" not in done.stderr + done.stdout
    assert "##vso[" not in done.stderr + done.stdout


def test_on_a_terminal_the_patch_is_shown_once(keys: Path) -> None:
    ours, its = pty.openpty()
    with subprocess.Popen([*COMMAND, "-i"], cwd=keys, stdin=its, stdout=its, stderr=its, close_fds=True) as process:
        os.close(its)
        os.write(ours, b"y\nn\nq\n")
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            said += piece
        process.wait(timeout=HANGS)
    os.close(ours)
    assert process.returncode == 1
    assert rotated(keys) == "a"
    assert said.count(b"+  enable_key_rotation = true") == 3, "once for each repair, and no patch behind them"
