"""Reading the baseline of a commit runs nothing that the repository holds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hipaa_guard.terraform.modules.git_checkout import directory_at
from tests.lifecycle.baseline.repositories import PHI, at_ref, git, new


class TestNothingOfTheRepositoryRuns:
    def test_neither_hooks_nor_filters_nor_attributes(self, repository: Path, tmp_path: Path) -> None:
        ran = tmp_path / "ran"
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
            path = repository / ".git" / "hooks" / hook
            path.write_text(f"#!/bin/sh\ntouch {ran}\n")
            path.chmod(0o755)
        (repository / ".gitattributes").write_text("*.tf filter=run export-ignore export-subst\n")
        git(repository, "add", ".gitattributes")
        git(repository, "commit", "-qm", "attributes", "--no-verify")
        ran.unlink(missing_ok=True)
        names = ("filter.run.smudge", "filter.run.clean", "core.fsmonitor", "core.pager", "core.sshCommand")
        with (repository / ".git" / "config").open("a") as config:
            config.writelines(_setting(name, f"touch {ran}") for name in names)
        assert new(at_ref(repository / "infra", "HEAD"))["aws_s3_bucket.logs"] is False
        assert not ran.exists()

    def test_the_environment_does_not_lead_elsewhere(
        self, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
        monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
        assert new(at_ref(repository / "infra", "HEAD"))["aws_s3_bucket.phi"] is False

    def test_links_do_not_lead_out(self, repository: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (repository / "infra" / "out").symlink_to(outside)
        (repository / "infra" / "etc.tf").symlink_to("/etc/passwd")
        git(repository, "add", "-A")
        git(repository, "commit", "-qm", "links")
        with directory_at(repository / "infra", "HEAD") as found:
            assert found is not None
            assert (found.directory / "etc.tf").is_symlink()
            assert (found.directory / "main.tf").read_text() == PHI
        found_now = at_ref(repository / "infra", "HEAD")
        assert new(found_now)["aws_s3_bucket.phi"] is False

    def test_a_crafted_commit_writes_nowhere_else(self, repository: Path, tmp_path: Path) -> None:
        """A tree object may hold names that no work tree could: ``..`` and a file below a link."""
        blob = git(repository, "hash-object", "-w", "infra/main.tf")
        link = _stored(repository, "blob", os.fsencode(tmp_path / "target"))
        (tmp_path / "target").mkdir()
        inner = _tree(repository, [("100644", "x.tf", blob)])
        upper = _tree(repository, [("100644", "escaped.tf", blob)])
        root = _tree(
            repository,
            [
                ("40000", "..", upper),
                ("40000", ".git", inner),
                ("120000", "a", link),
                ("40000", "a", inner),
                ("40000", "infra", inner),
            ],
        )
        commit = git(repository, "commit-tree", "-m", "crafted", root)
        with directory_at(repository / "infra", commit) as found:
            assert found is not None
            assert [path.name for path in found.directory.iterdir()] == ["x.tf"]
            base = found.directory.parent
            assert not (base.parent / "escaped.tf").exists()
            assert list((base / ".git").iterdir()) == []
        assert list((tmp_path / "target").iterdir()) == []


def _setting(name: str, value: str) -> str:
    *section, key = name.split(".")
    head = section[0] if len(section) == 1 else f'{section[0]} "{section[1]}"'
    return f"[{head}]\n\t{key} = {value}\n"


def _stored(repository: Path, kind: str, content: bytes) -> str:
    command = ["git", "-C", str(repository), "hash-object", "-w", "--literally", "-t", kind, "--stdin"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()


def _tree(repository: Path, entries: list[tuple[str, str, str]]) -> str:
    content = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(object_) for mode, name, object_ in entries)
    return _stored(repository, "tree", content)
