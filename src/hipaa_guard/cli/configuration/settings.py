"""Settings: each option of a scan is a key of the project's file and a variable ``HIPAA_GUARD_*`` of the environment.

The options themselves are the table: their names, types and help give the keys, the schema and the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.configuration.settings_commit import commit_of
from hipaa_guard.cli.configuration.settings_file import FILE, SECTIONS, SettingsDocument, WrittenSetting, read
from hipaa_guard.cli.configuration.settings_paths import CODE, refused_if_found

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import SettingsChange, UsedFile
    from hipaa_guard.terraform.repository.git import Commit

_PREFIX = "HIPAA_GUARD_"
_NOT_SETTINGS = frozenset(
    {
        "config",
        "settings-ref",
        "settings-from-tree",
        "files",
        "changed",
        "directory",
        "changed-files",
        "changed-since",
        "resume",
        "replay",
        "dry-run",
        "preflight",
        "help",
    }
)
"""Options of a single run, not of the project, and those that name the source of settings."""

repository_root = click.option(
    "--repository-root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory that roots, and so identities of findings, are named from. [default: the work tree of git, "
    f"else the nearest directory upwards with {FILE}]",
)
"""The option of every verb that scans Terraform."""

_IN_EFFECT = "hipaa_guard.settings"
"""The key of the loaded settings in the context of a command."""

_BITS = 63
"""The most bits of a number in a file: YAML and TOML allow numbers that take minutes to print."""

_STRENGTH = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)


_SCANS: dict[str, click.Command] = {}
"""The commands that define a section, by its name."""


def configurable(
    section: str, *, replacing: Mapping[str, Collection[str]] | None = None, defines: bool = False
) -> Callable[[click.Command], click.Command]:
    """A command that also takes its options from the environment and the project's file.

    `replacing` names, for an option, the options that it excludes. Where one of them comes from a weaker source, it is
    dropped without an error. The options of the command that ``defines`` a section are the keys of the section.
    """

    def made(command: click.Command) -> click.Command:
        assert isinstance(command, Command)
        if defines:
            _SCANS[section] = command
        for key, option in keys(command).items():
            option.envvar = variable(key)
        command.params += _sources()
        command.before = lambda ctx, values: _load(ctx, section, values)
        wanted = command.callback
        assert wanted is not None

        def called(**values: Any) -> Any:
            _give_way(click.get_current_context(), values, replacing or {})
            return wanted(**values)

        command.callback = called
        return command

    return made


def _sources() -> list[click.Parameter]:
    """The options that name the source of settings. A file of settings cannot name its own source."""
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            envvar=variable("config"),
            expose_value=False,
            help=f"The project's settings. [default: {FILE}, else [tool.hipaa-guard] of pyproject.toml]",
        ),
        click.Option(
            ["--settings-ref"],
            metavar="REF",
            envvar=variable("settings-ref"),
            expose_value=False,
            help="Take settings, exceptions and baseline from this commit of git, not from the tree. "
            "[default: the commit of --baseline-ref, if that is given]",
        ),
        click.Option(
            ["--settings-from-tree"],
            is_flag=True,
            envvar=variable("settings-from-tree"),
            expose_value=False,
            help="Take all three from the tree although --baseline-ref is given.",
        ),
    ]


class SettingsInEffect(NamedTuple):
    """The source of the settings of a command."""

    used: UsedFile | None = None
    changes: tuple[SettingsChange, ...] = ()
    at: Commit | None = None


def settings_in_effect() -> SettingsInEffect:
    """The source of the settings of the running command."""
    found = click.get_current_context().meta.get(_IN_EFFECT)
    return found if isinstance(found, SettingsInEffect) else SettingsInEffect()


def from_file(name: str) -> bool:
    """Whether the running command has an option from the file of settings."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def _load(ctx: click.Context, section: str, values: Mapping[str, Any]) -> None:
    """Make the settings the defaults of a command."""
    by_name = {option.name: option for option in ctx.command.params}

    def given_outside_file(name: str) -> tuple[Any, int]:
        """The value of an option outside of the file, and the rank of its source: 0 is the command line."""
        if name not in by_name:
            return None, len(_STRENGTH)
        value, source = by_name[name].consume_value(ctx, values)
        if source not in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT):
            return None, len(_STRENGTH)
        return by_name[name].type_cast_value(ctx, value), _STRENGTH.index(source)

    named, _ = given_outside_file("config")
    at = commit_of(given_outside_file)
    document = read(named, at)
    found = defaults(ctx.command, section, document, at)
    if at is not None and (document.used is None or not document.used.file):
        found.setdefault("path", ".")  # without settings in the commit, nothing narrows the scan
    ctx.default_map = found
    ctx.meta[_IN_EFFECT] = SettingsInEffect(document.used, document.changes, at)


