"""What may follow ``hipaa-guard scan``: the name of a scan, or at once the paths and options of one of Terraform."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.nearest import nearest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_TERRAFORM, _AWS = "terraform", "aws"


class ScanGroup(CommandGroup):
    """The scans. Without the name of one it is a scan of Terraform, by default of the working directory.

    A name always means the scan: a directory of that name is ``./aws``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, with the name of the scan put in front where it is missing."""
        if self._lacks_name(ctx, args):
            args = [_TERRAFORM, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The scans, and what a scan of Terraform takes: its options, else a path."""
        from click.shell_completion import CompletionItem

        found = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            return [*found, CompletionItem(incomplete, type="file")]
        inner = self.commands[_TERRAFORM]
        known = {item.value for item in found}
        more = inner.shell_complete(click.Context(inner, parent=ctx, info_name=_TERRAFORM), incomplete)
        return [*found, *(item for item in more if item.value not in known)]

    def _lacks_name(self, ctx: click.Context, args: Sequence[str]) -> bool:
        first = args[0] if args else ""
        if ctx.resilient_parsing:
            return bool(args) and self.get_command(ctx, first) is None
        if first in ("-h", "--help") or self.get_command(ctx, first) is not None:
            return False
        if first.startswith("-") and first != "-":
            self._refuse_late_name(ctx, args)
        elif first and not os.path.lexists(first) and not _is_path(first):
            close = nearest(first, (_TERRAFORM, _AWS), 1)
            if close:
                raise click.UsageError(
                    f"{first!r} is no file or directory and no scan. Did you mean `{ctx.command_path} {close[0]}`?", ctx
                )
        return True

    def _refuse_late_name(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Refuse the name of a scan behind its options, where it would be taken for a path."""
        command = self.commands[_TERRAFORM]
        try:
            values, _, _ = command.make_parser(click.Context(command, parent=ctx)).parse_args(args=list(args))
        except click.UsageError:
            values = {}
        path = values.get("path")
        late = _AWS if not values and _AWS in args else path
        if late in (_TERRAFORM, _AWS):
            raise click.UsageError(
                f"the name of a scan comes before its options: `{ctx.command_path} {late} ...`; "
                f"a directory of that name is ./{late}",
                ctx,
            )


def _is_path(word: str) -> bool:
    return word == "-" or any(sign in word for sign in "/.")


def paths_of(
    path: Path, files: Sequence[Path], directories: Sequence[Path], *, changed: bool
) -> tuple[list[Path], list[Path]]:
    """The paths to scan and the changed FILEs.

    Without ``--changed``, all arguments are paths. `path` may only be the default, which ``-d`` replaces.
    """
    given = click.get_current_context().get_parameter_source("path") is click.core.ParameterSource.COMMANDLINE
    paths = [*([path] if given or not directories else []), *([] if changed else files), *directories]
    return list(dict.fromkeys(paths)), list(files) if changed else []


def pairs_of(variables: Sequence[str]) -> dict[str, str]:
    """The values of ``--var``, by the names of the variables."""
    pairs = {}
    for pair in variables:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter("it is not NAME=VALUE", param_hint="--var")  # not repeated: it may be a secret
        pairs[name.strip()] = value
    return pairs


def changed_in(files: Sequence[Path], listed: IO[bytes] | None) -> list[Path] | None:
    """The changed files that the user names; None where none are named."""
    if listed is None:
        return list(files) or None
    data = listed.read()
    return [*files, *(Path(os.fsdecode(name)) for name in data.split(b"\0" if b"\0" in data else b"\n") if name)]


def tf_vars() -> dict[str, str]:
    """The values of ``TF_VAR_NAME``, by the names of the variables."""
    mark = "TF_VAR_"
    return {name.removeprefix(mark): value for name, value in os.environ.items() if name.startswith(mark)}
