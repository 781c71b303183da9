"""The files that are found or that are defaults are regular ones of the tree."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from hipaa_guard.cli.main import run
from tests.cli.found_paths.options import USAGE, Captured, all_commands
from tests.cli.hostile import REGISTER, SECRET, SETTINGS

SELF: dict[str, Callable[[Path], object]] = {
    "a link out": lambda file: file.symlink_to("../secret/creds.yaml"),
    "a link to a device": lambda file: file.symlink_to("/dev/zero"),
    "a pipe": os.mkfifo,
    "a directory": lambda file: file.mkdir(),
    "too large": lambda file: file.write_bytes(b"#" * (5 * 1024 * 1024 + 1)),
    "in Git LFS": lambda file: file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
}


@pytest.mark.parametrize("name", [SETTINGS, REGISTER])
@pytest.mark.parametrize("what", SELF)
def test_the_files_that_are_found_are_regular_ones_of_the_tree(
    name: str, what: str, tree: Path, capsys: Captured
) -> None:
    file = tree / name
    file.parent.mkdir(exist_ok=True)
    SELF[what](file)
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    told = capsys.readouterr()
    assert f"Error: {name} " in told.err
    assert SECRET not in told.err + told.out


def test_pyproject_is_none_of_ours_unless_it_says_so(tree: Path, capsys: Captured) -> None:
    outside = tree.parent / "pyproject.toml"
    outside.write_text(f"[project]\nname = '{SECRET}'\n")
    (tree / "pyproject.toml").symlink_to("../pyproject.toml")
    assert run(["scan", "terraform", "infra", "-q"]) == 1
    outside.write_text(f"[tool.hipaa-guard]\n{SECRET} = 1\n")
    capsys.readouterr()
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    told = capsys.readouterr().err
    assert "pyproject.toml leads outside of the working tree" in told
    assert SECRET not in told


DEFAULTS = sorted(
    (path, option.name or "")
    for path, command in all_commands()
    for option in command.params
    if isinstance(option.type, click.Path) and isinstance(option.default, str) and "." in Path(option.default).suffix
)
"""Options whose default is a file: nobody names that either."""


@pytest.mark.parametrize(("path", "name"), DEFAULTS)
def test_a_default_is_no_link_out_of_the_tree(path: tuple[str, ...], name: str, tree: Path, capsys: Captured) -> None:
    (option,) = (each for _, command in all_commands() if _ == path for each in command.params if each.name == name)
    file = tree / str(option.default)
    file.parent.mkdir(exist_ok=True)
    file.symlink_to(tree.parent / "secret" / "creds.json")
    secret = (tree.parent / "secret" / "creds.json").read_bytes()
    needed = {
        ("exceptions", "add"): "--owner=a --approver=b --expires-on=2027-01-01 --finding=12345678 --justification="
        + "x" * 30,
        ("explain",): "12345678",
        ("baseline", "write"): "infra",
    }
    assert run([*path, *needed.get(path, "").split()]) == USAGE
    told = capsys.readouterr()
    assert "leads outside of the working" in told.err
    assert SECRET not in told.err + told.out
    assert (tree.parent / "secret" / "creds.json").read_bytes() == secret


def test_init_writes_through_no_link(tree: Path, capsys: Captured) -> None:
    (tree / SETTINGS).symlink_to("../secret/creds.yaml")
    before = (tree.parent / "secret" / "creds.yaml").read_text()
    assert run(["init", "--ci", "none", "--force"]) == USAGE
    assert (tree.parent / "secret" / "creds.yaml").read_text() == before
    (tree / SETTINGS).unlink()
    (tree / ".github").symlink_to(".git")
    assert run(["init", "--ci", "github", "--install", "x", "--force"]) == USAGE
    assert not (tree / ".git" / "workflows").exists()
