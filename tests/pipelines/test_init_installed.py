"""`hipaa-guard init` after each way of installing: the pipeline installs the same, or has a line to fill in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.patience import HANGS
from tests.pipelines.tools import ROOT, accepts, actionlint, copied, git, pip_environment, tool

PLACEHOLDER = "hipaa-guard-cloud @ git+https://HOST.invalid/OWNER/hipaa-guard@COMMIT"
ORIGIN = "https://git.example.org/clinic/hipaa-guard.git"
WORKFLOW = ".github/workflows/hipaa-guard.yml"
BAD = 'resource "aws_s3_bucket" "phi" {}\n'


class Installed:
    """hipaa-guard in some place: a directory on the path of the tests' Python, or an environment of its own."""

    def __init__(self, python: Path, directory: Path | None = None) -> None:
        self.python, self.directory = python, directory

    def init(self, at: Path, *arguments: str) -> str:
        """What `init` says in a directory, where it has to succeed."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HIPAA_GUARD_")}
        result = subprocess.run(
            [self.python, "-P", "-m", "hipaa_guard", "init", *arguments],
            cwd=at,
            env=clean | ({"PYTHONPATH": str(self.directory)} if self.directory else {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=HANGS,
        )
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout


def pip(*words: str | Path, python: Path | None = None) -> None:
    other = ("--python", python) if python else ()
    build = ("--quiet", "--no-deps", "--no-build-isolation", "--no-compile")
    accepts(sys.executable, "-m", "pip", *other, "install", *build, *words, environment=pip_environment())


def environment_without_ours(at: Path) -> Path:
    """The Python of a new environment that has the packages of the tests, and no hipaa-guard."""
    own = at / "venv"
    venv.create(own, symlinks=True)
    (theirs,), (site,) = (each.glob("lib/python*/site-packages") for each in (Path(sys.prefix), own))
    for each in theirs.iterdir():
        if "hipaa_guard" not in each.name:
            (site / each.name).symlink_to(each)
    return own / "bin/python"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of hipaa-guard with one commit."""
    tree = copied(tmp_path_factory.mktemp("clone") / "hipaa guard")
    (tree / ".gitignore").write_text("build/\n*.egg-info/\n")
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "first")
    return tree


@pytest.fixture(scope="module")
def into(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Installed]:
    """Installs into a directory of its own, beside the packages of the tests."""

    def installed(*words: str | Path) -> Installed:
        directory = tmp_path_factory.mktemp("site")
        pip("--target", directory, *words)
        return Installed(Path(sys.executable), directory)

    return installed