def _give_way(ctx: click.Context, values: dict[str, Any], replacing: Mapping[str, Collection[str]]) -> None:
    by_name = {option.name: option for option in ctx.command.params}
    for strong, others in replacing.items():
        if not values[strong] or (rank := _rank(ctx, strong)) is None:
            continue
        for weak in others:
            if (_rank(ctx, weak) or 0) > rank:
                values[weak] = () if by_name[weak].multiple else None


def _rank(ctx: click.Context, name: str) -> int | None:
    source = ctx.get_parameter_source(name)
    return _STRENGTH.index(source) if source in _STRENGTH else None


def variable(key: str) -> str:
    """The variable of the environment that sets a key."""
    return _PREFIX + key.replace("-", "_").upper()


def keys(command: click.Command) -> dict[str, click.Parameter]:
    """The settings of a command by their keys."""
    named = {_key(option): option for option in command.params}
    return {key: option for key, option in named.items() if key not in _NOT_SETTINGS}


def _key(option: click.Parameter) -> str:
    assert option.name is not None
    return option.name if isinstance(option, click.Argument) else max(option.opts, key=len).removeprefix("--")


def commands() -> dict[str, click.Command]:
    """The scans, by their section of the file. `cli.scan` defines them: a verb that takes settings imports it."""
    return {section: _SCANS[section] for section in SECTIONS}


def sections() -> dict[str, dict[str, click.Parameter]]:
    """The keys of each section; those of the empty section are for every scan."""
    each = {section: keys(command) for section, command in commands().items()}
    shared = set.intersection(*(set(keys) for keys in each.values()))
    first = next(iter(each.values()))
    return {"": {key: option for key, option in first.items() if key in shared}, **each}


def defaults(
    command: click.Command, section: str, document: SettingsDocument, at: Commit | None = None
) -> dict[str, Any]:
    """The values of a file for the options of a command; the whole file is checked first.

    ``at`` is the commit that exceptions and baseline are read from.

    Raises:
        click.ClickException: keys or values are wrong; the text names each with its line.

    """
    if not document.settings:
        return {}
    by_section = sections()
    origin = {"named": document.named, "of_commit": document.used is not None and document.used.source == "commit"}
    wrong = [sentence for written in document.settings for sentence in _wrong(written, by_section, at=at, **origin)]
    if wrong:
        from hipaa_guard.outputs.wording.harmless_text import visible

        raise click.ClickException("\n".join(map(visible, wrong)))
    own = {option.name for option in command.params}
    chosen = _chosen(document, section)
    of_scan = by_section[section]
    return {
        str(of_scan[key].name): _as_given(written.value, of_scan[key])
        for key, written in chosen.items()
        if of_scan[key].name in own
    }


def origins(section: str, document: SettingsDocument) -> dict[str, str]:
    """The place in the file of each setting of a section."""
    return {key: written.place for key, written in _chosen(document, section).items()}


def _chosen(document: SettingsDocument, section: str) -> dict[str, WrittenSetting]:
    """The settings of a section by key: its own override those for every scan."""
    return {
        written.key: written for level in ("", section) for written in document.settings if written.section == level
    }


