"""Adding an entry to the configuration of pre-commit: every byte that is there stays."""

from __future__ import annotations

import json
from typing import Any

_MOST_VALUES = 10_000


class NotEditableError(Exception):
    """The entry cannot be added by machine. The text says why, as a predicate whose subject is the file."""


def has_hook(text: str, name: str) -> bool:
    """Whether a hook has this id or runs this program."""
    repos = _read(text).get("repos")
    hooks = [
        hook
        for repo in (repos if isinstance(repos, list) else [])
        if isinstance(repo, dict) and isinstance(repo.get("hooks"), list)
        for hook in repo["hooks"]
        if isinstance(hook, dict)
    ]
    return any(hook.get("id") == name or str(hook.get("entry", "")).split()[:1] == [name] for hook in hooks)


def with_entry(text: str, entry: str) -> str:
    """The text with an entry at the end of ``repos``. The entry is YAML of one item, ``- repo: ...``, not indented.

    Raises:
        NotEditableError: the text is no configuration of pre-commit, or has a form that cannot be edited.

    """
    import yaml

    before, (added,) = _read(text), yaml.safe_load(entry)
    found = _edited(text, entry, added)
    wanted = {**before, "repos": [*(before.get("repos") or []), added]}
    try:
        edited = yaml.safe_load(found)
    except yaml.YAMLError:
        edited = None
    if edited != wanted:
        raise NotEditableError("has a form that cannot be edited")
    return found


def _read(text: str) -> dict[str, Any]:
    import yaml

    from hipaa_guard.assessment.yaml_size import expanded

    try:
        node = yaml.compose(text, yaml.SafeLoader)
        if node is not None and expanded(node, _MOST_VALUES) > _MOST_VALUES:
            raise NotEditableError(f"has more than {_MOST_VALUES:,} values")
        found = {} if node is None else yaml.safe_load(text)
    except yaml.YAMLError:
        raise NotEditableError("is not one document of YAML") from None
    except (ValueError, ArithmeticError, RecursionError, TypeError):
        raise NotEditableError("cannot be read") from None
    if not isinstance(found, dict) or not isinstance(found.get("repos", []), list | None):
        raise NotEditableError("has no list of `repos`")
    return found


def _edited(text: str, entry: str, added: Any) -> str:
    import yaml

    node = yaml.compose(text, yaml.SafeLoader)
    items = None
    if isinstance(node, yaml.MappingNode):
        items = next((value for key, value in node.value if key.value == "repos"), None)
    if items is None:
        return _inserted(text, len(text), f"repos:\n{_indented(entry, 2)}")
    start, end = items.start_mark.index, items.end_mark.index
    if isinstance(items, yaml.ScalarNode) or not items.value:  # `null`, nothing, or `[]`
        kept = text[:start].rstrip(" ") if start < end else text[:start]
        shorter = kept + text[end:]
        return _inserted(shorter, _next_line(shorter, len(kept)), _indented(entry, 2))
    if items.flow_style:
        last = items.value[-1].end_mark.index
        return f"{text[:last]}, {json.dumps(added)}{text[last:]}"
    column = items.start_mark.column
    return _inserted(text, _end_of_block(text, start, end, column), _indented(entry, column))


def _end_of_block(text: str, start: int, end: int, column: int) -> int:
    """The place after the last line of a list, with the comments that are indented deeper than its dashes."""
    lines = text[start:end].splitlines(keepends=True)
    if end < len(text) and text[end - 1] != "\n":
        lines = lines[:-1]  # the list ends within the line of what follows
    kept = len(lines)
    while kept and lines[kept - 1].lstrip()[:1] in ("", "#"):
        kept -= 1
    while kept < len(lines) and lines[kept].lstrip(" ").startswith("#") and lines[kept].index("#") > column:
        kept += 1
    return start + sum(map(len, lines[:kept]))


def _next_line(text: str, place: int) -> int:
    line_end = text.find("\n", place)
    return len(text) if line_end < 0 else line_end + 1


def _inserted(text: str, place: int, lines: str) -> str:
    """The text with whole lines put in at a place, in the line ends of the text."""
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[:place]
    missing = "" if not before or before.endswith("\n") else newline
    return before + missing + lines.replace("\n", newline) + text[place:]


def _indented(entry: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" for line in entry.splitlines(keepends=True))
