"""The instances that a plan leaves as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hipaa_guard.terraform.recorded.documents import NESTING, objects, table, text

_NOTHING = frozenset({"no-op", "read"})
_NAMES = ("id", "arn", "name")


def unchanged(document: Mapping[str, Any], present: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The addresses of the instances that exist after a plan and do not change.

    An instance that a changed one names, as a policy names its bucket, is not among them: the policy may come or go.
    """
    entries = ((address, table(entry["change"])) for address, entry in present.items())
    same = {address: table(change.get("after")) for address, change in entries if _is_nothing(change)}
    named: set[str] = set()
    for entry in objects(document.get("resource_changes")) if same else ():
        change = table(entry.get("change"))
        if not _is_nothing(change):
            named.update(_texts((change.get("before"), change.get("after"))))
    return frozenset(
        address for address, after in same.items() if not any(text(after.get(name)) in named for name in _NAMES)
    )


def _is_nothing(change: Mapping[str, Any]) -> bool:
    actions = change.get("actions")
    return isinstance(actions, list) and all(isinstance(action, str) and action in _NOTHING for action in actions)


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """All texts in a value but the empty one."""
    if isinstance(value, str):
        if value:
            yield value
    elif depth <= NESTING and isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part, depth + 1)
