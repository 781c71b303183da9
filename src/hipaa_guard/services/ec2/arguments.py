"""Arguments of instances and launch templates: their values, booleans that may be texts, and nested blocks."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Unknown, Value

TOKENS = one_of("optional", "required")
ENDPOINT = one_of("disabled", "enabled")


def names(found: list[str] | None) -> list[str]:
    """The names of credentials; none without user data."""
    return found or []


def declared_nowhere(_: View) -> None:
    """No value, of a kind that has no such setting."""


def truth(value: Value) -> Value:
    """A boolean, which launch templates also write as text; an empty one is not set."""
    if isinstance(value, bool | Unknown):
        return value
    return None if value in (None, "") else str(value).lower() == "true"


def of_blocks(blocks: Value, make: Callable[[dict[str, Value]], Value]) -> list[Value]:
    """The result of `make` for each nested block; `Incomplete` if some were not seen.

    An attribute of `awscc` that is one object counts as one block.
    """
    blocks = [blocks] if isinstance(blocks, dict) else blocks
    if isinstance(blocks, Unknown):
        return Incomplete([], blocks)
    seen = blocks.seen if isinstance(blocks, Incomplete) else blocks or []
    unknown = blocks.unknown if isinstance(blocks, Incomplete) else None
    made = []
    for block in seen:
        if isinstance(block, Unknown):
            unknown = block if unknown is None else unknown
        elif (one := make(block)) is not None:
            made.append(one)
    return made if unknown is None else Incomplete(made, unknown)
