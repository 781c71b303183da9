"""``hipaa-guard config``: the settings, and the source of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from hipaa_guard.cli import scan as _  # noqa: F401 - the scans define the settings
from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.cli.configuration import settings
from hipaa_guard.cli.configuration.settings_commit import named_commit
from hipaa_guard.cli.configuration.settings_file import SettingsDocument, read

if TYPE_CHECKING:
    from hipaa_guard.terraform.repository.git import Commit


@click.group(cls=CommandGroup)
def config() -> None:
    """Show the settings, and the source of each."""


@config.command("schema")
def schema() -> None:
    """Print the JSON Schema of .hipaa-guard.yaml, for editors."""
    import json

    click.echo(json.dumps(settings.schema(), indent=2))


@config.command("show")
@click.option("--config", "named", type=click.Path(path_type=Path), metavar="FILE", help="As for scan.")
@click.option("--settings-ref", metavar="REF", help="As for scan.")
@click.option("--origin", is_flag=True, help="Show the source of each: a line, a variable or the default.")
def show(named: Path | None, *, settings_ref: str | None, origin: bool) -> None:
    """Print the settings of both scans, in the form of a settings file.

    A flag overrides a variable HIPAA_GUARD_*, a variable the file, the file the default.
    """
    from hipaa_guard.outputs.wording.harmless_text import visible

    at = None if settings_ref is None else named_commit("--settings-ref", settings_ref)
    document = read(named, at)
    for section, command in settings.commands().items():
        lines = list(_lines(section, command, document, at))
        click.echo(f"{section}:")
        for line, place in lines:
            click.echo(visible(f"  {line}  # {place}" if origin else f"  {line}"))


def _lines(
    section: str, command: click.Command, document: SettingsDocument, at: Commit | None
) -> Iterator[tuple[str, str]]:
    """Each setting that has a value, as a line of YAML, with its place."""
    import json

    found = settings.defaults(command, section, document, at)
    places = settings.origins(section, document)
    ctx = click.Context(command, info_name=section, default_map=found)
    for key, option in settings.keys(command).items():
        raw, source = option.consume_value(ctx, {})
        if source is ParameterSource.DEFAULT and not isinstance(raw, bool | int | str):
            continue  # it has no value
        try:
            shown = _plain(key, option.type_cast_value(ctx, raw))
        except click.BadParameter as error:  # the file has been checked before
            raise click.ClickException(f"{settings.variable(key)}: {error.message}") from None
        place = {
            ParameterSource.ENVIRONMENT: settings.variable(key),
            ParameterSource.DEFAULT_MAP: places.get(key, ""),
        }.get(source, "default")
        yield f"{key}: {json.dumps(shown, ensure_ascii=False)}", place


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(key, each) for each in value]
    if key == "var":  # its value may be a secret
        return f"{value.partition('=')[0]}=(not shown)"
    return value if isinstance(value, bool | int | str) else None if value is None else str(value)
