"""Consequences of a fix beside the closed gap: one closed vocabulary, told once wherever a fix is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Consequence = Literal[
    "replaces",
    "destroys_data",
    "irreversible",
    "overwrites",
    "interrupts",
    "changes_password",
    "starts_rotation",
    "cuts_access",
    "costs_money",
]
CONSEQUENCES: tuple[Consequence, ...] = get_args(Consequence)
"""The names, the gravest first. They are those of JSON."""

_PREDICATES: dict[str, str] = {
    "replaces": "replaces the resource by a new one",
    "destroys_data": "destroys the data of the resource unless they are copied first",
    "irreversible": "cannot be taken back",
    "overwrites": "overwrites or deletes all that is set there now",
    "interrupts": "may restart or interrupt a running service",
    "changes_password": "changes a password or another secret that programs use",
    "starts_rotation": "starts a rotation at once",
    "cuts_access": "may cut off people or programs that have access now",
    "costs_money": "costs money",
}
"""By name, a predicate whose subject is the change."""


def in_order(names: Iterable[str]) -> tuple[Consequence, ...]:
    """The names once each, in the order of the vocabulary; names that it does not have are left out."""
    given = set(names)
    return tuple(name for name in CONSEQUENCES if name in given)


def sentence(names: Iterable[str]) -> str:
    """One sentence that tells the consequences, empty where there are none."""
    predicates = [_PREDICATES[name] for name in in_order(names)]
    if not predicates:
        return ""
    *most, last = predicates
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"The change also {listed}."