def _as_given(value: Any, option: click.Parameter) -> Any:
    return (value,) if _is_list(option) and isinstance(value, str) else value


def _is_list(option: click.Parameter) -> bool:
    return isinstance(option, click.Option) and option.multiple


def _is_flag(option: click.Parameter) -> bool:
    return isinstance(option, click.Option) and option.is_flag


def _wrong(
    written: WrittenSetting,
    by_section: Mapping[str, Mapping[str, click.Parameter]],
    *,
    named: bool,
    of_commit: bool,
    at: Commit | None,
) -> Iterator[str]:
    option = by_section[written.section].get(written.key)
    if option is None:
        key, hint = written.key[:60], _hint(written, by_section)
        yield f"{written.place}: {key!r} is not a setting{_of(written.section)}. {hint}"
        return
    said = _wrong_value(written.value, option)
    # A commit vouches for the file and not for the code, which is the tree's.
    if not said and (not named or (written.key in CODE and of_commit)):
        said = refused_if_found(written.key, option, written.value, at)
    if said:
        yield f"{written.place}: {written.key}: {said}"


def _of(section: str) -> str:
    return f" of {section}" if section else ""


def _hint(written: WrittenSetting, by_section: Mapping[str, Mapping[str, click.Parameter]]) -> str:
    import difflib

    elsewhere = [section for section in SECTIONS if written.key in by_section[section]]
    if elsewhere:
        return f"Put it below `{elsewhere[0]}:`."
    names = [*by_section[written.section], *(() if written.section else SECTIONS)]
    close = difflib.get_close_matches(written.key.replace("_", "-").lower(), names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"`hipaa-guard config schema` lists them: {', '.join(sorted(names))}."


def _wrong_value(value: Any, option: click.Parameter) -> str:
    """The fault of a value, in a few words; empty if there is none."""
    if _is_flag(option):
        return "" if isinstance(value, bool) else "it must be true or false"
    if _is_list(option) and isinstance(value, list):
        return next(filter(None, (_wrong_one(each, option) for each in value)), "")
    return _wrong_one(value, option)


def _wrong_one(value: Any, option: click.Parameter) -> str:
    if isinstance(option.type, click.types.IntParamType):
        if not isinstance(value, int) or isinstance(value, bool):
            return "it must be a whole number"
        if value.bit_length() > _BITS:
            return "it is too large"
    elif not isinstance(value, str):
        return "it must be text: put it into quotes" + (" or make a list of it" if _is_list(option) else "")
    elif not value:
        return "it is empty"
    try:
        option.type.convert(value, option, None)
    except click.BadParameter as error:
        return error.message
    except ValueError as error:  # a NUL in a path
        return f"it cannot be used: {error}"
    return _wrong_format(value) if option.name == "outputs" else ""


def _wrong_format(spec: str) -> str:
    from hipaa_guard.outputs import OutputError, parsed

    try:
        parsed(spec)
    except OutputError as error:
        return str(error)
    return ""


def schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    by_section = sections()
    top = {key: _described(option) for key, option in by_section[""].items()}
    for section in SECTIONS:
        top[section] = {
            "type": "object",
            "description": f"Settings for `scan {section}` only; they override those above.",
            "additionalProperties": False,
            "properties": {key: _described(option) for key, option in by_section[section].items()},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Settings of hipaa-guard, {FILE}",
        "type": "object",
        "additionalProperties": False,
        "properties": top,
    }


def _described(option: click.Parameter) -> dict[str, Any]:
    text = getattr(option, "help", None) or "The path to scan: a directory, a plan or a state."
    if _is_flag(option):
        return {"type": "boolean", "description": text}
    one: dict[str, Any] = {"type": "string", "minLength": 1}
    if isinstance(option.type, click.Choice):
        one = {"enum": list(option.type.choices)}
    elif isinstance(option.type, click.IntRange):
        one = {"type": "integer", "minimum": option.type.min}
    if _is_list(option):
        one = {"anyOf": [one, {"type": "array", "items": one}]}
    return {**one, "description": text}
