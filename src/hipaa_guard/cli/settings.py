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
from hipaa_guard.cli.settings_commit import commit_of
from hipaa_guard.cli.settings_file import FILE, SECTIONS, SettingsDocument, WrittenSetting, read
from hipaa_guard.cli.settings_paths import not_from_here

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
        "changed-files",
        "resume",
        "replay",
        "dry-run",
        "preflight",
        "help",
    }
)
"""What one run is asked for, not how a project is scanned; and where settings are taken from."""

repository_root = click.option(
    "--repository-root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory that roots, and so identities of findings, are named from. [default: the work tree of git, "
    f"else the nearest directory upwards with {FILE}]",
)
"""Of every verb that makes findings of Terraform."""

_IN_EFFECT = "hipaa_guard.settings"
"""Where the context of a command keeps what it has loaded."""

_BITS = 63
"""Of a number in a file: YAML and TOML know numbers that take minutes to print."""

_STRENGTH = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)


def configurable(
    section: str, *, replacing: Mapping[str, Collection[str]] | None = None
) -> Callable[[click.Command], click.Command]:
    """A command that takes its options from the environment and the project's file too.

    `replacing` names, for an option, those that it excludes: where one of them comes from a weaker place, it gives way
    instead of being an error.
    """

    def made(command: click.Command) -> click.Command:
        assert isinstance(command, Command)
        for key, option in keys(command).items():
            option.envvar = variable(key)
        command.params += _sources()
        command.before = lambda ctx, given: _load(ctx, section, given)
        wanted = command.callback
        assert wanted is not None

        def called(**values: Any) -> Any:
            _give_way(click.get_current_context(), values, replacing or {})
            return wanted(**values)

        command.callback = called
        return command

    return made


def _sources() -> list[click.Parameter]:
    """The options that say where settings are taken from. Where they are is nothing that a file of settings can say."""
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
            help="Take them from the tree although --baseline-ref is given.",
        ),
    ]


class InEffect(NamedTuple):
    """Where the settings of a command were taken from."""

    used: UsedFile | None = None
    changes: tuple[SettingsChange, ...] = ()
    at: Commit | None = None


def in_effect() -> InEffect:
    """Where the settings of the command that runs were taken from."""
    found = click.get_current_context().meta.get(_IN_EFFECT)
    return found if isinstance(found, InEffect) else InEffect()


def from_file(name: str) -> bool:
    """Whether the command that runs has an option from the file of settings."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT_MAP


def _load(ctx: click.Context, section: str, given: Mapping[str, Any]) -> None:
    """Make the settings the defaults of a command."""
    by_name = {option.name: option for option in ctx.command.params}

    def told(name: str) -> tuple[Any, int]:
        """What the user says outside of a file, and how strongly: 0 is the command line."""
        if name not in by_name:
            return None, len(_STRENGTH)
        value, source = by_name[name].consume_value(ctx, given)
        if source not in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT):
            return None, len(_STRENGTH)
        return by_name[name].type_cast_value(ctx, value), _STRENGTH.index(source)

    named, _ = told("config")
    at = commit_of(told)
    document = read(named, at)
    found = defaults(ctx.command, section, document, at)
    if at is not None and (document.used is None or not document.used.file):
        found.setdefault("path", ".")  # where a commit has no settings yet, nothing narrows a scan
    ctx.default_map = found
    ctx.meta[_IN_EFFECT] = InEffect(document.used, document.changes, at)


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
    """The scans, by their section of the file."""
    from hipaa_guard.cli.scan import scan

    return {section: scan.commands[section] for section in SECTIONS}


def sections() -> dict[str, dict[str, click.Parameter]]:
    """The keys of each section; those of the empty one hold for every scan."""
    each = {section: keys(command) for section, command in commands().items()}
    shared = set.intersection(*(set(known) for known in each.values()))
    first = next(iter(each.values()))
    return {"": {key: option for key, option in first.items() if key in shared}, **each}


def defaults(
    command: click.Command, section: str, document: SettingsDocument, at: Commit | None = None
) -> dict[str, Any]:
    """What a file says for the options of a command, after all that it says has been checked.

    ``at`` is the commit that exceptions and baseline are read from.

    Raises:
        click.ClickException: a key or a value is wrong; every one is told with its line.

    """
    if not document.settings:
        return {}
    known = sections()
    told = {"named": document.named, "of_commit": document.used is not None and document.used.source == "commit"}
    wrong = [sentence for written in document.settings for sentence in _wrong(written, known, at=at, **told)]
    if wrong:
        from hipaa_guard.outputs.wording.harmless_text import visible

        raise click.ClickException("\n".join(map(visible, wrong)))
    own = {option.name for option in command.params}
    chosen = _chosen(document, section)
    of_scan = known[section]
    return {
        str(of_scan[key].name): _as_given(written.value, of_scan[key])
        for key, written in chosen.items()
        if of_scan[key].name in own
    }


def origins(section: str, document: SettingsDocument) -> dict[str, str]:
    """Where in the file the settings of a section stand."""
    return {key: written.place for key, written in _chosen(document, section).items()}


def _chosen(document: SettingsDocument, section: str) -> dict[str, WrittenSetting]:
    """The settings of a section by key: its own go before those for every scan."""
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
    known: Mapping[str, Mapping[str, click.Parameter]],
    *,
    named: bool,
    of_commit: bool,
    at: Commit | None,
) -> Iterator[str]:
    option = known[written.section].get(written.key)
    if option is None:
        yield f"{written.place}: {written.key[:60]!r} is no setting{_of(written.section)}. {_hint(written, known)}"
        return
    said = _wrong_value(written.value, option)
    # A commit vouches for the file and not for the code, which would be the tree's.
    if not said and (not named or (written.key == "policies" and of_commit)):
        said = not_from_here(written.key, option, written.value, at)
    if said:
        yield f"{written.place}: {written.key}: {said}"


def _of(section: str) -> str:
    return f" of {section}" if section else ""


def _hint(written: WrittenSetting, known: Mapping[str, Mapping[str, click.Parameter]]) -> str:
    import difflib

    elsewhere = [section for section in SECTIONS if written.key in known[section]]
    if elsewhere:
        return f"Put it below `{elsewhere[0]}:`."
    names = [*known[written.section], *(() if written.section else SECTIONS)]
    close = difflib.get_close_matches(written.key.replace("_", "-").lower(), names, n=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"`hipaa-guard config schema` lists them: {', '.join(sorted(names))}."


def _wrong_value(value: Any, option: click.Parameter) -> str:
    """What is wrong with a value, in a few words; empty if nothing is."""
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
    known = sections()
    top = {key: _described(option) for key, option in known[""].items()}
    for section in SECTIONS:
        top[section] = {
            "type": "object",
            "description": f"What holds for `scan {section}` only; goes before what stands above.",
            "additionalProperties": False,
            "properties": {key: _described(option) for key, option in known[section].items()},
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Settings of hipaa-guard, {FILE}",
        "type": "object",
        "additionalProperties": False,
        "properties": top,
    }


def _described(option: click.Parameter) -> dict[str, Any]:
    text = getattr(option, "help", None) or "What is scanned: a directory, a plan or a state."
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
