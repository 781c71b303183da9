"""The memory and the steps that one scan may use. Code that makes or walks many values counts them here meanwhile.

The size of a value is close to its memory and never much smaller: the sum over a scan limits its memory.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value

ELEMENT = 64
"""Bytes of an element of a list or map, without its value."""

_OBJECT = 56
_UNKNOWN = 200
_REFERENCE = 8


class EvaluationBudget(Protocol):
    """The count of a scan (`hcl.scope.Budget`)."""

    def spend(self, size: int) -> None:
        """Count bytes; raises one of the evaluator's `LIMITS` where none are left."""

    def walk(self, elements: int) -> None:
        """Count elements that are looked at; raises one of the evaluator's `LIMITS` where no steps are left."""


BUDGET: ContextVar[EvaluationBudget | None] = ContextVar("BUDGET", default=None)
"""The count of the scan during evaluation; else None, as no code would catch the error of a limit."""


def spend(size: int) -> None:
    """Count bytes before a function uses them."""
    budget = BUDGET.get()
    if budget is not None:
        budget.spend(size)


def spend_elements(number: int) -> None:
    """Count the elements of a list or map before a function makes them."""
    spend(_OBJECT + number * ELEMENT)


def walked(elements: int) -> None:
    """Count elements that were looked at."""
    budget = BUDGET.get()
    if budget is not None:
        budget.walk(elements)


def text_size(text: str) -> int:
    """The size of a text in bytes. Beyond ASCII, a character may take four."""
    return _OBJECT + len(text) * (1 if text.isascii() else 4)


def outer_size(value: Value) -> int:
    """The size in bytes of a value by itself: of a list or map, without the values of its elements."""
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
    """The size in bytes of a value with all its parts; a shared part counts once."""
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
