"""The texts in a function's code, by which a fact tells the Terraform types that it looks at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType


def texts_in(function: object) -> Iterator[str]:
    """The texts in the code of a function, of its inner functions and of our own functions that it calls."""
    texts, functions = _directly_in(function) if isinstance(function, FunctionType) else _in_values([function])
    yield from texts
    pending, seen = list(functions), {function}
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            texts, functions = _directly_in(current)
            yield from texts
            pending.extend(functions)


@cache
def _directly_in(function: FunctionType) -> tuple[tuple[str, ...], tuple[FunctionType, ...]]:
    """The texts in the code of one function and its inner ones, and the functions that it calls."""
    named = (function.__globals__.get(name) for name in function.__code__.co_names)
    called = [value for value in named if isinstance(value, FunctionType | tuple | str)]
    return _in_values([function.__code__, *(cell.cell_contents for cell in function.__closure__ or ()), *called])


def _in_values(pending: list[object]) -> tuple[tuple[str, ...], tuple[FunctionType, ...]]:
    texts, functions = [], []
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            texts.append(current)
        elif isinstance(current, tuple | frozenset):
            pending.extend(current)
        elif isinstance(current, CodeType):
            pending.extend(current.co_consts)
        elif isinstance(current, FunctionType):
            functions.append(current)
    return tuple(texts), tuple(functions)
