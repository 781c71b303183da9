"""No path of a file of settings that was only found leads out of the tree or into git."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from hipaa_guard.cli.main import run
from tests.cli.found_paths.options import KEYS, USAGE, Captured, Placed, value
from tests.cli.hostile import SECRET, SETTINGS, git


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


def test_policies_are_refused_whatever_they_are(tree: Path, capsys: Captured) -> None:
    (tree / "own").mkdir()
    (tree / "own" / "hello.py").write_text("raise SystemExit('was run')\n")
    (tree / SETTINGS).write_text("policies: own\n")
    assert run(["scan", "terraform", "infra"]) == USAGE
    assert "it runs Python" in capsys.readouterr().err


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
