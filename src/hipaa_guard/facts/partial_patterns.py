"""Tests of patterns in policies that are known in part only."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.values import Existing, PartialText, Reference, Undecided, Unknown, Value


def holds(test: Callable[[str], bool], pattern: Value) -> bool:
    """Whether a test holds for a pattern; for a partly known one, whether it holds with any values of unknown parts.

    Raises:
        Undecided: the result depends on an unknown part.

    """
    if isinstance(pattern, PartialText):
        plain, widest = (test(_with(pattern, filler)) for filler in ("0", "*"))
        if plain == widest:
            return plain
    if isinstance(pattern, Existing | Reference):  # the name of one resource, never a wildcard
        return test("0")
    if isinstance(pattern, Unknown):
        raise Undecided(pattern)
    return test(str(pattern))


def _with(text: PartialText, filler: str) -> str:
    parts = ("0" if isinstance(part, Existing | Reference) else part for part in text.parts)
    return "".join(part if isinstance(part, str) else filler for part in parts)


def is_wild(text: str) -> bool:
    """Whether a pattern has a wildcard."""
    return "*" in text or "?" in text
