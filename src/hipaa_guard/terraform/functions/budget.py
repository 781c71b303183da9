"""The memory and the steps that one scan may still take. What makes or walks many values counts them here as it does.

What a value counts is near what it takes, and never much less: the sum over a scan is what bounds its memory.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from hipaa_guard.facts.values import Incomplete, PartialJson, PartialText, Unknown, Value

ELEMENT = 64
"""Bytes that an element of a list or map counts, besides what it holds."""

_OBJECT = 56
_UNKNOWN = 200
_REFERENCE = 8


class EvaluationBudget(Protocol):
    """Whatever keeps the count of a scan."""

    def spend(self, size: int) -> None:
        """Count bytes; raises one of the evaluator's `LIMITS` where none are left."""

    def walk(self, elements: int) -> None:
        """Count elements that are looked at; raises one of the evaluator's `LIMITS` where no steps are left."""


BUDGET: ContextVar[EvaluationBudget | None] = ContextVar("BUDGET", default=None)
"""The count of the scan while it evaluates; None otherwise, where nothing would catch that a limit is reached."""


def spend(size: int) -> None:
    """Count bytes that a function is about to take."""
    budget = BUDGET.get()
    if budget is not None:
        budget.spend(size)


def spend_elements(number: int) -> None:
    """Count the elements of a list or map that a function is about to make."""
    spend(_OBJECT + number * ELEMENT)


def walked(elements: int) -> None:
    """Count elements that were looked at."""
    budget = BUDGET.get()
    if budget is not None:
        budget.walk(elements)


def text_size(text: str) -> int:
    """What a text counts. Beyond ASCII, a character may take four bytes."""
    return _OBJECT + len(text) * (1 if text.isascii() else 4)


def outer_size(value: Value) -> int:
    """What a value counts by itself: a text as it is, a list or map without what its elements hold."""
    if isinstance(value, str):
        return text_size(value)
    if isinstance(value, list):
        return _OBJECT + ELEMENT * list.__len__(value)
    if isinstance(value, dict):
        return _OBJECT + 2 * ELEMENT * len(value)
    if isinstance(value, Unknown):
        size = _UNKNOWN + _REFERENCE * len(value.references)
        if isinstance(value, PartialText):
            size += sum(text_size(part) if isinstance(part, str) else _UNKNOWN for part in value.parts)
        return size
    return 0


def whole_size(value: Value) -> int:
    """What a value counts with all that it holds; a part that is shared counts once."""
    size = 0
    waiting = [value]
    visited: set[int] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str | list | dict | Unknown):
            if id(part) in visited:
                continue
            visited.add(id(part))
            size += outer_size(part)
        if isinstance(part, PartialJson):
            waiting.append(part.document)
        elif isinstance(part, Incomplete):
            waiting.extend(part.seen)
        elif isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part)
            waiting.extend(part.values())
    return size
