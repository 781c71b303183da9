"""The controls that a verb is given, and what it says of those that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hipaa_guard.controls.broken import Broken
    from hipaa_guard.controls.loading import Loaded


def loaded(policies: Iterable[Path]) -> Loaded:
    """All controls, those of these directories among them.

    Raises:
        click.ClickException: a directory is not there or holds no policies.

    """
    from hipaa_guard.controls.loading import ControlError, load_all

    try:
        return load_all(tuple(policies))
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def wanted(found: Loaded, only: Iterable[str]) -> Loaded:
    """Those with these ids; all where there are none.

    Raises:
        click.ClickException: there is no such control.

    """
    from hipaa_guard.controls.loading import ControlError, chosen

    try:
        return chosen(found, only)
    except ControlError as error:
        raise click.ClickException(str(error)) from None


def say_broken(broken: Iterable[Broken]) -> None:
    """Name on stderr what cannot be used, with its file and line."""
    from hipaa_guard.outputs.wording.harmless_text import visible

    for each in broken:
        click.echo(f"hipaa-guard: {visible(str(each))}", err=True)
