"""Which facts a set of controls can read, so that a live scan asks for these and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType

from hipaa_guard.controls.control import Control
from hipaa_guard.facts.resource import Resource


def kinds_of(controls: Iterable[Control]) -> list[type[Resource]]:
    """The kinds that controls judge or look at as neighbours, and the parents whose listing they need, sorted."""
    found: set[type[Resource]] = set()
    for control in controls:
        found.add(control.kind)
        found.update(_named_kinds(control.judge))
    pending = list(found)
    while pending:
        parent = getattr(pending.pop().aws, "of", None)
        if parent is not None and parent not in found:
            found.add(parent)
            pending.append(parent)
    return sorted(found, key=lambda kind: kind.kind)


def wanted_facts(controls: Iterable[Control]) -> dict[type[Resource], set[str]]:
    """For each kind, the facts that some control can read.

    Found by the names that occur in the code of the controls and of the functions that they use: an over-estimate,
    which costs a call at worst. A fact that is missing here would only ever be unknown, never wrong.
    """
    controls = list(controls)
    names = {name for control in controls for code in _codes(control.judge) for name in code.co_names}
    return {kind: {fact for fact in kind.facts if fact in names} for kind in kinds_of(controls)}


def _codes(function: object, seen: set[object] | None = None) -> Iterator[CodeType]:
    """The code of a function, of what is defined inside it, and of our own functions it names."""
    seen = set() if seen is None else seen
    if not isinstance(function, FunctionType) or function in seen:
        return
    seen.add(function)
    for code in _nested(function.__code__):
        yield code
        for name in code.co_names:
            for value in _meant(function, name):
                yield from _codes(value, seen)


def _meant(function: FunctionType, name: str) -> Iterator[object]:
    """What a name in a function's code may mean: a global, or an attribute of a module or class named there."""
    if name in function.__globals__:
        yield function.__globals__[name]
    for other in {name for code in _nested(function.__code__) for name in code.co_names}:
        owner = function.__globals__.get(other)
        if owner is not None and getattr(owner, "__name__", "").startswith("hipaa_guard"):
            yield getattr(owner, name, None)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _named_kinds(judge: object) -> Iterator[type[Resource]]:
    seen: set[object] = set()
    for _ in _codes(judge, seen):
        pass
    for function in seen:
        assert isinstance(function, FunctionType)
        for code in _nested(function.__code__):
            for name in code.co_names:
                for value in _meant(function, name):
                    if isinstance(value, type) and issubclass(value, Resource) and value is not Resource:
                        yield value
