"""The entry that `hipaa-guard init` adds to `.pre-commit-config.yaml`: the rest keeps its bytes, and the hook runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hipaa_guard.cli.main import run as main
from tests.cli.command_line.running import run
from tests.patience import HANGS
from tests.pipelines.tools import accepts, copied, git, pip_environment, tool

BAD = 'resource "aws_s3_bucket" "phi" {}\n'
FROM = ("--install", "hipaa-guard-cloud==0.1.0")
OPEN = """
resource "aws_security_group" "phi" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
FILE = ".pre-commit-config.yaml"
THEIRS = "repo: https://git.example.org/hooks\n{0}rev: v1\n{0}hooks:\n{0}- id: tidy\n"
CONFIGURATIONS = {
    "indented": f"# ours\nrepos:\n  # first\n  - {THEIRS.format('    ')}",
    "not indented": f"repos:\n- {THEIRS.format('  ')}",
    "with keys after it": f"repos:\n- {THEIRS.format('  ')}\n# of the whole\nfail_fast: true\n",
    "with a comment of the last hook": f"repos:\n  - {THEIRS.format('    ')}      # - id: later\n\n# the end\n",
    "with a text of lines": f"repos:\n  - {THEIRS.format('    ')}      name: |\n        a\n\nexclude: x\n",
    "line ends of Windows": f"repos:\n- {THEIRS.format('  ')}".replace("\n", "\r\n"),
    "without a line end": f"repos:\n- {THEIRS.format('  ')}".rstrip("\n"),
    "a document mark and a byte order mark": f"\ufeff---\nrepos:\n- {THEIRS.format('  ')}",
    "in brackets": "repos: [{repo: meta, hooks: [{id: identity}]}, ] # all\nfail_fast: true\n",
    "in brackets over lines": "repos: [\n  {repo: meta, hooks: [{id: identity}]} # one\n]\n",
    "empty brackets": "repos: [] # none yet\ndefault_stages: [pre-commit]\n",
    "null": "fail_fast: true\nrepos:\n",
    "a written null": "repos: ~\n",
    "no list": "fail_fast: true # soon\n",
    "only a comment": "# nothing yet",
    "empty": "",
    "anchors": "repos:\n- &one\n  repo: meta\n  hooks: [{id: identity}]\n- *one\nfail_fast: false\n",
}
LEFT = {
    "no YAML": b"repos: [\n",
    "a list": b"- repo: meta\n",
    "two documents": b"repos: []\n---\nrepos: []\n",
    "a list that is a text": b"repos: none\n",
    "all in braces": b"{fail_fast: true}\n",
    "no UTF-8": b"repos: [] # \xff\n",
    "an end of the document": b"fail_fast: true\n...\n",
    "a bomb": b"a: &a [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(
        f"{name}: &{name} [{', '.join([f'*{of}'] * 9)}]\n".encode()
        for of, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    + b"repos: []\n",
}
THERE = {
    "of its repository": "repos:\n- repo: https://git.example.org/hipaa-guard\n  rev: v1\n  hooks: [{id: hipaa-guard}]\n",
    "under another id": "repos:\n- repo: local\n  hooks:\n  - {id: phi, name: phi, language: system, "
    "entry: hipaa-guard scan terraform .}\n",
}


