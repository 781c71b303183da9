"""The facts that a set of controls can read, so that a live scan calls AWS for these and no others."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import CodeType, FunctionType

from hipaa_guard.controls.control import Control
from hipaa_guard.facts.resource import Resource


def kinds_of(controls: Iterable[Control]) -> list[type[Resource]]:
    """The kinds that controls judge or look at as neighbours, and the parents whose listing they need, sorted."""
    found = {kind for control in controls for kind in _names_and_kinds(control)[1]}
    pending = list(found)
    while pending:
        parent = getattr(pending.pop().aws, "of", None)
        if parent is not None and parent not in found:
            found.add(parent)
            pending.append(parent)
    return sorted(found, key=lambda kind: kind.kind)


def wanted_facts(controls: Iterable[Control]) -> dict[type[Resource], set[str]]:
    """For each kind, the facts that some control can read.

    They are found by the names in the code of a control and of the functions that it uses, for the kinds that occur
    there too. This over-estimates, which costs a call at worst. A fact that is missing here would be unknown, never
    wrong.
    """
    controls = list(controls)
    found: dict[type[Resource], set[str]] = {kind: set() for kind in kinds_of(controls)}
    for control in controls:
        names, kinds = _names_and_kinds(control)
        for kind in kinds:
            found[kind].update(fact for fact in kind.facts if fact in names)
    return found


def _names_and_kinds(control: Control) -> tuple[set[str], set[type[Resource]]]:
    """The names in a control and in all of our functions and methods that it uses, and the kinds that it names.

    A control judges the kinds derived from its own, too.
    """
    return _names_and_kinds_of(control, control.kind.narrower())


@functools.cache
def _names_and_kinds_of(control: Control, judged: tuple[type[Resource], ...]) -> tuple[set[str], set[type[Resource]]]:
    names: set[str] = set()
    kinds = set(judged)
    seen: set[object] = set()
    pending: list[object] = [control.judge]
    while pending:
        while pending:
            value = pending.pop()
            if isinstance(value, tuple):  # a table, with kinds and functions in its rows
                pending.extend(value)
            elif isinstance(value, type) and issubclass(value, Resource):
                kinds.add(value)
            elif isinstance(value, FunctionType) and value not in seen:
                seen.add(value)
                own, meant = _of_function(value)
                names |= own
                pending.extend(meant)
        methods = (getattr(kind, name, None) for kind in kinds for name in names)
        pending.extend(method for method in methods if isinstance(method, FunctionType) and method not in seen)
    return names, kinds - {Resource}


@functools.cache
def _of_function(function: FunctionType) -> tuple[frozenset[str], tuple[object, ...]]:
    """The names in the code of a function and of those defined inside it, and our objects that these names may mean."""
    names = frozenset(name for code in _nested(function.__code__) for name in code.co_names)
    known = [function.__globals__[name] for name in names if name in function.__globals__] + _closure_values(function)
    ours = ("hipaa_guard", "policies", function.__module__.partition(".")[0])
    owners = [
        value
        for value in known
        if getattr(value, "__name__", "").startswith(ours)
        or (isinstance(value, type) and value.__module__.startswith(ours))
    ]
    attributes = (getattr(owner, name, None) for owner in owners for name in names)
    return names, tuple(value for value in (*known, *attributes) if isinstance(value, type | FunctionType | tuple))


def _closure_values(function: FunctionType) -> list[object]:
    """The values in the closure of a function."""
    found = []
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # the cell is still empty
            found.append(cell.cell_contents)
    return found


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
