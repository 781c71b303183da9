"""Programs that stand in for other scanners: they tell how they were started, and write what a test gives them.

Trivy and Prowler are not among the tools of this repository. What these programs write has the documented shape.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

_TEXT = """#!{python}
import json, os, pathlib, sys, time
argv = sys.argv[1:]
started = {{"argv": argv, "cwd": os.getcwd(), "there": os.listdir(), "env": dict(os.environ), "group": os.getpgrp()}}
pathlib.Path({record!r}).write_text(json.dumps(started))
output = pathlib.Path({output!r}).read_text()
{body}
"""

PRINTS = "print(output)"
PROWLS = 'pathlib.Path(argv[argv.index("--output-directory") + 1], "results.ocsf.json").write_text(output)'


class Program(NamedTuple):
    """A stand-in."""

    path: Path
    record: Path

    def started(self) -> dict[str, Any]:
        """How it was started."""
        found: dict[str, Any] = json.loads(self.record.read_text())
        return found

    @property
    def has_run(self) -> bool:
        return self.record.exists()


def program(directory: Path, name: str, output: Any, body: str = PRINTS) -> Program:
    """A stand-in of this name. ``output`` is what it writes, by the statement ``body``."""
    directory.mkdir(parents=True, exist_ok=True)
    path, record, held = (directory / each for each in (name, f"{name}.started.json", f"{name}.output"))
    held.write_text(output if isinstance(output, str) else json.dumps(output))
    path.write_text(_TEXT.format(python=sys.executable, record=str(record), output=str(held), body=body))
    path.chmod(0o755)
    return Program(path, record)


def on_path(*programs: Program) -> str:
    """A value of PATH that finds the programs."""
    return os.pathsep.join([*(str(each.path.parent) for each in programs), os.environ["PATH"]])
