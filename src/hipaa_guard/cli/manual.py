"""``hipaa-guard help``, ``version`` and ``man``: the same texts as ``--help``."""

from __future__ import annotations

import click

from hipaa_guard.cli.commands import Command
from hipaa_guard.version import VERSION


@click.command(cls=Command)
@click.argument("words", nargs=-1, metavar="[VERB]...")
@click.pass_context
def help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Print the help of a verb: `hipaa-guard help scan terraform`."""
    inner = ctx.find_root()
    for word in words:
        if not isinstance(inner.command, click.Group):
            raise click.UsageError(
                f"`{inner.command_path}` has no verbs: `{inner.command_path} --help` prints its help"
            )
        name, command, _ = inner.command.resolve_command(inner, [word])
        assert command is not None
        inner = click.Context(command, parent=inner, info_name=name, **command.context_settings)
    click.echo(inner.command.get_help(inner))


@click.command(cls=Command)
def version() -> None:
    """Print the version."""
    click.echo(f"hipaa-guard, version {VERSION}")


@click.command(cls=Command)
def man() -> None:
    """Print the manual page, in the form that `man` reads: `hipaa-guard man | man -l -`.

    An installation has it as a file: `man hipaa-guard`.
    """
    from hipaa_guard.cli.manual_page import manual_page

    click.echo(manual_page(), nl=False)
