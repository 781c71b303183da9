"""The README shows what the command prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", re.MULTILINE)


def test_the_scan_of_the_readme_is_what_the_command_prints() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = re.search(
        r"^\$ hipaa-guard (scan terraform examples/telehealth)\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    )
    assert shown is not None
    command = [sys.executable, "-m", "hipaa_guard", *shown[1].split()]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, encoding="utf-8", check=False)
    printed = _TIME.sub("TIME", done.stdout)
    parts = [part for part in re.split(r"\n\n|\.\.\.\n", _TIME.sub("TIME", shown[2]).strip("\n")) if part]
    assert len(parts) > 5
    assert [part for part in parts if part not in printed] == [], "run `make docs`, and renew the rest of it by hand"
    assert [printed.index(part) for part in parts] == sorted(printed.index(part) for part in parts)
