"""The controls for a verb, and its messages on those that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hipaa_guard.controls.broken import Broken
    from hipaa_guard.controls.loading import Loaded


def loaded(policies: Iterable[Path]) -> Loaded:
    """All controls, including those of these directories.

    Raises:
        click.ClickException: a directory does not exist or holds no policies.

    """
    from hipaa_guard.controls.loading import ControlError, load_all

    try:
        return load_all(tuple(policies))
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def wanted(found: Loaded, only: Iterable[str]) -> Loaded:
    """The controls with these ids; all controls where there are no ids.

    Raises:
        click.ClickException: there is no such control.

    """
    from hipaa_guard.controls.loading import ControlError, chosen

    try:
        return chosen(found, only)
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def say_broken(broken: Iterable[Broken]) -> None:
    """Name on stderr each control that cannot be used, with its file and line."""
    from hipaa_guard.outputs.wording.harmless_text import visible

    for each in broken:
        click.echo(f"hipaa-guard: {visible(str(each))}", err=True)
