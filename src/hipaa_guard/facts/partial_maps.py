"""Maps of which not all keys are known, as of ``{ "${local.issuer}:sub" = "a:b" }`` and ``merge(var.x, { a = 1 })``.

Whoever needs the whole map finds it unknown. A reader of policies looks at the entries of the first: the end of a
condition's key tells more than nothing. A look-up, a loop and ``jsonencode`` look at those of the second.
"""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_guard.facts.values import PartialText, Unknown, Value


class PartialMap(Unknown):
    """A map with keys that are known in part; ``entries`` are its keys with their values, in their order."""

    __slots__ = ("entries",)

    def __init__(self, entries: Iterable[tuple[str | PartialText, Value]], unknown: Unknown) -> None:
        super().__init__(
            unknown.reason, unknown.cause, references=unknown.references, action=unknown.action, is_set=True
        )
        self.entries = tuple(entries)


class OpenMap(Unknown):
    """A map that has the keys of ``known`` and may have others. A value in it that others may replace is unknown."""

    __slots__ = ("known",)

    def __init__(self, known: dict[str, Value], unknown: Unknown) -> None:
        super().__init__(
            unknown.reason, unknown.cause, references=unknown.references, action=unknown.action, is_set=True
        )
        self.known = known


def map_of(entries: list[tuple[str | PartialText, Value]]) -> dict[str, Value] | PartialMap:
    """The map with these entries: a plain one where all keys are known."""
    unknown = next((key for key, _ in entries if isinstance(key, PartialText)), None)
    if unknown is not None:
        return PartialMap(entries, unknown)
    return {key: value for key, value in entries if isinstance(key, str)}
