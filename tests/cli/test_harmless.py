"""Nothing that hipaa-guard writes on a standard stream acts in a log, whichever verb writes it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hipaa_guard.cli.terminal.guarded_streams import Guarded
from tests.outputs.logs import ACTING, acting
from tests.patience import HANGS

GOOD = 'resource "aws_sqs_queue" "phi" {\n  sqs_managed_sse_enabled = true\n}\n'
LINE = "::error file=secret::stolen"
IN_LINE = "##vso[task.setvariable variable=PATH]x"
HIDDEN = "section_start:1560896352:hidden\r\x1b[0K"
ALL = (LINE, IN_LINE, HIDDEN)


@dataclass(frozen=True)
class Case:
    """A call of the program in a directory with these files."""

    name: str
    arguments: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)


def cases() -> list[Case]:
    """Every way by which text of others comes to a stream, with each mark."""
    found = []
    for text in ALL:
        line = f"x\n{text}\ny"
        key = json.dumps(text)[1:-1].replace("${", "$${")
        name = text.replace("/", "_")
        keyed = GOOD.replace("{\n", f'{{\n  for_each = toset(["{key}"])\n', 1).replace("= true", "= false")
        module = f'module "m" {{\n  source = "./{key}"\n}}\n'
        scan = ("scan", "terraform", ".", "-q", "-c", "sqs_queue_encrypted_at_rest")
        found += [
            Case("a file that is not there", ("scan", "terraform", line)),
            Case("a broken file", scan, {"a.tf": GOOD, f"{name}.tf": "x = [\n"}),
            Case("a key of for_each", scan, {"a.tf": keyed}),
            Case("a key, as annotations", (*scan, "-o", "markdown"), {"a.tf": keyed}),
            Case("a key, as junit", (*scan, "-o", "junit"), {"a.tf": keyed}),
            Case("a key, as csv", (*scan, "-o", "csv"), {"a.tf": keyed}),
            Case("a key, as json", (*scan, "-o", "json"), {"a.tf": keyed}),
            Case("a module that is not there", scan, {"a.tf": GOOD + module}),
            Case("a variable", (*scan, "--var", f"{line}=1"), {"a.tf": GOOD}),
            Case("a file of values", (*scan, "--var-file", line), {"a.tf": GOOD}),
            Case("a plan of another shape", ("scan", "terraform", "p.json"), {"p.json": json.dumps({text: 1})}),
            Case("a control that is not there", (*scan, "-c", line), {"a.tf": GOOD}),
            Case("an option that is not there", ("scan", "terraform", f"--{line}")),
            Case("a verb that is not there", (line,)),
            Case("a format that is not there", (*scan, "-o", line), {"a.tf": GOOD}),
            Case("a register", (*scan, "--exceptions", "r.yaml"), {"a.tf": GOOD, "r.yaml": json.dumps({text: line})}),
            Case("a register, checked", ("exceptions", "check", "r.yaml"), {"r.yaml": json.dumps({line: text})}),
            Case("a baseline", (*scan, "--baseline", "b.json"), {"a.tf": GOOD, "b.json": json.dumps({line: text})}),
            Case("settings", scan, {"a.tf": GOOD, ".hipaa-guard.yaml": json.dumps({line: text, "fail-on": line})}),
            Case("a result, explained", ("explain", "0" * 12, "--scan", "s.json"), {"s.json": json.dumps({line: 1})}),
            Case("results of others", ("import", "t.json"), {"t.json": json.dumps({line: text})}),
            Case("a repair", ("fix", "."), {"a.tf": repairable(text)}),
            Case("a file to repair", ("fix", "."), {f"{name}.tf": repairable("x")}),
        ]
    return found


def repairable(text: str) -> str:
    """A key without rotation, beside a document with this text in lines of its own."""
    lines = f"  policy = <<EOT\n  {text}\n{text}\nEOT\n".replace("\r", "")
    return f'resource "aws_kms_key" "phi" {{\n{lines}}}\n'


@pytest.mark.parametrize("case", cases(), ids=lambda one: one.name)
def test_no_verb_writes_a_command(case: Case, tmp_path: Path) -> None:
    for name, content in case.files.items():
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    done = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", *case.arguments],
        cwd=tmp_path,
        capture_output=True,
        timeout=HANGS,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert out + err
    assert done.returncode in (0, 1, 2, 3)
    is_document = any(name in case.arguments for name in ("json", "junit", "csv"))
    patch = "\n".join(line for line in out.splitlines() if not line.startswith(("--- a/", "+++ b/", '--- "', '+++ "')))
    assert not acting(patch, document=is_document)
    assert not acting(err)
    assert "\x1b" not in out + err


def test_a_patch_into_a_file_is_as_it_is_and_elsewhere_says_why_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(repairable(LINE))
    program = [sys.executable, "-m", "hipaa_guard", "fix", ".", "-c", "kms_key_rotation_enabled"]
    with (tmp_path / "patch").open("wb") as file:
        subprocess.run(program, cwd=tmp_path, stdout=file, stderr=subprocess.PIPE, timeout=HANGS, check=False)
    assert f" {LINE}\n" in (tmp_path / "patch").read_text()
    shown = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=HANGS, check=False)
    assert f" {LINE}\n" not in shown.stdout
    assert " \\u003a:error file=secret::stolen\n" in shown.stdout
    assert "shown as codes: to apply it, write it to a file" in shown.stderr


def test_a_patch_without_commands_goes_through_a_pipe_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(repairable("a text").replace("\n", "\r\n"), newline="")
    program = [sys.executable, "-m", "hipaa_guard", "fix", ".", "-c", "kms_key_rotation_enabled"]
    shown = subprocess.run(program, cwd=tmp_path, capture_output=True, timeout=HANGS, check=False)
    assert b" a text\r\n" in shown.stdout
    assert b"shown as codes" not in shown.stderr


@pytest.mark.parametrize("text", ACTING)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_a_guarded_stream_breaks_marks_in_every_encoding(text: str, encoding: str) -> None:
    raw = io.BytesIO()
    stream = Guarded(io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", newline=""))
    stream.writelines([f"hipaa-guard: {text}\n", text, "\n", f"a\n {text}\n", "\u2014\n"])
    stream.flush()
    assert not acting(raw.getvalue().decode(encoding))


def test_a_guarded_stream_knows_where_a_line_begins() -> None:
    told = io.StringIO()
    stream = Guarded(told)
    for part in ("from ", "::/0", "\n", "  ", "::x::\n", "a\tb\n", ""):
        stream.write(part)
    assert told.getvalue() == "from ::/0\n  \\u003a:x::\na\tb\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_for_shells_are_as_click_makes_them(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hipaa_guard", "completion", shell],
        capture_output=True, text=True, timeout=HANGS, check=True,
    )  # fmt: skip
    told = io.StringIO()
    Guarded(told).write(done.stdout)
    assert "\\u00" not in done.stdout
    assert told.getvalue() == done.stdout
