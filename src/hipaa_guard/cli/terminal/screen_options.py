"""The options for what a person sees: colours, the pager, and what a scan does while it runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import click

from hipaa_guard.cli.terminal.pager import paged_stdout
from hipaa_guard.cli.words import OneOf

F = TypeVar("F", bound=Callable[..., Any])

_NO_PAGER = "hipaa_guard.no_pager"
_COLOURS = {"always": {"FORCE_COLOR": "1", "NO_COLOR": ""}, "never": {"NO_COLOR": "1", "FORCE_COLOR": ""}}
"""A choice of colours as the variables that say the same: everything that draws honours them, also a pager."""


def _choose_colours(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    chosen = _COLOURS.get(value or "")
    if chosen is None or ctx.resilient_parsing:
        return
    before = {name: os.environ.get(name) for name in chosen}

    def restore() -> None:
        for name, former in before.items():
            os.environ.pop(name, None)
            if former is not None:
                os.environ[name] = former

    ctx.find_root().call_on_close(restore)
    os.environ.update(chosen)


def _choose_pager(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_NO_PAGER] = True


def color_option() -> Callable[[F], F]:
    """The option for colours."""
    return click.option(
        "--color",
        type=OneOf(["auto", "always", "never"]),
        expose_value=False,
        callback=_choose_colours,
        help="Colours on the terminal; NO_COLOR and FORCE_COLOR say the same. [default: auto]",
    )


def pager_option() -> Callable[[F], F]:
    """The option against the pager."""
    return click.option(
        "--no-pager",
        is_flag=True,
        expose_value=False,
        callback=_choose_pager,
        help="No pager, even where stdout is a terminal. HIPAA_GUARD_PAGER or PAGER name it. [default: less]",
    )


def pager_wanted() -> bool:
    """Whether the running command may start a pager."""
    return not click.get_current_context().meta.get(_NO_PAGER, False)


def in_pager() -> AbstractContextManager[None]:
    """While the block runs, what is printed is for the pager, where there is one."""
    return paged_stdout(wanted=pager_wanted())


class Steps:
    """Tells on stderr what was done and how long it took since the last time."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, text: str) -> None:
        """Tell one step."""
        from hipaa_guard.outputs.wording.harmless_text import visible

        now = time.monotonic()
        click.echo(f"hipaa-guard: {now - self._last:8.3f} s  {visible(text)}", err=True)
        self._last = now
