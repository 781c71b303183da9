"""docs/editors.md shows what works: its task, its patterns and its commands are run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

from tests.cli.hostile import commit, git
from tests.patience import HANGS

PAGE = (Path(__file__).parents[2] / "docs" / "editors.md").read_text()
BLOCKS: list[dict[str, Any]] = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
BIN = Path(sys.executable).parent

TEXT = """
resource "aws_sqs_queue" "open" {
  name                    = "x"
  sqs_managed_sse_enabled = false
}

resource "aws_s3_bucket" "phi" {
  bucket = var.name
}

resource "aws_s3_bucket_versioning" "phi" {
  bucket = aws_s3_bucket.phi.id
  versioning_configuration {
    status = var.status
  }
}

variable "name" {}

variable "status" {}
"""
HOSTILE = '\nresource "aws_sqs_queue" "b" {\n  count = 1\n'  # a block without an end


def block(key: str) -> dict[str, Any]:
    (found,) = [each for each in BLOCKS if key in each]
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    (made / "infra").mkdir(parents=True)
    (made / "infra" / "old.tf").write_text('resource "aws_sqs_queue" "old" {\n  sqs_managed_sse_enabled = false\n}\n')
    git(made, "init", "-q")
    commit(made)
    (made / "infra" / "main.tf").write_text(TEXT)
    return made


def program(*command: str, at: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False, timeout=HANGS)


def task() -> dict[str, Any]:
    (found,) = block("tasks")["tasks"]
    assert isinstance(found, dict)
    return found


def problems(output: str) -> list[dict[str, str]]:
    """What the matcher of the task finds in lines."""
    matcher = task()["problemMatcher"]["pattern"]
    pattern = re.compile(matcher["regexp"])
    groups = {name: number for name, number in matcher.items() if name != "regexp"}
    found = [pattern.search(line) for line in output.splitlines()]
    return [{name: match[number] or "" for name, number in groups.items()} for match in found if match]


def test_the_task_marks_the_gaps_of_changed_files_where_they_stand(tree: Path) -> None:
    done = program(task()["command"], *task()["args"], at=tree)
    assert done.returncode == 1, done.stderr
    found = problems(done.stdout)
    assert len(found) == len(done.stdout.splitlines())
    assert {each["file"] for each in found} == {"infra/main.tf"}
    lines = TEXT.splitlines()
    marked = {each["code"]: (each["severity"], lines[int(each["line"]) - 1]) for each in found}
    assert marked["sqs_queue_encrypted_at_rest"] == ("warning", "  sqs_managed_sse_enabled = false")
    assert marked["s3_bucket_tls_required"] == ("error", 'resource "aws_s3_bucket" "phi" {')
    assert marked["s3_bucket_versioning_enabled"][0] == "info"  # var.status has no value
    assert all(each["message"] and each["code"] for each in found)


def test_all_gaps_are_those_of_the_json(tree: Path) -> None:
    done = program("hipaa-guard", "scan", "terraform", ".", "-q", "-o", "lines", "-o", "json=scan.json", at=tree)
    result = json.loads((tree / "scan.json").read_text())
    told = sorted((each["code"], each["severity"] == "info") for each in problems(done.stdout))
    statuses = [(each["control_id"], each["status"]) for each in result["findings"]]
    assert told == sorted((id, status == "unknown") for id, status in statuses if status in ("fail", "unknown"))
    again = program("hipaa-guard", "render", "scan.json", "-o", "lines", at=tree)
    assert again.stdout == done.stdout


def test_what_could_not_be_read_is_a_problem_too(tree: Path) -> None:
    (tree / "infra" / "broken.tf").write_text(HOSTILE)
    done = program(task()["command"], *task()["args"], at=tree)
    (broken,) = [each for each in problems(done.stdout) if each["file"] == "infra/broken.tf" and not each["code"]]
    assert broken["severity"] == "warning"
    assert "syntax error" in broken["message"]


@pytest.mark.parametrize(
    "name", ["a.tf:1:1: error: x.tf", "\x1b[31m.tf", "::error file=x::.tf", "a b.tf", "x##[group].tf"]
)
def test_a_hostile_name_stays_in_its_line_and_acts_nowhere(tree: Path, name: str) -> None:
    (tree / "infra" / name).write_text('resource "aws_sqs_queue" "named" {\n  sqs_managed_sse_enabled = false\n}\n')
    done = program(task()["command"], *task()["args"], at=tree)
    assert "\x1b" not in done.stdout
    assert not re.search(r"^\s*::|##\[", done.stdout, re.MULTILINE)
    code = re.compile(r"\\u([0-9a-f]{4})|\\x([0-9a-f]{2})")
    files = {
        code.sub(lambda found: chr(int(found[found.lastindex or 0], 16)), each["file"])
        for each in problems(done.stdout)
    }
    assert files == {"infra/main.tf", f"infra/{name}"}


def test_the_settings_of_vim_find_the_same(tree: Path) -> None:
    (text,) = re.findall(r"```vim\n(.*?)```", PAGE, re.DOTALL)
    values = dict(line.strip().removeprefix("set ").split("=", 1) for line in text.splitlines() if line.strip())
    plain = {name: re.sub(r"\\(.)", r"\1", value) for name, value in values.items()}
    done = program(*shlex.split(plain["makeprg"]), at=tree)
    signs = {"%f": r"(?P<file>.+?)", "%l": r"(?P<line>\d+)", "%c": r"\d+", "%t": r"(?P<kind>\w)", "%m": r"(?P<text>.*)"}
    *formats, rest = plain["errorformat"].split(",")
    assert rest == "%-G%.%#"  # every other line is left out
    patterns = [re.sub("%.", lambda sign: signs[sign[0]], each) for each in formats]
    for line, problem in zip(done.stdout.splitlines(), problems(done.stdout), strict=True):
        (match,) = filter(None, (re.fullmatch(pattern, line) for pattern in patterns))
        assert (match["file"], match["line"], match["kind"]) == (
            problem["file"],
            problem["line"],
            problem["severity"][0],
        )


def test_the_commands_of_the_page_are_commands(tree: Path) -> None:
    (text,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    git(tree, "update-ref", "refs/remotes/origin/main", "HEAD")
    for line in text.splitlines():
        done = program(*shlex.split(line, comments=True), "-o", "json", at=tree)
        found = {each["resource"]["address"] for each in json.loads(done.stdout)["findings"]}
        assert "aws_sqs_queue.open" in found
        assert ("aws_sqs_queue.old" in found) == ("main.tf" in line)


@pytest.mark.parametrize("key", ["mcpServers", "servers"])
def test_the_excerpts_for_clients_start_the_server(tree: Path, key: str) -> None:
    entry = block(key)[key]["hipaa-guard"]
    assert entry.get("cwd", "${workspaceFolder}") == "${workspaceFolder}"

    async def ask() -> set[str]:
        path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        given = StdioServerParameters(command=entry["command"], args=entry["args"], cwd=tree, env=path)
        with anyio.fail_after(HANGS):
            async with stdio_client(given) as (reading, writing), ClientSession(reading, writing) as session:
                await session.initialize()
                return {tool.name for tool in (await session.list_tools()).tools}

    tools = anyio.run(ask)
    assert tools == set(re.findall(r"^\| `(\w+)` \| `", PAGE, re.MULTILINE))
