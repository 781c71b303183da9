"""The project's file of settings: ``.hipaa-guard.yaml`` or ``[tool.hipaa-guard]``, read with line numbers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hipaa_guard.facts.locations import SETTINGS

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import SettingsChange, UsedFile
    from hipaa_guard.terraform.repository.git import Commit

FILE = SETTINGS
SECTIONS = ("terraform", "aws")
"""Settings for one kind of scan are below its name."""

_PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "hipaa-guard")
_MOST_VALUES = 10_000
"""The most values of a file with its aliases expanded: a few lines can expand beyond the memory."""

_MOST_DOTS = 1_000
"""The most dots in one line of TOML: the time to read a key grows with the square of its parts."""

_Line = tuple[tuple[str, ...], Any, int]
"""The key with its section before it, the value, and the line."""


class WrittenSetting(NamedTuple):
    """One setting as the file has it. The section is empty for a setting of every scan."""

    section: str
    key: str
    value: Any
    place: str


class SettingsDocument(NamedTuple):
    """All settings of a file, and whether the user named the file; else it was found in the working directory."""

    settings: tuple[WrittenSetting, ...] = ()
    named: bool = False
    used: UsedFile | None = None
    """The file and its source; None where there is no file and no commit was named."""
    changes: tuple[SettingsChange, ...] = ()
    """How the settings of the tree differ from those of the named commit."""


def read(named: Path | None, at: Commit | None = None) -> SettingsDocument:
    """The settings of the file that the user named, else of the one in the working directory, if there is any.

    With a commit, both are read from the commit, unless the user named a file outside of its work tree.

    Raises:
        click.ClickException: the file cannot be read or is not valid, or there are two.

    """
    found = _read(named, at)
    if at is None or found.used is None or not found.used.commit:
        return found
    return found._replace(changes=tuple(_changes(named, found)))


def _read(named: Path | None, at: Commit | None) -> SettingsDocument:
    if named is not None:
        data, used = _content(named, at, named=True)
        return SettingsDocument(() if data is None else tuple(_settings(data, named)), named=True, used=used)
    found = [
        (path, data, used)
        for path in (Path(FILE), Path(_PYPROJECT))
        for data, used in [_content(path, at, named=False)]
        if data is not None
    ]
    if len(found) > 1:
        raise click.ClickException(f"{FILE} and [tool.hipaa-guard] of {_PYPROJECT} are two configurations: keep one")
    if not found:
        return SettingsDocument(used=None if at is None else _none_at(at))
    ((path, data, used),) = found
    return SettingsDocument(tuple(_settings(data, path)), used=used)


def _none_at(at: Commit) -> UsedFile:
    from hipaa_guard.assessment.files_in_effect import used_file

    return used_file(Path(FILE), None, "none", at)


def _content(path: Path, at: Commit | None, *, named: bool) -> tuple[bytes | None, UsedFile]:
    """The content of a file and its source. The content is None where there is no file, or none of ours."""
    from hipaa_guard.assessment.files_in_effect import InEffectError, read_used
    from hipaa_guard.assessment.model import UsedFile
    from hipaa_guard.terraform.input_error import TerraformInputError
    from hipaa_guard.terraform.repository.untrusted_paths import SETTINGS as USE
    from hipaa_guard.terraform.repository.untrusted_paths import FoundPathError, content_of_named

    shared = not named and path.name == _PYPROJECT
    try:
        # Most of these files have no settings of ours: then it does not matter where a link leads.
        if shared and at is None and not (path.is_file() and has_settings(content_of_named(path, USE.largest))):
            return None, UsedFile()
        data, used = read_used(path, USE, named=named, at=at)
    except (InEffectError, TerraformInputError) as error:
        raise click.ClickException(str(error)) from None
    except FoundPathError as error:
        raise click.ClickException(f"{path} {error}") from None
    if data is None or (shared and not has_settings(data)):
        return None, used
    return data, used


def has_settings(data: bytes) -> bool:
    """Whether a ``pyproject.toml`` has settings of ours."""
    return re.search(rb"(?m)^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?hipaa-guard\b", data) is not None


def _changes(named: Path | None, found: SettingsDocument) -> Iterator[SettingsChange]:
    """How the settings of the tree differ from those of a commit."""
    from hipaa_guard.assessment.files_in_effect import counted_change
    from hipaa_guard.assessment.model import SettingsChange

    assert found.used is not None
    file = found.used.file or str(named or FILE)
    try:
        own = _read_of_tree(named)
        before, after = ({f"{each.section}.{each.key}": each.value for each in of.settings} for of in (found, own))
        yield from counted_change("settings", own.used.file if own.used and own.used.file else file, before, after)
    except (click.ClickException, RecursionError):
        yield SettingsChange("settings", file, note="that of the tree cannot be used")


def _read_of_tree(named: Path | None) -> SettingsDocument:
    """The settings of the tree. Not even a named file is trusted."""
    from hipaa_guard.terraform.repository.untrusted_paths import SETTINGS as USE
    from hipaa_guard.terraform.repository.untrusted_paths import refused

    if named is None:
        return _read(None, None)
    if not os.path.lexists(named):
        return SettingsDocument()
    reason = refused(named, USE)
    if reason:
        raise click.ClickException(f"{named} {reason}")
    return _read(named, None)


def _settings(data: bytes, path: Path) -> Iterator[WrittenSetting]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text") from None
    reader = _toml if path.suffix == ".toml" else _yaml
    for (*section, key), value, line in reader(text, path):
        yield WrittenSetting("".join(section), key, value, f"{path}:{line}")


def _yaml(text: str, path: Path) -> Iterator[_Line]:
    import yaml

    from hipaa_guard.assessment.yaml_size import expanded

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            if expanded(node, _MOST_VALUES) > _MOST_VALUES:
                raise click.ClickException(f"{path}: with its aliases it has more than {_MOST_VALUES:,} values")
            yield from _mapping(node, loader, path, ())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise click.ClickException(
            f"{path}{line}: it is not YAML: {getattr(error, 'problem', None) or error}"
        ) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise click.ClickException(f"{path}: it cannot be read: {error}") from None
    finally:
        loader.dispose()


def _mapping(node: Any, loader: Any, path: Path, section: tuple[str, ...]) -> Iterator[_Line]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise click.ClickException(f"{path}:{node.start_mark.line + 1}: it must have lines like `fail-on: high`")
    seen = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in seen:
            raise click.ClickException(f"{path}:{line}: {name[:60]!r} is there twice")
        seen.add(name)
        if not section and name in SECTIONS:
            yield from _mapping(value, loader, path, (name,))
        else:
            yield (*section, name), loader.construct_object(value, deep=True), line


def _toml(text: str, path: Path) -> Iterator[_Line]:
    import tomllib

    dotted = next((number for number, line in enumerate(text.split("\n"), 1) if line.count(".") > _MOST_DOTS), 0)
    if dotted:
        raise click.ClickException(f"{path}:{dotted}: it has more than {_MOST_DOTS:,} dots in one line")
    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise click.ClickException(f"{path}: it is not TOML: {error}") from None
    except RecursionError:
        raise click.ClickException(f"{path}: it is nested too deep") from None
    for step in _TABLE:
        table = table.get(step, {}) if isinstance(table, Mapping) else {}
    if not isinstance(table, Mapping):
        raise click.ClickException(f"{path}: [{'.'.join(_TABLE)}] must be a table")
    inner_tables = [table[name] for name in SECTIONS if isinstance(table.get(name), Mapping)]
    if len(table) + sum(map(len, inner_tables)) > _MOST_VALUES:
        raise click.ClickException(f"{path}: it has more than {_MOST_VALUES:,} settings")
    line_of = _toml_lines(text)
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, Mapping):
            for key, inner in value.items():
                yield (name, key), inner, line_of(name, key)
        else:
            yield (name,), value, line_of("", name)


def _toml_lines(text: str) -> Callable[[str, str], int]:
    """The line of a key in a section, or of its table where the key has a rare form: ``tomllib`` gives no lines."""
    lines: dict[tuple[str, str], int] = {}
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"[ \t]*\[([^\[\]]+)\]", line):
            current = re.sub(r"[\s\"']", "", header[1])
            lines[current, ""] = number
        elif key := re.match(r"[ \t]*[\"']?([\w-]+)[\"']?[ \t]*=", line):
            lines.setdefault((current, key[1]), number)

    def line_of(section: str, key: str) -> int:
        table = ".".join(filter(None, (*_TABLE, section)))
        return lines.get((table, key)) or lines.get((table, "")) or 1

    return line_of
