"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; never ends in a traceback."""
    from hipaa_guard.cli.main import run
    from hipaa_guard.cli.streams import guarded

    with guarded():
        sys.exit(run(sys.argv[1:]))
