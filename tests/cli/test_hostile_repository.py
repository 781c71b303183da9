"""Git is asked, and nothing of the repository runs or has a say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hipaa_guard.cli.main import run
from hipaa_guard.terraform.repository.git import Commit, GitError, commit_named
from tests.cli.hostile import BUCKET, REGISTER, SETTINGS, commit, git, program, project, ran
from tests.lifecycle.register_text import VERSIONING, entry, register

CLEAN, GAPS, USAGE = 0, 1, 2
Captured = pytest.CaptureFixture[str]
SCAN = ("scan", "terraform", "infra", "-q", "--baseline-ref", "main", "--fail-on-new")
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = project(tmp_path)
    monkeypatch.chdir(made)
    return made


CONFIGURATION = (
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "interactive.diffFilter",
    "credential.helper",
    "gpg.program",
    "pager.grep",
    "pager.ls-tree",
    "alias.cat-file",
    "alias.grep",
    "uploadpack.packObjectsHook",
)


def test_no_program_of_the_repository_runs(tree: Path) -> None:
    evil = program(tree)
    (tree / ".gitattributes").write_text("* diff=evil filter=evil\n")
    (tree / REGISTER).parent.mkdir()
    (tree / REGISTER).write_text("version: 1\n")
    (tree / "infra" / "main.tf").write_text("# hipaa-guard: exception EX-1\n" + BUCKET)
    commit(tree)
    for key in CONFIGURATION:
        git(tree, "config", key, f"!{evil}" if key.startswith("alias") else str(evil))
    git(tree, "config", "core.hooksPath", str(tree / "hooks"))
    for hooks in (tree / "hooks", tree / ".git" / "hooks"):
        hooks.mkdir(exist_ok=True)
        for name in (
            "post-checkout",
            "reference-transaction",
            "post-index-change",
            "fsmonitor-watchman",
            "pre-auto-gc",
        ):
            (hooks / name).write_bytes(evil.read_bytes())
            (hooks / name).chmod(0o755)
    assert run(SCAN) == CLEAN
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", "main"]) == GAPS
    assert run(["config", "show", "--settings-ref", "main"]) == CLEAN
    assert not ran(tree)


def test_a_repository_that_lies_in_the_tree_as_files_is_none(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    evil = program(tree)
    inner = tree / "infra" / "bare"
    git(tree, "init", "-q", "--bare", str(inner))
    git(inner, "config", "core.fsmonitor", str(evil))
    (inner / "main.tf").write_text(BUCKET)
    monkeypatch.chdir(inner)
    assert run(["scan", "terraform", ".", "-q", "--settings-ref", "HEAD"]) == USAGE
    assert "is in no work tree of git" in capsys.readouterr().err
    assert not ran(tree)


def test_the_environment_of_a_hook_leads_nowhere_else(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = project(tmp_path / "other")
    (other / SETTINGS).write_text("warn-only: true\n")
    commit(other)
    for name, value in {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / ".git" / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_EXTERNAL_DIFF": str(program(tree)),
        "GIT_PAGER": str(program(tree)),
    }.items():
        monkeypatch.setenv(name, value)
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", "main"]) == GAPS
    assert commit_named(tree, "main").top == tree.resolve()
    assert not ran(tree)


def test_replaced_objects_replace_nothing(tree: Path) -> None:
    (tree / SETTINGS).write_text("fail-on: low\n")
    strict = commit(tree)
    (tree / SETTINGS).write_text("warn-only: true\n")
    lax = commit(tree)
    git(tree, "replace", strict, lax)
    git(tree, "replace", git(tree, "rev-parse", f"{strict}:{SETTINGS}"), git(tree, "rev-parse", f"{lax}:{SETTINGS}"))
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", strict]) == GAPS


def test_a_work_tree_that_the_repository_says_is_elsewhere(tree: Path, capsys: Captured) -> None:
    git(tree, "config", "core.worktree", str(tree.parent / "secret"))
    assert run(SCAN) == USAGE
    assert "core.worktree" in capsys.readouterr().err


def test_a_linked_work_tree_is_one(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / SETTINGS).write_text("warn-only: true\n")
    base = commit(tree)
    git(tree, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    (tmp_path / "linked" / SETTINGS).write_text("fail-on: low\noutput: json=.git/x\n")
    monkeypatch.chdir(tmp_path / "linked")
    assert run(["scan", "terraform", "infra", "-q"]) == USAGE
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", base]) == CLEAN


@pytest.mark.parametrize("name", [SETTINGS, REGISTER])
def test_what_git_lfs_keeps_is_told(name: str, tree: Path, capsys: Captured) -> None:
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text(POINTER)
    base = commit(tree)
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", base]) == USAGE
    assert f"{name} is kept in Git LFS" in capsys.readouterr().err


def submodule(tree: Path) -> str:
    other = tree.parent / "library"
    (other / "below").mkdir(parents=True)
    (other / "below" / "risks.yaml").write_text("version: 1\n")
    git(other, "init", "-q")
    commit(other)
    git(tree, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "library")
    return commit(tree)


def test_what_a_submodule_holds_is_told(tree: Path, capsys: Captured) -> None:
    base = submodule(tree)
    register = ("--exceptions", "library/below/risks.yaml")
    assert run(["scan", "terraform", "infra", "-q", *register, "--settings-ref", base]) == USAGE
    assert "is in the submodule library" in capsys.readouterr().err


def test_a_submodule_has_commits_of_its_own(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    base = submodule(tree)
    monkeypatch.chdir(tree / "library")
    (tree / "library" / "main.tf").write_text(BUCKET)
    assert run(["scan", "terraform", ".", "-q", "--settings-ref", base]) == USAGE
    assert "is no commit that git has here" in capsys.readouterr().err


def test_a_directory_that_became_a_submodule_brings_no_settings_of_the_tree(tree: Path, capsys: Captured) -> None:
    submodule(tree)
    (tree / "library" / "main.tf").write_text(BUCKET)
    (tree / SETTINGS).write_text("warn-only: true\n")
    base = ("--baseline-ref", "HEAD")
    assert run(["scan", "terraform", "library", "-q", *base]) == USAGE
    assert "is in another repository than the settings" in capsys.readouterr().err
    (tree / "elsewhere").symlink_to("../library")
    assert run(["scan", "terraform", "elsewhere", "-q", *base]) == USAGE
    assert run(["scan", "terraform", "library", "-q", *base, "--settings-ref", "main"]) == GAPS
    assert run(["scan", "terraform", "library", "-q", *base, "--settings-from-tree"]) == CLEAN


def test_comments_of_another_repository_refer_to_nothing(
    tree: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795910400")
    marked = "# hipaa-guard: exception EX-1\n" + BUCKET
    (tree / "main.tf").write_text(marked)
    (tree / REGISTER).parent.mkdir()
    (tree / REGISTER).write_text(register(entry(scope="inline")))
    submodule(tree)
    (tree / "library" / "main.tf").write_text(marked)
    only = ("-q", "-c", VERSIONING, "--settings-ref", "HEAD")
    assert run(["scan", "terraform", ".", *only]) == GAPS, "that of infra has no comment"
    assert "1 covered by exceptions" in capsys.readouterr().out
    assert run(["scan", "terraform", "library", *only]) == GAPS
    assert "covered by exceptions" not in capsys.readouterr().out


def at(tree: Path) -> Commit:
    return commit_named(tree, commit(tree))


def test_links_of_a_commit_stay_in_it(tree: Path) -> None:
    (tree / "real.yaml").write_text("fail-on: high\n")
    for name, to in {"inside": "real.yaml", "out": "../secret/creds.json", "device": "/dev/zero", "none": "x"}.items():
        (tree / name).symlink_to(to)
    (tree / "loop").symlink_to("loop")
    head = at(tree)
    assert head.read(Path("inside"), 100) == b"fail-on: high\n"
    for name in ("out", "device", "none", "loop"):
        with pytest.raises(GitError, match="symbolic link"):
            head.read(Path(name), 100)
    for path, why in {"infra": "is a directory", "../x": "outside of", "/etc/passwd": "outside of"}.items():
        with pytest.raises(GitError, match=why):
            head.read(Path(path), 100)
    assert head.read(Path("absent.yaml"), 100) is None
    assert head.read(Path("real.yaml/below"), 100) is None
    with pytest.raises(GitError, match="larger than"):
        head.read(Path("real.yaml"), 3)
    with pytest.raises(GitError, match="line end"):
        head.read(Path("a\nb"), 3)


def test_odd_names_are_read_as_they_are(tree: Path) -> None:
    for name in ("sp ace", "*", "qu'ote\"", "umläut", ":(top)x", "-x", "[a]"):
        (tree / name).write_text(name)
    head = at(tree)
    for name in ("sp ace", "*", "qu'ote\"", "umläut", ":(top)x", "-x", "[a]"):
        assert head.read(Path(name), 100) == name.encode()
        assert head.read(Path(f"{name}?"), 100) is None


def test_content_that_a_partial_clone_lacks_is_no_absence(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tree / SETTINGS).write_text("fail-on: low\n")
    base = commit(tree)
    (tree / SETTINGS).unlink()
    commit(tree)
    git(tree, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{tree}", str(clone))
    monkeypatch.chdir(clone)
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", base]) == USAGE
    assert base[:12] in capsys.readouterr().err


def test_a_shallow_clone_says_what_to_fetch(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    base = git(tree, "rev-parse", "HEAD")
    commit(tree)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{tree}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    (tmp_path / "clone" / SETTINGS).write_text("warn-only: true\n")
    assert run(["scan", "terraform", "infra", "-q", "--settings-ref", base]) == USAGE
    assert f"git fetch origin {base}" in capsys.readouterr().err
    git(tmp_path / "clone", "fetch", "-q", "origin", base)
    assert run(["scan", "terraform", "infra", "-q", "-o", "json", "--settings-ref", base]) == GAPS
    assert json.loads(capsys.readouterr().out)["settings"]["commit"] == base


def test_without_git_it_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    for path, told in {str(tree / "nowhere"): "git is not installed", os.devnull: "git cannot be run"}.items():
        monkeypatch.setenv("PATH", path)
        assert run(["scan", "terraform", "infra", "-q", "--settings-ref", "main"]) == USAGE
        assert told in capsys.readouterr().err


@pytest.mark.parametrize("start", [["-m", "hipaa_guard"], [str(Path(sys.executable).with_name("hipaa-guard"))]])
def test_no_module_of_the_tree_is_imported(tmp_path: Path, start: list[str]) -> None:
    for name in ("click", "json", "yaml", "pathlib", "re"):
        (tmp_path / f"{name}.py").write_text('raise SystemExit("it ran")\n')
    done = subprocess.run([sys.executable, *start, "--version"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (CLEAN, b"")