@pytest.fixture
def init(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Runs `init` in the repository without a process of its own; what it says."""
    monkeypatch.chdir(repository)

    def done() -> str:
        code = main(["init", *FROM])
        said = capsys.readouterr()
        assert (code, said.err) == (0, "")
        return said.out

    return done


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("repository")
    (at / "main.tf").write_text(BAD)
    git(at, "init", "-q", "-b", "main")
    git(at, "add", "-A")
    git(at, "commit", "-qm", "first")
    return at


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_an_entry_is_added_and_every_other_byte_stays(repository: Path, init: Callable[[], str], name: str) -> None:
    before = CONFIGURATIONS[name].encode()
    (repository / FILE).write_bytes(before)
    assert f"changed    {FILE}" in init()
    after = (repository / FILE).read_bytes()
    rest = iter(after)
    kept = (
        before.replace(b" []", b"").replace(b" ~", b"") if b"repos: []" in before or b"repos: ~" in before else before
    )
    assert all(byte in rest for byte in kept.rstrip(b" ")), "bytes were lost"
    old, new = (yaml.safe_load(text.decode("utf-8-sig")) or {} for text in (before, after))
    assert new["repos"][:-1] == (old.get("repos") or [])
    assert new["repos"][-1]["hooks"][0]["id"] == "hipaa-guard"
    assert {key: each for key, each in new.items() if key != "repos"} == {
        key: each for key, each in old.items() if key != "repos"
    }
    for line in before.splitlines():  # no line of theirs was broken, unless it held the empty list
        assert line in after.splitlines() or b"[" in line or b"~" in line
    assert (b"\r\n" in after) == (b"\r\n" in before)
    assert b"\n" not in after.replace(b"\r\n", b"") or b"\r\n" not in before
    second = init()
    assert f"unchanged  {FILE}" in second
    assert "Nothing changed" in second
    assert (repository / FILE).read_bytes() == after


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_edited_stays_and_the_lines_are_shown(
    repository: Path, init: Callable[[], str], name: str
) -> None:
    (repository / FILE).write_bytes(LEFT[name])
    told = init()
    assert f"kept       {FILE}: it " in told
    assert (repository / FILE).read_bytes() == LEFT[name]
    shown = told.partition("under `repos:`:\n")[2].partition("Nothing changed")[0].partition("Next:")[0]
    (entry,) = yaml.safe_load(shown)
    assert entry["hooks"][0]["id"] == "hipaa-guard"


@pytest.mark.parametrize("name", THERE)
def test_no_second_entry_is_added(repository: Path, init: Callable[[], str], name: str) -> None:
    (repository / FILE).write_text(THERE[name])
    assert f"unchanged  {FILE}" in init()
    assert (repository / FILE).read_text() == THERE[name]


def hooked(repository: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the hooks as pre-commit does in a commit of all files."""
    command = [tool("pre-commit"), "run", "--all-files", "--color=never", "--verbose"]
    return subprocess.run(
        command,
        cwd=repository,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS,
    )


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """A repository with a gap in one root of AWS, beside one of another provider."""
    at = tmp_path / "estate"
    for name, text in {
        "infra/aws/main.tf": OPEN,
        "infra/gcp/main.tf": 'resource "google_storage_bucket" "phi" {}\n',
    }.items():
        (at / name).parent.mkdir(parents=True)
        (at / name).write_text(text)
    git(at, "init", "-q")
    return at


def test_the_hook_runs_the_program_on_the_path_where_no_source_is_known(estate: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    ours = tmp_path / "bin" / "hipaa-guard"
    ours.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hipaa_guard "$@"\n')
    ours.chmod(0o755)
    record = tmp_path / "site" / "hipaa_guard_cloud-0.1.0.dist-info"
    record.mkdir(parents=True)
    for name, text in {
        "METADATA": "Metadata-Version: 2.1\nName: hipaa-guard-cloud\nVersion: 0.1.0\n",
        "RECORD": "",
        "direct_url.json": '{"url": "file:///srv/guard.whl", "archive_info": {}}',
    }.items():
        (record / name).write_text(text)
    assert run("init", "infra", cwd=estate, PYTHONPATH=str(record.parent)).returncode == 0
    assert "language: system" in (estate / FILE).read_text()
    git(estate, "add", "-A")
    path = f"{ours.parent}{os.pathsep}{os.environ['PATH']}"
    found = hooked(estate, PATH=path)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "aws_security_group.phi" in found.stdout
    (estate / "infra/aws/main.tf").write_text('resource "aws_kms_key" "phi" {}\n')
    git(estate, "add", "-A")
    found = hooked(estate, PATH=path)
    assert found.returncode == 0, "the settings stop at high, and rotation is milder"


def test_pre_commit_installs_and_runs_the_hook(estate: Path, tmp_path: Path) -> None:
    source = copied(tmp_path / "hipaa-guard")
    assert run("init", "--install", f"hipaa-guard-cloud @ {source.as_uri()}", cwd=estate).returncode == 0
    accepts(tool("pre-commit"), "validate-config", cwd=estate)
    git(estate, "add", "-A")
    found = hooked(estate, **{**pip_environment(), "PRE_COMMIT_HOME": str(tmp_path / "cache")})
    assert found.returncode == 1, found.stdout + found.stderr
    assert "aws_security_group.phi" in found.stdout
