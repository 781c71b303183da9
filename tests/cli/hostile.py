"""A project whose author is hostile, and git as its reviewers have it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SETTINGS = ".hipaa-guard.yaml"
REGISTER = ".hipaa-guard/exceptions.yaml"
SECRET = "hunter2-is-the-secret"
BUCKET = 'resource "aws_s3_bucket" "phi" {\n  bucket = "phi-records"\n}\n'


def git(at: Path, *arguments: str) -> str:
    """What a command of git prints."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    result = subprocess.run(
        ["git", "-C", str(at), "-c", "init.defaultBranch=main", *who, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=clean,
    )
    return result.stdout.strip()


def commit(at: Path, message: str = "more") -> str:
    """All of the tree in a commit: its id."""
    git(at, "add", "-A")
    git(at, "commit", "-q", "--allow-empty", "-m", message)
    return git(at, "rev-parse", "HEAD")


def project(at: Path) -> Path:
    """A repository with a bucket without versions in infra, and beside it a secret and a file that is precious."""
    (at / "secret").mkdir(parents=True)
    (at / "secret" / "creds.json").write_text(f'{{"password": "{SECRET}", "{SECRET}": 1}}')
    (at / "secret" / "creds.yaml").write_text(f"{SECRET}: [{SECRET}\n")
    tree = at / "project"
    (tree / "infra").mkdir(parents=True)
    (tree / "infra" / "main.tf").write_text(BUCKET)
    git(tree, "init", "-q")
    commit(tree, "first")
    return tree


def program(at: Path) -> Path:
    """A program that leaves a trace."""
    file = at.parent / "run-me"
    file.write_text(f'#!/bin/sh\ntouch "{at.parent}/it-ran"\ncat "$@" 2>/dev/null\nexit 0\n')
    file.chmod(0o755)
    return file


def ran(tree: Path) -> bool:
    return (tree.parent / "it-ran").exists()
