"""The project's file of settings: ``.hipaa-guard.yaml`` or ``[tool.hipaa-guard]``, as it is written, with lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from hipaa_guard.facts.places import SETTINGS

FILE = SETTINGS
SECTIONS = ("terraform", "aws")
"""What holds for one kind of scan only stands below its name."""

_PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "hipaa-guard")
_LARGEST = 1024 * 1024

_Line = tuple[tuple[str, ...], Any, int]
"""The key with its section before it, the value, and the line."""


class Written(NamedTuple):
    """One setting as the file has it. The section is empty for what holds for every scan."""

    section: str
    key: str
    value: Any
    place: str


class Document(NamedTuple):
    """All settings of a file, and whether the user named that file or it was found in the working directory."""

    settings: tuple[Written, ...]
    file: Path | None
    named: bool


def read(named: Path | None) -> Document:
    """The settings of the file that the user named, else of the one in the working directory, if there is any.

    Raises:
        click.ClickException: it cannot be read, is not what it should be, or there are two.

    """
    if named is not None:
        return Document(tuple(_settings(named)), named, named=True)
    found = [path for path in (Path(FILE), Path(_PYPROJECT)) if path.is_file() and _speaks_of_us(path)]
    if len(found) > 1:
        raise click.ClickException(f"{FILE} and [tool.hipaa-guard] of {_PYPROJECT} are two configurations: keep one")
    return Document(tuple(_settings(found[0])) if found else (), found[0] if found else None, named=False)


def _speaks_of_us(path: Path) -> bool:
    return path.name == FILE or re.search(r"(?m)^\s*\[\s*tool\s*\.\s*[\"']?hipaa-guard\b", _text(path)) is not None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise click.ClickException(f"{path} is larger than {_LARGEST // 1024} KiB")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not UTF-8 text") from None


def _settings(path: Path) -> Iterator[Written]:
    reader = _toml if path.suffix == ".toml" else _yaml
    for (*section, key), value, line in reader(_text(path), path):
        yield Written("".join(section), key, value, f"{path}:{line}")


def _yaml(text: str, path: Path) -> Iterator[_Line]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            yield from _mapping(node, loader, path, ())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise click.ClickException(f"{path}{line}: it is no YAML: {getattr(error, 'problem', None) or error}") from None
    except (ValueError, RecursionError) as error:
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

    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise click.ClickException(f"{path}: it is no TOML: {error}") from None
    for step in _TABLE:
        table = table.get(step, {}) if isinstance(table, Mapping) else {}
    for name, value in table.items():
        if name in SECTIONS and isinstance(value, Mapping):
            for key, inner in value.items():
                yield (name, key), inner, _toml_line(text, name, key)
        else:
            yield (name,), value, _toml_line(text, "", name)


def _toml_line(text: str, section: str, key: str) -> int:
    """The line of a key. ``tomllib`` does not tell it; where a key is written in a rare way, that of its table."""
    inside, table = 1, ".".join(filter(None, ("tool.hipaa-guard", section)))
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        if header:
            current = re.sub(r"[\s\"']", "", header[1])
            inside = number if current == table else inside
        elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return inside
