"""Functions of sets, which are Python lists here."""

from __future__ import annotations

from itertools import product
from math import prod

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.functions.budget import spend_elements

from .context import Function
from .conversion import as_set, identity, unified
from .errors import FunctionLimitReached
from .signatures import LIST, call
from .unknowns import MAX_LIST, derived, elements, unseen


def setproduct(*sets: list[Value]) -> Value:
    """Every combination of one element of each list."""
    incomplete = [items.unknown for items in sets if isinstance(items, Incomplete)]
    if incomplete:
        return derived(incomplete)
    if prod(len(items) for items in sets) > MAX_LIST:
        raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    spend_elements(prod(len(items) for items in sets) * (len(sets) + 1))
    return [list(combination) for combination in product(*map(unified, sets))]


def setunion(*sets: Value) -> Value:
    """Elements of any set; incomplete where a set is not known."""
    known = [items for items in sets if not isinstance(items, Unknown)]
    missing = [items if isinstance(items, Unknown) else unseen(items) for items in sets]
    return as_set(unified([item for items in known for item in elements(items)]), *missing)


def setintersection(*sets: list[Value]) -> Value:
    """Elements of all sets."""
    first, *others = _of_one_type(sets)
    shared = [{identity(item) for item in items} for items in others]
    return as_set(item for item in first if all(identity(item) in items for items in shared))


def setsubtract(left: list[Value], right: list[Value]) -> Value:
    """Elements of the first set that are not in the second."""
    first, second = _of_one_type((left, right))
    removed = {identity(item) for item in second}
    return as_set(item for item in first if identity(item) not in removed)


def _of_one_type(sets: tuple[list[Value], ...]) -> list[list[Value]]:
    items = iter(unified([item for part in sets for item in part]))
    return [[next(items) for _ in part] for part in sets]


FUNCTIONS: dict[str, Function] = {
    "setintersection": call(setintersection, LIST, rest=LIST),
    "setproduct": call(setproduct, rest=LIST.parts_may_be_unknown, least=2),
    "setsubtract": call(setsubtract, LIST, LIST),
    "setunion": call(setunion, LIST.may_be_unknown, rest=LIST.may_be_unknown),
}
