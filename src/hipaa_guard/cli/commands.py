"""Commands that refuse a repeated option that takes one value, and a path that a link leads out of its work tree.

click itself would silently take the last value of a repeated option. Only options on the command line count: the same
option in the environment or in the file of settings has less weight and is no repetition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from hipaa_guard.nearest import nearest

_CHECKED_LATER = frozenset({"exceptions", "baseline"})
"""Files that may be read from a commit, where a link of the tree does not matter."""


ALIASES = {"ls": "list", "tf": "terraform"}
"""Words for verbs, in any group that has the verb."""


class Command(click.Command):
    """A verb."""

    before: Callable[[click.Context, Mapping[str, Any]], None] | None = None
    """Called with the unchecked values of the command line, by the names of the parameters. It may set the defaults of
    the context."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, but refuse a repeated option, and a path that a link leads out of its work tree."""
        try:
            values = _refuse_repeated(self, ctx, args)
        except click.NoSuchOption as error:
            raise _of_another_verb(error, ctx) or error from None
        if self.before is not None and not ctx.resilient_parsing and not _asks_for_help(self, ctx, values):
            self.before(ctx, values)
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            _refuse_paths_out_of_tree(self, ctx)
        return rest


class CommandGroup(click.Group):
    """A verb with others below it, which refuse the same."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, but refuse a repeated option first."""
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of a name, or of another word for it."""
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, ALIASES.get(cmd_name, ""))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a wrong verb gets the nearest right one."""
        word = args[0] if args else "-"
        if self.get_command(ctx, word) is None and not word.startswith("-") and not ctx.resilient_parsing:
            verbs = self.list_commands(ctx)
            close = nearest(word, verbs, 1)
            hint = f"Did you mean {close[0]!r}?" if close else f"Verbs are: {', '.join(verbs)}."
            raise click.UsageError(f"there is no verb {word!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)


def _of_another_verb(error: click.NoSuchOption, ctx: click.Context) -> click.UsageError | None:
    """An error that names the verb beside this one that has the option; None where none has."""
    group = ctx.parent.command if ctx.parent is not None else None
    if not isinstance(group, click.Group):
        return None
    for name, command in group.commands.items():  # those of the first level are not imported for this
        if any(error.option_name in option.opts for option in command.params if isinstance(option, click.Option)):
            verb = f"{ctx.parent.command_path if ctx.parent else ''} {name}"
            return click.UsageError(f"{error.option_name} is an option of `{verb}`, not of this verb", ctx)
    return None


def _refuse_repeated(command: click.Command, ctx: click.Context, args: list[str]) -> Mapping[str, Any]:
    """The values of the command line, by the names of the parameters."""
    if ctx.resilient_parsing:  # a shell completes an unfinished line
        return {}
    values, _, order = command.make_parser(ctx).parse_args(args=list(args))
    repeats = Counter(parameter for parameter in order if isinstance(parameter, click.Option))
    for option, times in repeats.items():
        if times > 1 and not takes_several(option):
            name = max(option.opts, key=len)
            meant = "" if option.is_flag else ", and it takes one value"
            raise click.UsageError(f"{name} is given {times} times{meant}: give it once", ctx)
    return values


def _refuse_paths_out_of_tree(command: click.Command, ctx: click.Context) -> None:
    """Refuse a path in a work tree that a link of the tree leads out of it, even where the user named the path."""
    from hipaa_guard.terraform.repository.untrusted_paths import why_link_refused

    for path in _paths(command, ctx):
        reason = why_link_refused(path)
        if reason:
            raise click.ClickException(f"{path} {reason}: name the file or directory by its own path")


def _paths(command: click.Command, ctx: click.Context) -> Iterator[Path]:
    for option in command.params:
        value = ctx.params.get(option.name or "")
        if value is None or option.name in _CHECKED_LATER or (option.name == "files" and "changed" in ctx.params):
            continue
        several = value if isinstance(value, tuple) else (value,)
        if option.name == "outputs":
            yield from (Path(name) for each in several for name in [each.partition("=")[2]] if name not in ("", "-"))
        elif isinstance(option.type, click.Path):
            yield from map(Path, several)


def _asks_for_help(command: click.Command, ctx: click.Context, values: Mapping[str, Any]) -> bool:
    flags = (option for option in command.get_params(ctx) if isinstance(option, click.Option) and option.is_flag)
    return any(option.is_eager and option.name in values for option in flags)


def takes_several(option: click.Parameter) -> bool:
    """Whether an option may be repeated on the command line; the options that only print help may, too."""
    if not isinstance(option, click.Option):
        return False
    return option.multiple or option.count or bool(option.is_flag and option.is_eager)
