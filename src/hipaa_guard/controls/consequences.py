"""Consequences of a fix beside the closed gap: one closed vocabulary, told once wherever a fix is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from hipaa_guard.lean import regex

Consequence = Literal[
    "replaces",
    "destroys_data",
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
    "interrupts": "restarts or interrupts a running service",
    "changes_password": "changes a password or another secret that programs use",
    "starts_rotation": "starts a rotation at once",
    "cuts_access": "may cut off people or programs that have access now",
    "costs_money": "costs money",
}
"""By name, a predicate whose subject is the change."""

_TOLD = {
    "replaces": regex(r"\breplaces\b"),
    "destroys_data": regex(r"\bmust be copied first\b"),
    "changes_password": regex(r"\b(changes the (password|secret)|needs the (secret|value|password) changed)\b"),
    "starts_rotation": regex(r"\bstarts a rotation\b"),
    "cuts_access": regex(r"\b(takes (access|rights)|cuts off|turns away)\b"),
    "costs_money": regex(r"\bcosts?\b"),
}
"""By name, the words by which a reason tells the consequence itself."""


def told_by(reason: str) -> tuple[Consequence, ...]:
    """The consequences that a reason why a machine does not make a change tells in its own words."""
    return tuple(name for name in CONSEQUENCES if name in _TOLD and _TOLD[name].search(reason))


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
