"""Every path that a file of settings may say, where that file was only found: generated from the options themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import yaml

from hipaa_guard.cli import settings
from hipaa_guard.cli.main import cli, run
from hipaa_guard.cli.settings_paths import uses
from hipaa_guard.outputs import FORMATS
from hipaa_guard.terraform.repository.untrusted_paths import PathKind, PathUse
from tests.cli.hostile import REGISTER, SECRET, SETTINGS, git, project
from tests.patience import HANGS

GAPS, USAGE = 1, 2
TABLE = b"[tool.hipaa-guard]\n"
FREE = {"policies"}
"""Refused whatever it says."""

Captured = pytest.CaptureFixture[str]
Placed = Callable[[Path], str]
"""Puts something into a project, and says the path to it."""


def all_commands(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))
        else:
            yield (*path, name), command


def is_path(option: click.Parameter) -> bool:
    return isinstance(option.type, click.Path | click.File) or option.name == "outputs"


CONFIGURED = {path: command for path, command in all_commands() if any(p.name == "config" for p in command.params)}
KEYS = sorted(
    (section, key)
    for section, command in settings.commands().items()
    for key, option in settings.keys(command).items()
    if is_path(option) and key not in FREE
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = project(tmp_path)
    monkeypatch.chdir(made)
    return made


def test_every_path_of_every_command_that_takes_settings_has_a_use() -> None:
    assert set(CONFIGURED) >= {("scan", "terraform"), ("scan", "aws"), ("baseline", "write")}
    known = {key for _, key in KEYS} | FREE
    assert known == set(uses()) | FREE
    for path, command in CONFIGURED.items():
        if path == ("baseline", "write"):  # it takes the settings of a scan by their names
            continue
        told = {key for key, option in settings.keys(command).items() if is_path(option)}
        assert told <= known, path


def wanted(key: str) -> PathUse:
    return uses()[key]


def value(key: str, path: str, section: str) -> str:
    """The setting with a path. An account has no gitlab, a directory no report."""
    return f"json={path}" if key == "output" else path


def link(to: str, name: str = "here") -> Placed:
    def placed(tree: Path) -> str:
        (tree / name).symlink_to(to)
        return name

    return placed


def link_of_directory(to: str, rest: str) -> Placed:
    def placed(tree: Path) -> str:
        (tree / "way").symlink_to(to)
        return f"way/{rest}"

    return placed


def of_git(name: str) -> Placed:
    def placed(tree: Path) -> str:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        return name

    return placed


def fifo(tree: Path) -> str:
    os.mkfifo(tree / "pipe")
    return "pipe"


def bare_repository(tree: Path) -> str:
    git(tree, "init", "-q", "--bare", "store")
    return "store/hooks"


def separate(tree: Path) -> str:
    git(tree, "init", "-q", "--separate-git-dir", str(tree / "meta"), str(tree))
    return "meta/config"


OUTSIDE: dict[str, Placed] = {
    "above": lambda _: "../secret/creds.json",
    "absolute": lambda tree: str(tree.parent / "secret" / "creds.json"),
    "up and down": lambda _: "infra/../../secret/creds.json",
    "a link": link("../secret/creds.json"),
    "an absolute link": lambda tree: link(str(tree.parent / "secret" / "creds.json"))(tree),
    "a link in a directory that is one": link_of_directory("../secret", "creds.json"),
    "a link to a device": link("/dev/zero"),
    "a device": lambda _: "/dev/zero",
    "the memory of this program": lambda _: "/proc/self/environ",
    "a pipe": fifo,
    "git's configuration": lambda _: ".git/config",
    "through a link": link_of_directory(".git", "config"),
    "in other letters": of_git(".GIT/config"),
    "as HFS+ reads it": of_git(".g\u200cit/config"),
    "as NTFS reads it": of_git("git~1/config"),
    "of another repository": of_git("infra/.git/hooks/post-checkout"),
    "of a bare repository": bare_repository,
    "of a repository by another name": separate,
    "no path": lambda _: "a\0b",
}


@pytest.mark.parametrize(("section", "key"), KEYS)
@pytest.mark.parametrize("where", OUTSIDE)
def test_a_path_stays_in_the_tree_and_out_of_git(
    section: str, key: str, where: str, tree: Path, capsys: Captured
) -> None:
    config = (tree / ".git" / "config").read_text()
    path = OUTSIDE[where](tree)
    written = yaml.safe_dump({section: {key: value(key, path, section)}}, allow_unicode=False)
    (tree / SETTINGS).write_text(written)
    before = set(tree.parent.rglob("*"))
    assert run(["scan", section]) == USAGE
    told = capsys.readouterr()
    assert f"{SETTINGS}:2: {key}:" in told.err
    assert SECRET not in told.err + told.out
    assert set(tree.parent.rglob("*")) == before
    assert where == "of a repository by another name" or (tree / ".git" / "config").read_text() == config


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


def test_policies_are_refused_whatever_they_are(tree: Path, capsys: Captured) -> None:
    (tree / "own").mkdir()
    (tree / "own" / "hello.py").write_text("raise SystemExit('was run')\n")
    (tree / SETTINGS).write_text("policies: own\n")
    assert run(["scan", "terraform", "infra"]) == USAGE
    assert "it runs Python" in capsys.readouterr().err


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


def test_evidence_is_not_written_through_links(tree: Path, capsys: Captured) -> None:
    (tree / "kept").mkdir()
    (tree / "kept" / "objects").symlink_to("../../secret")
    (tree / SETTINGS).write_text("aws: {evidence: kept}\n")
    assert run(["scan", "aws"]) == USAGE
    assert "kept holds symbolic links" in capsys.readouterr().err


def test_what_lies_in_the_tree_may_be_said(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "more").mkdir()
    (tree / "more" / "x.tfvars").write_text('a = "b"\n')
    (tree / "linked.tfvars").symlink_to("more/x.tfvars")
    (tree / "infra" / SETTINGS).write_text(
        "output: json=scan.json\nterraform:\n  path: .\n  var-file: [../more/x.tfvars, ../linked.tfvars]\n"
    )
    monkeypatch.chdir(tree / "infra")  # the working tree begins above
    assert run(["scan", "terraform", "-q"]) == 1
    assert (tree / "infra" / "scan.json").exists()


def test_who_names_a_file_may_reach_anything(tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere.json"
    (tmp_path / "given.tfvars").write_text('a = "b"\n')
    (tree / "trusted.yaml").write_text(f"output: json={out}\nterraform: {{var-file: ../given.tfvars, path: infra}}\n")
    assert run(["scan", "terraform", "-q", "--config", "trusted.yaml"]) == 1
    assert out.exists()
    out.write_text("anything")
    given = ("--var-file", str(tmp_path / "given.tfvars"))
    assert run(["scan", "terraform", "infra", "-q", *given, "-o", f"json={out}"]) == 1
    assert out.read_text().startswith("{")


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


def test_the_documentation_tells_every_path_and_its_bound() -> None:
    page = (Path(__file__).parents[2] / "docs" / "ci.md").read_text()
    rows = [
        line for line in page.partition("| setting | has to be |")[2].partition("\n\n")[0].splitlines() if "`" in line
    ]
    told = {key: row for row in rows for key in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert set(told) == set(uses())
    for key, use in uses().items():
        assert (f"{use.largest // 1024**2:,} MiB" in told[key]) == bool(use.largest), key
        assert ("below the working directory" in told[key]) == (use.writes or use.below), key
