"""The command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; never ends in a traceback."""
    from hipaa_guard.stopping import exit_code, stoppable

    with stoppable():
        try:
            from hipaa_guard.cli.terminal.streams import guard

            guard()
            code = _version() if sys.argv[1:] in (["--version"], ["version"]) else _run()
        except KeyboardInterrupt:
            code = exit_code()
    sys.exit(code)


def _run() -> int:
    from hipaa_guard.cli.main import run
    from hipaa_guard.cli.terminal.guarded_streams import guarded

    with guarded():
        return run(sys.argv[1:])


def _version() -> int:
    """Tell the version as `cli.main` does, without what that imports; where it cannot be told, that says so."""
    from hipaa_guard.cli.terminal.streams import StdoutError
    from hipaa_guard.version import VERSION

    try:
        sys.stdout.write(f"hipaa-guard, version {VERSION}\n")
        sys.stdout.flush()
    except StdoutError:
        return _run()
    return 0
