"""Every command of the tutorial does what the page says, on a repository that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tutorial import PAGE, blocks, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tutorial_shows_what_its_commands_print(tmp_path: Path) -> None:
    assert renewed(TEXT, tmp_path / "clinic") == TEXT, "run `python -m tests.tutorial`"


def test_every_command_of_the_page_is_run() -> None:
    fenced = re.findall(r"^```(\w*)$\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert {kind for kind, _ in fenced} == {"console"}
    assert len(fenced) == len(list(blocks(TEXT)))
    verbs = {command.split()[1] for block in blocks(TEXT) for command in block.commands if command.startswith("hipaa-")}
    assert verbs >= {"scan", "explain", "fix", "exceptions", "baseline", "init", "config"}


def test_a_command_that_ends_otherwise_is_noticed(tmp_path: Path) -> None:
    page = "<!-- run: exit=1 last=1 -->\n```console\n$ true\n```\n"
    with pytest.raises(AssertionError):
        renewed(page, tmp_path / "clinic")


def test_an_output_that_is_not_shown_is_noticed(tmp_path: Path) -> None:
    page = "<!-- run: -->\n```console\n$ echo something\n```\n"
    with pytest.raises(AssertionError):
        renewed(page, tmp_path / "clinic")


def test_first_and_last_lines_are_shown(tmp_path: Path) -> None:
    page = "<!-- run: first=1 last=2 -->\n```console\n$ seq 1 9\n```\n"
    shown = "<!-- run: first=1 last=2 -->\n```console\n$ seq 1 9\n1\n...\n8\n9\n```\n"
    assert renewed(page, tmp_path / "clinic") == shown
    assert renewed(shown, tmp_path / "again") == shown
