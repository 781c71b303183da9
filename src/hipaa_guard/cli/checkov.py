"""``hipaa-guard checkov-dir``: where Checkov finds our controls."""

from __future__ import annotations

from pathlib import Path

import click

import hipaa_guard
from hipaa_guard.cli.commands import Command


@click.command("checkov-dir", cls=Command)
def checkov_dir() -> None:
    """Print the directory that makes Checkov run our controls.

    checkov -d . --external-checks-dir "$(hipaa-guard checkov-dir)"
    """
    click.echo(Path(hipaa_guard.__file__).resolve().parent / "checkov_checks")