@pytest.fixture(scope="module")
def from_clone(clone: Path, into: Callable[..., Installed]) -> Installed:
    return into(clone)


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A repository at GitHub with one bucket."""
    at = tmp_path / "clinic"
    at.mkdir()
    (at / "main.tf").write_text(BAD)
    git(at, "init", "-q", "-b", "main")
    git(at, "remote", "add", "origin", "git@github.com:clinic/infra.git")
    return at


def requirement(clinic: Path) -> str:
    """What the workflow installs."""
    steps = yaml.safe_load((clinic / WORKFLOW).read_text())["jobs"]["scan"]["steps"]
    (found,) = [step["env"]["REQUIREMENT"] for step in steps if step.get("name") == "Install"]
    assert isinstance(found, str)
    return found


def hook(clinic: Path) -> dict[str, Any]:
    (repo,) = yaml.safe_load((clinic / ".pre-commit-config.yaml").read_text())["repos"]
    (found,) = repo["hooks"]
    assert isinstance(found, dict)
    return found


def is_valid(clinic: Path) -> None:
    """The judges of workflows and of hooks accept the files."""
    accepts(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", clinic / WORKFLOW)
    accepts(tool("zizmor"), "--offline", "--no-progress", clinic / WORKFLOW)
    accepts(*actionlint(clinic / WORKFLOW))
    accepts(tool("pre-commit"), "validate-config", cwd=clinic)


def is_placeholder(clinic: Path, told: str) -> None:
    """The workflow has a line to fill in and says why; the hook runs the program that is on the PATH."""
    assert requirement(clinic) == PLACEHOLDER
    assert "          # REPLACE THE NEXT LINE. " in (clinic / WORKFLOW).read_text()
    assert f"{WORKFLOW} needs a line of yours: " in told
    assert hook(clinic)["language"] == "system"
    assert "additional_dependencies" not in hook(clinic)


def installs(clinic: Path, wanted: str) -> None:
    assert requirement(clinic) == wanted
    assert (hook(clinic)["language"], hook(clinic)["additional_dependencies"]) == ("python", [wanted])


def again(clinic: Path) -> None:
    """Forget the files of `init`."""
    git(clinic, "clean", "-fdxq", "--exclude=main.tf")


def test_from_a_clone_that_is_nowhere_else(from_clone: Installed, clinic: Path) -> None:
    told = from_clone.init(clinic)
    is_placeholder(clinic, told)
    assert "git knows no commit and no origin" in told
    is_valid(clinic)


def test_from_a_clone_of_a_server(from_clone: Installed, clone: Path, clinic: Path) -> None:
    commit = git(clone, "rev-parse", "HEAD")
    git(clone, "remote", "add", "origin", ORIGIN.replace("https://", "https://me:token@"))
    try:
        assert "its commit was not pushed" in from_clone.init(clinic)
        again(clinic)
        git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
        told = from_clone.init(clinic)
        installs(clinic, f"hipaa-guard-cloud @ git+{ORIGIN}@{commit}")
        assert f"installs hipaa-guard-cloud @ git+{ORIGIN}@{commit}." in told
        assert "token" not in told
        is_valid(clinic)
        for remote, url in {
            "git@git.example.org:clinic/guard.git": "ssh://git@git.example.org/clinic/guard.git",
            "ssh://me:secret@git.example.org:22/guard": "ssh://me@git.example.org:22/guard",
        }.items():
            again(clinic)
            git(clone, "remote", "set-url", "origin", remote)
            assert "for which it needs a key" in from_clone.init(clinic)
            installs(clinic, f"hipaa-guard-cloud @ git+{url}@{commit}")
        for remote in ("../elsewhere", "file:///srv/guard.git", "http://git.example.org/guard"):
            again(clinic)
            git(clone, "remote", "set-url", "origin", remote)
            assert "cloned from a place that a pipeline cannot reach" in from_clone.init(clinic)
        again(clinic)
        (clone / "README.md").write_text("changed\n")
        told = from_clone.init(clinic)
        is_placeholder(clinic, told)
        assert "changes that are in no commit" in told
    finally:
        git(clone, "checkout", "-q", "--", ".")
        git(clone, "remote", "remove", "origin")


def test_in_place_in_an_environment_of_its_own(clone: Path, clinic: Path, tmp_path: Path) -> None:
    """As pipx does: the program has its own environment, and the working directory has none."""
    python = environment_without_ours(tmp_path)
    pip("--editable", clone, python=python)
    is_placeholder(clinic, Installed(python).init(clinic))


def test_from_files(clone: Path, clinic: Path, into: Callable[..., Installed], tmp_path: Path) -> None:
    """A wheel, an archive of source, and a directory of wheels, which looks as an index does."""
    tree, dist = tmp_path / "tree", tmp_path / "dist"
    shutil.copytree(clone, tree, ignore=shutil.ignore_patterns(".git"))
    accepts(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, tree, environment=pip_environment())
    for pattern in ("*.whl", "*.tar.gz"):
        (file,) = dist.glob(pattern)
        told = into(file).init(clinic)
        is_placeholder(clinic, told)
        assert "from a file that a pipeline does not have" in told
        again(clinic)
    (wheel,) = dist.glob("*.whl")
    into("--find-links", dist, "hipaa-guard-cloud").init(clinic)
    installs(clinic, f"hipaa-guard-cloud=={wheel.name.split('-')[1]}")


def test_from_a_repository(clone: Path, clinic: Path, into: Callable[..., Installed]) -> None:
    installed = into(f"git+{clone.as_uri()}")
    told = installed.init(clinic)
    is_placeholder(clinic, told)
    assert "from a repository that a pipeline cannot reach" in told
    assert installed.directory is not None
    (record,) = installed.directory.glob("*.dist-info/direct_url.json")
    origin = json.loads(record.read_text())
    commit = git(clone, "rev-parse", "HEAD")
    assert origin["vcs_info"]["commit_id"] == commit
    again(clinic)
    # The same record with the place that an installation from a server has.
    record.write_text(json.dumps(origin | {"url": ORIGIN, "subdirectory": "tools/guard"}))
    installed.init(clinic)
    installs(clinic, f"hipaa-guard-cloud @ git+{ORIGIN}@{commit}#subdirectory=tools/guard")
    for text in ("{", "[]", "{}", '{"url": 7, "dir_info": {}}'):
        again(clinic)
        record.write_text(text)
        told = installed.init(clinic)
        is_placeholder(clinic, told)
        assert "direct_url.json" in told
    again(clinic)
    record.write_text(
        json.dumps({"url": "https://git.example.org/g.whl", "archive_info": {"hashes": {"sha256": "ab12"}}})
    )
    installed.init(clinic)
    installs(clinic, "hipaa-guard-cloud @ https://git.example.org/g.whl#sha256=ab12")


def test_without_a_record_of_the_installation(clinic: Path, tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    run = Installed(environment_without_ours(tmp_path), tree / "src")
    # policies/ and reports/ become parts of the package when it is installed.
    for name in ("policies", "reports"):
        (tree / "src/hipaa_guard" / name).symlink_to(tree / name)
    told = run.init(clinic)
    is_placeholder(clinic, told)
    assert "without being installed" in told
    again(clinic)
    built = tree / "src/hipaa_guard_cloud.egg-info"
    built.mkdir()
    (built / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: hipaa-guard-cloud\nVersion: 0.1.0\n")
    told = run.init(clinic)
    is_placeholder(clinic, told)
    assert "No record says where" in told


def test_the_hook_is_that_of_the_repository(from_clone: Installed, clinic: Path) -> None:
    """The hook that `init` writes runs as the one of .pre-commit-hooks.yaml does."""
    from_clone.init(clinic)
    (ours,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    written = hook(clinic)
    for name in ("id", "name", "entry", "files", "require_serial"):
        assert written[name] == ours[name]
