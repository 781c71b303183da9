"""The command line as a child process: a call that is cancelled ends it, and a tree that breaks it breaks no server."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import anyio
from mcp.server.mcpserver.exceptions import ToolError

from hipaa_guard.outputs.wording.harmless_text import visible

_LIMIT = 600
"""Seconds after which a call is ended."""
_AT_ONCE = anyio.Semaphore(2)
"""Calls that may run at the same time; others wait."""

# Without -P the interpreter would import modules from the working directory, which may be a hostile tree.
_COMMAND = (sys.executable, "-P", "-m", "hipaa_guard")


class Ended(NamedTuple):
    """A command that ended: its exit code, its standard output, and the lines of its messages."""

    code: int
    out: str
    messages: list[str]


async def run(directory: Path, *arguments: str, good: Collection[int]) -> Ended:
    """Run a command of hipaa-guard in a directory.

    Raises:
        ToolError: its exit code is none of the ``good`` ones; the text is what the command said.

    """
    async with _AT_ONCE:
        try:
            with anyio.fail_after(_LIMIT):
                done = await anyio.run_process([*_COMMAND, *arguments], cwd=directory, check=False)
        except TimeoutError:
            raise ToolError(f"it did not end within {_LIMIT} seconds: name a smaller part") from None
    messages = [visible(line) for line in done.stderr.decode("utf-8", "replace").splitlines()]
    if done.returncode not in good:
        said = " ".join(messages)[:2000] or f"the command ended with exit code {done.returncode}"
        raise ToolError(said.removeprefix("Error: "))
    return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), messages)
