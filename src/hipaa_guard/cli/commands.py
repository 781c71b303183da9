"""Commands that refuse an option which takes one value and is given several, and a path that a link leads astray.

Of an option that is given several times, click itself would silently take the last. Only what stands on the command
line is counted: the environment and a file of settings are weaker places, and no repetition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

_CHECKED_LATER = frozenset({"exceptions", "baseline"})
"""What may be read from a commit, where a link of the tree does not matter."""


class Command(click.Command):
    """A verb."""

    before: Callable[[click.Context, Mapping[str, Any]], None] | None = None
    """Called with what the command line gives, by the names of the parameters and as it stands there, before it is
    checked: it may set the defaults of the context."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but what is given too often is refused, and so is a path that a link leads out of a tree."""
        given = _refuse_repeated(self, ctx, args)
        if self.before is not None and not ctx.resilient_parsing and not _asks_for_help(self, ctx, given):
            self.before(ctx, given)
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            _refuse_led_astray(self, ctx)
        return rest


class CommandGroup(click.Group):
    """A verb with others below it, which refuse the same."""

    command_class = Command
    group_class = type

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but an option that is given too often is refused first."""
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


def _refuse_repeated(command: click.Command, ctx: click.Context, args: list[str]) -> Mapping[str, Any]:
    """What the command line gives, by the names of the parameters."""
    if ctx.resilient_parsing:  # a shell completes what is not finished
        return {}
    values, _, order = command.make_parser(ctx).parse_args(args=list(args))
    given = Counter(parameter for parameter in order if isinstance(parameter, click.Option))
    for option, times in given.items():
        if times > 1 and not takes_several(option):
            name = max(option.opts, key=len)
            meant = "" if option.is_flag else ", and it takes one value"
            raise click.UsageError(f"{name} is given {times} times{meant}: give it once", ctx)
    return values


def _refuse_led_astray(command: click.Command, ctx: click.Context) -> None:
    """Refuse a path that lies in a work tree and that a link of this tree leads out, whoever named it."""
    from hipaa_guard.terraform.repository.untrusted_paths import why_link_refused

    for path in _paths(command, ctx):
        reason = why_link_refused(path)
        if reason:
            raise click.ClickException(f"{path} {reason}: name what is meant by its own path")


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


def _asks_for_help(command: click.Command, ctx: click.Context, given: Mapping[str, Any]) -> bool:
    flags = (option for option in command.get_params(ctx) if isinstance(option, click.Option) and option.is_flag)
    return any(option.is_eager and option.name in given for option in flags)


def takes_several(option: click.Parameter) -> bool:
    """Whether an option may stand on the command line more than once; what only asks for help may, too."""
    if not isinstance(option, click.Option):
        return False
    return option.multiple or option.count or bool(option.is_flag and option.is_eager)
