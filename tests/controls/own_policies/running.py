"""How the tests of policies of one's own call `policies` at the command line: exit codes, an id, the command."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from hipaa_guard.cli.main import cli

ROOT = Path(__file__).parents[3]
CLEAN, FAULTS, USAGE, INCOMPLETE = range(4)
ID = "own_volume_encrypted"


def policies(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["policies", *map(str, arguments)], standalone_mode=False, catch_exceptions=True)
