"""Adding an entry to the register of exceptions, without a change to the text that it has, and registers to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from hipaa_guard.assessment.exceptions import RegisterEntry
from hipaa_guard.assessment.register import RegisterError, parse

_HEAD = """\
# Accepted risks. Every entry names who answers for it and when it ends; see docs/exceptions.md of hipaa-guard.
version: 1
exceptions:
"""

_NOT_SAID = re.compile(r"^( {4}[a-z_]+): null$")


def next_id(entries: list[RegisterEntry]) -> str:
    """The next free id."""
    return f"EX-{max((int(entry.exception.id[3:]) for entry in entries), default=0) + 1}"


def appended(text: str, name: str, values: Mapping[str, Any]) -> tuple[str, RegisterEntry]:
    """The text of a register with one entry more, comments and order kept, and that entry.

    Raises:
        RegisterError: the register or the entry is not valid, or the layout of the file keeps a program from adding to
            it.

    """
    before = parse(text, name) if text.strip() else []
    text = text if text.strip() else _HEAD
    start, indent = _end_of_list(text, name)
    row = yaml.safe_dump([dict(values)], sort_keys=False, allow_unicode=True, width=100)
    lines = "".join(f"{' ' * indent}{line}" for line in row.splitlines(keepends=True))
    result = f"{start.rstrip()}\n{lines}"
    after = parse(result, name)
    if [entry.exception for entry in after[:-1]] != [entry.exception for entry in before] or len(after) != len(
        before
    ) + 1:
        raise RegisterError(
            f"{name}: hipaa-guard cannot add an entry to this layout: make `exceptions:` the last key of the file"
        )
    return result, after[-1]


def to_fill_in(rows: Iterable[tuple[Mapping[str, Any], Iterable[str]]]) -> str:
    """The text of a new register with these entries, each below its remarks. A value that is None is left to a person.

    Reading it fails, and names each value that is missing, until all are filled in. A remark is one harmless line.
    """
    text = _HEAD
    for row, remarks in rows:
        text += "".join(f"  # {remark}\n" for remark in remarks)
        entry = yaml.safe_dump([dict(row)], sort_keys=False, allow_unicode=True, width=100)
        text += "".join(_NOT_SAID.sub(r"\1:  # fill in", f"  {line}") for line in entry.splitlines(keepends=True))
    return text


def _end_of_list(text: str, name: str) -> tuple[str, int]:
    """The text before the place of the next entry, and the indentation of entries."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    keys = [key.value for key, _ in pairs]
    if "exceptions" not in keys:
        return f"{text.rstrip()}\nexceptions:", 2
    value = pairs[-1][1]
    if keys[-1] != "exceptions" or not isinstance(value, yaml.SequenceNode | yaml.ScalarNode):
        raise RegisterError(f"{name}: make `exceptions:` the last key of the file, so that an entry can be added")
    if isinstance(value, yaml.SequenceNode) and value.value:
        if value.flow_style:
            raise RegisterError(f"{name}: write the entries as a list with dashes, so that one can be added")
        return text, value.start_mark.column
    return text[: value.start_mark.index] + text[value.end_mark.index :], 2
