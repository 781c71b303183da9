"""`hipaa-guard mcp`, asked by the client of the official SDK over the standard streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent

from hipaa_guard.cli.mcp_server.confinement import RefusedPathError, inside
from hipaa_guard.cli.mcp_server.results import MOST_BYTES, MOST_ROWS, bounded_scan
from tests.cli.hostile import SECRET, commit, project
from tests.patience import HANGS

ROOT = Path(__file__).parents[2]
GUARD = str(Path(sys.executable).parent / "hipaa-guard")
TOOLS = ("scan", "explain", "preview_fix")
VERSIONING, TLS = "s3_bucket_versioning_enabled", "s3_bucket_tls_required"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A hostile project: links out of it, and modules of Python that an interpreter may find."""
    made = project(tmp_path)
    (made / "out").symlink_to(tmp_path / "secret")
    (made / "infra" / "creds.json").symlink_to(tmp_path / "secret" / "creds.json")
    for name in ("json", "hipaa_guard", "click", "anyio", "sitecustomize"):
        (made / f"{name}.py").write_text(f"open({str(tmp_path / 'it-ran')!r}, 'w')\n")
    commit(made)
    return made


@asynccontextmanager
async def session(at: Path) -> AsyncIterator[ClientSession]:
    """A session with a server that writes the id of its process into a file beside its directory."""
    command = f'echo $$ > "{at.parent}/pid"; exec "{GUARD}" mcp'
    parameters = StdioServerParameters(command="/bin/sh", args=["-c", command], cwd=at)
    with anyio.fail_after(HANGS):
        async with stdio_client(parameters) as (reading, writing), ClientSession(reading, writing) as made:
            await made.initialize()
            yield made


def text(result: CallToolResult) -> str:
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


def content(result: object) -> dict[str, Any]:
    assert isinstance(result, CallToolResult)
    assert not result.is_error, text(result)
    assert result.structured_content is not None
    found: dict[str, Any] = result.structured_content
    assert json.loads(text(result)) == found
    return found


async def refused(asked: ClientSession, tool: str, **arguments: Any) -> str:
    result = await asked.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    assert result.is_error, text(result)
    assert "Traceback" not in text(result)
    return text(result)


def files(at: Path) -> dict[str, bytes]:
    return {
        str(each): each.read_bytes() for each in sorted(at.rglob("*")) if each.is_file() and ".git" not in each.parts
    }


def test_the_tools_scan_explain_and_preview_and_only_read(tree: Path) -> None:
    before = files(tree.parent)

    async def ask() -> None:
        async with session(tree) as asked:
            tools = {each.name: each for each in (await asked.list_tools()).tools}
            assert tuple(tools) == TOOLS
            for tool in tools.values():
                assert tool.annotations is not None
                assert tool.annotations.read_only_hint is True
                assert tool.annotations.destructive_hint is False
                assert tool.annotations.open_world_hint is False

            found = content(await asked.call_tool("scan", {"path": "infra", "severity": "medium"}))
            assert found["gate"]["exit_code"] == 1
            assert found["scan"]["target"] == "infra"
            severities = [each["severity"] for each in found["findings"] if each["status"] == "fail"]
            assert severities == sorted(severities, key=["critical", "high", "medium"].index)
            assert {each["status"] for each in found["findings"]} <= {"fail", "unknown"}
            counts = found["summary"]["findings"]
            assert sum(found["left_out"].values()) + len(found["findings"]) == sum(counts.values())
            gap = next(each for each in found["findings"] if each["control_id"] == VERSIONING)

            one = content(await asked.call_tool("scan", {"controls": [VERSIONING], "path": str(tree / "infra")}))
            assert [each["fingerprint"] for each in one["findings"]] == [gap["fingerprint"]]

            nothing = content(await asked.call_tool("scan", {"path": "infra", "changed": True}))
            assert nothing["gate"]["exit_code"] == 0
            assert "no file differs from HEAD" in nothing["gate"]["reasons"][0]

            control = content(await asked.call_tool("explain", {"control": TLS}))
            assert control["control"]["id"] == TLS
            assert "Fix in Terraform" in control["text"]

            fix = content(await asked.call_tool("preview_fix", {"path": "infra", "finding": gap["fingerprint"][:12]}))
            assert "+++ b/infra/main.tf" in fix["patch"]
            assert '+resource "aws_s3_bucket_versioning"' in fix["patch"]
            assert fix["gaps_left"] is True
            same = content(await asked.call_tool("preview_fix", {"path": "infra", "control": VERSIONING}))
            assert same["patch"] == fix["patch"]

    anyio.run(ask)
    after = files(tree.parent)
    del after[str(tree.parent / "pid")]
    assert after == before  # neither written nor, by the modules of Python in the tree, run


def test_what_is_refused_is_said_in_plain_words(tree: Path) -> None:
    paths = {
        "../secret": "has `..` in it",
        "infra/../../secret": "has `..` in it",
        str(tree.parent / "secret"): "is outside of the working directory",
        "/etc/passwd": "is outside of the working directory",
        "out": "leads out of the working directory by a symbolic link",
        "out/creds.json": "leads out of the working directory by a symbolic link",
        "infra/creds.json": "leads out of the working directory by a symbolic link",
        "nowhere": "does not exist",
        ".git": "is among git's own files",
        "a\0b": "characters that are no part of a path",
        "-h": "does not exist",
    }

    async def ask() -> None:
        async with session(tree) as asked:
            for path, why in paths.items():
                for tool in ("scan", "preview_fix"):
                    told = await refused(asked, tool, path=path)
                    assert why in told
                    assert SECRET not in told
            told = await refused(asked, "scan", controls=["s3_bucket_tls"])
            assert "there is no control 's3_bucket_tls': did you mean s3_bucket_tls_required" in told
            assert "there is no control '--write'" in await refused(asked, "preview_fix", control="--write")
            assert "there is no control '-h'" in await refused(asked, "explain", control="-h")
            assert "no gap here has a fingerprint" in await refused(
                asked, "preview_fix", path="infra", finding="00000000"
            )
            assert "holds no .tf files" in await refused(asked, "scan", path=".hipaa")
            assert "'critical', 'high'" in await refused(asked, "scan", severity="huge")
            assert "gate" in content(await asked.call_tool("scan", {"path": "infra"}))  # it still serves

    (tree / ".hipaa").mkdir()
    anyio.run(ask)


