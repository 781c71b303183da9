"""Scans of several trees, each in a process of its own with little memory and processor time.

``python -m tests.terraform.limited DIR`` scans each entry of a directory as the command line would, writes the report
beside it (``NAME.json``, ``NAME.txt``) and prints ``NAME STATUS``; the status of a process that was killed is negative.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

MEMORY = 500 << 20
OF_DOCUMENTS = 2 << 30
"""A plan or state is one file, which may be large."""
SECONDS = 60
CONTROL = "sqs_queue_encrypted_at_rest"


def main(directory: Path) -> None:
    """Scan all entries. What a scan imports is loaded once, before the processes part."""
    from hipaa_guard.cli.main import run
    from hipaa_guard.controls.loading import load

    load()
    for entry in sorted(directory.iterdir()):
        child = os.fork()
        if child == 0:
            os._exit(_scanned(entry, run))
        _, status = os.waitpid(child, 0)
        print(entry.name, os.waitstatus_to_exitcode(status), flush=True)


def _scanned(entry: Path, run: Callable[[Sequence[str]], int]) -> int:
    target = next(iter(entry.glob("document.json")), entry)
    out = entry.parent.parent / "out" / entry.name
    memory = MEMORY if target == entry else OF_DOCUMENTS
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    errors = os.open(f"{out}.err", os.O_WRONLY | os.O_CREAT)
    os.dup2(errors, 2)
    reports = [f"json={out}.json"]
    if entry.name == "unicode":
        reports += [f"terminal={out}.txt", f"html={out}.html"]
    return run(["scan", "terraform", str(target), "-q", "-c", CONTROL, *(f"-o{report}" for report in reports)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
