"""``hipaa-guard completion``: the script with which a shell completes verbs, options and their words."""

from __future__ import annotations

import click

from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.words import OneOf

_SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command)
@click.argument("shell", type=OneOf(_SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a shell: source it, or put it where the shell looks for completions."""
    from click.shell_completion import get_completion_class

    from hipaa_guard.cli.main import cli

    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(cli, {}, "hipaa-guard", "_HIPAA_GUARD_COMPLETE").source())