def test_a_found_file_of_settings_has_the_rights_that_it_has_for_the_command(tree: Path) -> None:
    (tree / ".hipaa-guard.yaml").write_text("output: json=infra/main.tf\npolicies: evil\n")
    commit(tree)

    async def ask() -> None:
        async with session(tree) as asked:
            assert "policies" in await refused(asked, "scan", path="infra")
            (tree / ".hipaa-guard.yaml").write_text(f"output: json=report.json\nterraform: {{skip-control: {TLS}}}\n")
            found = content(await asked.call_tool("scan", {"path": "infra"}))
            assert found["settings"]["file"] == ".hipaa-guard.yaml"
            assert TLS not in {each["control_id"] for each in found["findings"]}

    anyio.run(ask)
    assert not (tree / "report.json").exists()


def _children(of: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = each.read_text().partition(" (")
            state, parent = rest.rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == of and state != "Z":
            found.append(int(pid))
    return found


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - no event tells of other processes
        await anyio.sleep(0.02)


async def _stopped_call(asked: ClientSession, tree: Path) -> int:
    """Wait for the command of a call, and stop it: it ends only if it is ended."""
    server = int((tree.parent / "pid").read_text())
    await _until(lambda: bool(_children(server)))
    (child,) = _children(server)
    os.kill(child, signal.SIGSTOP)
    return child


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks for processes in /proc")


@proc
def test_a_cancelled_call_ends_its_command(tree: Path) -> None:
    async def ask() -> None:
        async with session(tree) as asked:
            async with anyio.create_task_group() as calls:
                calls.start_soon(asked.call_tool, "scan", {"path": "infra"})
                child = await _stopped_call(asked, tree)
                calls.cancel_scope.cancel()
            await _until(lambda: _is_gone(child))
            assert "gate" in content(await asked.call_tool("scan", {"path": "infra"}))

    anyio.run(ask)


@proc
def test_the_end_of_its_input_ends_the_server_and_what_it_runs(tree: Path) -> None:
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "scan", "arguments": {"path": "infra"}}},
    ]  # fmt: skip
    with subprocess.Popen([GUARD, "mcp"], cwd=tree, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("".join(json.dumps({"jsonrpc": "2.0", **each}) + "\n" for each in messages))
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["result"]["serverInfo"]["name"] == "hipaa-guard"

        async def stopped() -> int:
            with anyio.fail_after(HANGS):
                await _until(lambda: bool(_children(server.pid)))
            (child,) = _children(server.pid)
            os.kill(child, signal.SIGSTOP)
            return child

        child = anyio.run(stopped)
        rest, _ = server.communicate(timeout=HANGS)
        assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
        assert server.returncode == 0
        assert _is_gone(child)


def test_without_the_extra_a_sentence_says_which_one(tmp_path: Path) -> None:
    without = "import importlib.util as u; find = u.find_spec; u.find_spec = lambda name, *p: None if name == 'mcp' else find(name, *p)"
    code = f"import sys; {without}; from hipaa_guard.cli.main import run; sys.exit(run(['mcp']))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 2
    assert "with its extra `mcp` (hipaa-guard-cloud[mcp])" in told.stderr
    held = (ROOT / "requirements" / "runtime.txt").read_text()
    assert not any(line.startswith(("mcp==", "anyio==", "starlette==")) for line in held.splitlines())


def _findings(number: int) -> Iterator[dict[str, Any]]:
    for each in range(number):
        yield {"status": "fail", "severity": "high" if each % 2 else "low", "message": "x" * 400, "id": each}


def test_an_answer_has_a_bounded_size_and_tells_what_it_leaves_out() -> None:
    gaps = [{"reason": str(number)} for number in range(MOST_ROWS + 5)]
    result = {"coverage": {"gaps": gaps}, "findings": [*_findings(1000), {"status": "pass", "severity": "high"}]}
    cut = bounded_scan(result, "low")
    assert len(json.dumps(cut["findings"])) <= MOST_BYTES * 1.1
    assert {each["severity"] for each in cut["findings"]} == {"high"}
    left = cut["left_out"]
    assert left["things not looked at (coverage.gaps)"] == 5
    assert left["fail: too many for one answer"] == 1000 - len(cut["findings"])
    assert left["pass: below the severity asked for, or no gap"] == 1
    assert bounded_scan(result, "critical")["findings"] == []


@pytest.mark.parametrize("name", ["x\ny", "x\x1b[0m", "\ud800", "x" * 5000, "~", "loop/x"])
def test_paths_of_any_kind_are_refused_or_inside(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(RefusedPathError):
        inside(tmp_path, name)
    (tmp_path / "-x").mkdir()
    assert inside(tmp_path, "-x") == "./-x"
    assert inside(tmp_path, ".") == "."
