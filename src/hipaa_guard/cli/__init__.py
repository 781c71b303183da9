"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; never ends in a traceback."""
    from hipaa_guard.stopping import exit_code, stoppable

    with stoppable():
        try:
            from hipaa_guard.cli.guarded_streams import guarded
            from hipaa_guard.cli.main import run
            from hipaa_guard.cli.streams import guard

            guard()
            with guarded():
                code = run(sys.argv[1:])
        except KeyboardInterrupt:
            code = exit_code()
    sys.exit(code)
