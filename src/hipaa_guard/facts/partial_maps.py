"""Maps of which not all keys are known, as of ``{ "${local.issuer}:sub" = "a:b" }`` and ``merge(var.x, { a = 1 })``.

Whoever needs the whole map finds it unknown. A reader of policies looks at the entries of the first: the end of a
condition's key tells more than nothing. A look-up, a loop and ``jsonencode`` look at those of the second.
"""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_guard.facts.values import PartialText, Unknown, Value

_MANY, _FEW = 16, 1000
"""Maximum number of unknown keys that a key before them is compared with, and of all keys if it is not known itself."""


class PartialMap(Unknown):
    """A map with keys that are known in part; ``entries`` are its keys with their values, in their order."""

    __slots__ = ("entries",)

    def __init__(self, entries: Iterable[tuple[str | PartialText, Value]], unknown: Unknown) -> None:
        super().__init__(
            unknown.reason, unknown.cause, references=unknown.references, action=unknown.action, is_set=True
        )
        self.entries = tuple(entries)

    def certain(self) -> list[tuple[str | PartialText, Value]]:
        """The entries that it has whatever the keys are. Of two with one key Terraform keeps the later.

        Of those before many others, and before many keys that are not known, nothing is said: the work is bounded.
        """
        found: list[tuple[str | PartialText, Value]] = []
        known: set[str] = set()
        unknown: list[PartialText] = []
        for key, value in reversed(self.entries):
            if len(unknown) > _MANY:
                break
            if isinstance(key, str):
                replaced = key in known or any(_may_be_same(key, other) for other in unknown)
                known.add(key)
            else:
                others: list[str | PartialText] = [*unknown, *known]
                replaced = len(others) > _FEW or any(_may_be_same(key, other) for other in others)
                unknown.append(key)
            if not replaced:
                found.append((key, value))
        return found[::-1]


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


def _may_be_same(key: str | PartialText, other: str | PartialText) -> bool:
    """Whether two keys may be the same text: their known starts and ends do not contradict each other."""
    if isinstance(key, str) and isinstance(other, str):
        return key == other
    (start, end), (other_start, other_end) = _ends(key), _ends(other)
    starts = start.startswith(other_start) or other_start.startswith(start)
    return starts and (end.endswith(other_end) or other_end.endswith(end))


def _ends(key: str | PartialText) -> tuple[str, str]:
    """The known start and end of a key."""
    if isinstance(key, str):
        return key, key
    last = key.parts[-1]
    return key.prefix, last if isinstance(last, str) else ""
