"""What a hostile or broken tree makes of a whole scan: a row of the coverage, exit 3, little memory, no endless time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.outputs.wording.harmless_text import visible
from tests.patience import HANGS
from tests.terraform.hostile_trees import INCOMPLETE, REFUSED, TABLE, USAGE, Hostile, Tree


@dataclass(frozen=True)
class Scanned:
    """What came of one tree."""

    code: int
    report: Mapping[str, Any] | None
    texts: Mapping[str, str]


def write(directory: Path, tree: Tree) -> None:
    """A tree on disk."""
    for name, content in tree.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content(path)


UNICODE = (
    'resource "aws_sqs_queue" "b\u202e" {\n  for_each = toset(["k\\u0007\u202e"])\n  name = "<b>\\u001b[31m\u202e"\n}\n'
)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Scanned]:
    """All trees, scanned under limits of memory and processor time."""
    base = tmp_path_factory.mktemp("hostile")
    trees: dict[str, Tree] = {one.name: one.tree for one in TABLE}
    trees |= {"unicode": {"a.tf": UNICODE, "b\x1b[31m\u202e.tf": "x = [\n"}}
    for name, (text, _) in REFUSED.items():
        trees[name] = {"document.json": text}
    (base / "out").mkdir()
    for name, tree in trees.items():
        write(base / "in" / name, tree)
    command = [sys.executable, "-m", "tests.terraform.limited", str(base / "in")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=HANGS, check=True, cwd=Path(__file__).parents[2]
    )
    found = {}
    for line in done.stdout.splitlines():
        name, _, code = line.rpartition(" ")
        texts = {path.suffix: path.read_text() for path in (base / "out").glob(f"{name}.*") if path.stem == name}
        found[name] = Scanned(int(code), json.loads(texts[".json"]) if ".json" in texts else None, texts)
    return found


@pytest.mark.parametrize("hostile", TABLE, ids=lambda one: one.name)
def test_a_hostile_tree_gives_a_row_and_the_right_exit(hostile: Hostile, scanned: Mapping[str, Scanned]) -> None:
    result = scanned[hostile.name]
    assert result.code == hostile.code, result.texts[".err"]
    assert result.report is not None
    rows = [row for row in result.report["coverage"]["gaps"] if row["kind"] == hostile.kind]
    rows = [row for row in rows if hostile.reason in row["reason"] and row["subject"].startswith(hostile.subject)]
    assert rows, result.report["coverage"]["gaps"][:5]
    assert all(row["incomplete"] == (hostile.code == INCOMPLETE) for row in rows)
    assert "Traceback" not in result.texts[".err"]
    assert not [suffix for suffix, text in result.texts.items() if "the-token" in text]


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_that_cannot_be_read_is_refused_in_a_sentence(name: str, scanned: Mapping[str, Scanned]) -> None:
    result = scanned[name]
    assert result.code == USAGE
    assert REFUSED[name][1] in result.texts[".err"]
    assert len(result.texts[".err"].splitlines()) <= 3
    assert "Traceback" not in result.texts[".err"]


def test_names_that_act_on_a_terminal_are_shown_as_codes(scanned: Mapping[str, Scanned]) -> None:
    result = scanned["unicode"]
    assert result.code == INCOMPLETE
    for suffix in (".json", ".txt", ".html"):
        lines = result.texts[suffix].splitlines()
        assert not [line for line in lines if visible(line.replace("\t", "")) != line.replace("\t", "")], suffix
    assert "\\u202e" in result.texts[".txt"]
    assert "<b>" not in result.texts[".html"]
