"""A path that the user names in a work tree, where the author of the tree has put a link: every option of every verb."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hipaa_guard.cli.main import run
from tests.cli.found_paths.options import all_commands, is_path
from tests.cli.hostile import BUCKET, SECRET, commit, project

GAPS, USAGE = 1, 2
Captured = pytest.CaptureFixture[str]

NAMES_ONLY = {(("scan", "terraform"), "files")}
"""Names of changed files, which are not opened."""
THE_USERS_OWN = {(("scan", "terraform"), "changed_files")}
"""A list that the pipeline has made, most often the standard input."""


def every_path() -> Iterator[tuple[tuple[str, ...], str]]:
    for verb, command in all_commands():
        for option in command.params:
            if is_path(option) and (verb, option.name) not in NAMES_ONLY | THE_USERS_OWN:
                yield verb, str(option.name)


NEEDED = {"before": "x.json", "after": "x.json", "path": "infra", "file": "x.json", "files": "x.json", "directory": "x"}


def given(verb: tuple[str, ...], name: str, path: str) -> list[str]:
    """The verb with this path for one parameter, and something for the others that it needs."""
    command = dict(all_commands())[verb]
    words: list[str] = []
    for option in command.params:
        mine = option.name == name
        if isinstance(option, click.Argument):
            if mine or option.required:
                words.append(path if mine else NEEDED.get(str(option.name), "x"))
        elif mine:
            words += [max(option.opts, key=len), f"json={path}" if name == "outputs" else path]
        elif option.required:
            words += [max(option.opts, key=len), "2026-12-31"]
    return [*verb, *words]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = project(tmp_path)
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("to", ["../secret/creds.json", "../secret", "/dev/zero", "../secret/not-there", ".git/config"])
@pytest.mark.parametrize(("verb", "name"), list(every_path()), ids=str)
def test_a_link_of_the_tree_leads_no_path_out(
    verb: tuple[str, ...], name: str, to: str, tree: Path, capsys: Captured
) -> None:
    (tree / "here").symlink_to(to)
    before = (tree / ".git" / "config").read_bytes(), (tree.parent / "secret" / "creds.json").read_bytes()
    assert run(given(verb, name, "here")) == USAGE
    told = capsys.readouterr()
    assert "here leads " in told.err or "Invalid value" in told.err, "click itself refuses what is of another kind"
    assert SECRET not in told.out + told.err
    assert ((tree / ".git" / "config").read_bytes(), (tree.parent / "secret" / "creds.json").read_bytes()) == before
    assert not (tree.parent / "secret" / "not-there").exists()


@pytest.mark.parametrize("way", ["out/report.json", "out/../report.json", "{tree}/out/report.json"])
def test_nor_does_a_link_on_the_way(way: str, tree: Path, capsys: Captured) -> None:
    (tree.parent / "secret" / "more").mkdir()
    (tree / "out").symlink_to("../secret/more")
    assert run(["scan", "terraform", "infra", "-q", "-o", f"json={way.format(tree=tree)}"]) == USAGE
    assert "leads outside of the working tree" in capsys.readouterr().err
    assert not list((tree.parent / "secret").glob("**/report.json"))


def test_a_tree_that_is_no_working_directory_is_held_to_it_too(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tree / "here").symlink_to("../secret/creds.json")
    monkeypatch.chdir(tree.parent)
    assert run(["scan", "terraform", "project/infra", "-q", "-o", "json=project/here"]) == USAGE
    assert "project/here leads outside" in capsys.readouterr().err


def test_links_within_the_tree_and_paths_elsewhere_are_followed(tree: Path, tmp_path: Path) -> None:
    (tree / "linked").symlink_to("infra")
    (tree / "reports").mkdir()
    (tree / "out").symlink_to("reports")
    (tmp_path / "place").mkdir()
    (tmp_path / "elsewhere").symlink_to("place")
    (tmp_path / "tree").symlink_to("project")
    more = ("-o", f"html={tmp_path}/elsewhere/report.html", "-o", f"csv={tmp_path}/tree/out/report.csv")
    assert run(["scan", "terraform", "linked", "-q", "-o", "json=out/report.json", *more]) == GAPS
    assert sorted(file.name for file in (tree / "reports").iterdir()) == ["report.csv", "report.json"]
    assert (tmp_path / "place" / "report.html").exists()


def test_what_a_commit_has_is_read_from_there_wherever_a_link_leads(tree: Path) -> None:
    (tree / "risks.yaml").write_text("version: 1\nexceptions: []\n")
    (tree / "ci.yaml").write_text("fail-on: low\n")
    base = commit(tree)
    for name in ("risks.yaml", "ci.yaml"):
        (tree / name).unlink()
        (tree / name).symlink_to("../secret/creds.yaml")
    more = ("--exceptions", "risks.yaml", "--config", "ci.yaml", "--settings-ref", base)
    assert run(["scan", "terraform", "infra", "-q", *more]) == GAPS
    assert (tree / "infra" / "main.tf").read_text() == BUCKET
