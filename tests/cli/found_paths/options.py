"""The options that name a path, and the use that each command makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from hipaa_guard.cli.configuration import settings
from hipaa_guard.cli.configuration.settings_paths import uses
from hipaa_guard.cli.main import cli
from hipaa_guard.terraform.repository.untrusted_paths import PathUse

GAPS, USAGE = 1, 2
TABLE = b"[tool.hipaa-guard]\n"
FREE = {"policies"}
"""Refused whatever it says."""
Captured = pytest.CaptureFixture[str]
Placed = Callable[[Path], str]
"""Puts something into a project, and says the path to it."""


def all_commands(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))
        else:
            yield (*path, name), command


def is_path(option: click.Parameter) -> bool:
    return isinstance(option.type, click.Path | click.File) or option.name == "outputs"


CONFIGURED = {path: command for path, command in all_commands() if any(p.name == "config" for p in command.params)}
KEYS = sorted(
    (section, key)
    for section, command in settings.commands().items()
    for key, option in settings.keys(command).items()
    if is_path(option) and key not in FREE
)


def wanted(key: str) -> PathUse:
    return uses()[key]


def value(key: str, path: str, section: str) -> str:
    """The setting with a path. An account has no gitlab, a directory no report."""
    return f"json={path}" if key == "output" else path
