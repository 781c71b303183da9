"""Every path that a file of settings may say has a use: what is read has a bound, and what is written over is a report."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hipaa_guard.cli.configuration import settings
from hipaa_guard.cli.configuration.settings_paths import uses
from hipaa_guard.cli.main import run
from hipaa_guard.outputs import FORMATS
from hipaa_guard.terraform.repository.untrusted_paths import PathKind
from tests.cli.found_paths.options import CONFIGURED, FREE, GAPS, KEYS, TABLE, USAGE, Captured, is_path, value, wanted
from tests.cli.hostile import SETTINGS
from tests.patience import HANGS


def test_every_path_of_every_command_that_takes_settings_has_a_use() -> None:
    assert set(CONFIGURED) >= {("scan", "terraform"), ("scan", "aws"), ("baseline", "write")}
    known = {key for _, key in KEYS} | FREE
    assert known == set(uses()) | FREE
    for path, command in CONFIGURED.items():
        if path == ("baseline", "write"):  # it takes the settings of a scan by their names
            continue
        told = {key for key, option in settings.keys(command).items() if is_path(option)}
        assert told <= known, path


@pytest.mark.parametrize(("section", "key"), [each for each in KEYS if wanted(each[1]).expected is not PathKind.EITHER])
def test_what_is_there_is_what_is_expected(section: str, key: str, tree: Path, capsys: Captured) -> None:
    is_file = wanted(key).expected is PathKind.FILE
    path = "infra" if is_file else "infra/main.tf"
    (tree / SETTINGS).write_text(yaml.safe_dump({section: {key: value(key, path, section)}}))
    assert run(["scan", section]) == USAGE
    told = capsys.readouterr().err
    assert "is a directory" in told if is_file else ("is no directory" in told or "is a file" in told)


@pytest.mark.parametrize(("section", "key"), [each for each in KEYS if wanted(each[1]).largest])
def test_what_is_read_has_a_bound_which_is_told(section: str, key: str, tree: Path, capsys: Captured) -> None:
    largest = wanted(key).largest
    with (tree / "large").open("wb") as file:
        file.truncate(largest + 1)  # takes no room on the disk
    (tree / SETTINGS).write_text(yaml.safe_dump({section: {key: "large"}}))
    assert run(["scan", section]) == USAGE
    assert f"large is larger than {largest // 1024**2:,} MiB" in capsys.readouterr().err


PRECIOUS = ("infra/main.tf", SETTINGS, ".git/HEAD", "notes.txt", "page.html", "list.json")


@pytest.mark.parametrize("format", [each for each in FORMATS if each != "asff"])
@pytest.mark.parametrize("name", PRECIOUS)
def test_only_a_report_is_written_over(format: str, name: str, tree: Path, capsys: Captured) -> None:
    for each in ("notes.txt", "page.html", "list.json"):
        (tree / each).write_text({"page.html": "<!doctype html>\n<p>", "list.json": '[\n{"a": 1}]'}.get(each, "mine"))
    (tree / SETTINGS).write_text(f"output: {format}={name}\nterraform: {{path: infra}}\n")
    before = (tree / name).read_bytes()
    assert run(["scan", "terraform", "-q"]) == USAGE
    assert (tree / name).read_bytes() == before
    assert f"{SETTINGS}:1: output: {name} " in capsys.readouterr().err


def test_a_file_that_was_found_asks_for_no_flood_of_reports(tree: Path, capsys: Captured) -> None:
    (tree / SETTINGS).write_text(f"output: [{', '.join(f'json={number}.json' for number in range(51))}]\n")
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    assert "more than 50 files" in capsys.readouterr().err
    assert not list(tree.glob("*.json"))


HEAVY = {
    "line ends": (b"\n" * 1_000_000, GAPS, ""),
    "many keys": (
        TABLE + b"".join(b"k%d = 1\n" % number for number in range(80_000)),
        USAGE,
        "more than 10,000 settings",
    ),
    "a long key": (TABLE + b"a." * 400_000 + b"a = 1\n", USAGE, "more than 1,000 dots in one line"),
    "deep": (TABLE + b"a = " + b"[" * 500_000, USAGE, "nested too deep"),
    "a list of tables": (b"[[tool.hipaa-guard]]\n[tool.hipaa-guard.aws]\n", USAGE, "must be a table"),
}


@pytest.mark.parametrize("name", HEAVY)
def test_pyproject_takes_no_endless_time(name: str, tree: Path) -> None:
    content, code, told = HEAVY[name]
    (tree / "pyproject.toml").write_bytes(content)
    command = [sys.executable, "-m", "hipaa_guard", "scan", "terraform", "infra", "-q"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=HANGS, check=False)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr[:500]


@pytest.mark.parametrize("format", [each for each in FORMATS if each != "asff"])
def test_a_report_may_be_written_over_by_the_next_one(format: str, tree: Path, capsys: Captured) -> None:
    (tree / SETTINGS).write_text(f"output: {format}=report\nterraform: {{path: infra}}\n")
    for _ in range(2):
        assert run(["scan", "terraform", "-q"]) == 1, capsys.readouterr().err
    (tree / "infra" / "main.tf").write_text("# nothing\n")  # a report of nothing is one, too
    for _ in range(2):
        assert run(["scan", "terraform", "-q", "--allow-empty"]) == 0, capsys.readouterr().err


def test_the_documentation_tells_every_path_and_its_bound() -> None:
    page = (Path(__file__).parents[3] / "docs" / "ci.md").read_text()
    rows = [
        line for line in page.partition("| setting | has to be |")[2].partition("\n\n")[0].splitlines() if "`" in line
    ]
    told = {key: row for row in rows for key in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert set(told) == set(uses())
    for key, use in uses().items():
        assert (f"{use.largest // 1024**2:,} MiB" in told[key]) == bool(use.largest), key
        assert ("below the working directory" in told[key]) == (use.writes or use.below), key
